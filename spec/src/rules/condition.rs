//! Conditions over the values of a request. What is not known yet makes them undecided, and then nothing is asked.

use std::fmt;

use super::{Decimal, List, Str, Value};

/// A value that stands in the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Const {
    /// A text or a choice.
    Text(Str),
    /// A number.
    Number(Decimal),
    /// True or false.
    Truth(bool),
}

impl Const {
    /// Is it this value? `None` where that is not known yet.
    #[must_use]
    #[expect(clippy::float_cmp, reason = "both sides round the same decimal")]
    pub fn is(&self, value: &Value<'_>) -> Option<bool> {
        match (self, value) {
            (_, Value::Later) => None,
            (Self::Text(text), Value::Text(given)) => Some(text == given),
            (Self::Number(number), Value::Number(given)) => Some(number.value() == *given),
            (Self::Truth(truth), Value::Truth(given)) => Some(truth == given),
            _ => Some(false),
        }
    }

    /// The value, as a request would hold it.
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

/// What must hold of other fields, all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Its parts.
    pub terms: List<Term>,
}

/// What must hold of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The index of the field.
    pub field: usize,
    /// What must hold of it.
    pub is: Is,
}

/// What must hold of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Is {
    /// It is there.
    Given,
    /// It is not there.
    Absent,
    /// It has one of these values; its default counts where it is left out.
    OneOf(List<Const>),
}

/// What other fields ask of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditional {
    /// What is asked.
    pub effect: Effect,
    /// Of this choice alone, by its index.
    pub choice: Option<usize>,
    /// Under which conditions: one of them is enough.
    pub any: List<Condition>,
}

/// What a condition asks of a field, or of one of its choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It must be there where the condition holds.
    Required,
    /// It may be there only where the condition holds.
    Allowed,
    /// It must be left out where the condition holds.
    Forbidden,
}

/// One of them is enough; `None` where it depends on what is not known yet.
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

/// All of them are needed.
pub(super) fn all(mut decided: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    any(decided.by_ref().map(|one| one.map(|one| !one))).map(|one| !one)
}
