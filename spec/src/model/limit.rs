//! Limits of a field.

use super::{At, Condition};
use crate::rules::{Bound, Decimal};

/// The limits that one table gives.
#[derive(Debug, Clone, Default)]
pub struct Bounds(pub(crate) Vec<At<(&'static str, Bound)>>);

impl Bounds {
    /// Returns each limit with its key.
    pub fn iter(&self) -> impl Iterator<Item = &At<(&'static str, Bound)>> {
        self.0.iter()
    }

    /// Returns the number under a key, if it limits a number.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<Decimal> {
        self.0.iter().find(|bound| bound.0 == key).and_then(|bound| match bound.1 {
            Bound::Min(number) | Bound::Max(number) | Bound::Above(number) | Bound::Below(number) => Some(number),
            Bound::MultipleOf(step) => Some(step),
            _ => None,
        })
    }
}

/// An entry of `limits`.
#[derive(Debug, Clone)]
pub struct Limit {
    /// Place of the entry.
    pub at: At<()>,
    /// Modes in which the limit holds. `None`: all that allow the field.
    pub modes: Option<Vec<At<String>>>,
    /// Models with which the limit holds. `None`: all.
    pub models: Option<Vec<At<String>>>,
    /// Conditions. At least one must hold, if there are any.
    pub when: Vec<Condition>,
    /// Where the spec says that the field needs no such limit in other modes and with other models.
    pub elsewhere: Option<At<()>>,
    /// The limits of the entry.
    pub bounds: Bounds,
    /// Maximum length of the recording at an address, in seconds. Only documented: it is not known before sending.
    pub max_seconds: Option<At<u32>>,
    /// Contradicting statements of the service's documentation.
    pub disputed: Vec<Dispute>,
}

/// An entry of `disputed`: a figure in the service's documentation, and its place there.
#[derive(Debug, Clone)]
pub struct Dispute {
    /// The figure.
    pub figure: At<Decimal>,
    /// The place in the documentation.
    pub place: At<String>,
}
