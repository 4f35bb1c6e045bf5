//! A test suite for stores that implement [`Ledger`].
//!
//! Run a [`Suite`] from the tests of the store. [`Suite::contract`] checks each promise of [`Rows`](super::Rows) and [`Ledger`].
//! [`Suite::random`] runs this crate's rules on the store in random order. After every step, it compares the store with a model
//! and checks invariants.
//!
//! Each run uses its own accounts, so several runs may share one store. Runs need a Tokio runtime with time enabled.
//!
//! ```
//! use cover_api::ledger::MemoryLedger;
//! use cover_api::ledger::conformance::Suite;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! let ledger = MemoryLedger::new();
//! let suite = Suite::new(async || Ok(ledger.clone()));
//! suite.contract().await?;
//! for seed in 0..10 {
//!     suite.random(seed, 100).await?;
//! }
//! # Ok::<(), cover_api::ledger::conformance::SuiteError>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod contract;
mod invariants;
mod model;
mod steps;
#[cfg(test)]
pub(in crate::ledger) mod tests;

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Attempt, AttemptId, Ledger, LedgerError, LedgerHandle};

/// Time within which a store must notice that a process has ended.
const DEATH: Duration = Duration::from_secs(5);

/// The lease of attempts, which no run outlasts.
const LEASE: Duration = Duration::from_secs(3_600);

/// A test suite for one store.
#[derive(Debug, Clone)]
pub struct Suite<F> {
    open: F,
    processes: usize,
    has_leases: bool,
}

impl<F> Suite<F> {
    /// Creates the suite of a store that only one process uses. `open` returns a handle of the store, the same one or a clone.
    pub fn new(open: F) -> Self {
        Self { open, processes: 1, has_leases: false }
    }

    /// Sets how many processes use the store at once. Above 1, every call of `open` must return a handle like that of another
    /// process, with its own [holder](super::Rows::holder) and its own [`Local`](super::Local). After such a handle is dropped, its
    /// holder must be dead within five seconds.
    #[must_use]
    pub fn processes(self, processes: usize) -> Self {
        Self { processes: processes.max(1), ..self }
    }

    /// Sets whether the store learns of the death of a process only by silence, so that attempts live as long as their lease. Such a
    /// store must be used by several processes.
    #[must_use]
    pub fn leases(self, has_leases: bool) -> Self {
        Self { has_leases, ..self }
    }

    /// Checks each promise of the store.
    pub async fn contract<L: Ledger>(&self) -> Result<(), SuiteError>
    where
        F: AsyncFn() -> Result<L, LedgerError>,
    {
        contract::check(self).await
    }

    /// Takes this many random steps, and checks the store after each. The same seed takes the same steps.
    pub async fn random<L: Ledger>(&self, seed: u64, steps: u32) -> Result<(), SuiteError>
    where
        F: AsyncFn() -> Result<L, LedgerError>,
    {
        steps::run(self, seed, steps).await
    }

    async fn open<L: Ledger>(&self) -> Result<LedgerHandle, LedgerError>
    where
        F: AsyncFn() -> Result<L, LedgerError>,
    {
        Ok(LedgerHandle::new(Arc::new((self.open)().await?)))
    }

    /// Opens one handle per process. Fails if two of them belong to the same process.
    async fn open_all<L: Ledger>(&self) -> Result<Vec<LedgerHandle>, Mismatch>
    where
        F: AsyncFn() -> Result<L, LedgerError>,
    {
        let mut stores = Vec::new();
        let mut holders: Vec<String> = Vec::new();
        for _ in 0..self.processes {
            let store = self.open().await?;
            let holder = store.run(|rows| Ok(rows.holder().to_owned())).await?;
            let is_shared = |other: &LedgerHandle| Arc::ptr_eq(other.local(), store.local());
            ensure(!stores.iter().any(is_shared), || "two processes share what belongs to one of them".to_owned())?;
            ensure(!holders.contains(&holder), || format!("two processes are called `{holder}`"))?;
            stores.push(store);
            holders.push(holder);
        }
        Ok(stores)
    }
}

/// A fault of a store, with the steps that led to it.
///
/// `Debug` equals `Display`, so that `unwrap` in a test shows a readable history.
pub struct SuiteError {
    seed: Option<u64>,
    what: String,
    history: Vec<String>,
}

impl SuiteError {
    /// Returns the seed of the random steps, or `None` for a fault that [`Suite::contract`] found.
    #[must_use]
    pub fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// Returns the steps. The last one failed.
    #[must_use]
    pub fn history(&self) -> &[String] {
        &self.history
    }
}

impl fmt::Display for SuiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seed {
            Some(seed) => write!(f, "seed {seed}: {}", self.what)?,
            None => f.write_str(&self.what)?,
        }
        self.history.iter().enumerate().try_for_each(|(at, step)| write!(f, "\n{:4}  {step}", at + 1))
    }
}

impl fmt::Debug for SuiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for SuiteError {}

/// A fault in words, without the steps.
struct Mismatch(String);

impl From<LedgerError> for Mismatch {
    fn from(error: LedgerError) -> Self {
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        Self(format!("it failed: {error}{cause}"))
    }
}

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), Mismatch> {
    if holds { Ok(()) } else { Err(Mismatch(what())) }
}

/// Waits until the store sees that the process of an attempt has ended.
async fn await_death(store: &LedgerHandle, attempt: &Attempt) -> Result<(), Mismatch> {
    let pause = Duration::from_millis(2);
    let mut waited = Duration::ZERO;
    loop {
        let posted = attempt.clone();
        if !store.run(move |rows| rows.is_alive(&posted)).await? {
            return Ok(());
        }
        ensure(waited < DEATH, || format!("{} has ended, and still seems alive", attempt.holder))?;
        waited += pause;
        tokio::time::sleep(pause).await;
    }
}

/// Returns the name of an account that no other run uses.
fn account(of: &str) -> String {
    format!("conformance {of} {}", AttemptId::new())
}

/// A generator of random numbers (`SplitMix64`). A seed gives the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// Returns a number below `end`, which must not be 0.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or_default()
    }

    fn is_percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        if from.is_empty() { None } else { from.get(self.below(from.len())) }
    }
}
