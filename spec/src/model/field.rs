//! Fields of the request, and choices.

use super::{At, Bounds, Condition, Conditions, Fetched, IdSource, Limit, ModeSet, Scalar};
use crate::case;
use crate::rules::Unit;

/// An entry of `[fields]`.
#[derive(Debug, Clone)]
pub struct Field {
    /// Name in JSON.
    pub wire: At<String>,
    /// Name of the setter.
    pub rust: At<String>,
    /// What the field is, as documentation.
    pub doc: At<String>,
    /// Type of the value, or of each item of a list.
    pub kind: At<FieldKind>,
    /// Where the field is sent. `None`: in the body.
    pub place: Option<At<Place>>,
    /// Whether the field holds a list.
    pub list: Option<At<bool>>,
    /// Whether a choice takes values that the spec does not list.
    pub open: Option<At<bool>>,
    /// Whether the field may be null.
    pub nullable: Option<At<bool>>,
    /// The only value of a constant field.
    pub constant: Option<At<Scalar>>,
    /// Why the field should no longer be used.
    pub deprecated: Option<At<String>>,
    /// An example of a value.
    pub example: Option<At<Scalar>>,
    /// A value that tools may offer. The library does not send it.
    pub suggested: Option<At<Scalar>>,
    /// The value that the service assumes if the field is left out.
    pub default: Option<DefaultValue>,
    /// Modes in which the field is required.
    pub required: Option<ModeSet>,
    /// Modes in which the field is optional.
    pub optional: Option<ModeSet>,
    /// Modes in which the field is forbidden.
    pub forbidden: Option<ModeSet>,
    /// Conditions on the values of other fields.
    pub conditions: Conditions,
    /// The pattern that a text, or each text of a list, must match. It has no faults.
    pub pattern: Option<At<String>>,
    /// Limits that always hold.
    pub bounds: Bounds,
    /// Limits that depend on mode, model or other fields.
    pub limits: Vec<Limit>,
    /// Value to send when the user has none.
    pub placeholder: Option<Placeholder>,
    /// Where an id comes from.
    pub source: Option<IdSource>,
    /// Whether the service fetches an address later.
    pub fetched: Option<Fetched>,
    /// Result whose address serves what the field holds.
    pub served_at: Option<At<String>>,
}

impl Field {
    /// Returns the name as part of type names, such as `UploadUrl`.
    #[must_use]
    pub fn camel(&self) -> String {
        case::pascal(&self.rust)
    }

    /// Returns the values of a choice; empty for another type.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        match &*self.kind {
            FieldKind::Choice(_, choices) => choices,
            _ => &[],
        }
    }

    /// Describes the pattern in Markdown, such as "must match `^[a-z]+$`".
    #[must_use]
    pub fn pattern_in_words(&self) -> Option<String> {
        let pattern = self.pattern.as_ref()?.as_str();
        let quote = if pattern.contains('`') { "``` " } else { "`" };
        let end: String = quote.chars().rev().collect();
        let who = if self.is_list() { "each item " } else { "" };
        Some(format!("{who}must match {quote}{pattern}{end}"))
    }

    /// Returns the members of an object; empty for another type.
    #[must_use]
    pub fn members(&self) -> &[Field] {
        match &*self.kind {
            FieldKind::Object(_, members) => members,
            _ => &[],
        }
    }

    /// Returns each value that has conditions of its own, with these: values of a choice or of a boolean.
    pub fn conditional_values(&self) -> impl Iterator<Item = (Scalar, &Conditions)> {
        let booleans = match &*self.kind {
            FieldKind::Boolean(values) => &values[..],
            _ => &[],
        };
        let booleans = booleans.iter().map(|(value, conditions)| (Scalar::Truth(value.value), conditions));
        let choices = self.choices().iter().map(|choice| (choice.value.clone(), &choice.conditions));
        choices.chain(booleans).filter(|(_, conditions)| conditions.iter().next().is_some())
    }

    /// Returns every condition of the field, of its values and of its limits.
    pub fn all_conditions(&self) -> impl Iterator<Item = &Condition> {
        let values = self.conditional_values().flat_map(|(_, conditions)| conditions.iter());
        let limits = self.limits.iter().flat_map(|limit| &limit.when);
        self.conditions.iter().chain(values).chain(limits)
    }

    /// Whether the field is a choice of values of the same type as this one.
    #[must_use]
    pub fn is_choice_of(&self, value: &Scalar) -> bool {
        self.choices().iter().any(|choice| std::mem::discriminant(&choice.value) == std::mem::discriminant(value))
    }

    /// Returns the unit of its length; characters if the field is not a text.
    #[must_use]
    pub fn unit(&self) -> Unit {
        match *self.kind {
            FieldKind::Text(unit) => unit,
            _ => Unit::Chars,
        }
    }

    /// Whether the field is sent in this place.
    #[must_use]
    pub fn is_in(&self, place: Place) -> bool {
        self.place.as_ref().is_some_and(|it| it.value == place)
    }

    /// Whether the field holds a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.list.as_ref().is_some_and(|list| list.value)
    }

    /// Returns the name of the setter for null, such as `null_duration`.
    #[must_use]
    pub fn null_setter(&self) -> String {
        format!("null_{}", *self.rust)
    }

    /// Whether a choice takes values that the spec does not list.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.value)
    }

    /// Whether the field may be null.
    #[must_use]
    pub fn is_nullable(&self) -> bool {
        self.nullable.as_ref().is_some_and(|nullable| nullable.value)
    }
}

/// Returns the name of the module that holds the generated code of an object.
#[must_use]
pub fn object_module(name: &str) -> String {
    format!("{}_object", case::snake(name))
}

/// `in`: where a field is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// As a part of the path.
    Path,
    /// As a query parameter.
    Query,
}

/// `default`: the value that the service assumes if the field is left out.
#[derive(Debug, Clone)]
pub struct DefaultValue {
    /// The value.
    pub value: At<Scalar>,
    /// Modes in which the service assumes it; `None` for all modes.
    pub modes: Option<Vec<At<String>>>,
}

/// The type of a field.
#[derive(Debug, Clone)]
pub enum FieldKind {
    /// A text, with the unit of its length.
    Text(Unit),
    /// An http or https address.
    Url,
    /// A boolean. Its values may have conditions.
    Boolean(Vec<(At<bool>, Conditions)>),
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// One of several texts, or one of several whole numbers: the name of its Rust type, and the values.
    Choice(At<String>, Vec<Choice>),
    /// An object: the name of its Rust type, and its members. A member is not an object, and has no conditions.
    Object(At<String>, Vec<Field>),
}

/// An entry of `values`: one value of a choice.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The value in JSON, as a text.
    pub wire: At<String>,
    /// The value in JSON: a text or a whole number.
    pub value: Scalar,
    /// Name of the Rust variant.
    pub rust: At<String>,
    /// What the value means, as documentation.
    pub doc: At<String>,
    /// Why the value should no longer be used.
    pub deprecated: Option<At<String>>,
    /// Conditions on the values of other fields.
    pub conditions: Conditions,
}

/// `placeholder`: a value for users who have none.
#[derive(Debug, Clone)]
pub struct Placeholder {
    /// Name of the setter.
    pub setter: At<String>,
    /// The value that is sent.
    pub value: At<String>,
    /// When to use the setter, as documentation.
    pub doc: At<String>,
}
