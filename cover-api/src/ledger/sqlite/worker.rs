//! The thread that owns the connection.
//!
//! A durable commit waits for the disk. The thread therefore runs all queued jobs in one transaction, each in its own savepoint,
//! and commits once. A job that fails is rolled back alone. All jobs are answered after the commit.

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::super::{LedgerError, Local, Work, sql};
use super::Settings;
use super::store::Store;

/// Largest number of jobs in one transaction.
const BATCH: usize = 256;
/// How long a transaction waits for callers that were answered a moment ago.
const REGATHER: Duration = Duration::from_micros(200);
/// Number of jobs that run alone after SQLite has rolled back a transaction by itself, such as on a full disk.
const ALONE: usize = 256;

pub(super) struct Job {
    pub(super) work: Work,
    pub(super) answer: oneshot::Sender<Result<(), LedgerError>>,
}

/// A job with the result of its work.
type FinishedJob = (Result<(), LedgerError>, Job);

/// Opens the file, reports whether that succeeded, and runs jobs until all senders are gone.
pub(super) fn run(
    path: &Path,
    local: Arc<Local>,
    settings: Settings,
    opened: oneshot::Sender<Result<(), LedgerError>>,
    queue: &mpsc::Receiver<Job>,
) {
    let store = match Store::open(path, local, settings) {
        Ok(store) => store,
        Err(error) => {
            opened.send(Err(error)).ok();
            return;
        }
    };
    opened.send(Ok(())).ok();
    let mut worker = Worker { store, last: 0, alone: 0 };
    while let Ok(job) = queue.recv() {
        worker.run(job, queue);
    }
    worker.store.close();
}

struct Worker {
    store: Store,
    /// Number of jobs in the last transaction.
    last: usize,
    /// Number of further jobs that run alone.
    alone: usize,
}

impl Worker {
    fn run(&mut self, first: Job, queue: &mpsc::Receiver<Job>) {
        let mut jobs = self.gather(first, queue);
        self.last = jobs.len();
        while !jobs.is_empty() {
            let later = if self.alone > 0 { jobs.split_off(1) } else { Vec::new() };
            self.alone = self.alone.saturating_sub(1);
            jobs = self.transact(jobs);
            jobs.extend(later);
        }
    }

    /// Collects queued jobs. Callers in a loop return one by one, a moment after they were answered. Without a short wait for them,
    /// the first one would have a commit of its own.
    fn gather(&self, first: Job, queue: &mpsc::Receiver<Job>) -> Vec<Job> {
        let mut jobs = vec![first];
        jobs.extend(queue.try_iter().take(BATCH - 1));
        let until = Instant::now() + REGATHER;
        while jobs.len() < self.last {
            let left = until.saturating_duration_since(Instant::now());
            let Ok(job) = queue.recv_timeout(left) else { break };
            jobs.push(job);
        }
        jobs
    }

    /// Runs jobs in one transaction and answers them. Returns the jobs that were not run, since the transaction was lost.
    fn transact(&mut self, jobs: Vec<Job>) -> Vec<Job> {
        let mut jobs = jobs.into_iter();
        if let Err(error) = self.store.begin() {
            answer(jobs.map(|job| (Ok(()), job)), &Err(error));
            return Vec::new();
        }
        let mut finished: Vec<FinishedJob> = Vec::with_capacity(jobs.len());
        let mut has_changes = false;
        for mut job in jobs.by_ref() {
            let before = self.store.changes();
            let result = self.run_in_savepoint(&mut job.work);
            has_changes |= result.is_ok() && self.store.changes() != before;
            finished.push((result, job));
            if !self.store.is_in_transaction() {
                self.alone = ALONE;
                break;
            }
        }
        answer(finished, &self.store.end(has_changes));
        jobs.collect()
    }

    /// Runs work in a savepoint. Either all of it is kept, or nothing.
    fn run_in_savepoint(&mut self, work: &mut Work) -> Result<(), LedgerError> {
        self.store.save()?;
        let result = sql::run(work, &mut self.store);
        match result {
            Ok(()) => self.store.keep(),
            Err(error) => {
                self.store.undo();
                Err(error)
            }
        }
    }
}

/// Answers all jobs. A job succeeded if its work and the transaction did.
fn answer(finished: impl IntoIterator<Item = FinishedJob>, end: &Result<(), LedgerError>) {
    for (result, Job { work, answer }) in finished {
        drop(work);
        answer.send(result.and_then(|()| end.clone())).ok();
    }
}
