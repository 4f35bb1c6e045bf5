//! Model → tables. What a faulty spec names but does not have is left out.

use crate::model::{Field, FieldKind, Limit, Mode, ModeSet, Request, Scalar, Spec};
use crate::rules::{self, Bound, Kind, Presence, Rules, Str};
use crate::source::At;
use crate::wire::{self, Api, Path};

impl Spec {
    /// The table of the request's rules.
    ///
    /// ```
    /// use cover_spec::rules::{Placed, Value, looks_like_web_address};
    ///
    /// let spec = cover_spec::Spec::parse("upload_cover.toml", cover_spec::SHIPPED)?;
    /// let rules = spec.rules();
    /// let mut placed = Placed::none(&rules);
    /// placed.put("prompt", Value::text("An idea"));
    /// let violations = placed.check(looks_like_web_address).unwrap_err();
    /// assert!(violations.to_string().contains("customMode: missing"));
    /// # Ok::<(), cover_spec::Faults>(())
    /// ```
    #[must_use]
    pub fn rules(&self) -> Rules {
        rules(&self.request)
    }

    /// The table of the service's answers.
    #[must_use]
    pub fn api(&self) -> Api {
        Api {
            id: text(&self.service.id),
            base_url: text(&self.service.base_url),
            auth_header: text(&self.service.auth_header),
            auth_scheme: text(&self.service.auth_scheme),
            env_key: text(&self.service.env_key),
            env_url: text(&self.service.env_url),
            code: path(&self.envelope.code),
            message: path(&self.envelope.message),
            codes: self.codes.iter().map(code).collect(),
            submit: wire::Submit { path: text(&self.submit.path), task: path(&self.submit.task) },
            poll: self.poll(),
            statuses: self.statuses.iter().map(status).collect(),
            credits: self.credits.as_ref().map(credits),
        }
    }

    fn poll(&self) -> wire::Poll {
        let poll = &self.poll;
        wire::Poll {
            path: text(&poll.path),
            query: text(&poll.query),
            status: path(&poll.status),
            tracks: path(&poll.tracks),
            error_code: path(&poll.error_code),
            error_message: path(&poll.error_message),
            every: poll.every.value,
            deadline: poll.deadline.value,
            unknown_task: poll.unknown_task.iter().map(|code| code.value).collect(),
            patience: poll.patience.value,
            settle: poll.settle.value,
        }
    }
}

fn text(text: &At<String>) -> Str {
    Str::Owned(text.value.clone())
}

fn path(text: &At<String>) -> Path {
    text.split('.').map(|part| Str::Owned(part.to_owned())).collect()
}

fn code(code: &crate::model::Code) -> wire::Code {
    wire::Code {
        number: code.number.value,
        means: code.means.value,
        created: code.created.value,
        resend: code.resend.as_ref().map(|resend| resend.value),
    }
}

fn status(status: &crate::model::Status) -> wire::Status {
    let stage = status.stage.as_ref().map_or(0, |stage| stage.value);
    wire::Status { name: text(&status.name), means: status.means.value, stage }
}

fn credits(credits: &crate::model::Credits) -> wire::Credits {
    wire::Credits { path: text(&credits.path), amount: path(&credits.amount) }
}

pub(crate) fn rules(request: &Request) -> Rules {
    Rules {
        modes: request.modes.iter().map(|mode| self::mode(mode, request)).collect(),
        fields: request.fields.iter().map(|field| self::field(field, request)).collect(),
        model: request.model.as_ref().and_then(|model| position(request, model)),
    }
}

fn position(request: &Request, wire: &str) -> Option<usize> {
    request.fields.iter().position(|field| field.wire.value == wire)
}

fn mode(mode: &Mode, request: &Request) -> rules::Mode {
    let when = mode.when.iter().filter_map(|(wire, value)| Some((position(request, wire)?, value.value)));
    rules::Mode { name: text(&mode.name), when: when.collect() }
}

fn field(field: &Field, request: &Request) -> rules::Field {
    let presence = if request.modes.is_empty() {
        vec![if field.required.is_some() { Presence::Required } else { Presence::Optional }]
    } else {
        request.modes.iter().map(|mode| field.presence(mode)).collect()
    };
    rules::Field {
        wire: text(&field.wire),
        rust: text(&field.rust),
        kind: kind(&field.kind),
        presence: presence.into(),
        default: match field.default.as_ref().map(|default| &default.value) {
            Some(Scalar::Truth(truth)) => Some(*truth),
            _ => None,
        },
        limits: limits(field, request).into(),
    }
}

impl Field {
    /// Must it be there in this mode?
    #[must_use]
    pub fn presence(&self, mode: &Mode) -> Presence {
        let has = |set: &Option<ModeSet>| set.as_ref().is_some_and(|set| set.has(mode));
        if mode.when.iter().any(|(wire, _)| wire.value == self.wire.value) {
            Presence::Fixed
        } else if has(&self.required) {
            Presence::Required
        } else if has(&self.forbidden) {
            Presence::Forbidden
        } else {
            Presence::Optional
        }
    }
}

fn kind(kind: &FieldKind) -> Kind {
    match kind {
        FieldKind::Text(unit) => Kind::Text(*unit),
        FieldKind::Url => Kind::Url,
        FieldKind::Boolean => Kind::Boolean,
        FieldKind::Number => Kind::Number,
        FieldKind::Choice(_, choices) => Kind::Choice(choices.iter().map(|choice| text(&choice.wire)).collect()),
    }
}

fn limits(field: &Field, request: &Request) -> Vec<rules::Limit> {
    let always = |bound| rules::Limit { modes: u64::MAX, models: u64::MAX, bound, dispute: None };
    // An empty text counts as none, so that a text that is there holds something.
    let least = matches!(*field.kind, FieldKind::Text(_)).then_some(Bound::MinLength(1));
    let numbers = [
        field.min.as_ref().map(|min| Bound::Min(min.value)),
        field.max.as_ref().map(|max| Bound::Max(max.value)),
        field.multiple_of.as_ref().map(|step| Bound::MultipleOf(step.value)),
    ];
    let lengths = field.limits.iter().filter_map(|limit| length(limit, request));
    least.into_iter().chain(numbers.into_iter().flatten()).map(always).chain(lengths).collect()
}

fn length(limit: &Limit, request: &Request) -> Option<rules::Limit> {
    let most = limit.max_length.as_ref()?.value;
    let modes = set(limit.modes.as_deref(), request.modes.len(), |index, name| request.modes[index].is_named(name));
    let models = request.models();
    let models = set(limit.models.as_deref(), models.len(), |index, name| models[index] == name);
    Some(rules::Limit { modes, models, bound: Bound::MaxLength(most), dispute: dispute(limit, most) })
}

/// The bits of the entries that are named; all of them where nothing is said.
fn set(names: Option<&[At<String>]>, count: usize, is: impl Fn(usize, &str) -> bool) -> u64 {
    let Some(names) = names else { return u64::MAX };
    let named = (0..count.min(64)).filter(|&index| names.iter().any(|name| is(index, name)));
    named.fold(0, |set, index| set | 1 << index)
}

fn dispute(limit: &Limit, enforced: u32) -> Option<Str> {
    let of = |enforces: bool| {
        let sides = limit.disputed.iter().filter(move |side| (side.figure.value == enforced) == enforces);
        sides.map(|side| format!("{} in the {}", side.figure.value, *side.place)).collect::<Vec<_>>().join(", ")
    };
    let text = format!("documented twice: {}, but {}", of(true), of(false));
    (!limit.disputed.is_empty()).then_some(Str::Owned(text))
}
