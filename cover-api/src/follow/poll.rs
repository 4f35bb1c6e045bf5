//! One poll, and what it puts into the ledger.

use std::sync::Arc;

use tracing::{Instrument, debug_span};

use super::answer::Polled;
use crate::account::Account;
use crate::error::Error;
use crate::events;
use crate::handle::TaskHandle;
use crate::ledger::State;
use crate::rate_limit::Permit;
use crate::service::Service;
use crate::snapshot::{Progress, Snapshot};

/// Asks the service once how a task is.
pub(crate) async fn poll<S: Service>(
    account: &Account,
    handle: &TaskHandle<S>,
    permit: Permit,
) -> Result<Polled<S>, Error<S>> {
    let span = debug_span!("poll", task = %handle);
    let envelope = account.poll(handle.id(), permit).instrument(span).await?;
    Ok(Polled::read(account, handle.id(), envelope)?)
}

/// Records that a task has ended. A task that is done without output is still running in the ledger: its result may yet come.
///
/// Nothing is awaited, so the record is queued before the caller gets the result.
pub(crate) fn record_end<S: Service>(account: &Account, handle: &TaskHandle<S>, last: &Snapshot<S>) {
    if let Some(state) = end_state(last) {
        account.end(handle.id(), state, last.status.to_string());
    }
}

/// Counts and records that a task that was waited for has ended.
pub(super) fn conclude<S: Service>(account: &Arc<Account>, handle: &TaskHandle<S>, last: &Snapshot<S>) {
    match end_state(last) {
        Some(State::Failed) => {
            account.counters.failed.add();
            events::task_ended(handle.id(), "failed");
        }
        Some(_) => {
            account.counters.done.add();
            events::task_ended(handle.id(), "done");
        }
        None => return,
    }
    if let Some(link) = &account.link {
        link.inbox.ended(handle.id());
    }
    record_end(account, handle, last);
}

fn end_state<S: Service>(last: &Snapshot<S>) -> Option<State> {
    match last.progress() {
        Progress::Running(_) => None,
        Progress::Done => last.has_output().then_some(State::Done),
        Progress::Failed => Some(State::Failed),
    }
}
