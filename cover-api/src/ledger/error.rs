use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a ledger could not do what it was asked. A send that ends with this posted nothing.
///
/// Its message names the ledger's file, where it has one, and the cause.
#[derive(Debug, Clone)]
pub struct LedgerError {
    kind: Kind,
    path: Option<PathBuf>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Unavailable(String),
    Full(String),
    NotALedger(String),
    Newer { version: i64, least: i64 },
    Refused(&'static str),
}

impl LedgerError {
    fn new(kind: Kind) -> Self {
        Self { kind, path: None, source: None }
    }

    /// The store cannot be reached, read or written.
    #[must_use]
    pub fn unavailable(what: impl Into<String>) -> Self {
        Self::new(Kind::Unavailable(what.into()))
    }

    /// The store has no room for another entry.
    #[must_use]
    pub fn full(what: impl Into<String>) -> Self {
        Self::new(Kind::Full(what.into()))
    }

    /// What is there is not a ledger, or is damaged.
    #[must_use]
    pub fn not_a_ledger(what: impl Into<String>) -> Self {
        Self::new(Kind::NotALedger(what.into()))
    }

    /// A later version of this crate made the store, and earlier ones must not write to it.
    #[must_use]
    pub fn newer(version: i64, least: i64) -> Self {
        Self::new(Kind::Newer { version, least })
    }

    /// What was asked contradicts what the ledger knows.
    pub(crate) fn refused(why: &'static str) -> Self {
        Self::new(Kind::Refused(why))
    }

    /// Adds the file of the store.
    #[must_use]
    pub fn at(mut self, path: &Path) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// Returns whether the store has no room left.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self.kind, Kind::Full(_))
    }

    /// Returns whether what is there cannot be read as a ledger, in whole or in part.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        matches!(self.kind, Kind::NotALedger(_))
    }

    /// Returns whether the request contradicts what the ledger knows, such as a task that belongs to another entry.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.kind, Kind::Refused(_))
    }
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "the ledger `{}` ", path.display())?,
            None => f.write_str("the ledger ")?,
        }
        match &self.kind {
            Kind::Unavailable(what) => write!(f, "cannot be used: {what}"),
            Kind::Full(what) => write!(f, "is full: {what}"),
            Kind::NotALedger(what) => write!(f, "is not a ledger, or is damaged: {what}"),
            Kind::Newer { version, least } => write!(
                f,
                "was written by a later version of this crate (schema {version}); only schema {least} or later may write to it"
            ),
            Kind::Refused(why) => write!(f, "refuses this: {why}"),
        }
    }
}

impl Error for LedgerError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}
