//! A ledger in an SQLite file.
//!
//! One thread owns the connection, and runs queued jobs in common transactions; see [`worker`]. Locks on files beside the
//! ledger show which processes are alive; see [`holder`].

mod database;
mod failure;
mod file;
mod holder;
mod schema;
mod store;
#[cfg(test)]
mod tests;
mod worker;

#[cfg(not(unix))]
#[path = "other.rs"]
mod system;
#[cfg(unix)]
#[path = "unix.rs"]
mod system;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::oneshot;

use self::worker::Job;
use super::{Ledger, LedgerError, Local, Mailbox, Transacted, Work};

/// A ledger in an SQLite file, which several processes of one machine may share.
///
/// When a send returns, its outcome is on disk. If the ledger failed, it is written as soon as that succeeds.
///
/// Open a file once per process and clone the result. A second `open` counts as another process.
///
/// SQLite keeps `-wal` and `-shm` beside the file, and each process that uses it keeps an empty file `-holder-…`. The processes
/// hold locks on these files, so the file must be on a local disk, and all processes must open it in the same directory.
///
/// Cloning is cheap, and clones share one connection. Dropping the last clone waits until all queued work is
/// written.
///
/// ```no_run
/// use cover_api::ledger::SqliteLedger;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = cover_api::Client::builder("my-key").ledger(SqliteLedger::open("covers.db").await?).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SqliteLedger(Arc<WorkerHandle>);

struct WorkerHandle {
    path: Arc<Path>,
    local: Arc<Local>,
    /// Taken only by `drop`.
    jobs: Option<mpsc::Sender<Job>>,
    /// Taken only by `drop`.
    thread: Option<JoinHandle<()>>,
}

/// How often a process looks for messages of other processes. Nothing tells it of them.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Settings that only tests change.
#[derive(Debug, Clone, Copy)]
struct Settings {
    /// How long to wait for another process that is writing.
    patience: Duration,
    /// Largest number of pages of the file.
    max_pages: Option<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { patience: Duration::from_secs(10), max_pages: None }
    }
}

impl SqliteLedger {
    /// Opens the ledger in this file, or creates it. Only its owner may read a new file.
    ///
    /// Opening does not change what other processes have recorded.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, LedgerError> {
        Self::open_with(path.as_ref().into(), Settings::default()).await
    }

    async fn open_with(path: Arc<Path>, settings: Settings) -> Result<Self, LedgerError> {
        let local = Arc::<Local>::default();
        let (jobs, queue) = mpsc::channel();
        let (opened, is_open) = oneshot::channel();
        let theirs = (Arc::clone(&path), Arc::clone(&local));
        let thread = thread::Builder::new()
            .name("cover-ledger".to_owned())
            .spawn(move || worker::run(&theirs.0, theirs.1, settings, opened, &queue))
            .map_err(|error| failure::io(&path, "its thread cannot be started", error))?;
        is_open.await.unwrap_or_else(|_| Err(gone(&path)))?;
        Ok(Self(Arc::new(WorkerHandle { path, local, jobs: Some(jobs), thread: Some(thread) })))
    }
}

impl Ledger for SqliteLedger {
    fn transact(&self, work: Work) -> Transacted {
        let (answer, answered) = oneshot::channel();
        if let Some(jobs) = &self.0.jobs {
            // A job that cannot be queued is dropped together with its sender.
            jobs.send(Job { work, answer }).ok();
        }
        let path = Arc::clone(&self.0.path);
        Box::pin(async move { answered.await.unwrap_or_else(|_| Err(gone(&path))) })
    }

    fn local(&self) -> &Arc<Local> {
        &self.0.local
    }

    fn is_durable(&self) -> bool {
        true
    }

    fn mailbox(&self) -> Option<Mailbox> {
        Some(Mailbox { arrived: Arc::default(), every: LOOK_EVERY })
    }
}

fn gone(path: &Path) -> LedgerError {
    LedgerError::unavailable("its thread has ended").at(path)
}

impl Drop for WorkerHandle {
    fn drop(&mut self) {
        drop(self.jobs.take());
        // Work and wakers run on that thread, and may own the last clone.
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            thread.join().ok();
        }
    }
}

impl fmt::Debug for SqliteLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteLedger").field("path", &self.0.path).finish_non_exhaustive()
    }
}
