//! Model → tables. Names that a faulty spec does not define are left out.

mod answers;
mod callback;
mod upload;

use std::borrow::Cow;

pub(crate) use callback::{EXPIRES, parts};
pub(crate) use upload::NAME;

use crate::model::{
    Asks, Choice, Condition, Conditions, DefaultValue, Field, FieldKind, Is, Limit, Mode, ModeSet, Relation, Request,
    Scalar, Spec,
};
use crate::rules::{self, Bound, Const, Decimal, Effect, Kind, Pattern, Presence, Relating, Rules, Str};
use crate::source::At;

impl Spec {
    /// Returns the rules of the request as a table.
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
}

fn text(text: &At<String>) -> Str {
    Str::Owned(text.value.clone())
}

pub(crate) fn rules(request: &Request) -> Rules {
    Rules {
        modes: request.modes.iter().map(|mode| self::mode(mode, request)).collect(),
        fields: request.fields.iter().map(|field| self::field(field, request)).collect(),
        model: request.model.as_ref().and_then(|model| position(request, model)),
        relations: request.relations.iter().map(|relation| self::relation(relation, request)).collect(),
    }
}

fn position(request: &Request, wire: &str) -> Option<usize> {
    request.fields.iter().position(|field| field.wire.value == wire)
}

fn mode(mode: &Mode, request: &Request) -> rules::Mode {
    let when = mode.when.iter().filter_map(|(wire, value)| Some((position(request, wire)?, constant(value))));
    rules::Mode { name: text(&mode.name), when: when.collect() }
}

pub(crate) fn constant(scalar: &Scalar) -> Const {
    match scalar {
        Scalar::Text(text) => Const::Text(Str::Owned(text.clone())),
        Scalar::Number(number) => Const::Number(*number),
        Scalar::Truth(truth) => Const::Truth(*truth),
    }
}

fn field(field: &Field, request: &Request) -> rules::Field {
    rules::Field {
        wire: text(&field.wire),
        rust: text(&field.rust),
        kind: kind(&field.kind),
        list: field.is_list(),
        open: field.is_open(),
        nullable: field.is_nullable(),
        constant: field.constant.as_deref().map(constant),
        presence: request.each_mode().map(|mode| field.presence_in(mode)).collect(),
        default: field.default.as_ref().map(|default| self::default(default, request)),
        pattern: field.pattern.as_ref().map(|pattern| Cow::Owned(Pattern::new(text(pattern)))),
        limits: limits(field, request).into(),
        conditions: conditionals(field, request).into(),
    }
}

fn default(default: &DefaultValue, request: &Request) -> rules::DefaultValue {
    rules::DefaultValue { value: constant(&default.value), modes: modes(default.modes.as_deref(), request) }
}

fn conditionals(field: &Field, request: &Request) -> Vec<rules::Conditional> {
    let of = |conditions: &Conditions, value: Option<Const>| {
        let all = [
            (Effect::Required, &conditions.required),
            (Effect::Allowed, &conditions.allowed),
            (Effect::Forbidden, &conditions.forbidden),
        ];
        let some = all.into_iter().filter(|(_, any)| !any.is_empty());
        let lowered = some.map(|(effect, any)| rules::Conditional {
            effect,
            value: value.clone(),
            any: self::conditions(any, request),
        });
        lowered.collect::<Vec<_>>()
    };
    let mut all = of(&field.conditions, None);
    all.extend(field.conditional_values().flat_map(|(value, conditions)| of(conditions, Some(constant(&value)))));
    all
}

pub(crate) fn conditions(conditions: &[Condition], request: &Request) -> rules::List<rules::Condition> {
    let term = |(wire, is): &(At<String>, At<Is>)| {
        let is = match &is.value {
            Is::Given => rules::Is::Given,
            Is::Absent => rules::Is::Absent,
            Is::OneOf(values) => rules::Is::OneOf(values.iter().map(|value| constant(value)).collect()),
        };
        Some(rules::Term { field: position(request, wire)?, is })
    };
    let condition =
        |condition: &Condition| rules::Condition { terms: condition.terms.iter().filter_map(term).collect() };
    conditions.iter().map(condition).collect()
}

fn relation(relation: &Relation, request: &Request) -> rules::Relation {
    let mut fields: Vec<usize> =
        relation.asks.fields().into_iter().filter_map(|wire| position(request, wire)).collect();
    let whole = |figure: &Option<At<u32>>| figure.as_ref().map(|figure| figure.value);
    let asks = match &relation.asks {
        Asks::AtLeastOne(_) => Relating::AtLeastOne,
        Asks::AtMostOne(_) => Relating::AtMostOne,
        Asks::AllOrNone(_) => Relating::AllOrNone,
        Asks::ExactlyOne(groups) => {
            let group = |group: &Vec<At<String>>| group.iter().filter_map(|wire| position(request, wire)).collect();
            Relating::ExactlyOne(groups.iter().map(group).collect())
        }
        Asks::Items(_, total) => Relating::Items { least: whole(&total.least), most: whole(&total.most) },
        Asks::Length(_, total) => Relating::Length { least: whole(&total.least), most: whole(&total.most) },
        Asks::Difference(_, [least, most]) => {
            fields.reverse();
            let [least, most] = [least, most].map(|figure| figure.as_ref().map(|figure| figure.value));
            Relating::Difference { least, most }
        }
    };
    let modes = modes(relation.modes.as_deref(), request);
    rules::Relation { fields: fields.into(), modes, when: conditions(&relation.when, request), asks }
}

/// Returns the bits of the modes with these names.
pub(crate) fn modes(names: Option<&[At<String>]>, request: &Request) -> u64 {
    set(names, request.modes.len(), |index, name| request.modes[index].is_named(name))
}

