//! What generated results call to read their fields. A value of the wrong type counts as missing.

use std::fmt;

use cover_spec::answers::{self, Object, is_nothing};
use cover_spec::tables::{ResultSpec, ShapeSpec};

use super::{Link, Timestamp};
use crate::redact;

/// The values of all results, in the order of the spec.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    specs: &'a [ResultSpec],
    values: &'a [Option<&'a serde_json::Value>],
}

impl<'a> Found<'a> {
    pub(crate) fn new(specs: &'a [ResultSpec], values: &'a [Option<&'a serde_json::Value>]) -> Self {
        Self { specs, values }
    }

    /// Reads the result with this index.
    #[must_use]
    pub fn result<T: Slot>(&self, index: usize) -> T {
        let spec = self.specs.get(index);
        let value = self.values.get(index).copied().flatten();
        T::read(spec.zip(value).map(|(spec, value)| Value { shape: &spec.shape, json: value }))
    }

    /// Returns the name and the value of each result that was found.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&'a str, &'a serde_json::Value)> {
        self.specs.iter().zip(self.values).filter_map(|(spec, value)| Some((&*spec.name, (*value)?)))
    }
}

/// A value and its shape in the spec.
#[derive(Debug, Clone, Copy)]
pub struct Value<'a> {
    shape: &'a ShapeSpec,
    json: &'a serde_json::Value,
}

impl<'a> Value<'a> {
    /// Returns the members of an object. Placeholders whose members are all empty are left out.
    #[must_use]
    pub fn members(self) -> Option<Members<'a>> {
        let object = self.json.as_object()?;
        (!object.values().all(is_nothing)).then_some(Members { shape: self.shape, object })
    }
}

/// The members of an object.
#[derive(Debug, Clone, Copy)]
pub struct Members<'a> {
    shape: &'a ShapeSpec,
    object: &'a Object,
}

impl Members<'_> {
    /// Reads the member with this index in the spec.
    #[must_use]
    pub fn member<T: Slot>(&self, index: usize) -> T {
        let member = self.shape.members.get(index);
        let found = member.and_then(|member| Some((member, answers::find(self.object, &member.spellings)?.1)));
        T::read(found.map(|(member, json)| Value { shape: &member.shape, json }))
    }
}

/// The type of a field.
pub trait Slot {
    /// Reads a value that may be missing.
    fn read(value: Option<Value<'_>>) -> Self;

    /// Writes the field without secrets.
    #[expect(clippy::missing_errors_doc, reason = "a writer fails as it likes")]
    fn shown_field(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl<T: FromAnswer> Slot for Option<T> {
    fn read(value: Option<Value<'_>>) -> Self {
        value.and_then(T::read)
    }

    fn shown_field(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_ref().map(Item), f)
    }
}

impl<T: FromAnswer> Slot for Vec<T> {
    fn read(value: Option<Value<'_>>) -> Self {
        value.and_then(FromAnswer::read).unwrap_or_default()
    }

    fn shown_field(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown(f)
    }
}

/// A type that a value of an answer is read as.
pub trait FromAnswer: Sized {
    /// Reads a value. Returns `None` for one of another type.
    fn read(from: Value<'_>) -> Option<Self>;

    /// Writes the value without secrets.
    #[expect(clippy::missing_errors_doc, reason = "a writer fails as it likes")]
    fn shown(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// Items that cannot be read are left out.
impl<T: FromAnswer> FromAnswer for Vec<T> {
    fn read(from: Value<'_>) -> Option<Self> {
        let of = |json| T::read(Value { json, ..from });
        match from.json {
            serde_json::Value::Array(items) => Some(items.iter().filter_map(of).collect()),
            // Services send a single object where there is one.
            single @ serde_json::Value::Object(_) => of(single).map(|item| vec![item]),
            _ => None,
        }
    }

    fn shown(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(Item)).finish()
    }
}

impl FromAnswer for String {
    fn read(from: Value<'_>) -> Option<Self> {
        from.json.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn shown(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&redact::Shown(self), f)
    }
}

/// Whether a link is an address is checked when it is used.
impl FromAnswer for Link {
    fn read(from: Value<'_>) -> Option<Self> {
        from.json.as_str().filter(|text| !text.is_empty()).map(Self::new)
    }

    fn shown(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl FromAnswer for Timestamp {
    fn read(from: Value<'_>) -> Option<Self> {
        answers::as_time(from.json).map(Self::from)
    }

    fn shown(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl FromAnswer for i64 {
    fn read(from: Value<'_>) -> Option<Self> {
        answers::as_integer(from.json)
    }

    fn shown(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl FromAnswer for f64 {
    fn read(from: Value<'_>) -> Option<Self> {
        answers::as_number(from.json)
    }

    fn shown(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl FromAnswer for bool {
    fn read(from: Value<'_>) -> Option<Self> {
        from.json.as_bool()
    }

    fn shown(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// JSON may have secrets anywhere, so that nothing of it is shown.
impl FromAnswer for serde_json::Value {
    fn read(from: Value<'_>) -> Option<Self> {
        (!from.json.is_null()).then(|| from.json.clone())
    }

    fn shown(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Shows a field of a result without secrets.
#[derive(Clone, Copy)]
pub struct Shown<'a, T>(pub &'a T);

impl<T: Slot> fmt::Debug for Shown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.shown_field(f)
    }
}

/// Shows one value without secrets.
struct Item<'a, T>(&'a T);

impl<T: FromAnswer> fmt::Debug for Item<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.shown(f)
    }
}
