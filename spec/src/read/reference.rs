//! `source` and `fetched` of a field.

use crate::model::{Fetched, IdSource};
use crate::source::Section;

pub(super) fn id_source(field: &Section<'_>) -> Option<IdSource> {
    let section = field.section("source")?;
    let source = IdSource {
        at: section.name().with(()),
        polled_at: section.text("polled_at"),
        member: section.text("member"),
        task: section.text("task"),
        unknown: section.whole("unknown"),
    };
    section.unknown_keys();
    Some(source)
}

pub(super) fn fetched(field: &Section<'_>) -> Option<Fetched> {
    let section = field.section("fetched")?;
    let fetched = Fetched { failure: section.needs_whole("failure") };
    section.unknown_keys();
    Some(fetched)
}
