//! Where the parts of a spec come from.

use super::{Files, Span};

/// The files of a spec, and what it takes from its bases.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The spec's own file, and those of its bases.
    pub files: Files,
    /// What is taken from the bases, in the order of the files.
    pub inherited: Vec<Inherited>,
    /// What is left out, because it names a field which this spec does not have.
    pub dropped: Vec<Inherited>,
}

/// A key or a table of a base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inherited {
    /// Its tables and its key, such as `poll.path`.
    pub name: String,
    /// Its value, as TOML in one line, possibly cut.
    pub value: String,
    /// Whether the value is a table.
    pub is_table: bool,
    /// Its place in a file of the bases.
    pub place: Span,
}
