use std::time::SystemTime;

use bytes::Bytes;
use cover_spec::tables::Credits;

use super::{
    Attempt, AttemptId, Budget, BudgetId, Entry, EntryId, Fingerprint, LedgerError, Message, Purchase, Share, Span,
};

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
/// A store only finds and writes rows. The rules of this crate decide what they mean. Between the first read of an entry, or of one of
/// its attempts, and the end of the transaction, no other transaction changes them. Lists are an exception: what
/// [`entries`](Self::entries), [`operations`](Self::operations) and [`duplicates`](Self::duplicates) return may change. A write
/// may return its error later, at the latest as that of the transaction. Three things are unique, and a write that
/// breaks one of them returns an error:
///
/// - (account, operation, key) of entries,
/// - (account, operation, fingerprint) of entries without a key that are posting or unknown and have no consent,
/// - (account, operation, task) of attempts, and of entries.
pub trait Rows {
    /// Returns the current time of the store's clock. A store that cannot tell returns any time, and the transaction fails.
    fn now(&mut self) -> SystemTime;

    /// Returns the name of the process that runs this transaction. It is unique among all users of the store.
    fn holder(&self) -> &str;

    /// Returns whether an attempt that is posting may still reach the service: its process is alive and, if that is this process,
    /// the attempt is [under way](super::Local::is_live).
    fn is_alive(&mut self, attempt: &Attempt) -> Result<bool, LedgerError>;

    /// Returns whether the process of an attempt can no longer send it.
    ///
    /// A store that knows which processes live returns the opposite of [`is_alive`](Self::is_alive). A store that only knows how
    /// long it has heard nothing of a process returns true once that process has left the store, or from
    /// [`Attempt::surely_dead_from`] on by its own clock. For an attempt of this process that is not
    /// [under way](super::Local::is_live), every store returns true.
    fn is_surely_dead(&mut self, attempt: &Attempt) -> Result<bool, LedgerError>;

    /// Returns whether a process waits for the tasks of its entries: this one does, and another one does while the store
    /// counts it as alive. A process that has left the store does not, from then on.
    fn is_present(&mut self, process: &str) -> Result<bool, LedgerError>;

    /// Returns whether a process has certainly ended, so that it sends nothing any more. False if the store does not know it, as by
    /// default.
    fn has_ended(&mut self, process: &str) -> Result<bool, LedgerError> {
        let _ = process;
        Ok(false)
    }

    /// Makes other transactions about equal purchases, with the same fingerprint, wait until this one has ended.
    ///
    /// The rules call it before they read the entries of a purchase, so a store may begin to read them. A store that runs one
    /// transaction at a time does nothing, as by default.
    fn exclude_equal(&mut self, purchase: &Purchase) -> Result<(), LedgerError> {
        let _ = purchase;
        Ok(())
    }

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

    /// Inserts an entry with its first attempt, whose `entry` is ignored. The store chooses the id of the entry and returns it.
    fn insert_with_attempt(&mut self, entry: &Entry, attempt: &Attempt) -> Result<EntryId, LedgerError> {
        let id = self.insert_entry(entry)?;
        self.put_attempt(&Attempt { entry: id, ..attempt.clone() }, &entry.purchase)?;
        Ok(id)
    }

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

    /// Returns the waiters of an account's running entries, in any order, each once. `None` stands for entries without one.
    fn waiters(&mut self, account: &str) -> Result<Vec<Option<String>>, LedgerError>;

    /// Returns at most `limit` running entries with this waiter, ordered by id. Entries that another transaction uses may be left
    /// out. The others do not change before the end of this one.
    fn waiting(
        &mut self,
        account: &str,
        operation: &str,
        waiter: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Entry>, LedgerError>;

    /// Makes a running entry have no waiter, if this process is its waiter.
    fn leave(&mut self, id: EntryId) -> Result<(), LedgerError>;

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

    /// Returns what the processes that share a rate limit know, or the default for a new one. From then on, a transaction of another
    /// process that calls this waits until this transaction has ended.
    fn budget(&mut self, id: &BudgetId) -> Result<Budget, LedgerError>;

    /// Replaces what the processes know. [`budget`](Self::budget) was called before.
    fn put_budget(&mut self, id: &BudgetId, budget: &Budget) -> Result<(), LedgerError>;

    /// Returns the shares of a rate limit, ordered by holder.
    fn shares(&mut self, id: &BudgetId) -> Result<Vec<Share>, LedgerError>;

    /// Inserts or replaces the share of a holder. [`budget`](Self::budget) was called before.
    fn put_share(&mut self, id: &BudgetId, share: &Share) -> Result<(), LedgerError>;

    /// Deletes the share of a holder.
    fn delete_share(&mut self, id: &BudgetId, holder: &str) -> Result<(), LedgerError>;

    /// Inserts the message about an attempt in the ledger, for a process, which is [told](super::Ledger::mailbox) after the commit. If
    /// there is a message about the attempt, the higher rank is kept, and this process gets it.
    fn put_message(&mut self, holder: &str, message: &Message) -> Result<(), LedgerError> {
        let _ = (holder, message);
        Ok(())
    }

    /// Deletes at most `limit` messages for this process, and returns them in any order.
    fn take_messages(&mut self, limit: usize) -> Result<Vec<Message>, LedgerError> {
        let _ = limit;
        Ok(Vec::new())
    }

    /// Deletes the messages for a process.
    fn delete_messages(&mut self, holder: &str) -> Result<(), LedgerError> {
        let _ = holder;
        Ok(())
    }

    /// Deletes at most `limit` old entries with their attempts, answers and messages: those that last changed before `before`, and whose
    /// ended task was delivered, or that are ready and have no key. Entries with a duplicate are kept. Entries that another transaction
    /// uses at the moment may be kept as well. Returns the number of deleted entries.
    fn purge(&mut self, account: &str, operation: &str, before: SystemTime, limit: usize) -> Result<u64, LedgerError>;
}
