//! A ledger in a PostgreSQL database.
//!
//! Each connection belongs to a thread of its own, a [`lane`]. It runs one job after another, and jobs that wait at the same time in one
//! transaction, since most of the time of a small transaction is its commit. Rows are locked when they are read, so that transactions
//! about the same purchase run one after the other; see [`transaction`].

mod builder;
mod connection;
mod failure;
mod holder;
mod lane;
mod listener;
mod process;
mod queue;
mod schema;
#[cfg(test)]
mod tests;
mod tls;
mod transaction;
mod value;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use self::listener::Listener;
use self::queue::Queue;
use super::{Ledger, LedgerError, Local, Mailbox, Transacted, Work};

pub use self::builder::PostgresBuilder;

/// A ledger in a PostgreSQL database, which several processes on several machines may share.
///
/// When a send returns, its outcome is durable in the database. If the ledger failed, it is written as soon as that succeeds.
///
/// The page [`several_machines`](crate::guide::several_machines) tells how to run it: roles, sizing, failover, poolers, backups
/// and upgrades.
///
/// Connect once per process and clone the result. A second connect counts as another process. Cloning is cheap, and clones share
/// the connections. Dropping the last clone waits until all queued work is written.
///
/// ```no_run
/// use cover_api::ledger::PostgresLedger;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let ledger = PostgresLedger::connect("postgres://covers@db.example.com/covers").await?;
/// let client = cover_api::Client::builder("my-key").ledger(ledger).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PostgresLedger(Arc<Lanes>);

struct Lanes {
    /// The database in errors, without user and password.
    place: Arc<Path>,
    local: Arc<Local>,
    queue: Arc<Queue>,
    listener: Listener,
    /// Taken only by `drop`.
    threads: Vec<JoinHandle<()>>,
}

impl PostgresLedger {
    /// Connects to a database, and creates or migrates the tables if the role may do that. `url` is a URL or a list of `key=value`
    /// as in other clients of PostgreSQL.
    pub async fn connect(url: &str) -> Result<Self, LedgerError> {
        Self::builder(url)?.connect().await
    }

    /// Returns a builder, to connect with other settings. Fails if `url` cannot be read.
    pub fn builder(url: &str) -> Result<PostgresBuilder, LedgerError> {
        PostgresBuilder::new(url)
    }

    /// Returns the SQL that creates the tables, or migrates those of an earlier version, for teams that apply SQL themselves. It may
    /// be applied again, and changes nothing then.
    #[must_use]
    pub fn schema_sql() -> String {
        schema::script()
    }
}

impl Ledger for PostgresLedger {
    fn transact(&self, work: Work) -> Transacted {
        let answered = self.0.queue.push(work);
        let place = Arc::clone(&self.0.place);
        Box::pin(async move { answered.await.unwrap_or_else(|_| Err(gone(&place))) })
    }

    fn local(&self) -> &Arc<Local> {
        &self.0.local
    }

    fn is_durable(&self) -> bool {
        true
    }

    fn mailbox(&self) -> Option<Mailbox> {
        Some(self.0.listener.mailbox())
    }
}

fn gone(place: &Path) -> LedgerError {
    LedgerError::unavailable("its threads have ended").at(place)
}

impl Drop for Lanes {
    fn drop(&mut self) {
        self.queue.close();
        // Work and wakers run on these threads, and may own the last clone.
        let threads = self.threads.drain(..).filter(|thread| thread.thread().id() != thread::current().id());
        threads.for_each(|thread| drop(thread.join()));
    }
}

impl fmt::Debug for PostgresLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresLedger").field("place", &self.0.place).finish_non_exhaustive()
    }
}
