use std::time::SystemTime;

use bytes::Bytes;
use cover_spec::tables::Credits;

use super::{Attempt, AttemptId, Entry, EntryId, Fingerprint, LedgerError, Purchase, Span};

/// Selects the entries of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Filter {
    /// Entries that are posting or unknown.
    Open,
    /// Entries with a task that has not ended, or that no caller has received.
    Unfinished,
}

impl Filter {
    /// Returns whether the filter selects an entry.
    #[must_use]
    pub fn has(self, entry: &Entry) -> bool {
        match self {
            Self::Open => matches!(entry.state, super::EntryState::Posting | super::EntryState::Unknown),
            Self::Unfinished => entry.state.has_task() && !(entry.state.has_ended() && entry.delivered),
        }
    }
}

/// Access to the rows of a ledger within one transaction.
///
/// A store only finds and writes rows. The rules of this crate decide what they mean. Three things are unique, and a write that
/// breaks one of them returns an error:
///
/// - (account, operation, key) of entries,
/// - (account, operation, fingerprint) of entries without a key that are posting or unknown and have no consent,
/// - (account, operation, task) of attempts, and of entries.
pub trait Rows {
    /// Returns the current time of the store's clock.
    fn now(&self) -> SystemTime;

    /// Returns the name of the process that runs this transaction. It is unique among all users of the store.
    fn holder(&self) -> &str;

    /// Returns whether an attempt that is posting may still reach the service: its process is alive and, if that is this process,
    /// the attempt is [under way](super::Local::is_live).
    fn is_alive(&mut self, attempt: &Attempt) -> Result<bool, LedgerError>;

    /// Returns the entry with this id.
    fn entry(&mut self, id: EntryId) -> Result<Option<Entry>, LedgerError>;

    /// Returns the entry with this key.
    fn entry_by_key(&mut self, account: &str, operation: &str, key: &str) -> Result<Option<Entry>, LedgerError>;

    /// Returns the entries with this fingerprint that have neither key nor consent, and are ready, posting, unknown, or have a task
    /// that was not delivered, ordered by id.
    fn open_entries(
        &mut self,
        account: &str,
        operation: &str,
        fingerprint: &Fingerprint,
    ) -> Result<Vec<Entry>, LedgerError>;

    /// Returns the attempt with this id.
    fn attempt(&mut self, id: AttemptId) -> Result<Option<Attempt>, LedgerError>;

    /// Returns the attempt that created this task.
    fn attempt_by_task(&mut self, account: &str, operation: &str, task: &str) -> Result<Option<Attempt>, LedgerError>;

    /// Inserts an entry. The store chooses its id and returns it.
    fn insert_entry(&mut self, entry: &Entry) -> Result<EntryId, LedgerError>;

    /// Replaces an entry.
    fn update_entry(&mut self, entry: &Entry) -> Result<(), LedgerError>;

    /// Inserts or replaces an attempt of an entry with this account and operation.
    fn put_attempt(&mut self, attempt: &Attempt, purchase: &Purchase) -> Result<(), LedgerError>;

    /// Returns at most `limit` entries with ids greater than `after`, ordered by id.
    fn entries(
        &mut self,
        account: &str,
        operation: &str,
        filter: Filter,
        after: EntryId,
        limit: usize,
    ) -> Result<Vec<Entry>, LedgerError>;

    /// Returns the operations of an account that have an entry, in any order, each once.
    fn operations(&mut self, account: &str) -> Result<Vec<String>, LedgerError>;

    /// Returns the attempts that are duplicates, ordered by entry.
    fn duplicates(&mut self, account: &str, operation: &str) -> Result<Vec<Attempt>, LedgerError>;

    /// Returns the answer of an attempt.
    fn answer(&mut self, attempt: AttemptId) -> Result<Option<Bytes>, LedgerError>;

    /// Inserts or replaces the answer of an attempt of this entry. An answer is any bytes, at most 256 KiB.
    fn put_answer(&mut self, attempt: AttemptId, entry: EntryId, bytes: &Bytes) -> Result<(), LedgerError>;

    /// Deletes the answers of all attempts of an entry.
    fn delete_answers(&mut self, entry: EntryId) -> Result<(), LedgerError>;

    /// Adds the cost of an attempt, which has one, to what its account has spent. It counts for its holder, and in the minute in which
    /// it started.
    fn add_spending(&mut self, account: &str, attempt: &Attempt) -> Result<(), LedgerError>;

    /// Takes the cost of an attempt from what its account has spent. It was added before.
    fn take_spending(&mut self, account: &str, attempt: &Attempt) -> Result<(), LedgerError>;

    /// Returns what an account has spent. It outlasts purged attempts.
    fn spent(&mut self, account: &str, span: Span) -> Result<Credits, LedgerError>;

    /// Deletes old entries with their attempts and answers: those that last changed before `before`, and whose ended task was delivered, or that
    /// are ready and have no key. Entries with a duplicate are kept. Returns the number of deleted entries.
    fn purge(&mut self, account: &str, operation: &str, before: SystemTime) -> Result<u64, LedgerError>;
}
