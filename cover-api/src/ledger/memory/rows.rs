//! The rows of a ledger in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use bytes::Bytes;
use cover_spec::tables::Credits;

use super::tables::{Tables, Undo, not_unique};
use crate::ledger::{
    Attempt, AttemptId, Budget, BudgetId, Entry, EntryId, EntryState, Filter, Fingerprint, LedgerError, Purchase, Rows,
    Share, Span, minute,
};

const HOLDER: &str = "this process";

impl Rows for Tables {
    fn now(&mut self) -> SystemTime {
        SystemTime::now()
    }

    fn holder(&self) -> &str {
        HOLDER
    }

    fn is_alive(&mut self, attempt: &Attempt) -> Result<bool, LedgerError> {
        Ok(self.local.is_live(attempt.id))
    }

    fn is_surely_dead(&mut self, attempt: &Attempt) -> Result<bool, LedgerError> {
        self.is_alive(attempt).map(|is_alive| !is_alive)
    }

    fn is_present(&mut self, process: &str) -> Result<bool, LedgerError> {
        Ok(process == HOLDER)
    }

    fn entry(&mut self, id: EntryId) -> Result<Option<Entry>, LedgerError> {
        Ok(self.entries.get(&id).cloned())
    }

    fn entry_by_key(&mut self, account: &str, operation: &str, key: &str) -> Result<Option<Entry>, LedgerError> {
        let id = self.scope(account, operation).and_then(|scope| scope.by_key.get(key));
        Ok(id.and_then(|id| self.entries.get(id)).cloned())
    }

    fn open_entries(
        &mut self,
        account: &str,
        operation: &str,
        fingerprint: &Fingerprint,
    ) -> Result<Vec<Entry>, LedgerError> {
        let ids = self.scope(account, operation).and_then(|scope| scope.unkeyed.get(fingerprint));
        let entries = ids.into_iter().flatten().filter_map(|id| self.entries.get(id));
        let is_open = |entry: &&Entry| !(entry.consent || entry.state.has_task() && entry.delivered);
        Ok(entries.filter(is_open).cloned().collect())
    }

    fn attempt(&mut self, id: AttemptId) -> Result<Option<Attempt>, LedgerError> {
        Ok(self.attempts.get(&id).cloned())
    }

    fn attempt_by_task(&mut self, account: &str, operation: &str, task: &str) -> Result<Option<Attempt>, LedgerError> {
        let id = self.scope(account, operation).and_then(|scope| scope.by_task.get(task));
        Ok(id.and_then(|id| self.attempts.get(id)).cloned())
    }

    fn insert_entry(&mut self, entry: &Entry) -> Result<EntryId, LedgerError> {
        if self.is_full() {
            self.make_room();
        }
        if self.is_full() {
            let what = format!("it has reached its capacity of {} entries; purge some", self.capacity);
            return Err(LedgerError::full(what));
        }
        let id = EntryId(self.last + 1);
        let entry = Entry { id, ..entry.clone() };
        self.check(&entry)?;
        self.last = id.0;
        let before = self.set_entry(id, Some(entry));
        self.undo_log.push(Undo::Entry(id, before));
        Ok(id)
    }

    fn update_entry(&mut self, entry: &Entry) -> Result<(), LedgerError> {
        self.check(entry)?;
        let Some(before) = self.set_entry(entry.id, Some(entry.clone())) else {
            self.set_entry(entry.id, None);
            return Err(LedgerError::unavailable("an entry vanished within a transaction"));
        };
        if entry.delivered && !before.delivered && entry.purchase.key.is_none() {
            self.delivered.push_back(entry.id);
        }
        self.undo_log.push(Undo::Entry(entry.id, Some(before)));
        Ok(())
    }

    fn put_attempt(&mut self, attempt: &Attempt, purchase: &Purchase) -> Result<(), LedgerError> {
        let scope = self.scope(&purchase.account, &purchase.operation);
        let owner = attempt.task.as_ref().and_then(|task| scope?.by_task.get(task));
        if owner.is_some_and(|owner| *owner != attempt.id) {
            return Err(not_unique());
        }
        let before = self.set_attempt(attempt.id, Some(attempt.clone()));
        self.undo_log.push(Undo::Attempt(attempt.id, before));
        Ok(())
    }

    fn entries(
        &mut self,
        account: &str,
        operation: &str,
        filter: Filter,
        after: EntryId,
        limit: usize,
    ) -> Result<Vec<Entry>, LedgerError> {
        let later = self.entries.range(EntryId(after.0.saturating_add(1))..).map(|(_, entry)| entry);
        let wanted = later.filter(|entry| is_of(entry, account, operation) && filter.has(entry));
        Ok(wanted.take(limit).cloned().collect())
    }

    fn waiters(&mut self, account: &str) -> Result<Vec<Option<String>>, LedgerError> {
        let running = self.entries.values().filter(|entry| entry.state == EntryState::Running);
        let of_account = running.filter(|entry| entry.purchase.account == account);
        let waiters: BTreeSet<&Option<String>> = of_account.map(|entry| &entry.waiter).collect();
        Ok(waiters.into_iter().cloned().collect())
    }

