//! The rules of one field at a time.

use super::context::Context;
use super::violations::Found;
use super::{Conditional, Effect, Field, Figure, Kind, Presence, Rule, Str, Unit, Value, Violation};

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
        if presence.is_some() {
            found.extend(field.conditions.iter().filter_map(|conditional| self.conditional(field, conditional, value)));
        }
    }

    fn conditional(&self, field: &Field, conditional: &Conditional, value: Option<&Value<'_>>) -> Option<Violation> {
        let holds = self.any_holds(&conditional.any)?;
        let concerned = match (conditional.choice, value, &field.kind) {
            (None, value, _) => value.is_some() != (conditional.effect == Effect::Required),
            (Some(choice), Some(value), Kind::Choice(choices)) => is_or_has(value, choices.get(choice)?),
            (Some(_), ..) => false,
        };
        let broken = holds == (conditional.effect != Effect::Allowed);
        if !(concerned && broken) {
            return None;
        }
        let rule = match (conditional.effect, conditional.choice) {
            (_, Some(_)) => Rule::Condition,
            (Effect::Required, None) => Rule::Required,
            (Effect::Allowed | Effect::Forbidden, None) => Rule::Forbidden,
        };
        let word = if conditional.effect == Effect::Allowed { "only " } else { "" };
        let detail = Some(Str::Owned(format!("{word}if {}", self.describe(&conditional.any))));
        Some(Violation { detail, ..self.violation(field, rule) })
    }

    fn value(&self, field: &Field, value: &Value<'_>, found: &mut Found) {
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
            for violation in found.since(before) {
                violation.shown = Str::Owned(format!("{}[{index}]", violation.shown));
            }
        }
    }

    /// Checks a value, or one item of a list.
    fn single(&self, field: &Field, value: &Value<'_>, found: &mut Found) {
        match (&field.kind, value) {
            (_, Value::Later) => {}
            (Kind::Text(unit), Value::Text(text)) => self.limits(field, unit.measure(text), found),
            (Kind::Url, Value::Text(text)) if (self.is_address)(text) => {
                self.limits(field, Unit::Chars.measure(text), found);
                self.limits(field, Figure::Bytes(text.len() as u64), found);
            }
            (Kind::Url, Value::Text(_)) => found.push(self.violation(field, Rule::Url)),
            (Kind::Number | Kind::Integer, Value::Number(number)) if field.kind.takes(value) => {
                self.limits(field, Figure::Number(*number), found);
            }
            (Kind::Boolean | Kind::Choice(_), _) if field.kind.takes(value) => {}
            (Kind::Choice(choices), Value::Text(_)) => {
                let detail = Some(Str::Owned(choices.join(", ")));
                found.push(Violation { detail, ..self.violation(field, Rule::Choice) });
            }
            _ => {
                let detail = Some(Str::Borrowed(field.kind.word()));
                found.push(Violation { detail, ..self.violation(field, Rule::Type) });
            }
        }
    }

    fn wrong_type(&self, field: &Field) -> Violation {
        let detail = Some(Str::Owned(format!("a list, and each item {}", field.kind.word())));
        Violation { detail, ..self.violation(field, Rule::Type) }
    }
}

fn is_or_has(value: &Value<'_>, choice: &Str) -> bool {
    match value {
        Value::Text(text) => text == choice,
        Value::List(items) | Value::Cut { items, .. } => items.iter().any(|item| is_or_has(item, choice)),
        _ => false,
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
            Self::Integer => "a whole number",
            Self::Number => "a number",
        }
    }
}
