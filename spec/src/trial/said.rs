//! What all kinds of answers say: code, message, task, status.

use serde_json::Value;

use super::places::{Need, find, name, text, text_or_number, whole_number};
use super::words::quoted;
use super::{AnswerKind, Trial};
use crate::answers::{self, Envelope, Unreadable};
use crate::model::Spec;
use crate::read::{CODE_MEANINGS, STATUS_MEANINGS, word};
use crate::suggest::suggestion;
use crate::tables::{Api, JsonPath};

impl Trial {
    /// Reads the envelope of an answer to the POST, to a poll or to a cancel.
    pub(super) fn envelope(
        &mut self,
        spec: &Spec,
        api: &Api,
        answer: &[u8],
        http_status: u16,
    ) -> Result<Envelope, Unreadable> {
        let most = answers::max_answer(api);
        let is_too_large = answer.len() > most;
        let read =
            if is_too_large { Err(Unreadable::TooLarge(most)) } else { Envelope::read(api, http_status, answer) };
        match &read {
            Ok(envelope) => {
                self.code(spec, api, envelope.code);
                self.message(api, &envelope.body, envelope.message.as_deref());
            }
            Err(Unreadable::NoCode) => {
                if let Ok(body) = answers::object(answer) {
                    self.look(&body, "the code", &api.code, Need::Must, whole_number);
                }
            }
            // Many services leave the answer to a cancel empty.
            Err(Unreadable::Empty) if self.kind == AnswerKind::Cancel && (200..300).contains(&http_status) => {}
            Err(why) => self.not_understood.push(format!("the answer {why}")),
        }
        read
    }

    fn code(&mut self, spec: &Spec, api: &Api, number: u32) {
        let is_http = if api.code.is_empty() { " (the HTTP status)" } else { "" };
        if let Some(code) = spec.codes.iter().find(|code| code.number.value == number) {
            let word = word(CODE_MEANINGS, &code.means.value);
            return self.line(format!("code: {number}{is_http}, {word}: {}", *code.doc));
        }
        self.line(format!("code: {number}{is_http}"));
        match self.kind {
            AnswerKind::Poll | AnswerKind::Cancel
                if api.poll.as_ref().is_some_and(|poll| poll.unknown_task.contains(&number)) => {}
            AnswerKind::Poll => {
                self.not_understood.push(format!("the code {number} is neither in `codes` nor in `unknown_task`"));
            }
            AnswerKind::Cancel if api.code.is_empty() && (200..300).contains(&number) => {}
            AnswerKind::Cancel => {
                let text =
                    format!("the code {number} is neither in `codes` nor in `unknown_task`, so that it is a refusal");
                self.not_understood.push(text);
            }
            AnswerKind::Submit | AnswerKind::Callback => {
                let text = format!("the code {number} is not in `codes`, so that a task may have been created");
                self.not_understood.push(text);
            }
        }
    }

    pub(super) fn message(&mut self, api: &Api, body: &Value, message: Option<&str>) {
        if let Some(message) = message.filter(|message| !message.is_empty()) {
            self.line(format!("message: {}", quoted(message)));
        }
        self.look(body, "the message", &api.message, Need::May, text);
    }

    pub(super) fn task(&mut self, id: &str) {
        self.task = Some(id.to_owned());
        self.line(format!("task: {}", quoted(id)));
    }

    /// Notes why there is no valid id of a task at a place.
    pub(super) fn no_task(&mut self, body: &Value, place: &JsonPath) {
        self.look(body, "the id of the task", place, Need::Must, text_or_number);
        if let Ok(Value::String(id)) = find(body, place)
            && !id.is_empty()
            && let Err(why) = answers::check_id(id)
        {
            self.not_understood.push(format!("the id of the task at {} {why}", name(place)));
        }
    }

    pub(super) fn status(&mut self, spec: &Spec, status: &str) {
        self.status = Some(status.to_owned());
        let shown = quoted(status);
        if let Some(known) = spec.statuses.iter().find(|known| *known.name == status) {
            let word = word(STATUS_MEANINGS, &known.means.value);
            return self.line(format!("status: {shown}, {word}: {}", *known.doc));
        }
        self.line(format!("status: {shown}"));
        let hint = suggestion(status, spec.statuses.iter().map(|status| status.name.as_str()));
        self.not_understood
            .push(format!("the status {shown} is not in `statuses`, so that the task is running; {hint}"));
    }
}
