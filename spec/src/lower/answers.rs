//! The table of the service's answers.

use super::text;
use crate::model::{Code, Credits, Pace, Spec, Status};
use crate::rules::Str;
use crate::source::At;
use crate::wire::{self, Api, Path};

impl Spec {
    /// The table of the service's answers.
    #[must_use]
    pub fn api(&self) -> Api {
        Api {
            id: text(&self.service.id),
            base_url: text(&self.service.base_url),
            auth_header: text(&self.service.auth_header),
            auth_scheme: text(&self.service.auth_scheme),
            env_key: text(&self.service.env_key),
            env_url: text(&self.service.env_url),
            retention: self.service.retention.as_ref().map(|retention| retention.value),
            code: self.envelope.as_ref().map(|envelope| path(&envelope.code)).unwrap_or_default(),
            message: self.envelope.as_ref().map(|envelope| path(&envelope.message)).unwrap_or_default(),
            codes: self.codes.iter().map(code).collect(),
            submit: wire::Submit { path: text(&self.submit.path), task: path(&self.submit.task) },
            poll: self.poll(),
            statuses: self.statuses.iter().map(status).collect(),
            pace: self.pace.as_ref().map(pace).unwrap_or_default(),
            credits: self.credits.as_ref().map(credits),
            callback: self.callback.as_ref().map(|callback| self.callback(callback)),
        }
    }

    fn poll(&self) -> wire::Poll {
        let poll = &self.poll;
        wire::Poll {
            path: text(&poll.path),
            query: poll.query.as_ref().map(text),
            status: path(&poll.status),
            task: poll.task.as_ref().map(path).unwrap_or_default(),
            tracks: poll.tracks.iter().map(path).collect(),
            error_code: poll.error_code.as_ref().map(path).unwrap_or_default(),
            error_message: poll.error_message.as_ref().map(path).unwrap_or_default(),
            request: poll.request.as_ref().map(path).unwrap_or_default(),
            every: poll.every.value,
            typical: poll.typical.as_ref().map(|typical| typical.value),
            deadline: poll.deadline.value,
            unknown_task: poll.unknown_task.iter().map(|code| code.value).collect(),
            patience: poll.patience.value,
            settle: poll.settle.value,
        }
    }
}

pub(super) fn path(text: &At<String>) -> Path {
    text.split('.').filter(|part| !part.is_empty()).map(|part| Str::Owned(part.to_owned())).collect()
}

fn code(code: &Code) -> wire::Code {
    wire::Code {
        number: code.number.value,
        means: code.means.value,
        created: code.created.value,
        resend: code.resend.as_ref().map(|resend| resend.value),
    }
}

fn status(status: &Status) -> wire::Status {
    let stage = status.stage.as_ref().map_or(0, |stage| stage.value);
    wire::Status { name: text(&status.name), means: status.means.value, stage }
}

fn pace(pace: &Pace) -> wire::Pace {
    wire::Pace {
        requests: pace.requests.value,
        window: pace.window.value,
        task_every: pace.task_every.as_ref().map(|every| every.value).unwrap_or_default(),
    }
}

fn credits(credits: &Credits) -> wire::Credits {
    wire::Credits { path: text(&credits.path), amount: path(&credits.amount) }
}
