//! Conditions on the values of other fields.

use super::{At, Scalar};

/// `required_when`, `allowed_when` and `forbidden_when`. Of each list of conditions, one must hold.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    /// When the field is required.
    pub required: Vec<Condition>,
    /// When the field is allowed; always if empty.
    pub allowed: Vec<Condition>,
    /// When the field is forbidden.
    pub forbidden: Vec<Condition>,
}

impl Conditions {
    /// Returns the conditions of all three keys.
    pub fn iter(&self) -> impl Iterator<Item = &Condition> {
        self.required.iter().chain(&self.allowed).chain(&self.forbidden)
    }
}

/// A condition on the values of other fields. All of its terms must hold.
#[derive(Debug, Clone)]
pub struct Condition {
    /// Place of the condition.
    pub at: At<()>,
    /// Fields, and what must hold of each.
    pub terms: Vec<(At<String>, At<Is>)>,
}

/// What a condition asks of one field.
#[derive(Debug, Clone, PartialEq)]
pub enum Is {
    /// The field is given.
    Given,
    /// The field is left out.
    Absent,
    /// The field has one of these values.
    OneOf(Vec<At<Scalar>>),
}

impl Condition {
    /// Describes alternative conditions, such as "`model` is V5 and `style` is given, or `style` is left out".
    #[must_use]
    pub fn any_in_words(any: &[Self]) -> String {
        let all = |condition: &Self| condition.terms.iter().map(term).collect::<Vec<_>>().join(" and ");
        any.iter().map(all).collect::<Vec<_>>().join(", or ")
    }
}

fn term((wire, is): &(At<String>, At<Is>)) -> String {
    match &is.value {
        Is::Given => format!("`{}` is given", wire.value),
        Is::Absent => format!("`{}` is left out", wire.value),
        Is::OneOf(values) => {
            let values: Vec<String> = values.iter().map(|value| value.value.to_string()).collect();
            format!("`{}` is {}", wire.value, values.join(" or "))
        }
    }
}
