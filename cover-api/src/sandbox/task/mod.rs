//! The tasks of a sandbox, and how answers and callbacks show them.

mod deliver;
pub(super) mod media;
mod output;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use axum::response::Response;
use cover_spec::answers::{Object, put};
use cover_spec::model::{Ready, Spec, Status};
use cover_spec::tables::StatusMeaning;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::Speed;
use super::operation::Operation;
use output::Output;

pub use deliver::Delivery;

/// A task that a sandbox created and charged.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CreatedTask {
    /// The id of the task, as answers give it.
    pub id: String,
    /// The id of its operation.
    pub operation: String,
    /// The body of the POST that created it.
    pub request: Value,
}

/// A request that was accepted.
#[derive(Default)]
pub(super) struct Accepted {
    pub(super) request: Object,
    /// Files that the request brought along, each by the name of the result that leads to it.
    pub(super) served: BTreeMap<String, Bytes>,
    /// Why its task will fail.
    pub(super) failure: Option<Failure>,
}

/// Why a request is refused, or its task fails.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) code: u32,
    pub(super) message: String,
}

/// A task, and its place in the sequence of its statuses.
pub(super) struct Task {
    id: String,
    operation: Arc<Operation>,
    accepted: Accepted,
    statuses: Vec<String>,
    submitted: Instant,
    submitted_at: Duration,
    polls: usize,
    is_cancelled: bool,
    /// When the files that the request brought along are deleted.
    files_end: Option<Instant>,
}

impl Task {
    /// Creates a task that goes through these statuses, or else succeeds, unless its request is one that fails.
    pub(super) fn new(
        id: String,
        operation: Arc<Operation>,
        accepted: Accepted,
        scripted: Option<Vec<String>>,
    ) -> Self {
        let submitted_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let statuses = scripted.unwrap_or_else(|| match accepted.failure {
            Some(_) => failing_statuses(&operation.spec),
            None => successful_statuses(&operation.spec),
        });
        let submitted = Instant::now();
        let files_end = operation.api.retention.map(|time| submitted + time);
        Self { id, operation, accepted, statuses, submitted, submitted_at, polls: 0, is_cancelled: false, files_end }
    }

