//! The jobs of a process, which its lanes take in order.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;

use crate::events;
use crate::ledger::{LedgerError, Work};

pub(super) struct Job {
    pub(super) work: Work,
    pub(super) answer: oneshot::Sender<Result<(), LedgerError>>,
    pub(super) queued: Instant,
}

pub(super) enum Next {
    Job(Job),
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

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues work. Its answer is that of its transaction.
    pub(super) fn push(&self, work: Work) -> oneshot::Receiver<Result<(), LedgerError>> {
        let (answer, answered) = oneshot::channel();
        let mut state = self.state();
        state.jobs.push_back(Job { work, answer, queued: Instant::now() });
        events::ledger_queued(state.jobs.len());
        drop(state);
        self.changed.notify_one();
        answered
    }

    /// Waits for a job, until a time if one is given.
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
        let job = state.jobs.pop_front();
        events::ledger_queued(state.jobs.len());
        match job {
            Some(job) => Next::Job(job),
            None if state.is_closed => Next::Closed,
            None => Next::Nothing,
        }
    }

    /// Ends the lanes once all jobs are done.
    pub(super) fn close(&self) {
        self.state().is_closed = true;
        self.changed.notify_all();
    }
}
