use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::future::ready;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::{
    Attempt, AttemptId, Entry, EntryId, Filter, Fingerprint, Ledger, LedgerError, Local, Purchase, Rows, State,
    Transacted, Work,
};

/// Entries that a ledger in memory keeps unless told otherwise.
const CAPACITY: usize = 1 << 20;
/// Delivered entries without a key that are kept for those who still wait for the same attempt; at most half of the capacity.
const RECENT: usize = 1_024;
const HOLDER: &str = "this process";

/// A ledger that lasts as long as its process: what a client has unless it is given another one.
///
/// It protects against dropped futures, lost replies and repeated sends within the process, but a killed process leaves
/// nothing behind. Entries with a key are kept until they are [purged](crate::runtime::Client::purge); of
/// delivered entries without a key, the last 1,024 are kept, or fewer where there is little room. At its capacity, sends fail
/// before anything is posted.
///
/// ```
/// use cover_api::ledger::MemoryLedger;
///
/// let client = cover_api::Client::builder("my-key").ledger(MemoryLedger::with_capacity(10_000)).build()?;
/// # Ok::<(), cover_api::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MemoryLedger {
    tables: Arc<Mutex<Tables>>,
    local: Arc<Local>,
}

impl MemoryLedger {
    /// A ledger for up to 1,048,576 entries.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(CAPACITY)
    }

    /// A ledger for up to this many entries. Nothing is allocated in advance.
    #[must_use]
    pub fn with_capacity(entries: usize) -> Self {
        let local = Arc::<Local>::default();
        let tables = Tables { capacity: entries, local: Arc::clone(&local), ..Tables::default() };
        Self { tables: Arc::new(Mutex::new(tables)), local }
    }
}

impl Default for MemoryLedger {
    fn default() -> Self {
        Self::new()
    }
}

impl Ledger for MemoryLedger {
    fn transact(&self, work: Work) -> Transacted {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        // Work that panicked has left what it wrote.
        tables.roll_back();
        let result = work(&mut *tables);
        match &result {
            Ok(()) => tables.commit(),
            Err(_) => tables.roll_back(),
        }
        drop(tables);
        Box::pin(ready(result))
    }

    fn local(&self) -> &Arc<Local> {
        &self.local
    }
}

#[derive(Debug, Default)]
struct Tables {
    capacity: usize,
    local: Arc<Local>,
    last: i64,
    entries: BTreeMap<EntryId, Entry>,
    /// By account, then by operation.
    scopes: HashMap<String, HashMap<String, Scope>>,
    attempts: HashMap<AttemptId, Attempt>,
    /// Attempts by entry, to be dropped with it.
    of_entry: HashMap<EntryId, Vec<AttemptId>>,
    /// Entries without a key in the order of their delivery.
    delivered: VecDeque<EntryId>,
    /// What the rows were before the current work changed them.
    before: Vec<Before>,
}

#[derive(Debug)]
enum Before {
    Entry(EntryId, Option<Entry>),
    Attempt(AttemptId, Option<Attempt>),
    /// It was the first of those that were delivered.
    Delivered(EntryId),
}

/// The indexes of one operation of one account.
#[derive(Debug, Default)]
struct Scope {
    by_key: HashMap<String, EntryId>,
    unkeyed: HashMap<Fingerprint, BTreeSet<EntryId>>,
    by_task: HashMap<String, AttemptId>,
}

impl Scope {
    fn add(&mut self, id: EntryId, purchase: &Purchase) {
        match &purchase.key {
            Some(key) => drop(self.by_key.insert(key.clone(), id)),
            None => drop(self.unkeyed.entry(purchase.fingerprint).or_default().insert(id)),
        }
    }

    fn take_out(&mut self, id: EntryId, purchase: &Purchase) {
        if let Some(key) = &purchase.key {
            self.by_key.remove(key);
        } else if let Some(ids) = self.unkeyed.get_mut(&purchase.fingerprint) {
            ids.remove(&id);
            if ids.is_empty() {
                self.unkeyed.remove(&purchase.fingerprint);
            }
        }
    }
}

