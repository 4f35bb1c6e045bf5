//! Text → tables in which every key and value has its place.
//!
//! A [`Section`] returns the values of one table. It reports values that are missing, have the wrong type or are unknown,
//! and continues with a stand-in, so that one run finds every fault.

mod place;
mod section;
mod value;

use std::cell::RefCell;

use toml::Spanned;
use toml::de::DeTable;

use crate::fault::Fault;

pub use place::{At, Span};
pub(crate) use section::Section;
pub use value::Scalar;
pub(crate) use value::as_scalar;

/// A parsed text. Parts that could not be parsed are left out.
pub(crate) struct Document<'a>(Spanned<DeTable<'a>>);

pub(crate) fn parse<'a>(text: &'a str, faults: &mut Vec<Fault>) -> Document<'a> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or(text.len()..text.len());
        faults.push(Fault::new(error.message(), span, ""));
    }
    Document(table)
}

impl Document<'_> {
    /// Returns the whole text as a section.
    ///
    /// The keys of `base` stand in for missing ones. Faults in them are reported at the place that names the base.
    pub(crate) fn root<'a>(
        &'a self,
        base: Option<(&'a Document<'a>, Span)>,
        faults: &'a RefCell<Vec<Fault>>,
    ) -> Section<'a> {
        let base = base.map(|(document, place)| (document.0.get_ref(), place));
        Section::root(self.0.get_ref(), base, faults)
    }

    /// Returns the name of the spec that this one builds on.
    pub(crate) fn base(&self) -> Option<At<String>> {
        let (_, value) = self.0.get_ref().iter().find(|(key, _)| key.get_ref() == "base")?;
        value.get_ref().as_str().map(|name| At::new(name.to_owned(), value.span()))
    }
}
