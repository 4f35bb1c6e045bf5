//! Hands what was bought to its caller: a task, or the answer of an operation that answers at once.

use cover_spec::answers;
use serde_json::Value;

use super::PurchasedTask;
use crate::account::Operation;
use crate::error::{Failure, Kind};

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
    let PurchasedTask { entry, task, was_posted, .. } = &placed;
    if operation.api.poll.is_some() {
        operation.deliver(*entry, task);
        return Ok(Purchased::Task(placed));
    }
    let bytes = placed.answer.as_ref().ok_or_else(|| Failure::new(Kind::AnswerNotKept))?;
    let json = answers::object(bytes).map_err(|why| Failure::new(Kind::UnreadableAnswer(why)))?;
    let json = complete(operation, json, true)?;
    operation.deliver(*entry, task);
    Ok(Purchased::Answer(Answered { json, was_posted: *was_posted }))
}

/// Returns an answer whose results are complete. The error keeps the answer.
pub(super) fn complete(operation: &Operation, json: Value, is_paid: bool) -> Result<Value, Failure> {
    match answers::results(operation.api, &json).lacking {
        Some(lacking) => {
            Err(Failure::new(Kind::IncompleteAnswer { lacking: Box::new(lacking), is_paid }).with_answer(json))
        }
        None => Ok(json),
    }
}