impl Tables {
    fn commit(&mut self) {
        self.drop_delivered();
        self.before.clear();
    }

    fn roll_back(&mut self) {
        while let Some(before) = self.before.pop() {
            match before {
                Before::Entry(id, entry) => drop(self.set_entry(id, entry)),
                Before::Attempt(id, attempt) => drop(self.set_attempt(id, attempt)),
                Before::Delivered(id) => self.delivered.push_front(id),
            }
        }
    }

    fn drop_delivered(&mut self) {
        while self.delivered.len() > RECENT.min(self.capacity / 2) {
            self.drop_first_delivered();
        }
    }

    /// Drops the entry without a key that was delivered first, unless it is needed.
    fn drop_first_delivered(&mut self) {
        let Some(id) = self.delivered.pop_front() else { return };
        self.before.push(Before::Delivered(id));
        let is_over = |entry: &Entry| entry.purchase.key.is_none() && entry.delivered && entry.state.has_task();
        if self.entries.get(&id).is_some_and(is_over) && !self.has_duplicate(id) {
            self.remove(id);
        }
    }

    fn is_full(&self) -> bool {
        self.entries.len() >= self.capacity
    }

    fn make_room(&mut self) {
        while self.is_full() && !self.delivered.is_empty() {
            self.drop_first_delivered();
        }
        if self.is_full() {
            // A send may be in its pause and come back to it: it fails then, and pays nothing.
            let scopes = self.scopes.values().flat_map(HashMap::values);
            let unkeyed = scopes.flat_map(|scope| scope.unkeyed.values().flatten());
            let ready = unkeyed.filter_map(|id| self.entries.get(id)).filter(|entry| entry.state == State::Ready);
            if let Some(oldest) = ready.min_by_key(|entry| (entry.changed, entry.id)).map(|entry| entry.id) {
                self.remove(oldest);
            }
        }
    }

    fn has_duplicate(&self, id: EntryId) -> bool {
        let attempts = self.of_entry.get(&id).into_iter().flatten();
        attempts.filter_map(|attempt| self.attempts.get(attempt)).any(|attempt| attempt.duplicate)
    }

    fn remove(&mut self, id: EntryId) {
        for attempt in self.of_entry.get(&id).cloned().unwrap_or_default() {
            let before = self.set_attempt(attempt, None);
            self.before.push(Before::Attempt(attempt, before));
        }
        let before = self.set_entry(id, None);
        self.before.push(Before::Entry(id, before));
    }

    fn scope(&self, account: &str, operation: &str) -> Option<&Scope> {
        self.scopes.get(account)?.get(operation)
    }

    fn scope_mut(&mut self, account: &str, operation: &str) -> &mut Scope {
        if self.scope(account, operation).is_none() {
            let operations = self.scopes.entry(account.to_owned()).or_default();
            operations.insert(operation.to_owned(), Scope::default());
        }
        let scope = self.scopes.get_mut(account).and_then(|operations| operations.get_mut(operation));
        scope.expect("it was added")
    }

    /// Writes a row and its places in the indexes. Returns what it was before.
    fn set_entry(&mut self, id: EntryId, entry: Option<Entry>) -> Option<Entry> {
        let both = self.entries.get(&id).zip(entry.as_ref());
        if both.is_some_and(|(before, entry)| before.purchase == entry.purchase) {
            return self.entries.insert(id, entry?);
        }
        let before = self.entries.remove(&id);
        if let Some(Entry { purchase, .. }) = &before {
            self.scope_mut(&purchase.account, &purchase.operation).take_out(id, purchase);
        }
        if let Some(entry) = entry {
            self.scope_mut(&entry.purchase.account, &entry.purchase.operation).add(id, &entry.purchase);
            self.entries.insert(id, entry);
        }
        before
    }

