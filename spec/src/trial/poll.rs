//! The answer to a poll.

use std::time::Duration;

use serde_json::Value;

use super::Trial;
use super::places::{Need, text_or_number, text_or_object};
use super::words::{in_words, quoted};
use crate::answers::{self, Polled, Progress, TaskState};
use crate::model::Spec;
use crate::tables::{Api, PollSpec, StatusMeaning};

impl Trial {
    pub(super) fn poll(&mut self, spec: &Spec, api: &Api, answer: &[u8], http_status: u16) {
        let Ok(envelope) = self.envelope(spec, api, answer, http_status) else {
            return self.line("outcome: the answer cannot be used, and the task is polled again");
        };
        let Some(poll) = &api.poll else {
            return self.line("outcome: the operation answers at once, so that nothing is polled");
        };
        match answers::poll(api, poll, &envelope) {
            Polled::NoSuchTask => {
                let patience = poll.patience;
                self.line(format!("outcome: the task does not exist; within {patience:?} of the POST, not yet"));
            }
            Polled::Refused => self.line("outcome: the service refuses the poll"),
            Polled::State(state) => {
                if let Some(id) = &envelope.task {
                    self.task(id);
                }
                self.state(spec, (api, poll), &envelope.body, &state);
            }
        }
    }

    fn state(&mut self, spec: &Spec, (api, poll): (&Api, &PollSpec), body: &Value, state: &TaskState<'_>) {
        if !state.status.is_empty() {
            self.status(spec, &state.status);
        }
        if let Some(code) = &state.error_code {
            self.error_code(spec, api, code);
        }
        if let Some(message) = &state.error_message {
            self.line(format!("error message: {}", quoted(message)));
        }
        self.note_places(poll, body);
        let known = api.statuses.iter().find(|known| known.name == state.status);
        let is_done = known.is_some_and(|known| known.means == StatusMeaning::Done);
        self.read_results(spec, api, body, &state.results, if is_done { Need::Must } else { Need::May });
        let ready = self.is_complete;
        let progress = answers::progress(api, &state.status, state.error_code.is_some(), ready);
        self.line(format!("outcome: {}", outcome(progress, ready, poll.settle)));
    }

    fn error_code(&mut self, spec: &Spec, api: &Api, code: &str) {
        let listed = answers::failure(api, code).map(|failure| failure.number);
        match spec.failures.iter().find(|failure| Some(failure.number.value) == listed) {
            Some(failure) => self.line(format!("error code: {}{}", quoted(code), in_words(failure))),
            None => self.line(format!("error code: {}", quoted(code))),
        }
        if listed.is_none() && !spec.failures.is_empty() {
            self.not_understood.push(format!("the error code {} is not in `failures`", quoted(code)));
        }
    }

    /// Looks at all places of a poll, except those of the results.
    fn note_places(&mut self, poll: &PollSpec, body: &Value) {
        self.look(body, "the id of the task", &poll.task, Need::May, text_or_number);
        self.look(body, "the status", &poll.status, Need::Must, text_or_number);
        self.look(body, "the error code", &poll.error_code, Need::May, text_or_number);
        self.look(body, "the error message", &poll.error_message, Need::May, text_or_number);
        self.look(body, "the request", &poll.request, Need::May, text_or_object);
    }
}

fn outcome(progress: Progress, ready: bool, settle: Duration) -> String {
    match progress {
        Progress::Running(Some(stage)) => format!("the task is running, at stage {stage}"),
        Progress::Running(None) => "the task is running".to_owned(),
        Progress::Done if ready => "the task is done".to_owned(),
        Progress::Done => {
            format!("the task is done, but its output is not complete; a wait polls it for {settle:?} more")
        }
        Progress::Failed => "the task has failed".to_owned(),
        Progress::Cancelled => "the task was cancelled".to_owned(),
    }
}
