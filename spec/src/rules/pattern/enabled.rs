//! Patterns that `regex-lite` matches.

use std::sync::OnceLock;

use regex_lite::Regex;

use crate::rules::Str;

/// A regular expression that a text must match. It is compiled when the first text is matched.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: Str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Creates a pattern from a regular expression that a spec may have.
    ///
    /// ```
    /// use cover_spec::rules::Pattern;
    ///
    /// let pattern = Pattern::new("^[0-9]{2}$".into());
    /// assert!(pattern.matches("12"));
    /// assert!(!pattern.matches("123"));
    /// ```
    #[must_use]
    pub const fn new(text: Str) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    /// Returns the regular expression.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a part of `text` matches. Nothing matches an invalid regular expression.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| Regex::new(&self.text).ok());
        compiled.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}
