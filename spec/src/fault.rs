//! One fault of a spec.

use std::ops::Range;

/// One fault of a spec: what is wrong, where it is, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    message: String,
    span: Range<usize>,
    label: String,
}

impl Fault {
    pub(crate) fn new(message: impl Into<String>, span: Range<usize>, label: impl Into<String>) -> Self {
        Self { message: message.into(), span, label: label.into() }
    }

    /// Returns what is wrong, in one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Returns the place of the fault, as a range of bytes of the spec's text.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }
}
