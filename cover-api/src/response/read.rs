//! Reads the fields of tracks leniently: a value of the wrong type counts as missing.

use cover_spec::answers;

pub use cover_spec::answers::{Object, number};

use super::{Link, Timestamp};

/// Returns a text that is not empty.
#[must_use]
pub fn text(from: &Object, spellings: &[&str]) -> Option<String> {
    answers::text(from, spellings).map(str::to_owned)
}

/// Returns a link. Whether it is an address is checked when it is used.
#[must_use]
pub fn link(from: &Object, spellings: &[&str]) -> Option<Link> {
    answers::text(from, spellings).map(Link::new)
}

/// Returns a time, from a number or a text.
#[must_use]
pub fn time(from: &Object, spellings: &[&str]) -> Option<Timestamp> {
    answers::time(from, spellings).map(Timestamp::from)
}
