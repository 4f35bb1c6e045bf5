//! The tables of a ledger in memory, with their indexes and an undo log.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;

use super::index::Index;
use crate::ledger::{
    Attempt, AttemptId, Budget, BudgetId, Entry, EntryId, EntryState, Filter, LedgerError, Local, Purchase, Share,
};

/// Number of delivered entries without a key that are kept for callers that still wait for the same attempt. At most half of the
/// capacity is used for them.
const RECENT: usize = 1_024;

#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) capacity: usize,
    pub(super) local: Arc<Local>,
    pub(super) last: i64,
    pub(super) entries: BTreeMap<EntryId, Entry>,
    /// The indexes by account, then by operation.
    pub(super) scopes: HashMap<String, HashMap<String, Index>>,
    pub(super) attempts: HashMap<AttemptId, Attempt>,
    /// The attempts of each entry, which are removed with it.
    pub(super) of_entry: HashMap<EntryId, Vec<AttemptId>>,
    pub(super) answers: HashMap<AttemptId, Bytes>,
    pub(super) spending: HashMap<String, Spending>,
    /// What the processes that share a rate limit know, and their shares by holder.
    pub(super) budgets: HashMap<BudgetId, (Budget, BTreeMap<String, Share>)>,
    /// Entries without a key, in the order of their delivery.
    pub(super) delivered: VecDeque<EntryId>,
    /// The rows before the current work changed them.
    pub(super) undo_log: Vec<Undo>,
}

/// What an account has spent, in thousandths of a credit.
#[derive(Debug, Default)]
pub(super) struct Spending {
    pub(super) total: i64,
    pub(super) by_minute: BTreeMap<i64, i64>,
}

#[derive(Debug)]
pub(super) enum Undo {
    Entry(EntryId, Option<Entry>),
    Attempt(AttemptId, Option<Attempt>),
    Answer(AttemptId, Option<Bytes>),
    /// What was spent, by account, in a minute.
    Spending(String, i64, i64),
    Budget(BudgetId, (Budget, BTreeMap<String, Share>)),
    /// The entry that was taken from the front of `delivered`.
    Delivered(EntryId),
}

impl Tables {
    pub(super) fn commit(&mut self) {
        self.drop_delivered();
        self.undo_log.clear();
    }

    pub(super) fn roll_back(&mut self) {
        while let Some(before) = self.undo_log.pop() {
            match before {
                Undo::Entry(id, entry) => drop(self.set_entry(id, entry)),
                Undo::Attempt(id, attempt) => drop(self.set_attempt(id, attempt)),
                Undo::Answer(id, answer) => drop(self.set_answer(id, answer)),
                Undo::Spending(account, minute, by) => self.spend(&account, minute, -by),
                Undo::Budget(id, before) => drop(self.budgets.insert(id, before)),
                Undo::Delivered(id) => self.delivered.push_front(id),
            }
        }
    }

    pub(super) fn drop_delivered(&mut self) {
        while self.delivered.len() > RECENT.min(self.capacity / 2) {
            self.drop_first_delivered();
        }
    }

