use std::fmt;

use super::{Field, Str, Unit};

/// Which rule a value breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The field must be there.
    Required,
    /// The field must be left out.
    Forbidden,
    /// The request has no such field.
    Unknown,
    /// The field holds another type.
    Type,
    /// The text is too short.
    MinLength,
    /// The text is too long.
    MaxLength,
    /// The number is too small.
    Min,
    /// The number is too large.
    Max,
    /// The number is not above its bound.
    Above,
    /// The number is not below its bound.
    Below,
    /// The number is between two steps.
    MultipleOf,
    /// The list has too few items.
    MinItems,
    /// The list has too many items.
    MaxItems,
    /// The text is no http or https address.
    Url,
    /// The text is none of those that are allowed.
    Choice,
    /// The field has one value only, and this is another.
    Constant,
    /// The choice is not allowed with the values of other fields.
    Condition,
    /// Of several fields, too many or too few are there.
    Group,
    /// Several fields together hold too little.
    MinTotal,
    /// Several fields together hold too much.
    MaxTotal,
    /// Two numbers are too near to each other, or in the wrong order.
    MinDifference,
    /// Two numbers are too far apart.
    MaxDifference,
    /// No mode has this value.
    Mode,
    /// The field is given twice.
    Twice,
    /// The whole is no JSON object.
    Object,
}

impl Rule {
    /// The name of the rule, such as `max_length`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Forbidden => "forbidden",
            Self::Unknown => "unknown",
            Self::Type => "type",
            Self::MinLength => "min_length",
            Self::MaxLength => "max_length",
            Self::Min => "min",
            Self::Max => "max",
            Self::Above => "exclusive_min",
            Self::Below => "exclusive_max",
            Self::MultipleOf => "multiple_of",
            Self::MinItems => "min_items",
            Self::MaxItems => "max_items",
            Self::Url => "url",
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

/// A number in a violation: a limit, or what was given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figure {
    /// How many characters, UTF-16 units or bytes.
    Length(u64, Unit),
    /// How many items.
    Items(u64),
    /// A number.
    Number(f64),
}

impl Figure {
    /// The number alone, where its unit was said before.
    fn bare(self) -> String {
        match self {
            Self::Length(count, _) | Self::Items(count) => count.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(count, unit) => write!(f, "{count} {}", unit.word(*count)),
            Self::Items(1) => f.write_str("1 item"),
            Self::Items(count) => write!(f, "{count} items"),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

/// Which names of the fields a message uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Those of the setters, such as `upload_url`.
    Rust,
    /// Those in JSON, such as `uploadUrl`.
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

/// The most characters of a name that the request does not have.
const LONGEST_NAME: usize = 100;

/// One broken rule: which field, which rule, what was allowed and what was given. Never the value of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    pub(crate) wire: Str,
    pub(crate) shown: Str,
    pub(crate) rule: Rule,
    pub(crate) limit: Option<Figure>,
    pub(crate) actual: Option<Figure>,
    pub(crate) mode: Option<Str>,
    pub(crate) model: Option<Str>,
    pub(crate) detail: Option<Str>,
}

impl Violation {
    /// One that is about no field of the table.
    pub(crate) fn unplaced(name: &str, rule: Rule) -> Self {
        let wire = Str::Owned(name.to_owned());
        Self { shown: wire.clone(), wire, rule, limit: None, actual: None, mode: None, model: None, detail: None }
    }

    /// A name that the request does not have. A long one is cut, and what would disturb a terminal is escaped where it is shown.
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

    /// The field, by its name in JSON; of a rule over several fields, their names with `, ` between them. A name that the
    /// request does not have is cut behind 100 characters.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.wire
    }

    /// The rule that is broken.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The limit, for a rule that has one.
    #[must_use]
    pub fn limit(&self) -> Option<Figure> {
        self.limit
    }

    /// What was given, for a rule that has a limit: the length of a text, or a number.
    #[must_use]
    pub fn actual(&self) -> Option<Figure> {
        self.actual
    }

    /// The mode in which the rule holds, where the request has modes.
    #[must_use]
    pub fn mode(&self) -> Option<&str> {
        self.mode.as_deref()
    }

    /// The model with which the limit holds, where it depends on one.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// What else there is to say: the types and choices that are allowed, or what the documentation says elsewhere.
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
            (Rule::MinLength, Some(Figure::Length(1, _)), _) => write!(f, "empty, must hold something{place}")?,
            (Rule::MinLength | Rule::MaxLength, Some(Figure::Length(limit, _)), Some(actual)) => {
                let word = if self.rule == Rule::MinLength { "at least" } else { "at most" };
                write!(f, "{actual}, {word} {limit}{place}")?;
            }
            (Rule::Min | Rule::MinItems | Rule::MinDifference, Some(limit), Some(actual)) => {
                write!(f, "{actual}, at least {}{place}", limit.bare())?;
            }
            (Rule::Max | Rule::MaxItems | Rule::MaxDifference, Some(limit), Some(actual)) => {
                write!(f, "{actual}, at most {}{place}", limit.bare())?;
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
            (Rule::Url, ..) => f.write_str("no http or https address")?,
            (Rule::Mode, ..) => f.write_str("no mode has this value")?,
            (Rule::Twice, ..) => f.write_str("given twice")?,
            (Rule::Object, ..) => f.write_str("no JSON object")?,
            (Rule::Type | Rule::Constant, ..) => return write!(f, "must be {detail}"),
            (Rule::Choice, ..) => return write!(f, "must be one of {detail}"),
            (Rule::Group, ..) => return write!(f, "{detail}{place}"),
            (Rule::Condition, ..) => return write!(f, "this value is not taken{place} ({detail})"),
            (rule, ..) => f.write_str(rule.name())?,
        }
        if detail.is_empty() { Ok(()) } else { write!(f, " ({detail})") }
    }
}
