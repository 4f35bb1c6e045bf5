use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The error type of ledgers. A send that fails with this error has posted nothing.
///
/// The message names the ledger's file, if it has one, and the cause.
#[derive(Debug, Clone)]
pub struct LedgerError {
    kind: LedgerErrorKind,
    path: Option<PathBuf>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum LedgerErrorKind {
    Unavailable(String),
    Full(String),
    NotALedger(String),
    Newer {
        version: i64,
        least: i64,
    },
    Refused(&'static str),
    /// The process of an attempt may still send it, for at most this time.
    MayBeSent(Duration),
}

impl LedgerError {
    fn new(kind: LedgerErrorKind) -> Self {
        Self { kind, path: None, source: None }
    }

    /// Creates an error of a store that cannot be reached, read or written.
    #[must_use]
    pub fn unavailable(what: impl Into<String>) -> Self {
        Self::new(LedgerErrorKind::Unavailable(what.into()))
    }

    /// Creates an error of a store without room for another entry.
    #[must_use]
    pub fn full(what: impl Into<String>) -> Self {
        Self::new(LedgerErrorKind::Full(what.into()))
    }

    /// Creates an error of a store that is not a ledger, or is damaged.
    #[must_use]
    pub fn not_a_ledger(what: impl Into<String>) -> Self {
        Self::new(LedgerErrorKind::NotALedger(what.into()))
    }

    /// Creates an error of a store that a later version of this crate wrote, and that earlier versions must not change.
    #[must_use]
    pub fn newer(version: i64, least: i64) -> Self {
        Self::new(LedgerErrorKind::Newer { version, least })
    }

    /// Creates an error of an operation that contradicts the ledger.
    pub(crate) fn refused(why: &'static str) -> Self {
        Self::new(LedgerErrorKind::Refused(why))
    }

    /// Creates an error of a decision about an attempt that its process may still send, for at most the time that is left.
    pub(crate) fn may_be_sent(left: Duration) -> Self {
        Self::new(LedgerErrorKind::MayBeSent(left))
    }

    /// Adds the path of the store.
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
        matches!(self.kind, LedgerErrorKind::Full(_))
    }

    /// Returns whether the store, or a part of it, cannot be read as a ledger.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        matches!(self.kind, LedgerErrorKind::NotALedger(_))
    }

    /// Returns whether the store as a whole failed, and not a rule or a row.
    pub(super) fn is_of_the_store(&self) -> bool {
        use LedgerErrorKind::{Full, Newer, Unavailable};
        matches!(self.kind, Unavailable(_) | Full(_) | Newer { .. })
    }

    /// Returns whether the operation contradicts the ledger, such as by a task that belongs to another entry.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.kind, LedgerErrorKind::Refused(_) | LedgerErrorKind::MayBeSent(_))
    }
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "the ledger `{}` ", path.display())?,
            None => f.write_str("the ledger ")?,
        }
        match &self.kind {
            LedgerErrorKind::Unavailable(what) => write!(f, "cannot be used: {what}"),
            LedgerErrorKind::Full(what) => write!(f, "is full: {what}"),
            LedgerErrorKind::NotALedger(what) => write!(f, "is not a ledger, or is damaged: {what}"),
            LedgerErrorKind::Newer { version, least } => write!(
                f,
                "was written by a later version of this crate (schema {version}); only schema {least} or later may write to it"
            ),
            LedgerErrorKind::Refused(why) => write!(f, "refuses this: {why}"),
            LedgerErrorKind::MayBeSent(left) => write!(
                f,
                "refuses this: the process that made the attempt may still send it for {left:?}: check again after that time whether a \
                 task was created, and resolve it then"
            ),
        }
    }
}

impl Error for LedgerError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}