    /// Writes a row and its places in the indexes, while its entry is there. Returns what it was before.
    fn set_attempt(&mut self, id: AttemptId, attempt: Option<Attempt>) -> Option<Attempt> {
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

    fn change_tasks<T>(&mut self, entry: EntryId, change: impl FnOnce(&mut HashMap<String, AttemptId>) -> T) {
        let Some(Entry { purchase: Purchase { account, operation, .. }, .. }) = self.entries.get(&entry) else {
            return;
        };
        let scope = self.scopes.get_mut(account).and_then(|operations| operations.get_mut(operation));
        if let Some(scope) = scope {
            change(&mut scope.by_task);
        }
    }

    /// Fails where an entry breaks what is unique.
    fn check(&self, entry: &Entry) -> Result<(), LedgerError> {
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
        // A task of an entry is a task of one of its attempts.
        let owner = entry.task.as_ref().and_then(|task| scope.by_task.get(task));
        let is_foreign = owner.and_then(|owner| self.attempts.get(owner)).is_some_and(|owner| is_other(&owner.entry));
        if is_taken || is_foreign { Err(not_unique()) } else { Ok(()) }
    }
}

fn not_unique() -> LedgerError {
    LedgerError::unavailable("a write breaks what is unique in it")
}

impl Rows for Tables {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn holder(&self) -> &str {
        HOLDER
    }

    fn is_alive(&mut self, attempt: &Attempt) -> Result<bool, LedgerError> {
        Ok(self.local.is_live(attempt.id))
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
            let what = format!("it has {} entries, the most that it was made for; purge some", self.capacity);
            return Err(LedgerError::full(what));
        }
        let id = EntryId(self.last + 1);
        let entry = Entry { id, ..entry.clone() };
        self.check(&entry)?;
        self.last = id.0;
        let before = self.set_entry(id, Some(entry));
        self.before.push(Before::Entry(id, before));
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
        self.before.push(Before::Entry(entry.id, Some(before)));
        Ok(())
    }

    fn put_attempt(&mut self, attempt: &Attempt, purchase: &Purchase) -> Result<(), LedgerError> {
        let scope = self.scope(&purchase.account, &purchase.operation);
        let owner = attempt.task.as_ref().and_then(|task| scope?.by_task.get(task));
        if owner.is_some_and(|owner| *owner != attempt.id) {
            return Err(not_unique());
        }
        let before = self.set_attempt(attempt.id, Some(attempt.clone()));
        self.before.push(Before::Attempt(attempt.id, before));
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

    fn duplicates(&mut self, account: &str, operation: &str) -> Result<Vec<Attempt>, LedgerError> {
        let of_scope = |id: EntryId| self.entries.get(&id).is_some_and(|entry| is_of(entry, account, operation));
        let mut duplicates: Vec<_> =
            self.attempts.values().filter(|attempt| attempt.duplicate && of_scope(attempt.entry)).cloned().collect();
        duplicates.sort_by_key(|attempt| (attempt.entry, attempt.number));
        Ok(duplicates)
    }

    fn purge(&mut self, account: &str, operation: &str, before: SystemTime) -> Result<u64, LedgerError> {
        let is_over = |entry: &Entry| {
            let is_empty = entry.state == State::Ready && entry.purchase.key.is_none();
            is_empty || (entry.state.has_ended() && entry.delivered)
        };
        let old = self.entries.values().filter(|entry| is_of(entry, account, operation) && entry.changed < before);
        let over = old.filter(|entry| is_over(entry) && !self.has_duplicate(entry.id));
        let ids: Vec<EntryId> = over.map(|entry| entry.id).collect();
        for id in &ids {
            self.remove(*id);
        }
        Ok(ids.len() as u64)
    }
}

fn is_of(entry: &Entry, account: &str, operation: &str) -> bool {
    entry.purchase.account == account && entry.purchase.operation == operation
}

#[cfg(test)]
mod tests {
    use super::super::{Book, Intended, Settlement, Source, Terms, deliver, intend, settle};
    use super::*;

    fn purchase(key: Option<&str>, request: usize) -> Purchase {
        let fingerprint = Fingerprint::new("cover", &request.to_be_bytes());
        Purchase { account: String::new(), operation: "cover".to_owned(), key: key.map(str::to_owned), fingerprint }
    }

