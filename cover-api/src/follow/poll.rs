//! One poll, and recording the end of a task.

use std::sync::Arc;

use cover_spec::answers::Progress;
use tracing::{Instrument, debug_span};

use super::answer::PollAnswer;
use crate::account::Operation;
use crate::error::Error;
use crate::events;
use crate::ledger::EntryState;
use crate::rate_limit::Permit;
use crate::service::{Service, Snapshot, TaskHandle};

/// Polls a task once.
pub(crate) async fn poll<S: Service>(
    operation: &Operation,
    handle: &TaskHandle<S>,
    permit: Permit,
) -> Result<PollAnswer<S>, Error<S>> {
    if let Err(failure) = operation.owns(handle.operation()) {
        permit.unused();
        return Err(failure.into());
    }
    let span = debug_span!("poll", task = %handle);
    let envelope = operation.poll(handle.id(), permit).instrument(span).await?;
    Ok(PollAnswer::read(operation, handle.id(), envelope)?)
}

/// Records in the ledger that a task has ended. A task that is done without output stays running there, since the output may
/// come later.
///
/// The record is queued when this returns, before the caller gets the result.
pub(crate) fn record_end<S: Service>(
    operation: &Operation,
    handle: &TaskHandle<S>,
    last: &Snapshot<S>,
    as_waiter: bool,
) {
    if let Some(End { state, status }) = end_of(last) {
        operation.end(handle.id(), state, status, as_waiter);
    }
}

/// Counts and logs the end of a task that a wait has seen.
pub(super) fn conclude<S: Service>(operation: &Arc<Operation>, handle: &TaskHandle<S>, last: &Snapshot<S>) {
    match end_state(last) {
        Some(EntryState::Failed) => {
            operation.account.counters.failed.add();
            events::task_ended(handle.id(), "failed");
        }
        Some(_) => {
            operation.account.counters.done.add();
            events::task_ended(handle.id(), "done");
        }
        None => return,
    }
    if let Some(link) = &operation.link {
        link.inbox.end_task(handle.id());
    }
}

/// How a task has ended.
pub(crate) struct End {
    pub(crate) state: EntryState,
    pub(crate) status: String,
}

/// Returns how a task has ended, if the ledger records it as ended.
pub(crate) fn end_of<S: Service>(last: &Snapshot<S>) -> Option<End> {
    end_state(last).map(|state| End { state, status: last.status.to_string() })
}

fn end_state<S: Service>(last: &Snapshot<S>) -> Option<EntryState> {
    match last.progress() {
        Progress::Running(_) => None,
        Progress::Done => last.has_output().then_some(EntryState::Done),
        Progress::Failed | Progress::Cancelled => Some(EntryState::Failed),
    }
}
