//! The tasks of a sandbox, and how answers and callbacks show them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cover_spec::answers::{Object, put};
use cover_spec::model::{Ready, Spec, Status};
use cover_spec::tables::{Api, PollSpec, StatusMeaning};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::Speed;
use super::output::Output;

/// A task that a sandbox created and charged.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CreatedTask {
    /// The id of the task, as answers give it.
    pub id: String,
    /// The body of the POST that created it.
    pub request: Value,
}

/// A task, and its place in the sequence of its statuses.
pub(super) struct Task {
    id: String,
    request: Object,
    statuses: Vec<String>,
    submitted: Instant,
    submitted_at: Duration,
    polls: usize,
    is_cancelled: bool,
}

impl Task {
    pub(super) fn new(id: String, request: Object, statuses: Vec<String>) -> Self {
        let submitted_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { id, request, statuses, submitted: Instant::now(), submitted_at, polls: 0, is_cancelled: false }
    }

    /// Returns the id of the task with this number; the first is 1.
    pub(super) fn id(number: usize) -> String {
        format!("task-{number}")
    }

    /// Returns the task as tests see it.
    pub(super) fn created(&self) -> CreatedTask {
        CreatedTask { id: self.id.clone(), request: Value::Object(self.request.clone()) }
    }

    /// Returns the statuses that the task goes through.
    pub(super) fn statuses(&self) -> &[String] {
        &self.statuses
    }

    /// Returns the text of a field of the request.
    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.request.get(field)?.as_str()
    }

    /// Replaces the last status, because the last callback was not answered.
    pub(super) fn callback_unanswered(&mut self, status: &str) {
        if let Some(last) = self.statuses.last_mut() {
            status.clone_into(last);
        }
    }

    /// Puts the results at this status into the body of a callback.
    pub(super) fn put_into_callback(&self, spec: &Spec, api: &Api, status: &str, url: &str, body: &mut Value) {
        let status = spec.statuses.iter().find(|known| known.name.value == status);
        self.output(spec, status, url).put_into_callback(api, body);
    }

    /// Puts all results into the body of an answer at once.
    pub(super) fn put_into_answer(&self, spec: &Spec, api: &Api, url: &str, body: &mut Value) {
        Output { ready: Ready::All, ..self.output(spec, None, url) }.put_into_answer(api, body);
    }

    /// Returns the body of the answer to a poll.
    pub(super) fn poll(&mut self, spec: &Spec, api: &Api, poll: &PollSpec, speed: Speed, url: &str) -> Value {
        let (name, status) = self.status(spec, self.step(speed));
        let mut body = json!({});
        put(&mut body, &poll.status, json!(name));
        put(&mut body, &poll.task, json!(self.id));
        self.output(spec, status, url).put_into_answer(api, &mut body);
        let failed = status.is_some_and(|status| is_failure(status.means.value));
        let (code, message) =
            if failed { (json!(500), json!("as the script says")) } else { (Value::Null, Value::Null) };
        put(&mut body, &poll.error_code, code);
        put(&mut body, &poll.error_message, message);
        if !poll.request.is_empty() {
            let request = Value::Object(self.request.clone()).to_string();
            put(&mut body, &poll.request, json!(request));
        }
        self.polls += 1;
        body
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

    /// Returns the name of the status at a position, and the status if the spec has it.
    fn status<'a>(&'a self, spec: &'a Spec, step: usize) -> (&'a str, Option<&'a Status>) {
        let name = self.statuses.get(step).or(self.statuses.last()).map_or("", String::as_str);
        (name, spec.statuses.iter().find(|status| status.name.value == name))
    }

    /// Cancels the task if it is running. The error says why it cannot be cancelled.
    pub(super) fn cancel(&mut self, spec: &Spec, speed: Speed) -> Result<(), &'static str> {
        // With a status for each poll, the one that the last poll reported counts.
        let step = if let Speed::EachPoll = speed { self.polls.saturating_sub(1) } else { self.step(speed) };
        let has_ended = |status: &Status| match status.means.value {
            StatusMeaning::Done => true,
            StatusMeaning::DoneWithResults => status.ready.value == Ready::All,
            means => is_failure(means),
        };
        if self.status(spec, step).1.is_some_and(has_ended) {
            return Err("the task has ended");
        }
        let first = |wanted: StatusMeaning| spec.statuses.iter().find(|status| status.means.value == wanted);
        let end = first(StatusMeaning::Cancelled).or_else(|| first(StatusMeaning::Failed));
        let end = end.ok_or("the spec has no status of a task that was cancelled")?;
        self.statuses = vec![end.name.value.clone()];
        self.is_cancelled = true;
        Ok(())
    }

    /// Returns the status of the task if it was cancelled.
    pub(super) fn cancelled(&self) -> Option<&str> {
        self.statuses.last().filter(|_| self.is_cancelled).map(String::as_str)
    }

    fn output<'a>(&'a self, spec: &'a Spec, status: Option<&Status>, url: &'a str) -> Output<'a> {
        let ready = status.map_or(Ready::Nothing, |status| status.ready.value);
        Output { spec, task: &self.id, request: &self.request, ready, url, created: self.submitted_at }
    }
}

/// Whether a status means that the task has failed. A cancelled task has failed.
pub(super) fn is_failure(means: StatusMeaning) -> bool {
    matches!(means, StatusMeaning::Failed | StatusMeaning::Cancelled)
}

/// Returns the statuses of a task that succeeds: the running ones in order, then the first that means done.
pub(super) fn successful_statuses(spec: &Spec) -> Vec<String> {
    let mut running: Vec<&Status> =
        spec.statuses.iter().filter(|status| status.means.value == StatusMeaning::Running).collect();
    running.sort_by_key(|status| status.stage.as_ref().map(|stage| stage.value));
    let done = spec.statuses.iter().find(|status| status.means.value == StatusMeaning::Done);
    running.into_iter().chain(done).map(|status| status.name.value.clone()).collect()
}
