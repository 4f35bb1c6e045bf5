//! One fault of a spec.

use std::ops::Range;

/// One fault of a spec: what is wrong, where it is, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    message: String,
    span: Range<usize>,
    label: String,
    /// Name and place of each table that could not be read completely, for a fault of reading.
    tables: Vec<(String, Range<usize>)>,
}

impl Fault {
    pub(crate) fn new(message: impl Into<String>, span: Range<usize>, label: impl Into<String>) -> Self {
        Self { message: message.into(), span, label: label.into(), tables: Vec::new() }
    }

    /// Adds a table that could not be read completely because of this fault.
    pub(crate) fn within(mut self, table: &str, place: Range<usize>) -> Self {
        self.tables.push((table.to_owned(), place));
        self
    }

    /// Says that the text has the same fault at other places.
    pub(crate) fn also_at(mut self, others: usize) -> Self {
        let places = if others == 1 { "1 other place".to_owned() } else { format!("{others} other places") };
        self.label = format!("{} (and at {places})", self.label);
        self
    }

    pub(crate) fn tables(&self) -> &[(String, Range<usize>)] {
        &self.tables
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
