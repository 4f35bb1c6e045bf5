//! One broken rule.

use std::fmt;

use super::{Field, Str, Unit};

/// The rule that a value breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The field is required.
    Required,
    /// The field is forbidden.
    Forbidden,
    /// The request has no such field.
    Unknown,
    /// The value has another type.
    Type,
    /// The text is too short.
    MinLength,
    /// The text is too long.
    MaxLength,
    /// The address has too many bytes.
    MaxBytes,
    /// The recording is too long.
    MaxSeconds,
    /// The number is too small.
    Min,
    /// The number is too large.
    Max,
    /// The number is not above its exclusive minimum.
    Above,
    /// The number is not below its exclusive maximum.
    Below,
    /// The number is not a multiple of the step.
    MultipleOf,
    /// The list has too few items.
    MinItems,
    /// The list has too many items.
    MaxItems,
    /// The text is not an http or https address.
    Url,
    /// The text does not match the pattern.
    Pattern,
    /// The value is not one of the choices.
    Choice,
    /// The value is not that of the constant field.
    Constant,
    /// The values of other fields do not allow the choice.
    Condition,
    /// Too many or too few fields of a group are given.
    Group,
    /// Several fields are too short together.
    MinTotal,
    /// Several fields are too long together.
    MaxTotal,
    /// The difference of two numbers is too small.
    MinDifference,
    /// The difference of two numbers is too large.
    MaxDifference,
    /// No mode has this value.
    Mode,
    /// The field is given twice.
    Twice,
    /// The request is not a JSON object.
    Object,
}

impl Rule {
    /// Returns the name of the rule, such as `max_length`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Forbidden => "forbidden",
            Self::Unknown => "unknown",
            Self::Type => "type",
            Self::MinLength => "min_length",
            Self::MaxLength => "max_length",
            Self::MaxBytes => "max_bytes",
            Self::MaxSeconds => "max_seconds",
            Self::Min => "min",
            Self::Max => "max",
            Self::Above => "exclusive_min",
            Self::Below => "exclusive_max",
            Self::MultipleOf => "multiple_of",
            Self::MinItems => "min_items",
            Self::MaxItems => "max_items",
            Self::Url => "url",
            Self::Pattern => "pattern",
            Self::Choice => "choice",
            Self::Constant => "constant",
            Self::Condition => "condition",
            Self::Group => "group",
            Self::MinTotal => "min_total",
            Self::MaxTotal => "max_total",
            Self::MinDifference => "min_difference",
            Self::MaxDifference => "max_difference",
            Self::Mode => "mode",
            Self::Twice => "twice",
            Self::Object => "object",
        }
    }
}

/// A number in a violation: a limit, or the size of the value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figure {
    /// Length of a text, in a unit.
    Length(u64, Unit),
    /// Length of an address, in bytes.
    Bytes(u64),
    /// Number of items.
    Items(u64),
    /// A number.
    Number(f64),
}

impl Figure {
    /// Returns the number without its unit.
    fn bare(self) -> String {
        match self {
            Self::Length(count, _) | Self::Bytes(count) | Self::Items(count) => count.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(count, unit) => write!(f, "{count} {}", unit.word(*count)),
            Self::Bytes(count) => write!(f, "{count} {}", Unit::Bytes.word(*count)),
            Self::Items(1) => f.write_str("1 item"),
            Self::Items(count) => write!(f, "{count} items"),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

/// The names of fields in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Names of setters, such as `upload_url`.
    Rust,
    /// Names in JSON, such as `uploadUrl`.
    Wire,
}

impl Names {
    pub(super) fn of(self, field: &Field) -> &Str {
        match self {
            Self::Rust => &field.rust,
            Self::Wire => &field.wire,
        }
    }
}

/// Maximum length of an unknown name, in characters.
const LONGEST_NAME: usize = 100;

/// One broken rule: the field, the rule, the limit and the size of the value. Never the text itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    pub(crate) wire: Str,
    /// The names of the fields, for a rule over several.
    pub(crate) several: Vec<Str>,
    pub(crate) shown: Str,
    pub(crate) rule: Rule,
    pub(crate) limit: Option<Figure>,
    pub(crate) actual: Option<Figure>,
    pub(crate) mode: Option<Str>,
    pub(crate) model: Option<Str>,
    pub(crate) detail: Option<Str>,
}

impl Violation {
    /// Creates a violation without a field of the table.
    pub(crate) fn unplaced(name: &str, rule: Rule) -> Self {
        let wire = Str::Owned(name.to_owned());
        Self {
            shown: wire.clone(),
            wire,
            several: Vec::new(),
            rule,
            limit: None,
            actual: None,
            mode: None,
            model: None,
            detail: None,
        }
    }

