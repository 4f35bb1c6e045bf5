//! Without the feature `pattern`, no field has a pattern.

/// A regular expression that a text must match. Without the feature `pattern`, it has no values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {}

impl Pattern {
    /// Returns the regular expression.
    #[must_use]
    pub fn text(&self) -> &str {
        match *self {}
    }

    /// Whether a part of `text` matches.
    #[must_use]
    pub fn matches(&self, _text: &str) -> bool {
        match *self {}
    }
}
