mod index;
mod rows;
mod tables;
#[cfg(test)]
mod tests;

use std::future::ready;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Ledger, Local, Transacted, Work};
use tables::Tables;

/// Default number of entries that a ledger in memory holds.
const CAPACITY: usize = 1 << 20;

/// A ledger in memory, which is the default of a client.
///
/// It protects against dropped futures, lost replies and repeated sends within the process. Its entries are lost when the process
/// ends.
///
/// Entries with a key are kept until they are [purged](crate::runtime::Client::purge). Of the delivered entries without a key, the
/// last 1,024 are kept, or fewer if the capacity is small. Answers of operations that answer at once stay until they are delivered,
/// and those with a key until they are purged. When the ledger is full, sends fail before anything is posted.
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
    /// Creates a ledger for up to 1,048,576 entries.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(CAPACITY)
    }

    /// Creates a ledger for up to this many entries. No memory is allocated in advance.
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
    fn transact(&self, mut work: Work) -> Transacted {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        // Earlier work may have panicked after some writes.
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
