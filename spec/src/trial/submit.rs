//! The answer to the POST.

use super::Trial;
use super::words::quoted;
use crate::answers::{self, Doubt, MAX_ANSWER, Reply};
use crate::model::Spec;
use crate::tables::Api;

impl Trial {
    pub(super) fn submit(&mut self, spec: &Spec, api: &Api, answer: &[u8], http_status: u16) {
        let read = self.envelope(spec, api, answer, http_status);
        let is_whole = answer.len() <= MAX_ANSWER;
        let arrived = &answer[..answer.len().min(MAX_ANSWER)];
        let reply = answers::reply(api, &read, http_status, arrived, is_whole);
        if let (Ok(envelope), Reply::Unknown(Doubt::NoTask)) = (&read, &reply) {
            self.no_task(&envelope.body, &api.submit.task);
        }
        let retry = match &read {
            Ok(envelope) => answers::code(api, envelope.code).and_then(|code| code.retry_after),
            Err(_) => Some(api.rate_limit.per),
        };
        let outcome = match (&reply, retry) {
            (Reply::Task(id), _) => {
                self.task(id);
                "the task was created".to_owned()
            }
            (Reply::Answer, _) => "the operation has answered".to_owned(),
            (Reply::Refused, Some(after)) => {
                format!("no task was created; the request may be sent again after {after:?}")
            }
            (Reply::Refused, None) => "no task was created".to_owned(),
            (Reply::Redirected, _) => "no task was created, since the request was redirected".to_owned(),
            (Reply::Unknown(doubt), _) => format!("unknown: {}; the request is not sent again", words(doubt)),
        };
        self.line(format!("outcome: {outcome}"));
        if let Reply::Unknown(Doubt::Unreadable { hint: Some(id) }) = &reply {
            self.line(format!("the beginning of the answer names the task {}", quoted(id)));
        }
    }
}

fn words(doubt: &Doubt) -> &'static str {
    match doubt {
        Doubt::NoTask => "the code means success, but there is no valid id of a task",
        Doubt::AmbiguousCode => "the answer does not rule out that a task was created",
        Doubt::Proxy => "a proxy requires a password",
        Doubt::Unreadable { .. } => "the answer cannot be read, and a task may have been created",
    }
}
