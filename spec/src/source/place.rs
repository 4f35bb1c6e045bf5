use std::ops::{Deref, Range};

use crate::fault::Fault;

/// A value and its place in the text. A value from a base has its place in the base's text, which [`Files`](super::Files) finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where the text has the value.
    pub span: Span,
}

/// A place in the text: its first byte, and the byte after its last.
///
/// The texts of a spec and its bases count as one text, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    start: usize,
    end: usize,
}

impl Span {
    pub(crate) fn start(self) -> usize {
        self.start
    }

    pub(crate) fn contains(self, place: usize) -> bool {
        self.start <= place && place < self.end
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self { start: range.start, end: range.end }
    }
}

impl From<Span> for Range<usize> {
    fn from(span: Span) -> Self {
        span.start..span.end
    }
}

impl<T> At<T> {
    pub(crate) fn new(value: T, span: impl Into<Span>) -> Self {
        Self { value, span: span.into() }
    }

    /// Creates a stand-in for a value that the text does not have. Faults at its place are never reported.
    pub(crate) fn nowhere(value: T) -> Self {
        Self::new(value, 0..0)
    }

    /// Whether this is a stand-in for a value that the text does not have.
    pub(crate) fn is_nowhere(&self) -> bool {
        self.span.end == 0
    }

    /// Returns another value at the same place.
    pub(crate) fn with<U>(&self, value: U) -> At<U> {
        At { value, span: self.span }
    }

    pub(crate) fn fault(&self, message: impl Into<String>, label: impl Into<String>) -> Fault {
        Fault::new(message, self.span.into(), label)
    }
}

impl<T> Deref for At<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
