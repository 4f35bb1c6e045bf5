use std::time::SystemTime;

use super::{Attempt, AttemptId, Entry, EntryId, Fingerprint, LedgerError, Purchase};

/// Which entries a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Filter {
    /// Those that are posting or unknown.
    Open,
    /// Those with a task that has not ended, or that no caller was given.
    Unfinished,
}

impl Filter {
    /// Returns whether a list by this filter has the entry.
    #[must_use]
    pub fn has(self, entry: &Entry) -> bool {
        match self {
            Self::Open => matches!(entry.state, super::State::Posting | super::State::Unknown),
            Self::Unfinished => entry.state.has_task() && !(entry.state.has_ended() && entry.delivered),
        }
    }
}

/// The rows of a ledger within one transaction.
///
/// A store finds and writes rows; what they mean is decided by the rules of this crate alone. Three things are unique, and a
/// write that breaks one of them fails:
///
/// - (account, operation, key) of entries,
/// - (account, operation, fingerprint) of entries without a key that are posting or unknown and have no consent,
/// - (account, operation, task) of attempts, and of entries.
pub trait Rows {
    /// Returns the time by the store's clock.
    fn now(&self) -> SystemTime;

    /// Returns the name of the process that runs this transaction. It is unique among all that use the store.
    fn holder(&self) -> &str;

    /// Returns whether an attempt that is posting may still reach the service: its holder lives and, where that is this
    /// process, the attempt is [under way](super::Local::is_live).
    fn is_alive(&mut self, attempt: &Attempt) -> Result<bool, LedgerError>;

    /// Returns the entry of this id.
    fn entry(&mut self, id: EntryId) -> Result<Option<Entry>, LedgerError>;

    /// Returns the entry of this key.
    fn entry_by_key(&mut self, account: &str, operation: &str, key: &str) -> Result<Option<Entry>, LedgerError>;

    /// Returns the entries without key and consent that have this fingerprint, and are ready, posting or unknown, or have a task
    /// that was not delivered; in the order of their ids.
    fn open_entries(
        &mut self,
        account: &str,
        operation: &str,
        fingerprint: &Fingerprint,
    ) -> Result<Vec<Entry>, LedgerError>;

    /// Returns the attempt of this id.
    fn attempt(&mut self, id: AttemptId) -> Result<Option<Attempt>, LedgerError>;

    /// Returns the attempt that became this task.
    fn attempt_by_task(&mut self, account: &str, operation: &str, task: &str) -> Result<Option<Attempt>, LedgerError>;

    /// Adds an entry. Its id is chosen by the store, and returned.
    fn insert_entry(&mut self, entry: &Entry) -> Result<EntryId, LedgerError>;

    /// Replaces an entry.
    fn update_entry(&mut self, entry: &Entry) -> Result<(), LedgerError>;

    /// Adds or replaces an attempt of an entry of this account and operation.
    fn put_attempt(&mut self, attempt: &Attempt, purchase: &Purchase) -> Result<(), LedgerError>;

    /// Returns at most `limit` entries with ids after `after`, in the order of their ids.
    fn entries(
        &mut self,
        account: &str,
        operation: &str,
        filter: Filter,
        after: EntryId,
        limit: usize,
    ) -> Result<Vec<Entry>, LedgerError>;

    /// Returns the attempts that are duplicates, in the order of their entries.
    fn duplicates(&mut self, account: &str, operation: &str) -> Result<Vec<Attempt>, LedgerError>;

    /// Deletes the entries that last changed before `before` and whose task has ended and was delivered, those without a key
    /// that are ready, and the attempts of both. Entries with a duplicate stay. Returns how many entries were deleted.
    fn purge(&mut self, account: &str, operation: &str, before: SystemTime) -> Result<u64, LedgerError>;
}
