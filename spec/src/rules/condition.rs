//! Conditions on the values of a request. A condition on a value that is not known yet is undecided, and asks nothing.

use std::fmt;

use super::{Decimal, List, Str, Value};

/// A value in the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Const {
    /// A text or a choice.
    Text(Str),
    /// A number.
    Number(Decimal),
    /// A boolean.
    Truth(bool),
}

impl Const {
    /// Whether `value` is this one. `None` if that is not known yet.
    #[must_use]
    #[expect(clippy::float_cmp, reason = "equal decimals are rounded equally")]
    pub fn is(&self, value: &Value<'_>) -> Option<bool> {
        match (self, value) {
            (_, Value::Later) => None,
            (Self::Text(text), Value::Text(given)) => Some(text == given),
            (Self::Text(text), Value::Unlisted { like, .. }) => Some(text == like),
            (Self::Number(number), Value::Number(given)) => Some(number.value() == *given),
            (Self::Truth(truth), Value::Truth(given)) => Some(truth == given),
            _ => Some(false),
        }
    }

    /// Returns the value as a request has it.
    #[must_use]
    pub fn value(&self) -> Value<'_> {
        match self {
            Self::Text(text) => Value::text(text),
            Self::Number(number) => Value::Number(number.value()),
            Self::Truth(truth) => Value::Truth(*truth),
        }
    }
}

impl fmt::Display for Const {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
            Self::Truth(truth) => truth.fmt(f),
        }
    }
}

/// A condition on the values of other fields. All of its terms must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The terms.
    pub terms: List<Term>,
}

/// What a condition asks of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The index of the field.
    pub field: usize,
    /// What it asks of the field.
    pub is: Is,
}

/// What a term asks of its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Is {
    /// The field is given.
    Given,
    /// The field is left out.
    Absent,
    /// The field has one of these values. A field that is left out has its default.
    OneOf(List<Const>),
}

/// A rule that holds for a field, or for one of its values, depending on other fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditional {
    /// The rule.
    pub effect: Effect,
    /// The value that the rule is about. `None`: the field itself.
    pub value: Option<Const>,
    /// Conditions. At least one must hold.
    pub any: List<Condition>,
}

/// The effect of a condition on a field, or on one of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It is required if the condition holds.
    Required,
    /// It is forbidden unless the condition holds.
    Allowed,
    /// It is forbidden if the condition holds.
    Forbidden,
}

/// Whether one of them is true; `None` if that depends on unknown ones.
pub(super) fn any(decided: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all_known = true;
    for one in decided {
        match one {
            Some(true) => return Some(true),
            Some(false) => {}
            None => all_known = false,
        }
    }
    all_known.then_some(false)
}

/// Whether all of them are true; `None` if that depends on unknown ones.
pub(super) fn all(mut decided: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    any(decided.by_ref().map(|one| one.map(|one| !one))).map(|one| !one)
}
