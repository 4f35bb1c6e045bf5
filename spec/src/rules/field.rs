//! The rules of one field at a time.

use super::context::{Context, among};
use super::violations::Found;
use super::{Conditional, Const, Effect, Field, Figure, Kind, MOST_EXACT, Presence, Rule, Str, Unit, Value, Violation};

/// Largest length of a value that an open choice does not list, in characters.
pub const MAX_UNLISTED: usize = 64;

/// Number of different values that open choices do not list which a process takes from JSON. Each is kept until it ends.
pub const MOST_KEPT_UNLISTED: usize = 1_024;

/// Whether a text may be the value of an open choice that does not list it.
pub(super) fn is_fit_unlisted(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= MAX_UNLISTED && !text.contains(char::is_control)
}

/// Says why a fit value of an open choice is not taken.
fn too_many() -> String {
    format!(
        "this process has taken {MOST_KEPT_UNLISTED} different unlisted values, and takes no others until it is restarted"
    )
}

impl Context<'_> {
    /// Checks whether a field may or must be given, its value, and its conditions.
    pub(super) fn field(&self, index: usize, field: &Field, value: Option<&Value<'_>>, found: &mut Found) {
        let presence = self.presence(index);
        match (presence, value) {
            (Some(Presence::Required), None) => found.push(self.violation(field, Rule::Required)),
            (Some(Presence::Forbidden), Some(_)) => return found.push(self.violation(field, Rule::Forbidden)),
            (_, Some(value)) => self.value(field, value, found),
            (_, None) => {}
        }
        let sent = self.sent(index);
        let applies = |conditional: &&Conditional| match conditional.value {
            Some(_) => presence.is_some(),
            None => presence == Some(Presence::Optional),
        };
        let conditions = field.conditions.iter().filter(applies);
        found.extend(conditions.filter_map(|conditional| self.conditional(field, conditional, sent.as_deref())));
    }

    /// Returns the violation of a condition, for the value that is sent.
    fn conditional(&self, field: &Field, conditional: &Conditional, value: Option<&Value<'_>>) -> Option<Violation> {
        if !self.breaks(conditional, value) {
            return None;
        }
        let rule = match (conditional.effect, &conditional.value) {
            (_, Some(_)) => Rule::Condition,
            (Effect::Required, None) => Rule::Required,
            (Effect::Allowed | Effect::Forbidden, None) => Rule::Forbidden,
        };
        let word = if conditional.effect == Effect::Allowed { "only " } else { "" };
        let detail = Some(Str::Owned(format!("{word}if {}", self.describe(&conditional.any))));
        Some(Violation { detail, ..self.violation(field, rule) })
    }

    /// Whether a field with this value breaks one of its conditions.
    pub(super) fn breaks(&self, conditional: &Conditional, value: Option<&Value<'_>>) -> bool {
        let Some(holds) = self.any_holds(&conditional.any) else { return false };
        let concerned = match (&conditional.value, value) {
            (None, given) => given.is_some() != (conditional.effect == Effect::Required),
            (Some(wanted), Some(given)) => is_or_has(given, wanted),
            (Some(_), None) => false,
        };
        concerned && holds == (conditional.effect != Effect::Allowed)
    }

    pub(super) fn value(&self, field: &Field, value: &Value<'_>, found: &mut Found) {
        let before = found.count();
        match value {
            Value::Later => return,
            Value::Null if field.nullable => return,
            Value::List(items) if field.list => self.items(field, items, items.len(), found),
            Value::Cut { items, count, wrong } if field.list => {
                self.items(field, items, *count, found);
                found.omit(*wrong);
            }
            _ if field.list => found.push(self.wrong_type(field)),
            _ => self.single(field, value, found),
        }
        if let Some(constant) = field.constant.as_ref().filter(|_| found.count() == before)
            && constant.is(value) == Some(false)
        {
            let detail = Some(Str::Owned(constant.to_string()));
            found.push(Violation { detail, ..self.violation(field, Rule::Constant) });
        }
    }

    fn items(&self, field: &Field, items: &[Value<'_>], count: usize, found: &mut Found) {
        self.limits(field, Figure::Items(count as u64), found);
        for (index, item) in items.iter().enumerate() {
            let before = found.kept();
            self.single(field, item, found);
            let name = self.name(field);
            for violation in found.since(before) {
                let rest = violation.shown.strip_prefix(name).unwrap_or_default();
                violation.shown = Str::Owned(format!("{name}[{index}]{rest}"));
                if let Some(member) = violation.wire.strip_prefix(&*field.wire).filter(|member| !member.is_empty()) {
                    violation.wire = Str::Owned(format!("{}[{index}]{member}", field.wire));
                }
            }
        }
    }

    /// Checks a value, or one item of a list.
    fn single(&self, field: &Field, value: &Value<'_>, found: &mut Found) {
        match (&field.kind, value) {
            (_, Value::Later) => {}
            (Kind::Text(unit), Value::Text(text)) => {
                let before = found.count();
                self.limits(field, unit.measure(text), found);
                // A text that is too long would take long to match.
                if found.count() == before {
                    self.pattern(field, text, found);
                }
            }
            (Kind::Url, Value::Text(text)) if (self.is_address)(text) => {
                self.limits(field, Unit::Chars.measure(text), found);
                self.limits(field, Figure::Bytes(text.len() as u64), found);
            }
            (Kind::Url, Value::Text(_)) => found.push(self.violation(field, Rule::Url)),
            (Kind::Number | Kind::Integer, Value::Number(number)) if field.kind.takes(value) => {
                self.limits(field, Figure::Number(*number), found);
            }
            (Kind::Object(members), Value::Object(object)) => self.object(field, members, object, found),
            (Kind::Choice(_), Value::Unlisted { text, .. }) if field.open && field.kind.takes(value) => {
                self.unlisted(field, text, found);
            }
            (Kind::Boolean | Kind::Choice(_) | Kind::IntegerChoice(_), _) if field.kind.takes(value) => {}
            (Kind::Choice(choices), Value::Text(_)) => {
                found.push(self.none_of(field, choices.join(", ")));
            }
            (Kind::IntegerChoice(choices), Value::Number(_)) => {
                let choices: Vec<String> = choices.iter().map(ToString::to_string).collect();
                found.push(self.none_of(field, choices.join(", ")));
            }
            (Kind::Choice(choices), Value::TooMany) => {
                found.push(self.none_of(field, format!("{} ({})", choices.join(", "), too_many())));
            }
            (Kind::Integer, Value::Number(number)) if number.fract() == 0.0 => {
                let detail = format!("from -{MOST_EXACT} to {MOST_EXACT}, where whole numbers are exact in JSON");
                found.push(Violation { detail: Some(Str::Owned(detail)), ..self.violation(field, Rule::Type) });
            }
            _ => {
                let detail = Some(Str::Borrowed(field.kind.word()));
                found.push(Violation { detail, ..self.violation(field, Rule::Type) });
            }
        }
    }

    /// Checks the text of a value that an open choice does not list.
    fn unlisted(&self, field: &Field, text: &str, found: &mut Found) {
        let length = |count: usize| Figure::Length(count as u64, Unit::Chars);
        let count = text.chars().count();
        let (rule, limit) = match count {
            0 => (Rule::MinLength, 1),
            1..=MAX_UNLISTED => {
                if text.contains(char::is_control) {
                    let detail = Some(Str::Borrowed("a text without control characters"));
                    found.push(Violation { detail, ..self.violation(field, Rule::Type) });
                }
                return;
            }
            _ => (Rule::MaxLength, MAX_UNLISTED),
        };
        let (limit, actual) = (Some(length(limit)), Some(length(count)));
        found.push(Violation { limit, actual, ..self.violation(field, rule) });
    }

    fn none_of(&self, field: &Field, choices: String) -> Violation {
        Violation { detail: Some(Str::Owned(choices)), ..self.violation(field, Rule::Choice) }
    }

    fn pattern(&self, field: &Field, text: &str, found: &mut Found) {
        if let Some(pattern) = field.pattern.as_ref().filter(|pattern| !pattern.matches(text)) {
            let detail = Some(Str::Owned(pattern.text().to_owned()));
            found.push(Violation { detail, ..self.violation(field, Rule::Pattern) });
        }
    }

    fn wrong_type(&self, field: &Field) -> Violation {
        let detail = Some(Str::Owned(format!("a list, and each item {}", field.kind.word())));
        Violation { detail, ..self.violation(field, Rule::Type) }
    }
}

fn is_or_has(given: &Value<'_>, wanted: &Const) -> bool {
    match given {
        Value::List(items) | Value::Cut { items, .. } => items.iter().any(|item| is_or_has(item, wanted)),
        single => wanted.is(single) == Some(true),
    }
}

impl Field {
    /// Returns the value that the service assumes in a mode if the field is left out.
    ///
    /// Without a mode, it is the value that the service assumes in every mode.
    #[must_use]
    pub fn default_in(&self, mode: Option<usize>) -> Option<&Const> {
        let is_forbidden = match mode {
            Some(mode) => self.presence.get(mode) == Some(&Presence::Forbidden),
            None => self.presence.contains(&Presence::Forbidden),
        };
        self.default
            .as_ref()
            .filter(|default| !is_forbidden && among(default.modes, mode))
            .map(|default| &default.value)
    }
}

impl Kind {
    /// Returns the type as messages name it, such as "a whole number".
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Choice(_) => "a text",
            Self::Url => "an http or https address",
            Self::Boolean => "true or false",
            Self::Integer | Self::IntegerChoice(_) => "a whole number",
            Self::Number => "a number",
            Self::Object(_) => "an object",
        }
    }
}