    /// Removes the entry without a key that was delivered first, unless it is still needed.
    pub(super) fn drop_first_delivered(&mut self) {
        let Some(id) = self.delivered.pop_front() else { return };
        self.undo_log.push(Undo::Delivered(id));
        let is_over = |entry: &Entry| entry.purchase.key.is_none() && entry.delivered && entry.state.has_task();
        if self.entries.get(&id).is_some_and(is_over) && !self.has_duplicate(id) {
            self.remove(id);
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.entries.len() >= self.capacity
    }

    pub(super) fn make_room(&mut self) {
        while self.is_full() && !self.delivered.is_empty() {
            self.drop_first_delivered();
        }
        if self.is_full() {
            // A send that pauses before its next attempt may return to this entry. It then fails, and nothing is charged.
            let scopes = self.scopes.values().flat_map(HashMap::values);
            let unkeyed = scopes.flat_map(|scope| scope.unkeyed.values().flatten());
            let ready = unkeyed.filter_map(|id| self.entries.get(id)).filter(|entry| entry.state == EntryState::Ready);
            if let Some(oldest) = ready.min_by_key(|entry| (entry.changed, entry.id)).map(|entry| entry.id) {
                self.remove(oldest);
            }
        }
    }

    pub(super) fn has_duplicate(&self, id: EntryId) -> bool {
        let attempts = self.of_entry.get(&id).into_iter().flatten();
        attempts.filter_map(|attempt| self.attempts.get(attempt)).any(|attempt| attempt.duplicate)
    }

    pub(super) fn remove(&mut self, id: EntryId) {
        self.remove_answers(id);
        for attempt in self.of_entry.get(&id).cloned().unwrap_or_default() {
            let before = self.set_attempt(attempt, None);
            self.undo_log.push(Undo::Attempt(attempt, before));
        }
        let before = self.set_entry(id, None);
        self.undo_log.push(Undo::Entry(id, before));
    }

    pub(super) fn remove_answers(&mut self, id: EntryId) {
        for attempt in self.of_entry.get(&id).cloned().unwrap_or_default() {
            if let Some(before) = self.set_answer(attempt, None) {
                self.undo_log.push(Undo::Answer(attempt, Some(before)));
            }
        }
    }

    /// Writes the answer of an attempt. Returns the answer before.
    pub(super) fn set_answer(&mut self, id: AttemptId, answer: Option<Bytes>) -> Option<Bytes> {
        match answer {
            Some(answer) => self.answers.insert(id, answer),
            None => self.answers.remove(&id),
        }
    }

    /// Changes what an account has spent in a minute.
    pub(super) fn spend(&mut self, account: &str, minute: i64, by: i64) {
        let spending = self.spending.entry(account.to_owned()).or_default();
        let in_minute = spending.by_minute.entry(minute).or_default();
        for sum in [&mut spending.total, in_minute] {
            *sum = sum.saturating_add(by);
        }
    }

    pub(super) fn scope(&self, account: &str, operation: &str) -> Option<&Index> {
        self.scopes.get(account)?.get(operation)
    }

    pub(super) fn scope_mut(&mut self, account: &str, operation: &str) -> &mut Index {
        if self.scope(account, operation).is_none() {
            let operations = self.scopes.entry(account.to_owned()).or_default();
            operations.insert(operation.to_owned(), Index::default());
        }
        let scope = self.scopes.get_mut(account).and_then(|operations| operations.get_mut(operation));
        scope.expect("it was added")
    }

    /// Writes an entry and updates the indexes. Returns the entry before.
    pub(super) fn set_entry(&mut self, id: EntryId, entry: Option<Entry>) -> Option<Entry> {
        let both = self.entries.get(&id).zip(entry.as_ref());
        if both.is_some_and(|(before, entry)| before.purchase == entry.purchase) {
            return self.entries.insert(id, entry?);
        }
        let before = self.entries.remove(&id);
        if let Some(Entry { purchase, .. }) = &before {
            self.scope_mut(&purchase.account, &purchase.operation).remove(id, purchase);
        }
        if let Some(entry) = entry {
            self.scope_mut(&entry.purchase.account, &entry.purchase.operation).add(id, &entry.purchase);
            self.entries.insert(id, entry);
        }
        before
    }

    /// Writes an attempt of an existing entry and updates the indexes. Returns the attempt before.
    pub(super) fn set_attempt(&mut self, id: AttemptId, attempt: Option<Attempt>) -> Option<Attempt> {
        let both = self.attempts.get(&id).zip(attempt.as_ref());
        if both.is_some_and(|(before, attempt)| (before.entry, &before.task) == (attempt.entry, &attempt.task)) {
            return self.attempts.insert(id, attempt?);
        }
        let before = self.attempts.remove(&id);
        if let Some(before) = &before {
            if let Some(ids) = self.of_entry.get_mut(&before.entry) {
                ids.retain(|other| *other != id);
                if ids.is_empty() {
                    self.of_entry.remove(&before.entry);
                }
            }
            if let Some(task) = &before.task {
                self.change_tasks(before.entry, |tasks| tasks.remove(task));
            }
        }
        if let Some(attempt) = attempt {
            self.of_entry.entry(attempt.entry).or_default().push(id);
            if let Some(task) = &attempt.task {
                self.change_tasks(attempt.entry, |tasks| tasks.insert(task.clone(), id));
            }
            self.attempts.insert(id, attempt);
        }
        before
    }

    pub(super) fn change_tasks<T>(
        &mut self,
        entry: EntryId,
        change: impl FnOnce(&mut HashMap<String, AttemptId>) -> T,
    ) {
        let Some(Entry { purchase: Purchase { account, operation, .. }, .. }) = self.entries.get(&entry) else {
            return;
        };
        let scope = self.scopes.get_mut(account).and_then(|operations| operations.get_mut(operation));
        if let Some(scope) = scope {
            change(&mut scope.by_task);
        }
    }

    /// Returns an error if the entry breaks a uniqueness rule of [`Rows`](crate::ledger::Rows).
    pub(super) fn check(&self, entry: &Entry) -> Result<(), LedgerError> {
        let Some(scope) = self.scope(&entry.purchase.account, &entry.purchase.operation) else { return Ok(()) };
        let is_other = |id: &EntryId| *id != entry.id;
        let is_guard = |entry: &Entry| Filter::Open.has(entry) && !entry.consent;
        let is_taken = match &entry.purchase.key {
            Some(key) => scope.by_key.get(key).is_some_and(is_other),
            None if is_guard(entry) => {
                let others = scope.unkeyed.get(&entry.purchase.fingerprint).into_iter().flatten();
                others.filter(|id| is_other(id)).filter_map(|id| self.entries.get(id)).any(is_guard)
            }
            None => false,
        };
        // The task of an entry belongs to one of its attempts.
        let owner = entry.task.as_ref().and_then(|task| scope.by_task.get(task));
        let is_foreign = owner.and_then(|owner| self.attempts.get(owner)).is_some_and(|owner| is_other(&owner.entry));
        if is_taken || is_foreign { Err(not_unique()) } else { Ok(()) }
    }
}

pub(super) fn not_unique() -> LedgerError {
    LedgerError::unavailable("a write would break a uniqueness rule")
}
