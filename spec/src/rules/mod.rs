//! The rules of a request as a table, and the checker that applies them.
//!
//! The macro writes the table as a `static`. The sandbox makes one from a spec at run time. [`Rules::check`] and
//! [`Placed::check`] apply both, so that each rule is implemented once.

mod check;
mod condition;
mod context;
mod decimal;
mod field;
mod items;
mod limit;
mod object;
mod pattern;
mod recording;
mod relation;
#[cfg(feature = "serde")]
mod serialize;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod violation;
mod violations;

use std::borrow::Cow;

pub use check::Placed;
pub use condition::{Condition, Conditional, Const, Effect, Is, Term};
pub use decimal::Decimal;
pub(crate) use decimal::Difference;
pub use field::{MAX_UNLISTED, MOST_KEPT_UNLISTED};
pub use items::Items;
pub use pattern::Pattern;
pub use relation::{Relating, Relation};
pub use text::{Unit, looks_like_web_address};
pub use value::{IsAddress, Object, Value};
pub use violation::{Figure, Names, Rule, Violation};
pub use violations::Violations;

/// A text that is static or owned.
pub type Str = Cow<'static, str>;

/// A list that is static or owned.
pub type List<T> = Cow<'static, [T]>;

/// The greatest whole number that is exact as a JSON number in every language: 2^53 - 1.
pub const MOST_EXACT: i64 = (1 << 53) - 1;

/// The rules of one request.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// The modes, at most 64. A request may have none.
    pub modes: List<Mode>,
    /// The fields, in the order of the spec.
    pub fields: List<Field>,
    /// Index of the field that selects the model.
    pub model: Option<usize>,
    /// The rules over several fields.
    pub relations: List<Relation>,
}

/// A mode, and the field values that select it.
#[derive(Debug, Clone, PartialEq)]
pub struct Mode {
    /// Name, such as `Custom<Vocal>`.
    pub name: Str,
    /// Indices of fields, each with its value in this mode.
    pub when: List<(usize, Const)>,
}

impl Mode {
    /// Returns the value that the field with this index has in this mode, if the mode sets it.
    #[must_use]
    pub fn own_value(&self, field: usize) -> Option<&Const> {
        self.when.iter().find(|(own, _)| *own == field).map(|(_, value)| value)
    }
}

/// A field and its rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Name in JSON.
    pub wire: Str,
    /// Name of the setter.
    pub rust: Str,
    /// Type of the value, or of each item of a list.
    pub kind: Kind,
    /// Whether the field holds a list.
    pub list: bool,
    /// Whether a choice of texts takes values that are not listed.
    pub open: bool,
    /// Whether the field may be null.
    pub nullable: bool,
    /// The only value of a constant field.
    pub constant: Option<Const>,
    /// Presence in each mode. A request without modes has a single entry.
    pub presence: List<Presence>,
    /// The value that the service assumes if the field is left out.
    pub default: Option<DefaultValue>,
    /// The pattern that a text, or each text of a list, must match.
    pub pattern: Option<Cow<'static, Pattern>>,
    /// Limits of the value.
    pub limits: List<Limit>,
    /// Conditions on the values of other fields.
    pub conditions: List<Conditional>,
}

impl Field {
    /// An address without limits. Generated tables name only what another field has otherwise.
    pub const USUAL: Self = Self {
        wire: Str::Borrowed(""),
        rust: Str::Borrowed(""),
        kind: Kind::Url,
        list: false,
        open: false,
        nullable: false,
        constant: None,
        presence: List::Borrowed(&[]),
        default: None,
        pattern: None,
        limits: List::Borrowed(&[]),
        conditions: List::Borrowed(&[]),
    };
}

/// The value that the service assumes if a field is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultValue {
    /// The value.
    pub value: Const,
    /// Modes in which the service assumes it: bit n stands for mode n.
    pub modes: u64,
}

/// The type of a field, or of each item of its list.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A text, with the unit of its length.
    Text(Unit),
    /// An http or https address.
    Url,
    /// A boolean.
    Boolean,
    /// A whole number from -[`MOST_EXACT`] to [`MOST_EXACT`].
    Integer,
    /// A number.
    Number,
    /// One of these texts.
    Choice(List<Str>),
    /// One of these whole numbers.
    IntegerChoice(List<i64>),
    /// An object with these members. They have a single presence, no conditions, and no objects.
    Object(List<Field>),
}

/// Whether a field is required in a mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The field must be given.
    Required,
    /// The field may be given.
    Optional,
    /// The field must be left out.
    Forbidden,
    /// The mode sets the value.
    Fixed,
}

/// A limit, and when it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Modes in which the limit holds: bit n stands for mode n.
    pub modes: u64,
    /// Models with which the limit holds: bit n stands for choice n of the model field.
    pub models: u64,
    /// Conditions. At least one must hold, if there are any.
    pub when: List<Condition>,
    /// The limit.
    pub bound: Bound,
    /// Contradicting statements of the service's documentation.
    pub dispute: Option<Str>,
}

impl Limit {
    /// A limit that always holds. Generated tables name only what another limit has otherwise.
    pub const USUAL: Self = Self {
        modes: u64::MAX,
        models: u64::MAX,
        when: List::Borrowed(&[]),
        bound: Bound::MaxLength(u32::MAX),
        dispute: None,
    };
}

/// The kinds of limits. For a list, all but `MinItems` and `MaxItems` limit each item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// Minimum length of a text, in its unit.
    MinLength(u32),
    /// Maximum length of a text, in its unit.
    MaxLength(u32),
    /// Maximum length of an address, in bytes.
    MaxBytes(u32),
    /// Minimum number of items.
    MinItems(u32),
    /// Maximum number of items.
    MaxItems(u32),
    /// Minimum of a number.
    Min(Decimal),
    /// Maximum of a number.
    Max(Decimal),
    /// Exclusive minimum of a number.
    Above(Decimal),
    /// Exclusive maximum of a number.
    Below(Decimal),
    /// Step of a number.
    MultipleOf(Decimal),
}
