//! The rows of a ledger within one transaction.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use cover_spec::tables::Credits;

use super::known::{LOCKED, SqlRows};
use super::record::{
    bytes_of, values_of_attempt_update, values_of_equal, values_of_new, values_of_purchase, values_of_update,
};
use super::{Database, Lock, Row, record, statements, value};
use crate::ledger::{
    Attempt, AttemptId, Budget, BudgetId, Entry, EntryId, Filter, Fingerprint, LedgerError, Message, Purchase, Rows,
    Share, Span, minute,
};

/// How often an attempt is looked for while other transactions move its task to another one.
const MAX_CHASES: u32 = 10;

impl<D: Database> Rows for SqlRows<'_, D> {
    fn now(&mut self) -> SystemTime {
        self.database.now()
    }

    fn holder(&self) -> &str {
        self.database.holder()
    }

    fn is_alive(&mut self, attempt: &Attempt) -> Result<bool, LedgerError> {
        self.database.is_alive(attempt)
    }

    fn is_surely_dead(&mut self, attempt: &Attempt) -> Result<bool, LedgerError> {
        self.database.is_surely_dead(attempt)
    }

    fn is_present(&mut self, process: &str) -> Result<bool, LedgerError> {
        if process == self.database.holder() { Ok(true) } else { self.database.is_present(process) }
    }

    fn has_ended(&mut self, process: &str) -> Result<bool, LedgerError> {
        self.database.has_ended(process)
    }

    fn exclude_equal(&mut self, purchase: &Purchase) -> Result<(), LedgerError> {
        let Purchase { account, operation, key, fingerprint } = purchase;
        self.flush()?;
        self.database.exclude(&[account.as_bytes(), operation.as_bytes(), &fingerprint.digest])?;
        if key.is_none() {
            let of = values_of_equal(account, operation, fingerprint);
            return self.database.announce(statements::OPEN_ENTRIES, Lock::Rows, of);
        }
        self.purchase = Some((purchase.clone(), None));
        self.database.announce(statements::PURCHASE, LOCKED, values_of_purchase(purchase))
    }

    fn entry(&mut self, id: EntryId) -> Result<Option<Entry>, LedgerError> {
        if let Some(known) = self.entries.get(&id) {
            return Ok(Some(known.clone()));
        }
        let found = self.find(statements::ENTRY, Lock::Rows, vec![id.0.into()], record::entry)?;
        Ok(found.map(|entry| self.remember(entry)))
    }

    fn entry_by_key(&mut self, account: &str, operation: &str, key: &str) -> Result<Option<Entry>, LedgerError> {
        let is_of =
            |of: &Purchase| of.key.as_deref() == Some(key) && of.account == account && of.operation == operation;
        let found = if let Some(of_purchase) = self.of_purchase(is_of)? {
            of_purchase.with_key.map(|found| self.here(found)).transpose()?
        } else {
            let of = vec![account.into(), operation.into(), key.into()];
            self.find(statements::ENTRY_BY_KEY, Lock::Rows, of, record::entry)?
        };
        Ok(found.map(|entry| self.remember(entry)))
    }

    fn open_entries(
        &mut self,
        account: &str,
        operation: &str,
        fingerprint: &Fingerprint,
    ) -> Result<Vec<Entry>, LedgerError> {
        let is_of =
            |of: &Purchase| of.fingerprint == *fingerprint && of.account == account && of.operation == operation;
        let all = if let Some(of_purchase) = self.of_purchase(is_of)? {
            of_purchase.equal
        } else {
            let of = values_of_equal(account, operation, fingerprint);
            self.list(statements::OPEN_ENTRIES, Lock::Rows, of, record::entry)?
        };
        // An entry that cannot be read may prevent a send, so it is not skipped.
        all.into_iter().map(|entry| Ok(self.remember(self.here(entry)?))).collect()
    }

    fn attempt(&mut self, id: AttemptId) -> Result<Option<Attempt>, LedgerError> {
        if let Some(known) = self.attempts.get(&id) {
            return Ok(Some(known.clone()));
        }
        let found = self.find(statements::ATTEMPT, Lock::Rows, vec![bytes_of(id)], record::attempt_and_entry)?;
        let Some((attempt, entry)) = found else { return Ok(None) };
        entry.map(|entry| self.remember(entry));
        self.attempts.insert(id, attempt.clone());
        Ok(Some(attempt))
    }

    fn attempt_by_task(&mut self, account: &str, operation: &str, task: &str) -> Result<Option<Attempt>, LedgerError> {
        // Until the entry of the attempt is locked, another transaction may move the task to another attempt.
        for _ in 0..MAX_CHASES {
            let of = vec![account.into(), operation.into(), task.into()];
            let id = self.find(statements::ATTEMPT_BY_TASK, Lock::Nothing, of, record::id_of_attempt)?;
            let Some(id) = id else { return Ok(None) };
            let attempt = self.attempt(id)?.filter(|attempt| attempt.task.as_deref() == Some(task));
            if attempt.is_some() {
                return Ok(attempt);
            }
        }
        Err(self.database.locate(LedgerError::unavailable("a task moves from attempt to attempt all the time")))
    }

    fn insert_entry(&mut self, entry: &Entry) -> Result<EntryId, LedgerError> {
        self.insert(statements::INSERT_ENTRY, values_of_new(entry), entry)
    }

    fn insert_with_attempt(&mut self, entry: &Entry, attempt: &Attempt) -> Result<EntryId, LedgerError> {
        if !D::CHANGES_SEVERAL {
            let id = self.insert_entry(entry)?;
            self.put_attempt(&Attempt { entry: id, ..attempt.clone() }, &entry.purchase)?;
            return Ok(id);
        }
        let mut values = values_of_new(entry);
        values.push(bytes_of(attempt.id));
        // The statement itself gives the attempt its entry.
        values.extend(record::values_of_attempt(attempt).into_iter().skip(1));
        let id = self.insert(statements::INSERT_WITH_ATTEMPT, values, entry)?;
        self.attempts.insert(attempt.id, Attempt { entry: id, ..attempt.clone() });
        Ok(id)
    }

    fn update_entry(&mut self, entry: &Entry) -> Result<(), LedgerError> {
        let of_entry = values_of_update(entry);
        match self.updated.take_if(|attempt| attempt.entry == entry.id) {
            Some(attempt) => {
                let mut values = values_of_attempt_update(&attempt);
                values.extend(of_entry);
                self.update(statements::UPDATE_BOTH, values)?;
            }
            None => self.update(statements::UPDATE_ENTRY, of_entry)?,
        }
        self.remember(entry.clone());
        Ok(())
    }

    fn put_attempt(&mut self, attempt: &Attempt, purchase: &Purchase) -> Result<(), LedgerError> {
        self.flush()?;
        if !self.attempts.contains_key(&attempt.id) {
            let mut values = vec![bytes_of(attempt.id), (&purchase.account).into(), (&purchase.operation).into()];
            values.extend(record::values_of_attempt(attempt));
            self.write(statements::PUT_ATTEMPT, values)?;
        } else if D::CHANGES_SEVERAL {
            self.updated = Some(attempt.clone());
        } else {
            self.update(statements::UPDATE_ATTEMPT, values_of_attempt_update(attempt))?;
        }
        self.attempts.insert(attempt.id, attempt.clone());
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
        let statement = match filter {
            Filter::Open => statements::LIST_OPEN,
            Filter::Unfinished => statements::LIST_UNFINISHED,
        };
        let (mut found, mut after) = (Vec::new(), after.0);
        // Rows that cannot be read are skipped. They must not end the list early.
        while found.len() < limit {
            let most = i64::try_from(limit - found.len()).unwrap_or(i64::MAX);
            let of = vec![account.into(), operation.into(), after.into(), most.into()];
            let read = |row: &dyn Row| Ok((value::get::<i64>(row, 0)?, record::entry(row)));
            let page = self.list(statement, Lock::Nothing, of, read)?;
            if page.is_empty() {
                break;
            }
            for read in page {
                let (id, entry) = self.here(read)?;
                after = id;
                found.extend(entry.ok());
            }
        }
        Ok(found)
    }

    fn waiters(&mut self, account: &str) -> Result<Vec<Option<String>>, LedgerError> {
        let all = self.list(statements::WAITERS, Lock::Nothing, vec![account.into()], |row| value::get(row, 0))?;
        Ok(all
            .into_iter()
            .filter_map(Result::ok)
            .map(|name: String| Some(name).filter(|name| !name.is_empty()))
            .collect())
    }

    fn waiting(
        &mut self,
        account: &str,
        operation: &str,
        waiter: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Entry>, LedgerError> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let of = vec![account.into(), waiter.unwrap_or_default().into(), operation.into(), most.into()];
        let lock = Lock::Instead(statements::WAITING_UNLOCKED);
        let all = self.list(statements::WAITING, lock, of, record::entry)?;
        Ok(all.into_iter().filter_map(Result::ok).collect())
    }

    fn leave(&mut self, id: EntryId) -> Result<(), LedgerError> {
        self.entries.remove(&id);
        let waiter = self.database.holder().into();
        self.write(statements::LEAVE, vec![id.0.into(), waiter])
    }

    fn operations(&mut self, account: &str) -> Result<Vec<String>, LedgerError> {
        let all = self.list(statements::OPERATIONS, Lock::Nothing, vec![account.into()], |row| value::get(row, 0))?;
        Ok(all.into_iter().filter_map(Result::ok).collect())
    }

    fn duplicates(&mut self, account: &str, operation: &str) -> Result<Vec<Attempt>, LedgerError> {
        let of = vec![account.into(), operation.into()];
        let all = self.list(statements::DUPLICATES, Lock::Nothing, of, record::attempt)?;
        Ok(all.into_iter().filter_map(Result::ok).collect())
    }

    fn answer(&mut self, attempt: AttemptId) -> Result<Option<Bytes>, LedgerError> {
        self.find(statements::ANSWER, Lock::Nothing, vec![bytes_of(attempt)], record::answer)
    }

    fn put_answer(&mut self, attempt: AttemptId, entry: EntryId, bytes: &Bytes) -> Result<(), LedgerError> {
        self.write(statements::PUT_ANSWER, vec![bytes_of(attempt), entry.0.into(), (&**bytes).into()])
    }

    fn delete_answers(&mut self, entry: EntryId) -> Result<(), LedgerError> {
        self.write(statements::DELETE_ANSWERS, vec![entry.0.into()])
    }

    fn add_spending(&mut self, account: &str, attempt: &Attempt) -> Result<(), LedgerError> {
        self.spend(account, attempt, record::to_thousandths)
    }

    fn take_spending(&mut self, account: &str, attempt: &Attempt) -> Result<(), LedgerError> {
        self.spend(account, attempt, |cost| -record::to_thousandths(cost))
    }

    fn spent(&mut self, account: &str, span: Span) -> Result<Credits, LedgerError> {
        // What is read must hold until the attempt that it allows is counted.
        self.database.exclude(&[b"spending", account.as_bytes()])?;
        let (statement, by) = match span {
            Span::Process => (statements::SPENT_BY, self.database.holder().into()),
            Span::Since(time) => (statements::SPENT_SINCE, minute(time).into()),
        };
        let spent = self.find(statement, Lock::Nothing, vec![account.into(), by], record::spent)?;
        Ok(spent.unwrap_or_default())
    }

    fn budget(&mut self, id: &BudgetId) -> Result<Budget, LedgerError> {
        let of = || vec![id.0.as_slice().into()];
        if let Some(budget) = self.find(statements::BUDGET, Lock::Rows, of(), record::budget)? {
            return Ok(budget);
        }
        self.write(statements::ADD_BUDGET, of())?;
        // Another process may have added it first.
        let added = self.find(statements::BUDGET, Lock::Rows, of(), record::budget)?;
        added.ok_or_else(|| LedgerError::unavailable("an inserted rate limit is not there"))
    }

    fn put_budget(&mut self, id: &BudgetId, budget: &Budget) -> Result<(), LedgerError> {
        self.update(statements::PUT_BUDGET, record::values_of_budget(id, budget))
    }

    fn shares(&mut self, id: &BudgetId) -> Result<Vec<Share>, LedgerError> {
        // A share that cannot be read may hold places, so it is not skipped.
        let all = self.list(statements::SHARES, Lock::Nothing, vec![id.0.as_slice().into()], record::share)?;
        let mut all: Vec<Share> = all.into_iter().map(|share| self.here(share)).collect::<Result<_, _>>()?;
        // Databases do not agree about the order of texts.
        all.sort_by(|one, other| one.holder.cmp(&other.holder));
        Ok(all)
    }

    fn put_share(&mut self, id: &BudgetId, share: &Share) -> Result<(), LedgerError> {
        self.write(statements::PUT_SHARE, record::values_of_share(id, share))
    }

    fn delete_share(&mut self, id: &BudgetId, holder: &str) -> Result<(), LedgerError> {
        self.write(statements::DELETE_SHARE, vec![id.0.as_slice().into(), holder.into()])
    }

    fn put_message(&mut self, holder: &str, message: &Message) -> Result<(), LedgerError> {
        self.write(statements::PUT_MESSAGE, record::values_of_message(holder, message))?;
        self.database.notify(holder);
        Ok(())
    }

    fn take_messages(&mut self, limit: usize) -> Result<Vec<Message>, LedgerError> {
        let of = vec![self.database.holder().into(), i64::try_from(limit).unwrap_or(i64::MAX).into()];
        let all = self.list(statements::TAKE_MESSAGES, Lock::Nothing, of, record::message)?;
        Ok(all.into_iter().filter_map(Result::ok).collect())
    }

    fn delete_messages(&mut self, holder: &str) -> Result<(), LedgerError> {
        self.write(statements::DELETE_MESSAGES, vec![holder.into()])
    }

    fn purge(&mut self, account: &str, operation: &str, before: SystemTime, limit: usize) -> Result<u64, LedgerError> {
        // Times of entries are whole milliseconds, so rounding up misses none.
        let before = record::to_millis(before.checked_add(Duration::from_nanos(999_999)).unwrap_or(before));
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let of = vec![account.into(), operation.into(), before.into(), most.into()];
        let over = self.list(statements::OVER, Lock::Instead(statements::OVER_FREE), of, |row| value::get(row, 0))?;
        let mut over: BTreeSet<i64> = over.into_iter().map(|id| self.here(id)).collect::<Result<_, _>>()?;
        // An entry may have got a duplicate just before it was locked.
        for attempt in self.duplicates(account, operation)? {
            over.remove(&attempt.entry.0);
        }
        self.entries.clear();
        self.attempts.clear();
        for id in &over {
            for statement in [statements::DELETE_ANSWERS, statements::DELETE_ATTEMPTS, statements::DELETE_ENTRY] {
                self.write(statement, vec![(*id).into()])?;
            }
        }
        Ok(over.len() as u64)
    }
}
