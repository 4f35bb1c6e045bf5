//! What is in the fields of results, and how it is shown and written.

use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::{Link, Timestamp};
use crate::redact::Shown;

/// A value that results have.
pub trait AsContent {
    /// Returns what the value is.
    fn content(&self) -> Content<'_>;
}

/// A field of a struct of results: its name in Rust, its name in JSON, and where it is.
#[derive(Clone, Copy)]
pub struct Field<'a>(pub &'static str, pub &'static str, pub &'a dyn AsContent);

/// What is in a field.
pub enum Content<'a> {
    /// A text.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A boolean.
    Truth(bool),
    /// A point in time.
    Time(&'a Timestamp),
    /// An address.
    Link(&'a Link),
    /// Any JSON value.
    Json(&'a serde_json::Value),
    /// A single value, if there is one.
    Single(Option<Box<Self>>),
    /// A list.
    List(Vec<Self>),
    /// A struct: its name and its fields.
    Record(&'static str, Vec<Field<'a>>),
}

impl<T: AsContent> AsContent for Option<T> {
    fn content(&self) -> Content<'_> {
        Content::Single(self.as_ref().map(|value| Box::new(value.content())))
    }
}

impl<T: AsContent> AsContent for Vec<T> {
    fn content(&self) -> Content<'_> {
        Content::List(self.iter().map(T::content).collect())
    }
}

impl AsContent for String {
    fn content(&self) -> Content<'_> {
        Content::Text(self)
    }
}

impl AsContent for Link {
    fn content(&self) -> Content<'_> {
        Content::Link(self)
    }
}

impl AsContent for Timestamp {
    fn content(&self) -> Content<'_> {
        Content::Time(self)
    }
}

impl AsContent for i64 {
    fn content(&self) -> Content<'_> {
        Content::Integer(*self)
    }
}

impl AsContent for f64 {
    fn content(&self) -> Content<'_> {
        Content::Number(*self)
    }
}

impl AsContent for bool {
    fn content(&self) -> Content<'_> {
        Content::Truth(*self)
    }
}

impl AsContent for serde_json::Value {
    fn content(&self) -> Content<'_> {
        Content::Json(self)
    }
}

/// Writes a struct with the names of Rust, and without secrets.
pub(super) fn show(name: &str, fields: &[Field<'_>], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut shown = f.debug_struct(name);
    for Field(name, _, slot) in fields {
        shown.field(name, &slot.content());
    }
    shown.finish()
}

/// Writes a struct with the names of JSON.
pub(super) fn write<S: Serializer>(name: &'static str, fields: &[Field<'_>], serializer: S) -> Result<S::Ok, S::Error> {
    let mut written = serializer.serialize_struct(name, fields.len())?;
    for Field(_, name, slot) in fields {
        written.serialize_field(name, &slot.content())?;
    }
    written.end()
}

impl fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => fmt::Debug::fmt(&Shown(text), f),
            Self::Integer(number) => fmt::Debug::fmt(number, f),
            Self::Number(number) => fmt::Debug::fmt(number, f),
            Self::Truth(truth) => fmt::Debug::fmt(truth, f),
            Self::Time(time) => fmt::Debug::fmt(time, f),
            Self::Link(link) => fmt::Debug::fmt(link, f),
            // It may have secrets anywhere.
            Self::Json(_) => f.write_str("…"),
            Self::Single(value) => fmt::Debug::fmt(value, f),
            Self::List(items) => fmt::Debug::fmt(items, f),
            Self::Record(name, fields) => show(name, fields, f),
        }
    }
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Truth(truth) => serializer.serialize_bool(*truth),
            Self::Time(time) => time.serialize(serializer),
            Self::Link(link) => link.serialize(serializer),
            Self::Json(json) => json.serialize(serializer),
            Self::Single(None) => serializer.serialize_none(),
            Self::Single(Some(value)) => serializer.serialize_some(value),
            Self::List(items) => serializer.collect_seq(items),
            Self::Record(name, fields) => write(name, fields, serializer),
        }
    }
}
