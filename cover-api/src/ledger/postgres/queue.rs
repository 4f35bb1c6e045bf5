//! The jobs of a process, which its lanes take in order.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;

use crate::events;
use crate::ledger::{LedgerError, Work};

/// Largest number of jobs that share a transaction. The locks of the first one last until the commit.
const MAX_TOGETHER: usize = 8;

pub(super) struct Job {
    pub(super) work: Work,
    pub(super) answer: oneshot::Sender<Result<(), LedgerError>>,
    pub(super) queued: Instant,
    /// It has a transaction of its own.
    is_alone: bool,
}

pub(super) enum Next {
    Job(Job),
    /// Jobs that share a transaction.
    Jobs(Vec<Job>),
    /// The time has come.
    Nothing,
    /// The queue is closed and empty.
    Closed,
}

#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    is_closed: bool,
}

impl State {
    /// Returns the number of jobs that a lane takes.
    fn together(&self) -> usize {
        let first = self.jobs.len().min(1);
        self.jobs.iter().take(MAX_TOGETHER).take_while(|job| !job.is_alone).count().max(first)
    }
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues work. Its answer is that of its transaction.
    pub(super) fn push(&self, work: Work) -> oneshot::Receiver<Result<(), LedgerError>> {
        let (answer, answered) = oneshot::channel();
        let mut state = self.state();
        state.jobs.push_back(Job { work, answer, queued: Instant::now(), is_alone: false });
        events::ledger_queued(state.jobs.len());
        drop(state);
        self.changed.notify_one();
        answered
    }

    /// Returns jobs whose common transaction has failed, so that each of them gets its own.
    pub(super) fn put_back(&self, jobs: Vec<Job>) {
        let mut state = self.state();
        for job in jobs.into_iter().rev() {
            state.jobs.push_front(Job { is_alone: true, ..job });
        }
        events::ledger_queued(state.jobs.len());
        drop(state);
        self.changed.notify_all();
    }

    /// Waits for jobs, until a time if one is given.
    pub(super) fn next(&self, until: Option<Instant>) -> Next {
        let is_idle = |state: &mut State| state.jobs.is_empty() && !state.is_closed;
        let state = self.state();
        let mut state = match until.map(|until| until.saturating_duration_since(Instant::now())) {
            Some(time) => {
                let waited = self.changed.wait_timeout_while(state, time, is_idle);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
            None => self.changed.wait_while(state, is_idle).unwrap_or_else(PoisonError::into_inner),
        };
        let next = match state.together() {
            0 if state.is_closed => Next::Closed,
            0 => Next::Nothing,
            1 => state.jobs.pop_front().map_or(Next::Nothing, Next::Job),
            count => Next::Jobs(state.jobs.drain(..count).collect()),
        };
        events::ledger_queued(state.jobs.len());
        next
    }

    /// Ends the lanes once all jobs are done.
    pub(super) fn close(&self) {
        self.state().is_closed = true;
        self.changed.notify_all();
    }
}