impl Request {
    /// Whether the field is forbidden in every mode.
    #[must_use]
    pub fn forbids(&self, field: &Field) -> bool {
        self.each_mode().all(|mode| field.presence_in(mode) == Presence::Forbidden)
    }
}

impl Field {
    /// Returns whether the field is required in a mode, or in a request without modes.
    #[must_use]
    pub fn presence_in(&self, mode: Option<&Mode>) -> Presence {
        match mode {
            Some(mode) => self.presence(mode),
            None if self.constant.is_some() => Presence::Required,
            None => {
                let is_always = |set: &Option<ModeSet>| matches!(set, Some(ModeSet::Always(_)));
                match (is_always(&self.required), is_always(&self.forbidden)) {
                    (true, _) => Presence::Required,
                    (_, true) => Presence::Forbidden,
                    _ => Presence::Optional,
                }
            }
        }
    }

    /// Returns the value that the service assumes in a mode, or in a request without modes, if the field is left out.
    #[must_use]
    pub fn default_in(&self, mode: Option<&Mode>) -> Option<&Scalar> {
        let default = self.default.as_ref().filter(|_| self.presence_in(mode) != Presence::Forbidden)?;
        let counts = match (&default.modes, mode) {
            (None, _) => true,
            (Some(names), Some(mode)) => names.iter().any(|name| mode.is_named(name)),
            (Some(_), None) => false,
        };
        counts.then_some(&default.value.value)
    }

    /// Returns whether the field is required in this mode.
    #[must_use]
    pub fn presence(&self, mode: &Mode) -> Presence {
        if self.constant.is_some() {
            Presence::Required
        } else if mode.own_value(self).is_some() {
            Presence::Fixed
        } else {
            self.said_in(mode).first().map_or(Presence::Optional, |(presence, _)| *presence)
        }
    }
}

pub(crate) fn kind(kind: &FieldKind) -> Kind {
    match kind {
        FieldKind::Text(unit) => Kind::Text(*unit),
        FieldKind::Url => Kind::Url,
        FieldKind::Boolean(_) => Kind::Boolean,
        FieldKind::Integer => Kind::Integer,
        FieldKind::Number => Kind::Number,
        FieldKind::Choice(_, choices) => self::choices(choices),
        FieldKind::Object(_, members) => Kind::Object(members.iter().map(member).collect()),
    }
}

/// Returns the rules of a member of an object.
fn member(field: &Field) -> rules::Field {
    let presence = if field.required.is_some() { Presence::Required } else { Presence::Optional };
    rules::Field {
        wire: text(&field.wire),
        rust: text(&field.rust),
        kind: kind(&field.kind),
        list: field.is_list(),
        nullable: false,
        open: false,
        constant: None,
        presence: vec![presence].into(),
        default: None,
        pattern: field.pattern.as_ref().map(|pattern| Cow::Owned(Pattern::new(text(pattern)))),
        limits: bounds(field).map(always).collect(),
        conditions: Vec::new().into(),
    }
}

/// Returns the limits in the table of the field. Texts must not be empty unless the spec gives `min_length`.
fn bounds(field: &Field) -> impl Iterator<Item = Bound> {
    let says_least = field.bounds.iter().any(|bound| bound.0 == "min_length");
    let least = (matches!(*field.kind, FieldKind::Text(_)) && !says_least).then_some(Bound::MinLength(1));
    least.into_iter().chain(field.bounds.iter().map(|bound| bound.1))
}

fn choices(choices: &[Choice]) -> Kind {
    let number = |choice: &Choice| match &choice.value {
        Scalar::Number(number) => Some(number.digits),
        _ => None,
    };
    let numbers: Vec<i64> = choices.iter().filter_map(number).collect();
    if numbers.is_empty() {
        return Kind::Choice(choices.iter().map(|choice| text(&choice.wire)).collect());
    }
    Kind::IntegerChoice(numbers.into())
}

/// Returns a limit that holds in every mode with every model.
pub(crate) fn always(bound: Bound) -> rules::Limit {
    rules::Limit { modes: u64::MAX, models: u64::MAX, when: Vec::new().into(), bound, dispute: None }
}

pub(crate) fn limits(field: &Field, request: &Request) -> Vec<rules::Limit> {
    let models = request.models();
    let placed = field.limits.iter().flat_map(|limit| {
        let modes = modes(limit.modes.as_deref(), request);
        let models =
            set(limit.models.as_deref(), models.len(), |index, name| request.is_model_named(models[index], name));
        let when = conditions(&limit.when, request);
        limit.bounds.iter().map(move |bound| rules::Limit {
            modes,
            models,
            when: when.clone(),
            bound: bound.1,
            dispute: dispute(limit, bound.1),
        })
    });
    bounds(field).map(always).chain(placed).collect()
}

/// Returns the bits of the entries with these names, or all bits without names.
fn set(names: Option<&[At<String>]>, count: usize, is: impl Fn(usize, &str) -> bool) -> u64 {
    let Some(names) = names else { return u64::MAX };
    let named = (0..count.min(64)).filter(|&index| names.iter().any(|name| is(index, name)));
    named.fold(0, |set, index| set | 1 << index)
}

fn dispute(limit: &Limit, bound: Bound) -> Option<Str> {
    dispute_over(limit, bound.figure())
}

fn dispute_over(limit: &Limit, enforced: Decimal) -> Option<Str> {
    let of = |enforces: bool| {
        let sides = limit.disputed.iter().filter(move |side| (side.figure.value == enforced) == enforces);
        sides.map(|side| format!("{} in the {}", side.figure.value, *side.place)).collect::<Vec<_>>().join(", ")
    };
    let text = format!("documented twice: {}, but {}", of(true), of(false));
    (!limit.disputed.is_empty()).then_some(Str::Owned(text))
}
