//! Adopts tasks of processes that have gone, and hands over tasks.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Account, Operation};
use crate::events;
use crate::ids::AttemptId;
use crate::ledger::{Entry, EntryId, LedgerError, adopt, hand_over, hand_over_all};

/// Number of entries that are adopted or handed over in one transaction.
const PAGE: usize = 256;

/// What is kept of an adopted entry, since there may be very many.
pub(crate) struct AdoptedEntry {
    id: EntryId,
    pub(crate) key: Option<String>,
    pub(crate) task: String,
    pub(crate) attempt: Option<AttemptId>,
}

impl AdoptedEntry {
    /// Returns `None` if the entry has no task. An entry that was adopted has one.
    fn new(entry: Entry) -> Option<Self> {
        Some(Self { id: entry.id, key: entry.purchase.key, task: entry.task?, attempt: entry.attempt })
    }
}

/// Entries that this process has adopted, by any number. When they are dropped, others may adopt them.
pub(crate) struct AdoptedEntries {
    operation: Arc<Operation>,
    entries: HashMap<usize, AdoptedEntry>,
}

impl AdoptedEntries {
    pub(crate) fn new(operation: Arc<Operation>) -> Self {
        Self { operation, entries: HashMap::new() }
    }

    /// Adopts a page of entries. Returns the presence of this process before that, and whether there may be more.
    pub(crate) async fn adopt(operation: Arc<Operation>) -> Result<(Self, u32, bool), LedgerError> {
        let ledger = operation.account.ledger.clone();
        let presence = ledger.local().presence().returned().await;
        let (account, api) = (operation.account.name.clone(), operation.api);
        let entries = ledger.run(move |rows| adopt(rows, &account, &api.id, PAGE)).await?;
        let is_full = entries.len() == PAGE;
        let entries = entries.into_iter().filter_map(AdoptedEntry::new).enumerate().collect();
        Ok((Self { operation, entries }, presence, is_full))
    }

    pub(crate) fn add(&mut self, number: usize, entry: AdoptedEntry) {
        self.entries.insert(number, entry);
    }

    pub(crate) fn get(&self, number: usize) -> Option<&AdoptedEntry> {
        self.entries.get(&number)
    }

    pub(crate) fn remove(&mut self, number: usize) {
        self.entries.remove(&number);
    }

    /// Takes all entries, so that they are not handed over.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = AdoptedEntry> + use<> {
        std::mem::take(&mut self.entries).into_values()
    }
}

impl Drop for AdoptedEntries {
    fn drop(&mut self) {
        let ids: Vec<EntryId> = self.entries.values().map(|entry| entry.id).collect();
        for ids in ids.chunks(PAGE).map(<[EntryId]>::to_vec) {
            drop(self.operation.account.ledger.run(move |rows| hand_over(rows, &ids)));
        }
    }
}

impl Account {
    /// Lets other processes adopt all tasks of this account that this process waits for.
    pub(crate) async fn hand_over(&self) {
        // Other clients of this process may wait for some of the tasks. They find out that they still can.
        self.ledger.local().presence().interrupt();
        loop {
            let name = self.name.clone();
            match self.ledger.run(move |rows| hand_over_all(rows, &name, PAGE)).await {
                Ok(PAGE) => {}
                Ok(_) => return,
                Err(error) => return events::ledger_failed("hand-over of tasks", &error),
            }
        }
    }
}
