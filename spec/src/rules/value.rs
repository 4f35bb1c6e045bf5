//! The values of fields, and their types.

use std::borrow::Cow;

use super::{Kind, MOST_EXACT};

/// A value of a field, borrowed from a request or from JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// A text, an address or a choice.
    Text(Cow<'a, str>),
    /// A text that an open choice does not list.
    Unlisted {
        /// The text that is sent.
        text: Cow<'a, str>,
        /// The listed value whose rules it has to keep.
        like: Cow<'a, str>,
    },
    /// A number.
    Number(f64),
    /// A boolean.
    Truth(bool),
    /// Several values.
    List(Vec<Value<'a>>),
    /// A list that breaks a rule in any case. Only its first items are kept.
    Cut {
        /// The first items.
        items: Vec<Value<'a>>,
        /// Number of items.
        count: usize,
        /// Number of items with a wrong type that are not kept.
        wrong: usize,
    },
    /// The null of JSON.
    Null,
    /// A value that no field can have: an object.
    Other,
    /// A value that is given but not known yet. It breaks no rule about values.
    Later,
}

impl<'a> Value<'a> {
    /// Creates a borrowed text.
    #[must_use]
    pub fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// Creates a text that an open choice does not list. It is judged by the rules of `like`.
    #[must_use]
    pub fn unlisted(text: &'a str, like: &'a str) -> Self {
        Self::Unlisted { text: Cow::Borrowed(text), like: Cow::Borrowed(like) }
    }

    /// Creates a whole number. Above 2^53, which no field allows, it is rounded.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "fields refuse numbers that are not exact")]
    pub fn integer(number: i64) -> Self {
        Self::Number(number as f64)
    }
}

/// A function that decides whether a text is an address, such as
/// [`looks_like_web_address`](super::looks_like_web_address) or a full parser.
pub type IsAddress = fn(&str) -> bool;

impl Kind {
    /// Whether the value has this type. Limits, and the syntax of addresses, are not checked.
    pub(super) fn takes(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Text(_) | Self::Url, Value::Text(_)) | (Self::Boolean, Value::Truth(_)) => true,
            (Self::Number, Value::Number(number)) => number.is_finite(),
            (Self::Integer, Value::Number(number)) => is_whole(*number),
            (Self::Choice(choices), Value::Text(text)) => choices.iter().any(|choice| choice == text),
            (Self::Choice(choices), Value::Unlisted { like, .. }) => choices.iter().any(|choice| choice == like),
            (Self::IntegerChoice(choices), number @ Value::Number(_)) => {
                choices.iter().any(|choice| Value::integer(*choice) == *number)
            }
            _ => false,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "`MOST_EXACT` is exact by its definition")]
fn is_whole(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() <= MOST_EXACT as f64
}
