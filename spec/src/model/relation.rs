//! Rules over several fields.

use super::{At, Condition};
use crate::rules::Decimal;

/// An entry of `groups`, `totals` or `differences`: a rule over several fields.
#[derive(Debug, Clone)]
pub struct Relation {
    /// Place of the entry.
    pub at: At<()>,
    /// Reason for the rule, as documentation.
    pub doc: At<String>,
    /// Modes in which the rule holds. `None`: all.
    pub modes: Option<Vec<At<String>>>,
    /// Conditions. At least one must hold, if there are any.
    pub when: Vec<Condition>,
    /// The rule, with its fields.
    pub asks: Asks,
}

/// A rule over several fields, with its fields.
#[derive(Debug, Clone)]
pub enum Asks {
    /// At least one field is given.
    AtLeastOne(Vec<At<String>>),
    /// At most one field is given.
    AtMostOne(Vec<At<String>>),
    /// All fields are given, or none.
    AllOrNone(Vec<At<String>>),
    /// Exactly one group of fields is given, completely.
    ExactlyOne(Vec<Vec<At<String>>>),
    /// The number of items of all lists is within bounds.
    Items(Vec<At<String>>, Total),
    /// The length of all texts is within bounds.
    Length(Vec<At<String>>, Total),
    /// The first field less the second is at least the first figure and at most the second.
    Difference([At<String>; 2], [Option<At<Decimal>>; 2]),
}

/// `min` and `max` of a total.
#[derive(Debug, Clone)]
pub struct Total {
    /// Minimum.
    pub least: Option<At<u32>>,
    /// Maximum.
    pub most: Option<At<u32>>,
}

impl Asks {
    /// Returns the fields. The subtrahend of a difference comes second.
    #[must_use]
    pub fn fields(&self) -> Vec<&At<String>> {
        match self {
            Self::AtLeastOne(fields)
            | Self::AtMostOne(fields)
            | Self::AllOrNone(fields)
            | Self::Items(fields, _)
            | Self::Length(fields, _) => fields.iter().collect(),
            Self::ExactlyOne(groups) => groups.iter().flatten().collect(),
            Self::Difference(fields, _) => fields.iter().collect(),
        }
    }
}
