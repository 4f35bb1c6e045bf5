//! The answer to a cancel.

use super::Trial;
use super::places::{Need, text_or_number};
use crate::answers::{self, CancelReply};
use crate::model::Spec;
use crate::tables::Api;

impl Trial {
    pub(super) fn cancel(&mut self, spec: &Spec, api: &Api, answer: &[u8], http_status: u16) {
        let (Some(_), Some(poll)) = (&api.cancel, &api.poll) else {
            self.not_understood.push("the spec has no `[cancel]`".to_owned());
            return self.line("outcome: the spec has no `[cancel]`, so that no task is cancelled");
        };
        let read = self.envelope(spec, api, answer, http_status);
        let named = read.as_ref().ok().and_then(|envelope| envelope.task.clone());
        if let Ok(envelope) = &read {
            self.look(&envelope.body, "the id of the task", &poll.task, Need::May, text_or_number);
        }
        if let Some(task) = &named {
            self.task(task);
        }
        // Which task was cancelled is not known here.
        let reply = answers::cancel(api, &read, http_status, named.as_deref().unwrap_or_default());
        let outcome = match reply {
            CancelReply::Accepted if named.is_some() => {
                "the service accepts the cancel, if this is the task; its polls say what became of it"
            }
            CancelReply::Accepted => "the service accepts the cancel; polls say what became of the task",
            CancelReply::Refused(code) if poll.unknown_task.contains(&code) => "the task does not exist",
            CancelReply::Refused(_) => "the service refuses the cancel",
            CancelReply::Unreadable(_) if (300..400).contains(&http_status) => "the cancel was redirected",
            CancelReply::Unreadable(_) | CancelReply::OtherTask => {
                "unknown: the task may or may not have been cancelled, as its next poll will tell"
            }
        };
        self.line(format!("outcome: {outcome}"));
    }
}
