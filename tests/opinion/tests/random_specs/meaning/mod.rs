//! An evaluator of the language that was written from LANGUAGE.md alone. It shares no code with cover-spec.

mod body;
mod decimal;
mod objects;
mod over_several;
pub mod pattern;
mod prices;
mod reading;
mod unlisted;
mod values;

pub use body::evaluate;
pub use prices::price;
pub use reading::{Condition, Conditions, Field, Group, Kind, Matcher, Presence, Scope, Spec, Total, Unit};
pub use unlisted::{Like, evaluate_with};

/// A rule that a body breaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// The fields that the rule is about.
    pub fields: Vec<String>,
    pub rule: &'static str,
    /// Whether a JSON Schema can say this rule.
    pub is_in_schema: bool,
}

impl Broken {
    /// A broken rule of one field.
    pub fn of(field: &str, rule: &'static str) -> Self {
        Self { fields: vec![field.to_owned()], rule, is_in_schema: true }
    }

    /// The same, for a rule that JSON Schema has words for or not.
    pub fn in_schema(mut self, is_in_schema: bool) -> Self {
        self.is_in_schema = is_in_schema;
        self
    }
}
