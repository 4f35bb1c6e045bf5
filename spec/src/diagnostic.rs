//! Faults of a spec, shown as rustc shows its errors.

use std::fmt;
use std::ops::Range;

use crate::model::Spec;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// More faults than a person reads at once; the rest is counted.
const MOST_SHOWN: usize = 50;
/// More than any program goes through; the rest is counted.
const MOST_KEPT: usize = 1_000;

/// One fault of a spec: what is wrong, where, and what to do.
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

    /// What is wrong, in one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Where it is wrong: bytes of the spec's text.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }
}

/// Every fault of one spec, in the order of its text; of more than 1,000, the first ones. Never empty.
#[derive(Debug, Clone)]
pub struct Faults {
    path: String,
    text: String,
    found: Vec<Fault>,
    /// How many there are, those that were not kept included.
    count: usize,
    partial: Option<Box<Spec>>,
}

impl Faults {
    pub(crate) fn new(path: &str, text: &str, mut faults: Vec<Fault>, partial: Option<Spec>) -> Self {
        faults.sort_by_key(|fault| (fault.span.start, fault.span.end));
        faults.dedup();
        let count = faults.len();
        faults.truncate(MOST_KEPT);
        Self { path: path.to_owned(), text: text.to_owned(), found: faults, count, partial: partial.map(Box::new) }
    }

    /// What could be read in spite of the faults, where types can be generated from it: something for an editor to go
    /// on with, and nothing to send requests by.
    #[must_use]
    pub fn partial(&self) -> Option<&Spec> {
        self.partial.as_deref()
    }

    /// The faults, in the order of the text.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.found.iter()
    }

    /// Each fault as a report with file, line and caret, for as many as a person reads at once; a last line counts the
    /// others.
    pub fn reports(&self) -> impl Iterator<Item = String> {
        self.rendered(Renderer::plain())
    }

    /// As [`reports`](Self::reports), with colours for a terminal.
    pub fn coloured(&self) -> impl Iterator<Item = String> {
        self.rendered(Renderer::styled())
    }

    fn rendered(&self, renderer: Renderer) -> impl Iterator<Item = String> {
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let more = self.count.saturating_sub(MOST_SHOWN);
        let rest = (more > 0).then(|| format!("error: {more} more faults in {}", self.path));
        self.found.iter().take(MOST_SHOWN).map(move |fault| self.report(fault, &renderer)).chain(rest)
    }

    /// Line and column of a fault, from 1.
    #[must_use]
    pub fn place(&self, fault: &Fault) -> (usize, usize) {
        let before = &self.text[..floor_char(&self.text, fault.span.start)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }

    fn report(&self, fault: &Fault, renderer: &Renderer) -> String {
        let place = AnnotationKind::Primary.span(self.visible(&fault.span)).label(fault.label.as_str());
        let snippet = Snippet::source(&self.text).path(self.path.as_str()).annotation(place);
        let group = Level::ERROR.primary_title(fault.message.as_str()).element(snippet);
        renderer.render(&[group])
    }

    /// A span inside the text, on borders of characters, and no longer than its first line.
    fn visible(&self, span: &Range<usize>) -> Range<usize> {
        let start = floor_char(&self.text, span.start);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |length| start + length);
        let end = floor_char(&self.text, span.end.min(line_end)).max(start);
        start..end
    }
}

fn floor_char(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&index| text.is_char_boundary(index)).unwrap_or(0)
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, report) in self.reports().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            f.write_str(&report)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
