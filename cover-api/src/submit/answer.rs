//! Hands what was bought to its caller: a task, or the answer of an operation that answers at once.

use cover_spec::answers;
use serde_json::Value;

use super::PurchasedTask;
use crate::account::Operation;
use crate::error::{Failure, Kind, KnownTask};
use crate::ledger::Bought;
use crate::redact::shown;

/// What a send returns.
pub(crate) enum Purchased {
    Task(PurchasedTask),
    Answer(Answered),
}

/// The answer of an operation that answers at once. Its results can be read.
pub(crate) struct Answered {
    pub(crate) json: Value,
    /// Whether this send made the request.
    pub(crate) was_posted: bool,
}

/// Hands a purchase to its caller, and records the delivery. An answer without its results is an error, and stays undelivered, so
/// that an equal send finds it again instead of paying for another one.
pub(crate) fn hand_over(operation: &Operation, placed: PurchasedTask) -> Result<Purchased, Failure> {
    let (entry, task, as_waiter) = (placed.entry, placed.task.clone(), placed.presence.is_some());
    let purchased = read(operation, placed);
    let is_over = match &purchased {
        Ok(_) => true,
        // There is nothing to find again. Without a key, the caller has learnt all that the ledger has.
        Err(failure) => failure.kind == Kind::AnswerNotKept { has_key: false },
    };
    if is_over {
        operation.deliver(entry, &task, as_waiter);
    }
    purchased
}

/// Returns what was bought. It does not count as delivered by this.
pub(crate) fn read(operation: &Operation, placed: PurchasedTask) -> Result<Purchased, Failure> {
    match (&placed.bought, operation.api.poll.is_some()) {
        (Bought::Task, true) => Ok(Purchased::Task(placed)),
        (Bought::Task, false) => {
            let PurchasedTask { task: id, created, .. } = placed;
            let task = KnownTask { operation: &operation.api.id, id, created };
            Err(Failure::new(Kind::OtherWay { is_task: true }).with_task(Some(task)))
        }
        (Bought::Answer(_), true) => Err(Failure::new(Kind::OtherWay { is_task: false })),
        (Bought::Answer(None), false) => Err(Failure::new(Kind::AnswerNotKept { has_key: placed.has_key })),
        (Bought::Answer(Some(bytes)), false) => {
            let json = answers::body(operation.api, bytes).map_err(|why| Failure::new(Kind::UnreadableAnswer(why)))?;
            let json = complete(operation, json, true)?;
            Ok(Purchased::Answer(Answered { json, was_posted: placed.was_posted }))
        }
    }
}

/// Returns an answer whose results are complete. The error keeps the answer.
pub(super) fn complete(operation: &Operation, json: Value, is_paid: bool) -> Result<Value, Failure> {
    match answers::results(operation.api, &json).lacking {
        Some(lacking) => {
            let lacking = Box::new(lacking.shown(shown));
            Err(Failure::new(Kind::IncompleteAnswer { lacking, is_paid }).with_answer(json))
        }
        None => Ok(json),
    }
}
