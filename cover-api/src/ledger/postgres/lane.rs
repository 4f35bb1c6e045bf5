//! A thread with a connection, which runs jobs in a transaction each.

use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use super::connection::Connection;
use super::failure::{Failure, Remedy};
use super::process::Process;
use super::queue::{Job, Next, Queue};
use super::transaction::Transaction;
use super::{holder, schema};
use crate::events;
use crate::ledger::{LedgerError, Work};

/// How often work is run again because of other transactions.
const MAX_REPEATS: u32 = 20;
/// Pauses before another connection, which grow from the first to the second.
pub(super) const RECONNECT: [Duration; 2] = [Duration::from_millis(20), Duration::from_secs(1)];

/// How often a process says that it is present, in the time after which it would count as dead.
const STAYS: u32 = 6;

/// Tells the one who connects whether that succeeded.
type Opened = Mutex<Option<oneshot::Sender<Result<(), LedgerError>>>>;

/// Runs jobs until the queue is closed. The first lane prepares the database before that.
pub(super) fn run(process: &Process, number: usize, queue: &Queue, opened: &Opened) {
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let failed = LedgerError::unavailable("its thread cannot be started").caused_by(error);
            return report(opened, Err(failed.at(&process.place)));
        }
    };
    let mut lane =
        Lane { process, number: i32::try_from(number).unwrap_or(i32::MAX), runtime: &runtime, connection: None };
    if number == 0 {
        let prepared = lane.prepare();
        let has_failed = prepared.is_err();
        report(opened, prepared);
        if has_failed {
            return;
        }
    }
    lane.serve(queue);
    if process.lanes.fetch_sub(1, Ordering::AcqRel) == 1 {
        lane.leave();
    }
}

fn report(opened: &Opened, result: Result<(), LedgerError>) {
    if let Some(opened) = opened.lock().unwrap_or_else(PoisonError::into_inner).take() {
        opened.send(result).ok();
    }
}

struct Lane<'a> {
    process: &'a Process,
    number: i32,
    runtime: &'a Runtime,
    connection: Option<Connection<'a>>,
}

impl Lane<'_> {
    /// Runs jobs until the queue is closed. The first lane also says again and again that this process is present.
    fn serve(&mut self, queue: &Queue) {
        let mut next_stay = (self.number == 0).then(Instant::now);
        loop {
            if next_stay.is_some_and(|at| at <= Instant::now()) {
                next_stay = Some(self.stay());
            }
            match queue.next(next_stay, self.process.lanes.load(Ordering::Relaxed)) {
                Next::Job(job) => self.run(job),
                Next::Jobs(jobs) => self.run_together(jobs, queue),
                Next::Nothing => {}
                Next::Closed => return,
            }
        }
    }

    /// Says that this process is present. Returns when to say it again.
    fn stay(&mut self) -> Instant {
        let (process, number, begun) = (self.process, self.number, Instant::now());
        let mut was_present = false;
        let stayed = self.connected(|connection| {
            let mut transaction = Transaction::begin(connection, process, number);
            let stayed = holder::stay(&mut transaction, process.silence);
            transaction.end(stayed.map(|present| was_present = present))
        });
        let pause = process.silence / STAYS;
        if stayed.is_err() {
            return Instant::now() + pause.min(RECONNECT[1]);
        }
        process.local.presence().extend(begun + process.silence / 2, pause, was_present);
        begun + pause
    }

    /// Creates or migrates the tables, and adds this process.
    fn prepare(&mut self) -> Result<(), LedgerError> {
        let (process, number) = (self.process, self.number);
        let prepared = self.connected(|connection| {
            schema::prepare(connection, process.migrates)?;
            Transaction::begin(connection, process, number).end(Ok(()))
        });
        prepared.map_err(|failure| failure.error.at(&process.place))
    }

    fn run(&mut self, mut job: Job) {
        let until = job.queued + self.process.patience;
        let result = self.run_until_done(&mut job.work, until);
        self.answer(job, result.map_err(|failure| failure.error));
    }

    fn answer(&self, job: Job, result: Result<(), LedgerError>) {
        // What the work owns is dropped after its transaction, and before the caller goes on.
        drop(job.work);
        job.answer.send(result.map_err(|error| error.at(&self.process.place))).ok();
    }

    /// Runs jobs in one transaction, which saves commits. If it fails, each of them runs alone, so that none suffers from another.
    fn run_together(&mut self, mut jobs: Vec<Job>, queue: &Queue) {
        // Each job knows how long it may wait for a connection.
        if self.connection.is_none() {
            return queue.put_back(jobs);
        }
        let (process, number) = (self.process, self.number);
        let works = jobs.iter_mut().map(|job| &mut job.work);
        let done =
            self.connected(|connection| Transaction::begin_short(connection, process, number).run_together(works));
        match done {
            Err(Failure { remedy: Remedy::Doubt, error }) => {
                for job in jobs {
                    self.answer(job, Err(error.clone()));
                }
            }
            Err(failure) => {
                if failure.remedy == Remedy::Repeat {
                    events::ledger_repeated(&failure.error);
                }
                queue.put_back(jobs);
            }
            Ok(()) => {
                for job in jobs {
                    self.answer(job, Ok(()));
                }
            }
        }
    }

    fn run_until_done(&mut self, work: &mut Work, until: Instant) -> Result<(), Failure> {
        let (process, number) = (self.process, self.number);
        let (mut repeats, [mut pause, longest]) = (0, RECONNECT);
        // In an outage, the work that waits fails together, and not one after the other.
        if self.connection.is_none() && Instant::now() >= until {
            return Err(Failure::of(LedgerError::unavailable("there was no connection to it in time")));
        }
        loop {
            let done = self.connected(|connection| Transaction::begin(connection, process, number).run(work));
            match done {
                // A wait for another transaction may have taken all the time.
                Err(Failure { remedy: Remedy::Repeat, error })
                    if repeats == 0 || repeats < MAX_REPEATS && Instant::now() < until =>
                {
                    events::ledger_repeated(&error);
                    repeats += 1;
                }
                Err(Failure { remedy: Remedy::Reconnect, .. }) if Instant::now() + pause < until => {
                    thread::sleep(pause);
                    pause = (pause * 2).min(longest);
                }
                done => return done,
            }
        }
    }

    /// Uses the connection, and drops it if it is lost.
    fn connected(&mut self, run: impl FnOnce(&mut Connection<'_>) -> Result<(), Failure>) -> Result<(), Failure> {
        let open = self.connection.take();
        let was_open = open.is_some();
        let mut connection = match open {
            Some(connection) => connection,
            None => Connection::open(self.runtime, self.process)?,
        };
        let done = run(&mut connection);
        match &done {
            Err(failure) if failure.remedy.is_about_the_connection() => {
                if was_open {
                    events::ledger_disconnected(&failure.error);
                }
            }
            _ => self.connection = Some(connection),
        }
        done
    }

    /// Removes this process. If that fails, its attempts count as dead when their leases have passed.
    fn leave(&mut self) {
        let (process, number) = (self.process, self.number);
        let left = self.connected(|connection| {
            let mut transaction = Transaction::begin(connection, process, number);
            let left = holder::leave(&mut transaction);
            transaction.end(left)
        });
        left.ok();
    }
}
