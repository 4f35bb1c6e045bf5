use std::fmt;

use cover_spec::answers::Time;

use serde::{Serialize, Serializer};

use crate::redact::Shown;

/// A point in time, as the service gives it.
///
/// The services give no time zone, so that texts are not converted.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Timestamp {
    /// Milliseconds since the Unix epoch.
    Millis(i64),
    /// A text, such as `2025-01-31 12:00:00`.
    Text(String),
}

impl From<Time<'_>> for Timestamp {
    fn from(time: Time<'_>) -> Self {
        match time {
            Time::Millis(millis) => Self::Millis(millis),
            Time::Text(text) => Self::Text(text.to_owned()),
        }
    }
}

/// Writes a number or a text, as the service gives it.
impl Serialize for Timestamp {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        match self {
            Self::Millis(millis) => serializer.serialize_i64(*millis),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Millis(millis) => millis.fmt(f),
            Self::Text(text) => Shown(text).fmt(f),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Millis(millis) => f.debug_tuple("Millis").field(millis).finish(),
            Self::Text(text) => f.debug_tuple("Text").field(&Shown(text)).finish(),
        }
    }
}
