//! The table of rules of one request, and the one checker that applies it.
//!
//! The macro writes such a table as a `static` beside the types that it generates; the sandbox makes one from a spec
//! that it loads while running. Either way [`Rules::check`] or [`Placed::check`] decides, so that a rule is implemented once.

mod check;
mod condition;
mod decimal;
mod field;
mod items;
mod relation;
#[cfg(feature = "serde")]
mod serialize;
#[cfg(test)]
mod tests;
mod text;
mod violation;
mod violations;

use std::borrow::Cow;

pub use check::{IsAddress, Placed, Value};
pub use condition::{Condition, Conditional, Const, Effect, Is, Term};
pub use decimal::Decimal;
pub use items::Items;
pub use relation::{Relating, Relation};
pub use text::{Unit, looks_like_web_address};
pub use violation::{Figure, Names, Rule, Violation};
pub use violations::Violations;

/// A text that is written into the program or owned.
pub type Str = Cow<'static, str>;

/// A list that is written into the program or owned.
pub type List<T> = Cow<'static, [T]>;

/// The greatest whole number up to which JSON numbers are exact in every language: 2^53 - 1.
pub const MOST_EXACT: i64 = (1 << 53) - 1;

/// The rules of one request.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// The modes; none or at most 64.
    pub modes: List<Mode>,
    /// The fields, in the order of the spec.
    pub fields: List<Field>,
    /// The index of the field that limits "by model" speak of.
    pub model: Option<usize>,
    /// The rules over several fields.
    pub relations: List<Relation>,
}

/// A mode: which values of which fields make it.
#[derive(Debug, Clone, PartialEq)]
pub struct Mode {
    /// Its name, such as `Custom<Vocal>`.
    pub name: Str,
    /// Index of a field, and the value that it has in this mode.
    pub when: List<(usize, Const)>,
}

/// A field and its rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name in JSON.
    pub wire: Str,
    /// Its name in Rust.
    pub rust: Str,
    /// What it holds.
    pub kind: Kind,
    /// Does it hold a list of these?
    pub list: bool,
    /// May it be null?
    pub nullable: bool,
    /// The one value that it ever has.
    pub constant: Option<Const>,
    /// Whether it must be there: one for each mode, or a single one where there are no modes.
    pub presence: List<Presence>,
    /// What counts where it is left out.
    pub default: Option<Const>,
    /// Its limits.
    pub limits: List<Limit>,
    /// What other fields ask of it, where the mode leaves it open.
    pub conditions: List<Conditional>,
}

/// What a field holds, or each item of its list.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A text, whose length is counted in this unit.
    Text(Unit),
    /// An http or https address.
    Url,
    /// True or false.
    Boolean,
    /// A whole number of at most [`MOST_EXACT`], either way.
    Integer,
    /// A number.
    Number,
    /// One of these texts.
    Choice(List<Str>),
}

/// Whether a field must be there in a mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It must be there.
    Required,
    /// It may be there.
    Optional,
    /// It must be left out.
    Forbidden,
    /// Its value is the mode's own.
    Fixed,
}

/// A limit, and where it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// The modes in which it holds: bit n stands for mode n.
    pub modes: u64,
    /// The models with which it holds: bit n stands for choice n of the model field.
    pub models: u64,
    /// Holds only under one of these conditions; always where there are none.
    pub when: List<Condition>,
    /// What it bounds.
    pub bound: Bound,
    /// What the documentation says elsewhere, where it contradicts itself.
    pub dispute: Option<Str>,
}

/// What a limit bounds. Of a list, all but the numbers of items are about each item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// A text has at least so many of its unit.
    MinLength(u32),
    /// A text has at most so many of its unit.
    MaxLength(u32),
    /// A list has at least so many items.
    MinItems(u32),
    /// A list has at most so many items.
    MaxItems(u32),
    /// A number is at least this.
    Min(Decimal),
    /// A number is at most this.
    Max(Decimal),
    /// A number is more than this.
    Above(Decimal),
    /// A number is less than this.
    Below(Decimal),
    /// A number is a multiple of this.
    MultipleOf(Decimal),
}
