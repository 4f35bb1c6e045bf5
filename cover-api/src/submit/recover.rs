//! Finds the task of an attempt whose outcome was unknown.

use std::pin::pin;
use std::sync::Arc;
use std::time::SystemTime;

use cover_spec::answers::is_success;
use futures_util::future::select;
use tokio::time::{Duration, Instant, sleep};

use super::answer::{Purchased, hand_over};
use super::count::count_duplicate;
use super::outcome::PurchasedTask;
use crate::account::Operation;
use crate::callback_link::CallbackAddresses;
use crate::error::{Failure, Kind, Recovery};
use crate::ledger::{
    Attempt, AttemptId, AttemptState, Bought, LedgerError, Rows, Settled, Settlement, TaskSource, refresh, settle,
};
use crate::rate_limit::PermitRequest;

/// Records that an attempt became a task, which a poll has confirmed.
pub(super) async fn claim(operation: &Operation, attempt: AttemptId, task: &str) -> Result<Settled, LedgerError> {
    let settlement = Settlement::Task { task: task.to_owned(), source: TaskSource::Claim };
    let settled = operation.account.ledger.run(move |rows| settle(rows, attempt, &settlement)).await?;
    count_duplicate(&operation.account, task, &settled);
    operation.account.ledger.local().notify();
    Ok(settled)
}

/// Returns whether the service knows the task, and does not contradict that this attempt created it.
pub(crate) async fn knows(operation: &Operation, task: &str, attempt: Option<AttemptId>) -> bool {
    let (now, Some(poll)) = (Instant::now(), &operation.api.poll) else { return false };
    let request = PermitRequest::poll(task, now, Duration::ZERO).until(now + poll.timeout).single();
    let Ok(permit) = operation.account.rate_limit.acquire(request).await else { return false };
    let Ok(envelope) = operation.poll(task, permit).await else { return false };
    let is_known = is_success(operation.api, envelope.code)
        && !poll.unknown_task.contains(&envelope.code)
        && envelope.text(&poll.status).is_some()
        && envelope.task.as_ref().is_none_or(|named| named == task);
    match (attempt, &operation.link, envelope.any_text(&poll.request)) {
        (Some(attempt), Some(link), Some(repeated)) => is_known && !names_another(&repeated, &link.addresses, attempt),
        _ => is_known,
    }
}

/// Returns whether a repeated request contains another callback address of this client than the attempt's own. It need not
/// contain any, since some services leave it out.
fn names_another(repeated: &str, addresses: &CallbackAddresses, attempt: AttemptId) -> bool {
    let repeated = repeated.replace("\\/", "/");
    repeated.contains(addresses.base()) && !repeated.contains(&addresses.write(attempt))
}

/// Waits until the task of an attempt is known. Returns `None` if it created none, or if nothing can find out.
pub(crate) async fn recover(operation: &Operation, recovery: &Recovery) -> Result<Option<Purchased>, Failure> {
    let (id, local) = (recovery.attempt, Arc::clone(operation.account.ledger.local()));
    let mut has_hint = true;
    loop {
        let settled = local.next_settlement();
        let found = operation.account.ledger.run(move |rows| look_up(rows, id)).await;
        let found = found.map_err(|error| Failure::new(Kind::Ledger).with_source(error))?;
        let Some((attempt, placed)) = found else { return Ok(None) };
        if let Some(placed) = placed {
            return hand_over(operation, placed).map(Some);
        }
        match (attempt.state, attempt.hint) {
            (AttemptState::NotCreated, _) => return Ok(None),
            (AttemptState::Unknown, Some(hint)) if std::mem::take(&mut has_hint) => {
                let called_back = recovery.is_called_back.then_some(id);
                if knows(operation, &hint, called_back).await {
                    let claimed = claim(operation, id, &hint).await;
                    claimed.map_err(|error| Failure::new(Kind::Ledger).with_source(error))?;
                    continue;
                }
            }
            (AttemptState::Unknown, _) if !recovery.is_called_back || operation.link.is_none() => return Ok(None),
            _ => {}
        }
        // Another process may be the one that settles it.
        select(pin!(settled), pin!(sleep(operation.schedule.every[0]))).await;
    }
}

type Lookup = Option<(Attempt, Option<PurchasedTask>)>;

fn look_up(rows: &mut dyn Rows, id: AttemptId) -> Result<Lookup, LedgerError> {
    let Some(attempt) = rows.attempt(id)? else { return Ok(None) };
    let entry = rows.entry(attempt.entry)?;
    // An attempt whose process has ended becomes unknown here.
    let entry = entry.map(|entry| refresh(rows, entry)).transpose()?.map(|(entry, _)| entry);
    let Some(attempt) = rows.attempt(id)? else { return Ok(None) };
    let is_answer = attempt.task == Some(id.to_string());
    let bought = if is_answer { Bought::Answer(rows.answer(id)?) } else { Bought::Task };
    let placed = attempt.task.clone().zip(entry).map(|(task, entry)| PurchasedTask {
        entry: entry.id,
        task,
        created: SystemTime::now().checked_sub(id.age()),
        was_posted: false,
        presence: None,
        has_ended: entry.state.has_ended(),
        has_key: entry.purchase.key.is_some(),
        bought,
    });
    Ok(Some((attempt, placed)))
}