    async fn post(book: &Book, of: Purchase) -> Result<(EntryId, AttemptId), LedgerError> {
        let id = AttemptId::new();
        match book.run(move |rows| intend(rows, &of, None, Terms::default(), id)).await? {
            Intended::Recorded { entry, .. } => Ok((entry, id)),
            Intended::Refused(standing) => panic!("{standing:?}"),
        }
    }

    async fn buy(book: &Book, of: Purchase) -> Result<EntryId, LedgerError> {
        let (entry, id) = post(book, of).await?;
        let bought = move |rows: &mut dyn Rows| {
            settle(rows, id, &Settlement::Task { task: id.to_string(), source: Source::Reply })?;
            deliver(rows, entry, &id.to_string())
        };
        book.run(bought).await.map(|()| entry)
    }

    async fn waste(book: &Book, of: Purchase) -> Result<EntryId, LedgerError> {
        let (entry, id) = post(book, of).await?;
        let nothing = Settlement::NotCreated { evidence: String::new() };
        book.run(move |rows| settle(rows, id, &nothing)).await.map(|_| entry)
    }

    async fn has(book: &Book, id: EntryId) -> bool {
        book.run(move |rows| rows.entry(id)).await.unwrap().is_some()
    }

    #[tokio::test]
    async fn a_small_one_makes_room() {
        for capacity in [1, 2, 8, 1_024] {
            let book = Book::new(Arc::new(MemoryLedger::with_capacity(capacity)));
            for request in 0..3 * capacity {
                buy(&book, purchase(None, request)).await.unwrap();
            }
            // Entries with a key take the place of those without, until there is room for nothing more.
            for request in 0..capacity {
                buy(&book, purchase(Some(&request.to_string()), request)).await.unwrap();
            }
            assert!(buy(&book, purchase(None, 0)).await.unwrap_err().is_full());
            assert!(buy(&book, purchase(Some("key"), 0)).await.unwrap_err().is_full());
        }
    }

    #[tokio::test]
    async fn what_may_be_come_back_to_is_dropped_last() {
        let book = Book::new(Arc::new(MemoryLedger::with_capacity(4)));
        let open = post(&book, purchase(None, 0)).await.unwrap().0;
        let ready = [waste(&book, purchase(None, 1)).await.unwrap(), waste(&book, purchase(None, 2)).await.unwrap()];
        let delivered = buy(&book, purchase(None, 3)).await.unwrap();
        buy(&book, purchase(Some("a"), 4)).await.unwrap();
        assert!(!has(&book, delivered).await && has(&book, ready[0]).await && has(&book, ready[1]).await);
        buy(&book, purchase(Some("b"), 5)).await.unwrap();
        assert!(!has(&book, ready[0]).await && has(&book, ready[1]).await);
        buy(&book, purchase(Some("c"), 6)).await.unwrap();
        assert!(!has(&book, ready[1]).await && has(&book, open).await);
        assert!(buy(&book, purchase(Some("d"), 7)).await.unwrap_err().is_full());
    }

    #[tokio::test]
    async fn work_that_fails_makes_no_room() {
        let book = Book::new(Arc::new(MemoryLedger::with_capacity(2)));
        let delivered = buy(&book, purchase(None, 0)).await.unwrap();
        buy(&book, purchase(Some("a"), 1)).await.unwrap();
        let fails = move |rows: &mut dyn Rows| {
            intend(rows, &purchase(Some("b"), 2), None, Terms::default(), AttemptId::new())?;
            assert_eq!(rows.entry(delivered)?, None);
            Err::<(), _>(LedgerError::refused("the test says so"))
        };
        assert!(book.run(fails).await.unwrap_err().is_refused());
        assert!(has(&book, delivered).await);
        // It can still be dropped.
        buy(&book, purchase(Some("b"), 2)).await.unwrap();
        assert!(!has(&book, delivered).await);
    }
}