    /// Returns the id of the task with this number; the first is 1.
    pub(super) fn id_of(number: usize) -> String {
        format!("task-{number}")
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn operation(&self) -> &Arc<Operation> {
        &self.operation
    }

    /// Returns a file that the request brought along, if it has not been deleted.
    pub(super) fn served(&self, result: &str) -> Option<&Bytes> {
        self.accepted.served.get(result).filter(|_| self.files_end.is_none_or(|end| Instant::now() < end))
    }

    /// Deletes the files that the request brought along.
    pub(super) fn expire_files(&mut self) {
        self.files_end = Some(Instant::now());
    }

    /// Whether the task is polled at this path of a spec.
    pub(super) fn is_polled_at(&self, path: &str) -> bool {
        self.operation.api.poll.as_ref().is_some_and(|poll| poll.path == path)
    }

    /// Whether a member of a finished result has this text.
    pub(super) fn has(&self, member: &str, text: &str, speed: Speed) -> bool {
        // The results of other tasks need not be made up: a text begins with the id of its task, or repeats a field of the request.
        let is_repeated = |value: &Value| match value {
            Value::Array(items) => items.iter().any(|item| item == text),
            single => single == text,
        };
        if !text.starts_with(&self.id) && !self.accepted.request.values().any(is_repeated) {
            return false;
        }
        let status = self.operation.status(self.status(self.reported_step(speed)));
        self.output(status, "").has(member, text)
    }

    /// Returns the number of files of each kind.
    pub(super) fn files(&self) -> u32 {
        output::files(&self.operation.spec)
    }

    /// Returns the task as tests see it.
    pub(super) fn created(&self) -> CreatedTask {
        let operation = self.operation.id().to_owned();
        CreatedTask { id: self.id.clone(), operation, request: Value::Object(self.accepted.request.clone()) }
    }

    /// Returns the text of a field of the request.
    fn text(&self, field: &str) -> Option<&str> {
        self.accepted.request.get(field)?.as_str()
    }

    /// Puts the results at this status into the body of a callback.
    fn put_into_callback(&self, status: &str, url: &str, body: &mut Value) {
        self.output(self.operation.status(status), url).put_into_callback(body);
    }

    /// Puts all results into the body of an answer at once.
    pub(super) fn put_into_answer(&self, url: &str, body: &mut Value) {
        self.output(None, url).put_into_answer(body);
    }

    /// Returns the answer to a poll.
    pub(super) fn poll(&mut self, speed: Speed, url: &str) -> Response {
        let name = self.status(self.step(speed));
        let status = self.operation.status(name);
        let mut body = json!({});
        if let Some(poll) = &self.operation.api.poll {
            put(&mut body, &poll.status, status_in_json(name));
            put(&mut body, &poll.task, json!(self.id));
            self.output(status, url).put_into_answer(&mut body);
            let failed = status.is_some_and(|status| is_failure(status.means.value));
            let (code, message) = match &self.accepted.failure {
                _ if !failed => (Value::Null, Value::Null),
                Some(failure) => (json!(failure.code), json!(failure.message)),
                None => (json!(500), json!("as the script says")),
            };
            put(&mut body, &poll.error_code, code);
            put(&mut body, &poll.error_message, message);
            if !poll.request.is_empty() {
                let request = Value::Object(self.accepted.request.clone()).to_string();
                put(&mut body, &poll.request, json!(request));
            }
        }
        let answer = self.operation.answer(self.operation.code_of_status(name), body);
        self.polls += 1;
        answer
    }

    /// Returns the position of the task in its statuses.
    fn step(&self, speed: Speed) -> usize {
        match speed {
            Speed::EachPoll => self.polls,
            Speed::Every(time) if time.is_zero() => usize::MAX,
            Speed::Every(time) => {
                usize::try_from(self.submitted.elapsed().as_nanos() / time.as_nanos()).unwrap_or(usize::MAX)
            }
        }
    }

    /// Returns the position of the last status that a poll may have reported.
    fn reported_step(&self, speed: Speed) -> usize {
        match speed {
            Speed::EachPoll => self.polls.saturating_sub(1),
            Speed::Every(_) => self.step(speed),
        }
    }

    /// Returns the name of the status at a position.
    fn status(&self, step: usize) -> &str {
        self.statuses.get(step).or(self.statuses.last()).map_or("", String::as_str)
    }

    /// Cancels the task if it is running. The error says why it cannot be cancelled.
    pub(super) fn cancel(&mut self, speed: Speed) -> Result<(), &'static str> {
        let step = self.reported_step(speed);
        let has_ended = |status: &Status| match status.means.value {
            StatusMeaning::Done => true,
            StatusMeaning::DoneWithResults => status.ready.value == Ready::All,
            means => is_failure(means),
        };
        if self.operation.status(self.status(step)).is_some_and(has_ended) {
            return Err("the task has ended");
        }
        let statuses = &self.operation.spec.statuses;
        let first = |wanted: StatusMeaning| statuses.iter().find(|status| status.means.value == wanted);
        let end = first(StatusMeaning::Cancelled).or_else(|| first(StatusMeaning::Failed));
        let end = end.ok_or("the spec has no status of a task that was cancelled")?;
        self.statuses = vec![end.name.value.clone()];
        self.is_cancelled = true;
        Ok(())
    }

    /// Returns the status of the task if it was cancelled.
    fn cancelled(&self) -> Option<&str> {
        self.statuses.last().filter(|_| self.is_cancelled).map(String::as_str)
    }

    fn output<'a>(&'a self, status: Option<&Status>, url: &'a str) -> Output<'a> {
        let ready = match status {
            Some(status) => status.ready.value,
            None if self.operation.api.poll.is_none() => Ready::All,
            None => Ready::Nothing,
        };
        Output {
            operation: &self.operation,
            task: &self.id,
            accepted: &self.accepted,
            ready,
            url,
            created: self.submitted_at,
        }
    }
}

/// Returns the status as answers have it: a status that is a number is sent as one.
fn status_in_json(name: &str) -> Value {
    name.parse::<u32>().map_or_else(|_| json!(name), |number| json!(number))
}

/// Whether a status means that the task has failed. A cancelled task has failed.
fn is_failure(means: StatusMeaning) -> bool {
    matches!(means, StatusMeaning::Failed | StatusMeaning::Cancelled)
}

/// Returns the statuses of a task that succeeds: the running ones in order, then the first that means done.
fn successful_statuses(spec: &Spec) -> Vec<String> {
    let running = running_statuses(spec).into_iter();
    running.chain(ending_status(spec, StatusMeaning::Done)).map(|status| status.name.value.clone()).collect()
}

/// Returns the statuses of a task that fails: the first running one, then the first that means failed.
fn failing_statuses(spec: &Spec) -> Vec<String> {
    let running = running_statuses(spec).into_iter().take(1);
    running.chain(ending_status(spec, StatusMeaning::Failed)).map(|status| status.name.value.clone()).collect()
}

fn running_statuses(spec: &Spec) -> Vec<&Status> {
    let mut running: Vec<_> =
        spec.statuses.iter().filter(|status| status.means.value == StatusMeaning::Running).collect();
    running.sort_by_key(|status| status.stage.as_ref().map(|stage| stage.value));
    running
}

fn ending_status(spec: &Spec, means: StatusMeaning) -> Option<&Status> {
    spec.statuses.iter().find(|status| status.means.value == means)
}
