//! Services whose specs are known only at run time.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

use super::{Either, Results, Service};
use crate::response::read::Found;

/// Stands for any service, such as one whose spec is read at run time.
///
/// Its handles remember the id of their operation. A client of another operation refuses them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnyService {}

/// Results as JSON, under the names that the spec gives them.
///
/// They are read as those of generated types: a number that is written as a text is a number, a member has its first spelling, and
/// what is missing or has another type is left out. [`Snapshot::json`](crate::Snapshot::json) returns the answer as it came.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct AnyResults {
    /// The results that the answer has.
    pub values: serde_json::Map<String, serde_json::Value>,
}

impl Service for AnyService {
    type Status = String;
    type Results = AnyResults;
    type Way = Either;
    type Operation = Cow<'static, str>;
}

impl Results for AnyResults {
    fn read(found: Found<'_>) -> Self {
        Self { values: found.named().map(|(name, value)| (name.to_owned(), value)).collect() }
    }
}

impl Serialize for AnyResults {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        self.values.serialize(serializer)
    }
}

/// Lists the names of the results, since their values may have secrets.
impl fmt::Debug for AnyResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}
