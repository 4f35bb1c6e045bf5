//! The answer to the POST.

use super::Trial;
use super::places::Need;
use super::words::quoted;
use crate::answers::{self, Doubt, Reply};
use crate::model::Spec;
use crate::tables::Api;

impl Trial {
    pub(super) fn submit(&mut self, spec: &Spec, api: &Api, answer: &[u8], http_status: u16) {
        let read = self.envelope(spec, api, answer, http_status);
        let most = answers::max_answer(api);
        let is_whole = answer.len() <= most;
        let arrived = &answer[..answer.len().min(most)];
        let reply = answers::reply(api, &read, http_status, arrived, is_whole);
        if let (Ok(envelope), Reply::Unknown(Doubt::NoTask)) = (&read, &reply) {
            self.no_task(&envelope.body, &api.submit.task);
        }
        if let (Ok(envelope), Reply::Answer) = (&read, &reply) {
            let found = answers::results(api, &envelope.body);
            self.read_results(spec, api, &envelope.body, &found, Need::Must);
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
            (Reply::Answer, _) if self.is_complete => "the operation has answered".to_owned(),
            (Reply::Answer, _) => "the operation has answered, but its output is not complete".to_owned(),
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
        Doubt::HasResults => {
            "the code refuses the request, but the answer has results, so that it may have been charged"
        }
        Doubt::Proxy => "a proxy requires a password",
        Doubt::Unreadable { .. } => "the answer cannot be read, and a task may have been created",
    }
}
