//! Checks for a store that is not this crate's own.
//!
//! A [`Suite`] is run from the tests of the store. [`Suite::facts`] checks what [`Rows`](super::Rows) and
//! [`Ledger`] promise, one promise at a time. [`Suite::random`] runs this crate's rules on the store in random
//! orders, and compares it after every step with a model and with what must hold of every purchase.
//!
//! Each run uses accounts of its own, so that all of them may share one store. Runs need a tokio runtime with time.
//!
//! ```
//! use cover_api::ledger::MemoryLedger;
//! use cover_api::ledger::conformance::Suite;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! let ledger = MemoryLedger::new();
//! let suite = Suite::new(async || Ok(ledger.clone()));
//! suite.facts().await?;
//! for seed in 0..10 {
//!     suite.random(seed, 100).await?;
//! }
//! # Ok::<(), cover_api::ledger::conformance::Failure>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod facts;
mod invariants;
mod model;
mod steps;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Attempt, AttemptId, Book, Ledger, LedgerError};

/// How long a store may take to notice that a process has ended.
const DEATH: Duration = Duration::from_secs(5);

/// Checks of one store.
#[derive(Debug, Clone)]
pub struct Suite<F> {
    open: F,
    processes: usize,
}

impl<F> Suite<F> {
    /// The checks of a store that only one process uses. `open` returns a handle of it, the same one each time or a clone.
    pub fn new(open: F) -> Self {
        Self { open, processes: 1 }
    }

    /// Sets how many processes use the store at once, as far as it can tell. Above 1, every call of `open` must return what
    /// another process would get: a handle with a [holder](super::Rows::holder) and a [`Local`](super::Local) of its own.
    /// When such a handle is dropped, its holder is expected to be dead within five seconds.
    #[must_use]
    pub fn processes(self, processes: usize) -> Self {
        Self { processes: processes.max(1), ..self }
    }

    /// Checks each promise of the store.
    pub async fn facts<L: Ledger>(&self) -> Result<(), Failure>
    where
        F: AsyncFn() -> Result<L, LedgerError>,
    {
        facts::check(self).await
    }

    /// Takes this many random steps, and checks the store after each of them. The same seed takes the same steps.
    pub async fn random<L: Ledger>(&self, seed: u64, steps: u32) -> Result<(), Failure>
    where
        F: AsyncFn() -> Result<L, LedgerError>,
    {
        steps::run(self, seed, steps).await
    }

    async fn open<L: Ledger>(&self) -> Result<Book, LedgerError>
    where
        F: AsyncFn() -> Result<L, LedgerError>,
    {
        Ok(Book::new(Arc::new((self.open)().await?)))
    }

    /// One handle for each process. It fails where two of them are of the same process.
    async fn open_all<L: Ledger>(&self) -> Result<Vec<Book>, Broken>
    where
        F: AsyncFn() -> Result<L, LedgerError>,
    {
        let mut books = Vec::new();
        let mut holders: Vec<String> = Vec::new();
        for _ in 0..self.processes {
            let book = self.open().await?;
            let holder = book.run(|rows| Ok(rows.holder().to_owned())).await?;
            let is_shared = |other: &Book| Arc::ptr_eq(other.local(), book.local());
            ensure(!books.iter().any(is_shared), || "two processes share what belongs to one of them".to_owned())?;
            ensure(!holders.contains(&holder), || format!("two processes are called `{holder}`"))?;
            books.push(book);
            holders.push(holder);
        }
        Ok(books)
    }
}

/// What a store does wrong, with the steps that led there.
///
/// Its `Debug` is its `Display`, so that `unwrap` in a test shows a readable history.
pub struct Failure {
    seed: Option<u64>,
    what: String,
    history: Vec<String>,
}

impl Failure {
    /// Returns the seed of the random steps; none where a promise of the store is broken by itself.
    #[must_use]
    pub fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// Returns the steps, the last of which failed.
    #[must_use]
    pub fn history(&self) -> &[String] {
        &self.history
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seed {
            Some(seed) => write!(f, "seed {seed}: {}", self.what)?,
            None => f.write_str(&self.what)?,
        }
        self.history.iter().enumerate().try_for_each(|(at, step)| write!(f, "\n{:4}  {step}", at + 1))
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for Failure {}

/// What is wrong, in words; the steps are added where they are known.
struct Broken(String);

impl From<LedgerError> for Broken {
    fn from(error: LedgerError) -> Self {
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        Self(format!("it failed: {error}{cause}"))
    }
}

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken(what())) }
}

/// Waits until the process of an attempt is seen to have ended.
async fn await_death(book: &Book, attempt: &Attempt) -> Result<(), Broken> {
    let pause = Duration::from_millis(2);
    let mut waited = Duration::ZERO;
    loop {
        let posted = attempt.clone();
        if !book.run(move |rows| rows.is_alive(&posted)).await? {
            return Ok(());
        }
        ensure(waited < DEATH, || format!("{} has ended, and still seems alive", attempt.holder))?;
        waited += pause;
        tokio::time::sleep(pause).await;
    }
}

/// The name of an account that no other run uses.
fn account(of: &str) -> String {
    format!("conformance {of} {}", AttemptId::new())
}

/// A generator of numbers (`SplitMix64`): the same for one seed on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `end`, which is not 0.
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
