//! The values of generated requests, and their conversion for the rules.

use std::borrow::Cow;

use cover_spec::rules::{MOST_EXACT, Object, Value};

use crate::response::Link;

/// The type of a field's value.
pub trait FieldValue: Sized {
    /// Returns the value as the rules take it.
    fn as_value(&self) -> Value<'_>;

    /// Converts a value that was read. `None` if it has another type.
    fn from_value(value: Value<'_>) -> Option<Self>;
}

/// Returns an object from the values of its members, in the order of the table.
#[must_use]
pub fn object<const COUNT: usize>(values: [Option<Value<'_>>; COUNT]) -> Value<'_> {
    let mut object = Object::default();
    for (index, value) in values.into_iter().enumerate() {
        if let Some(value) = value {
            object.put(index, value);
        }
    }
    Value::Object(object)
}

/// The members of an object that was read.
pub struct Read<'a>(Object<'a>);

/// Returns the members of a value. `None` if it is not an object.
#[must_use]
pub fn members(value: Value<'_>) -> Option<Read<'_>> {
    match value {
        Value::Object(object) => Some(Read(object)),
        _ => None,
    }
}

impl Read<'_> {
    /// Takes the member with this index.
    pub fn read<T: FieldValue>(&mut self, index: usize) -> Option<T> {
        self.0.take(index).and_then(T::from_value)
    }
}

impl FieldValue for String {
    fn as_value(&self) -> Value<'_> {
        Value::text(self)
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.into_owned()),
            _ => None,
        }
    }
}

impl FieldValue for Link {
    fn as_value(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(self.as_str()))
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        String::from_value(value).map(Self::new)
    }
}

impl FieldValue for bool {
    fn as_value(&self) -> Value<'_> {
        Value::Truth(*self)
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Truth(truth) => Some(truth),
            _ => None,
        }
    }
}

impl FieldValue for f64 {
    fn as_value(&self) -> Value<'_> {
        Value::Number(*self)
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }
}

impl FieldValue for i64 {
    fn as_value(&self) -> Value<'_> {
        Value::integer(*self)
    }

    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "at most 2^53")]
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Number(number) if number.abs() <= MOST_EXACT as f64 => Some(number as Self),
            _ => None,
        }
    }
}

impl<T: FieldValue> FieldValue for Vec<T> {
    fn as_value(&self) -> Value<'_> {
        Value::List(self.iter().map(T::as_value).collect())
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::List(items) => items.into_iter().map(T::from_value).collect(),
            _ => None,
        }
    }
}

/// `None` is null.
impl<T: FieldValue> FieldValue for Option<T> {
    fn as_value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, T::as_value)
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}
