//! What generated results call to read their fields. What is in an answer is read in one place, so that all results agree: those of
//! generated types, and those of specs that are read at run time.

use cover_spec::answers::{self, Object};
use cover_spec::tables::{ResultSpec, ShapeSpec};

use super::{Link, Timestamp};

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

    /// Returns the results as fields.
    pub(crate) fn fields(self) -> Fields<'a> {
        Fields(Place::Results(self))
    }

    fn value(self, index: usize) -> Option<(&'a ShapeSpec, serde_json::Value)> {
        let spec = self.specs.get(index)?;
        let json = self.values.get(index).copied().flatten()?;
        Some((&spec.shape, answers::read(&spec.shape, json)?))
    }

    /// Returns the name and the value of each result that can be read.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&'a str, serde_json::Value)> {
        let all = self.specs.iter().zip(self.values);
        all.filter_map(|(spec, value)| Some((&*spec.name, answers::read(&spec.shape, (*value)?)?)))
    }
}

/// A value that was [read](answers::read), and its shape in the spec.
#[derive(Debug, Clone, Copy)]
pub struct Value<'a> {
    shape: &'a ShapeSpec,
    json: &'a serde_json::Value,
}

impl<'a> Value<'a> {
    /// Returns the members of an object.
    pub(super) fn fields(self) -> Option<Fields<'a>> {
        Some(Fields(Place::Members(Members { shape: self.shape, object: self.json.as_object()? })))
    }
}

/// The members of an object.
#[derive(Debug, Clone, Copy)]
struct Members<'a> {
    shape: &'a ShapeSpec,
    object: &'a Object,
}

impl<'a> Members<'a> {
    fn value(self, index: usize) -> Option<Value<'a>> {
        let member = self.shape.members.get(index)?;
        let json = self.object.get(&**member.spellings.first()?)?;
        Some(Value { shape: &member.shape, json })
    }
}

/// Where a struct reads its fields: all results of an answer, or the members of an object.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a>(Place<'a>);

#[derive(Debug, Clone, Copy)]
enum Place<'a> {
    Results(Found<'a>),
    Members(Members<'a>),
}

impl Fields<'_> {
    /// Reads the field with this index in the spec.
    #[must_use]
    pub fn read<T: Slot>(self, index: usize) -> T {
        match self.0 {
            Place::Results(found) => {
                let value = found.value(index);
                T::read(value.as_ref().map(|(shape, json)| Value { shape, json }))
            }
            Place::Members(members) => T::read(members.value(index)),
        }
    }
}

/// The type of a field.
pub trait Slot: Sized {
    /// Reads a value that may be missing.
    fn read(value: Option<Value<'_>>) -> Self;
}

impl<T: FromAnswer> Slot for Option<T> {
    fn read(value: Option<Value<'_>>) -> Self {
        value.and_then(T::read)
    }
}

impl<T: FromAnswer> Slot for Vec<T> {
    fn read(value: Option<Value<'_>>) -> Self {
        value.and_then(FromAnswer::read).unwrap_or_default()
    }
}

/// A type that a value of an answer is read as.
pub trait FromAnswer: Sized {
    /// Reads a value. Returns `None` for one of another type.
    fn read(from: Value<'_>) -> Option<Self>;
}

impl<T: FromAnswer> FromAnswer for Vec<T> {
    fn read(from: Value<'_>) -> Option<Self> {
        let items = from.json.as_array()?;
        Some(items.iter().filter_map(|json| T::read(Value { json, ..from })).collect())
    }
}

impl FromAnswer for String {
    fn read(from: Value<'_>) -> Option<Self> {
        from.json.as_str().map(str::to_owned)
    }
}

impl FromAnswer for Link {
    fn read(from: Value<'_>) -> Option<Self> {
        from.json.as_str().map(Self::new)
    }
}

impl FromAnswer for Timestamp {
    fn read(from: Value<'_>) -> Option<Self> {
        answers::as_time(from.json).map(Self::from)
    }
}

impl FromAnswer for i64 {
    fn read(from: Value<'_>) -> Option<Self> {
        from.json.as_i64()
    }
}

impl FromAnswer for f64 {
    fn read(from: Value<'_>) -> Option<Self> {
        from.json.as_f64()
    }
}

impl FromAnswer for bool {
    fn read(from: Value<'_>) -> Option<Self> {
        from.json.as_bool()
    }
}

impl FromAnswer for serde_json::Value {
    fn read(from: Value<'_>) -> Option<Self> {
        Some(from.json.clone())
    }
}
