//! All faults of a spec, shown in the style of rustc.

use std::fmt;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::fault::Fault;
use crate::model::Spec;

/// The number of faults that are shown; the others are counted.
const MOST_SHOWN: usize = 50;
/// The number of faults that are kept; the others are counted.
const MOST_KEPT: usize = 1_000;

/// The faults of one spec, in the order of its text. At least one, and at most the first 1,000.
#[derive(Debug, Clone)]
pub struct Faults {
    path: String,
    text: String,
    found: Vec<Fault>,
    /// Number of faults, including those that are not kept.
    count: usize,
    partial: Option<Box<Spec>>,
}

impl Faults {
    pub(crate) fn new(path: &str, text: &str, mut faults: Vec<Fault>, partial: Option<Spec>) -> Self {
        faults.sort_by_key(|fault| (fault.span().start, fault.span().end));
        faults.dedup();
        let count = faults.len();
        faults.truncate(MOST_KEPT);
        Self { path: path.to_owned(), text: text.to_owned(), found: faults, count, partial: partial.map(Box::new) }
    }

    /// Returns the spec as far as it could be read, if types can be generated from it.
    ///
    /// The types let an editor complete names while the spec has faults. Do not send requests with them.
    #[must_use]
    pub fn partial(&self) -> Option<&Spec> {
        self.partial.as_deref()
    }

    /// Returns the faults, in the order of the text.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.found.iter()
    }

    /// Returns a report with file, line and caret for each of the first 50 faults. A last line counts the others.
    pub fn reports(&self) -> impl Iterator<Item = String> {
        self.rendered(Renderer::plain())
    }

    /// Returns the same as [`reports`](Self::reports), with colours for a terminal.
    pub fn coloured(&self) -> impl Iterator<Item = String> {
        self.rendered(Renderer::styled())
    }

    fn rendered(&self, renderer: Renderer) -> impl Iterator<Item = String> {
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let more = self.count.saturating_sub(MOST_SHOWN);
        let rest = (more > 0).then(|| format!("error: {more} more faults in {}", self.path));
        self.found.iter().take(MOST_SHOWN).map(move |fault| self.report(fault, &renderer)).chain(rest)
    }

    /// Returns the line and column of a fault, both counted from 1.
    #[must_use]
    pub fn place(&self, fault: &Fault) -> (usize, usize) {
        let before = &self.text[..floor_char(&self.text, fault.span().start)];
        let line = before.matches('\n').count() + 1;
        let column = before.rfind('\n').map_or(before, |at| &before[at + 1..]).chars().count() + 1;
        (line, column)
    }

    fn report(&self, fault: &Fault, renderer: &Renderer) -> String {
        let place = AnnotationKind::Primary.span(self.visible(&fault.span())).label(fault.label());
        let snippet = Snippet::source(&self.text).path(self.path.as_str()).annotation(place);
        let group = Level::ERROR.primary_title(fault.message()).element(snippet);
        renderer.render(&[group])
    }

    /// Returns the part of a span that is in the text and on its first line, on character boundaries.
    fn visible(&self, span: &Range<usize>) -> Range<usize> {
        let start = floor_char(&self.text, span.start);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |length| start + length);
        let end = floor_char(&self.text, span.end.min(line_end)).max(start);
        start..end
    }
}

fn floor_char(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&index| text.is_char_boundary(index)).expect("0 is a boundary")
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