    fn waiting(
        &mut self,
        account: &str,
        operation: &str,
        waiter: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Entry>, LedgerError> {
        let is_waiting = |entry: &&Entry| {
            let is_running = entry.state == EntryState::Running && entry.waiter.as_deref() == waiter;
            is_running && is_of(entry, account, operation)
        };
        Ok(self.entries.values().filter(is_waiting).take(limit).cloned().collect())
    }

    fn leave(&mut self, id: EntryId) -> Result<(), LedgerError> {
        match self.entry(id)? {
            Some(entry) if entry.state == EntryState::Running && entry.waiter.as_deref() == Some(HOLDER) => {
                self.update_entry(&Entry { waiter: None, ..entry })
            }
            _ => Ok(()),
        }
    }

    fn operations(&mut self, account: &str) -> Result<Vec<String>, LedgerError> {
        let of_account = self.entries.values().filter(|entry| entry.purchase.account == account);
        let operations: BTreeSet<&String> = of_account.map(|entry| &entry.purchase.operation).collect();
        Ok(operations.into_iter().cloned().collect())
    }

    fn duplicates(&mut self, account: &str, operation: &str) -> Result<Vec<Attempt>, LedgerError> {
        let of_scope = |id: EntryId| self.entries.get(&id).is_some_and(|entry| is_of(entry, account, operation));
        let mut duplicates: Vec<_> =
            self.attempts.values().filter(|attempt| attempt.duplicate && of_scope(attempt.entry)).cloned().collect();
        duplicates.sort_by_key(|attempt| (attempt.entry, attempt.number));
        Ok(duplicates)
    }

    fn answer(&mut self, attempt: AttemptId) -> Result<Option<Bytes>, LedgerError> {
        Ok(self.answers.get(&attempt).cloned())
    }

    fn put_answer(&mut self, attempt: AttemptId, _entry: EntryId, bytes: &Bytes) -> Result<(), LedgerError> {
        let before = self.set_answer(attempt, Some(bytes.clone()));
        self.undo_log.push(Undo::Answer(attempt, before));
        Ok(())
    }

    fn delete_answers(&mut self, entry: EntryId) -> Result<(), LedgerError> {
        self.remove_answers(entry);
        Ok(())
    }

    fn add_spending(&mut self, account: &str, attempt: &Attempt) -> Result<(), LedgerError> {
        self.count_spending(account, attempt, 1);
        Ok(())
    }

    fn take_spending(&mut self, account: &str, attempt: &Attempt) -> Result<(), LedgerError> {
        self.count_spending(account, attempt, -1);
        Ok(())
    }

    fn spent(&mut self, account: &str, span: Span) -> Result<Credits, LedgerError> {
        let Some(spending) = self.spending.get(account) else { return Ok(Credits::ZERO) };
        let thousandths = match span {
            Span::Process => spending.total,
            Span::Since(time) => spending
                .by_minute
                .range(minute(time)..)
                .fold(0_i64, |sum, (_, in_minute)| sum.saturating_add(*in_minute)),
        };
        Ok(Credits::from_thousandths(u64::try_from(thousandths).unwrap_or_default()))
    }

    fn budget(&mut self, id: &BudgetId) -> Result<Budget, LedgerError> {
        Ok(self.budgets.get(id).map(|(budget, _)| budget.clone()).unwrap_or_default())
    }

    fn put_budget(&mut self, id: &BudgetId, budget: &Budget) -> Result<(), LedgerError> {
        self.change_budget(id, |known, _| *known = budget.clone());
        Ok(())
    }

    fn shares(&mut self, id: &BudgetId) -> Result<Vec<Share>, LedgerError> {
        Ok(self.budgets.get(id).into_iter().flat_map(|(_, shares)| shares.values()).cloned().collect())
    }

    fn put_share(&mut self, id: &BudgetId, share: &Share) -> Result<(), LedgerError> {
        self.change_budget(id, |_, shares| drop(shares.insert(share.holder.clone(), share.clone())));
        Ok(())
    }

    fn delete_share(&mut self, id: &BudgetId, holder: &str) -> Result<(), LedgerError> {
        self.change_budget(id, |_, shares| drop(shares.remove(holder)));
        Ok(())
    }

    fn purge(&mut self, account: &str, operation: &str, before: SystemTime, limit: usize) -> Result<u64, LedgerError> {
        let is_over = |entry: &Entry| {
            let is_empty = entry.state == EntryState::Ready && entry.purchase.key.is_none();
            is_empty || (entry.state.has_ended() && entry.delivered)
        };
        let old = self.entries.values().filter(|entry| is_of(entry, account, operation) && entry.changed < before);
        let over = old.filter(|entry| is_over(entry) && !self.has_duplicate(entry.id));
        let ids: Vec<EntryId> = over.map(|entry| entry.id).take(limit).collect();
        for id in &ids {
            self.remove(*id);
        }
        Ok(ids.len() as u64)
    }
}

impl Tables {
    fn change_budget(&mut self, id: &BudgetId, change: impl FnOnce(&mut Budget, &mut BTreeMap<String, Share>)) {
        let (budget, shares) = self.budgets.entry(*id).or_default();
        let before = (budget.clone(), shares.clone());
        change(budget, shares);
        self.undo_log.push(Undo::Budget(*id, before));
    }

    fn count_spending(&mut self, account: &str, attempt: &Attempt, times: i64) {
        let cost = attempt.cost.unwrap_or_default().thousandths();
        let (minute, by) = (minute(attempt.started), i64::try_from(cost).unwrap_or(i64::MAX) * times);
        self.spend(account, minute, by);
        self.undo_log.push(Undo::Spending(account.to_owned(), minute, by));
    }
}

fn is_of(entry: &Entry, account: &str, operation: &str) -> bool {
    entry.purchase.account == account && entry.purchase.operation == operation
}
