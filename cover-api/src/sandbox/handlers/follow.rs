//! Polls and cancels of tasks. A task is known at the paths of its own spec only.

use std::borrow::Cow;
use std::sync::Arc;

use axum::response::Response;
use cover_spec::answers::{at, put};
use cover_spec::tables::{CancelSpec, CodeMeaning};
use serde_json::{Value, json};

use crate::sandbox::faults::AnswerFault;
use crate::sandbox::operation::Operation;
use crate::sandbox::task::Task;
use crate::sandbox::{Backend, BackendState};

/// An operation that a poll or a cancel may be meant for, and the id of the task in the request, if any.
pub(in crate::sandbox) struct Named<'a> {
    pub(in crate::sandbox) operation: &'a Arc<Operation>,
    pub(in crate::sandbox) task: Option<Cow<'a, str>>,
}

impl BackendState {
    /// Returns the task that a request names.
    pub(in crate::sandbox) fn named(&mut self, all: &[Named<'_>]) -> Option<&mut Task> {
        let is_its_own = |named: &&str, operation: &Arc<Operation>| {
            self.tasks.get(*named).is_some_and(|task| Arc::ptr_eq(task.operation(), operation))
        };
        let mut ids = all.iter().filter_map(|named| Some((named.task.as_deref()?, named.operation)));
        let (id, _) = ids.find(|(id, operation)| is_its_own(id, operation))?;
        self.tasks.get_mut(id)
    }
}

impl Backend {
    pub(in crate::sandbox) fn poll(&self, operation: &Operation, named: &[Named<'_>]) -> Response {
        let mut state = self.state();
        if let Some(answer) = state.next_polls.pop_front() {
            return answer.respond(&operation.api);
        }
        match state.fault() {
            Some(AnswerFault::Refused) => return state.refusal(&operation.api).respond(&operation.api),
            Some(AnswerFault::Lost) => return state.broken_answer(&operation.api).respond(&operation.api),
            None => {}
        }
        match state.named(named) {
            Some(task) => task.poll(self.speed, &self.url),
            None => operation.no_such_task(),
        }
    }

    pub(in crate::sandbox) fn cancel(&self, operation: &Operation, mut named: Vec<Named<'_>>, body: &[u8]) -> Response {
        let mut state = self.state();
        if let Some(answer) = state.next_cancels.pop_front() {
            return answer.respond(&operation.api);
        }
        let fault = state.fault();
        if fault == Some(AnswerFault::Refused) {
            return state.refusal(&operation.api).respond(&operation.api);
        }
        for named in &mut named {
            let in_body = named.operation.api.cancel.as_ref().and_then(|cancel| in_body(cancel, body));
            named.task = in_body.map(Cow::Owned).or(named.task.take());
        }
        let Some(task) = state.named(&named) else {
            return operation.no_such_task();
        };
        let (id, operation) = (task.id().to_owned(), Arc::clone(task.operation()));
        if let Err(why) = task.cancel(self.speed) {
            return operation.refuse(CodeMeaning::Invalid, why);
        }
        if fault.is_some() {
            return state.broken_answer(&operation.api).respond(&operation.api);
        }
        let mut body = json!({});
        if let Some(poll) = &operation.api.poll {
            put(&mut body, &poll.task, json!(id));
        }
        operation.succeed(body)
    }
}

/// Returns the id of the task that the body of a cancel has.
fn in_body(cancel: &CancelSpec, body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    at(&body, &cancel.body).filter(|_| !cancel.body.is_empty())?.as_str().map(str::to_owned)
}