    /// Creates the violation for an unknown name. Long names are cut; control characters are escaped in messages.
    pub(super) fn unknown(name: &str) -> Self {
        let mut cut: String = name.chars().take(LONGEST_NAME).collect();
        let mut shown = cut.escape_debug().to_string();
        if cut.len() < name.len() {
            cut.push('…');
            shown.push('…');
        }
        Self { shown: Str::Owned(shown), ..Self::unplaced(&cut, Rule::Unknown) }
    }

    pub(super) fn of(field: &Field, rule: Rule, names: Names) -> Self {
        Self { shown: names.of(field).clone(), ..Self::unplaced(&field.wire, rule) }
    }

    /// Returns the JSON name of the field, or the place of a member, such as `segments[2].start`. For a rule over several
    /// fields, the names are separated by `, `.
    ///
    /// An unknown name is cut after 100 characters.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.wire
    }

    /// Returns the JSON names of the fields: one, or all of a rule over several fields.
    #[must_use]
    pub fn fields(&self) -> &[Str] {
        if self.several.is_empty() { std::slice::from_ref(&self.wire) } else { &self.several }
    }

    /// Returns the broken rule.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// Returns the limit, for a rule that has one.
    #[must_use]
    pub fn limit(&self) -> Option<Figure> {
        self.limit
    }

    /// Returns the size of the value, for a rule that has a limit: a length, a number of items, or the number itself.
    #[must_use]
    pub fn actual(&self) -> Option<Figure> {
        self.actual
    }

    /// Returns the mode of the request, if the spec has modes.
    #[must_use]
    pub fn mode(&self) -> Option<&str> {
        self.mode.as_deref()
    }

    /// Returns the model, if the limit depends on it.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// Returns details, such as the allowed type, pattern or choices, or a contradicting statement of the documentation.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    fn place(&self) -> String {
        let model = self.model.as_ref().map(|model| format!(" with {model}"));
        let mode = self.mode.as_ref().map(|mode| format!(" in {mode}"));
        model.unwrap_or_default() + &mode.unwrap_or_default()
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place();
        let detail = self.detail.as_deref().unwrap_or_default();
        write!(f, "{}: ", self.shown)?;
        match (self.rule, self.limit, self.actual) {
            (Rule::MinLength, Some(Figure::Length(1, _)), _) => write!(f, "must not be empty{place}")?,
            (Rule::MinLength | Rule::MaxLength, Some(Figure::Length(limit, _)), Some(actual)) => {
                let word = if self.rule == Rule::MinLength { "at least" } else { "at most" };
                write!(f, "{actual}, {word} {limit}{place}")?;
            }
            (Rule::Min | Rule::MinItems | Rule::MinDifference, Some(limit), Some(actual)) => {
                write!(f, "{actual}, at least {}{place}", limit.bare())?;
            }
            (Rule::Max | Rule::MaxBytes | Rule::MaxItems | Rule::MaxDifference, Some(limit), Some(actual)) => {
                write!(f, "{actual}, at most {}{place}", limit.bare())?;
            }
            (Rule::MaxSeconds, Some(limit), Some(actual)) => {
                write!(f, "{actual} seconds, at most {}{place}", limit.bare())?;
            }
            (Rule::MinTotal, Some(limit), Some(actual)) => {
                write!(f, "{actual} together, at least {}{place}", limit.bare())?;
            }
            (Rule::MaxTotal, Some(limit), Some(actual)) => {
                write!(f, "{actual} together, at most {}{place}", limit.bare())?;
            }
            (Rule::Above, Some(limit), Some(actual)) => write!(f, "{actual}, must be above {limit}{place}")?,
            (Rule::Below, Some(limit), Some(actual)) => write!(f, "{actual}, must be below {limit}{place}")?,
            (Rule::MultipleOf, Some(limit), Some(actual)) => {
                write!(f, "{actual}, must be a multiple of {limit}{place}")?;
            }
            (Rule::Required, ..) => write!(f, "missing, required{place}")?,
            (Rule::Forbidden, ..) => write!(f, "must be left out{place}")?,
            (Rule::Unknown, ..) => f.write_str("no such field")?,
            (Rule::Url, ..) => f.write_str("not an http or https address")?,
            (Rule::Mode, ..) => f.write_str("no mode has this value")?,
            (Rule::Twice, ..) => f.write_str("given twice")?,
            (Rule::Object, ..) => f.write_str("not a JSON object")?,
            (Rule::Type | Rule::Constant, ..) => return write!(f, "must be {detail}"),
            (Rule::Pattern, ..) => return write!(f, "must match `{detail}`"),
            (Rule::Choice, ..) => return write!(f, "must be one of {detail}"),
            (Rule::Group, ..) => return write!(f, "{detail}{place}"),
            (Rule::Condition, ..) => return write!(f, "this value is not allowed{place} ({detail})"),
            (rule, ..) => f.write_str(rule.name())?,
        }
        if detail.is_empty() { Ok(()) } else { write!(f, " ({detail})") }
    }
}
