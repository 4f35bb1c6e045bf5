//! The structs of results that are generated from a spec.

use std::fmt;

use serde::Serializer;

use super::content::{self, AsContent, Content};
use super::read::{Fields, FromAnswer, Value};

pub use super::content::Field;

/// A struct of results: all results of an operation, or one object in them.
pub trait Record: Sized {
    /// Name of the type.
    const NAME: &'static str;

    /// Reads all fields.
    fn read(from: Fields<'_>) -> Self;

    /// Returns all fields.
    fn fields(&self) -> Vec<Field<'_>>;
}

impl<T: Record> AsContent for T {
    fn content(&self) -> Content<'_> {
        Content::Record(T::NAME, self.fields())
    }
}

impl<T: Record> FromAnswer for T {
    fn read(from: Value<'_>) -> Option<Self> {
        from.fields().map(<T as Record>::read)
    }
}

/// Writes a struct with the names of Rust, and without secrets.
#[expect(clippy::missing_errors_doc, reason = "a writer fails as it likes")]
pub fn debug<T: Record>(record: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    content::show(T::NAME, &record.fields(), f)
}

/// Writes a struct with the names of JSON.
#[expect(clippy::missing_errors_doc, reason = "a serializer fails as it likes")]
pub fn serialize<T: Record, S: Serializer>(record: &T, serializer: S) -> Result<S::Ok, S::Error> {
    content::write(T::NAME, &record.fields(), serializer)
}
