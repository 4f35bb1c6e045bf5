//! Submits: each creates and charges a task, or is answered with results at once.

use std::borrow::Cow;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::response::Response;
use cover_spec::answers::{Object, put};
use cover_spec::tables::{CodeMeaning, Credits};
use serde_json::{Value, json};

use super::references::Unknown;
use super::request::{self, Pair};

use crate::sandbox::faults::AnswerFault;
use crate::sandbox::operation::Operation;
use crate::sandbox::task::{Accepted, Task};
use crate::sandbox::{Backend, BackendState};

/// An operation that a submit may be meant for, and the fields in the path.
pub(in crate::sandbox) struct Addressed<'a> {
    pub(in crate::sandbox) operation: &'a Arc<Operation>,
    pub(in crate::sandbox) pairs: Vec<Pair>,
}

/// A submit as it arrived.
#[derive(Clone, Copy)]
pub(in crate::sandbox) struct Arrived<'a> {
    pub(in crate::sandbox) query: &'a str,
    pub(in crate::sandbox) headers: &'a HeaderMap,
    pub(in crate::sandbox) body: &'a [u8],
}

impl Addressed<'_> {
    /// Reads a request that keeps every rule of the operation.
    fn read(self, arrived: Arrived<'_>) -> Result<(Object, Credits), String> {
        let Self { operation, pairs } = self;
        let Arrived { query, headers, body } = arrived;
        let request = request::json(&operation.api.submit, &operation.rules, pairs, (query, headers), body)?;
        match operation.spec.submit.empty_is_absent {
            Some(_) => operation.check(&without_empty_texts(request)),
            None => operation.check(&request),
        }
    }
}

/// Leaves out every field with an empty text. One that is required is then missing instead of empty.
fn without_empty_texts(request: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let Ok(mut fields) = serde_json::from_slice::<Object>(&request) else { return request };
    let all = fields.len();
    fields.retain(|_, value| value != "");
    if fields.len() == all { request } else { Cow::Owned(Value::Object(fields).to_string().into_bytes()) }
}

/// A request that keeps every rule of its operation.
struct Chosen<'a> {
    operation: &'a Arc<Operation>,
    request: Object,
    price: Credits,
}

/// Returns the first operation whose rules the request keeps. The error says what is wrong for each of them.
fn choose<'a>(all: Vec<Addressed<'a>>, arrived: Arrived<'_>) -> Result<Chosen<'a>, String> {
    let is_only = all.len() == 1;
    let mut faults = Vec::new();
    for addressed in all {
        let operation = addressed.operation;
        match addressed.read(arrived) {
            Ok((request, price)) => return Ok(Chosen { operation, request, price }),
            Err(fault) if is_only => return Err(fault),
            Err(fault) => faults.push(format!("as `{}`: {fault}", operation.id())),
        }
    }
    Err(faults.join("; "))
}

impl Backend {
    /// Carries out a submit of one of these operations, of which there is at least one.
    pub(in crate::sandbox) fn submit(self: &Arc<Self>, all: Vec<Addressed<'_>>, arrived: Arrived<'_>) -> Response {
        let first = Arc::clone(all.first().map_or(self.first(), |addressed| addressed.operation));
        let chosen = choose(all, arrived);
        let mut state = self.state();
        if let Some(answer) = state.next_submits.pop_front() {
            return answer.respond(&first.api);
        }
        let fault = state.fault();
        if fault == Some(AnswerFault::Refused) {
            return state.refusal(&first.api).respond(&first.api);
        }
        let chosen = match chosen {
            Ok(chosen) => chosen,
            Err(message) => return first.refuse(CodeMeaning::Invalid, &message),
        };
        let operation = Arc::clone(chosen.operation);
        let (id, body) = match self.create(&mut state, chosen) {
            Ok(created) => created,
            Err(refusal) => return *refusal,
        };
        let lost = fault.map(|_| state.broken_answer(&operation.api).respond(&operation.api));
        drop(state);
        self.send_callbacks(&id);
        lost.unwrap_or_else(|| operation.succeed(body))
    }

    /// Creates and charges the task of a request. Returns its id and the body of the answer. The error is a refusal.
    fn create(&self, state: &mut BackendState, chosen: Chosen<'_>) -> Result<(String, Value), Box<Response>> {
        let Chosen { operation, request, price } = chosen;
        let failure = match state.unknown(operation, &request, self.speed, &self.url) {
            Some(Unknown::Refused(failure)) => {
                return Err(operation.refuse_with(failure.code, &failure.message).into());
            }
            Some(Unknown::Fails(failure)) => Some(failure),
            None => None,
        };
        let served = state.served(operation, &request, &self.url);
        let served = served.map_err(|message| operation.refuse(CodeMeaning::Invalid, &message))?;
        if state.credits < price {
            return Err(operation.refuse(CodeMeaning::InsufficientCredits, "there are too few credits").into());
        }
        state.credits = state.credits.less(price);
        let id = Task::id_of(state.tasks.len() + 1);
        let scripted = state.next_statuses.pop_front();
        let task = Task::new(id.clone(), Arc::clone(operation), Accepted { request, served, failure }, scripted);
        let mut body = json!({});
        if operation.api.poll.is_none() {
            task.put_into_answer(&self.url, &mut body);
        }
        put(&mut body, &operation.api.submit.task, json!(&id));
        state.tasks.insert(id.clone(), task);
        Ok((id, body))
    }

    /// Answers with the balance, which all operations share.
    pub(in crate::sandbox) fn credits(&self, operation: &Operation) -> Response {
        let mut body = json!({});
        if let Some(credits) = &operation.api.credits {
            put(&mut body, &credits.amount, json!(self.state().credits));
        }
        operation.succeed(body)
    }
}
