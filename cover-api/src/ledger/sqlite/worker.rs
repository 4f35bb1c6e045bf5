//! The thread that owns the connection.
//!
//! A durable commit waits for the disk, so that the thread runs all that is queued in one transaction, each job in a
//! savepoint of its own, and commits once. A job that fails is rolled back alone. All are answered after the commit.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::super::{LedgerError, Local, Work};
use super::Settings;
use super::store::Store;

/// The most jobs in one transaction.
const BATCH: usize = 256;
/// How long a transaction waits for those to come back that were answered a moment ago.
const REUNION: Duration = Duration::from_micros(200);
/// How many jobs run alone after SQLite has thrown a transaction away, such as on a full disk.
const ALONE: usize = 256;

pub(super) struct Job {
    pub(super) work: Work,
    pub(super) answer: oneshot::Sender<Result<(), LedgerError>>,
}

type Answer = (Result<(), LedgerError>, oneshot::Sender<Result<(), LedgerError>>);

/// Opens the file, says whether that went well, and runs jobs until all who could send one are gone.
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
    /// How many jobs the last transaction had.
    last: usize,
    /// How many further jobs run alone.
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

    /// Takes what is queued. Callers in a loop come back a moment after they were answered, one by one; without the short
    /// wait for as many as were there before, the first of them would have a commit of its own.
    fn gather(&self, first: Job, queue: &mpsc::Receiver<Job>) -> Vec<Job> {
        let mut jobs = vec![first];
        jobs.extend(queue.try_iter().take(BATCH - 1));
        let until = Instant::now() + REUNION;
        while jobs.len() < self.last {
            let left = until.saturating_duration_since(Instant::now());
            let Ok(job) = queue.recv_timeout(left) else { break };
            jobs.push(job);
        }
        jobs
    }

    /// Runs jobs in one transaction and answers them. Returns those that were not run, since the transaction was lost.
    fn transact(&mut self, jobs: Vec<Job>) -> Vec<Job> {
        let mut jobs = jobs.into_iter();
        if let Err(error) = self.store.begin() {
            answer(jobs.map(|job| (Ok(()), job.answer)), &Err(error));
            return Vec::new();
        }
        let mut answers: Vec<Answer> = Vec::with_capacity(jobs.len());
        let mut has_changes = false;
        for job in jobs.by_ref() {
            let before = self.store.changes();
            let result = self.run_in_savepoint(job.work);
            has_changes |= result.is_ok() && self.store.changes() != before;
            answers.push((result, job.answer));
            if !self.store.is_in_transaction() {
                self.alone = ALONE;
                break;
            }
        }
        answer(answers, &self.store.end(has_changes));
        jobs.collect()
    }

    /// Runs work in a savepoint, and keeps all of it or nothing.
    fn run_in_savepoint(&mut self, work: Work) -> Result<(), LedgerError> {
        self.store.save()?;
        let result = catch_unwind(AssertUnwindSafe(|| work(&mut self.store))).unwrap_or_else(|panic| {
            Err(LedgerError::unavailable(format!("a transaction panicked: {}", message(&*panic))).at(self.store.path()))
        });
        match result {
            Ok(()) => self.store.keep(),
            Err(error) => {
                self.store.undo();
                Err(error)
            }
        }
    }
}

/// Tells everybody what became of their work: it was kept if it went well and the transaction did.
fn answer(answers: impl IntoIterator<Item = Answer>, end: &Result<(), LedgerError>) {
    for (result, answer) in answers {
        answer.send(result.and_then(|()| end.clone())).ok();
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}
