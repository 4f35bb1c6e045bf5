//! The service as a table.

use super::{conditions, text};
use crate::model::{
    Cancel, Code, Cost, Credits, FailureCode, Place, Poll, RateLimit, Request, ResultEntry, ResultValue, Spec, Status,
};
use crate::rules::{Decimal, Str};
use crate::source::At;
use crate::tables::{self, Api, JsonPath};

impl Spec {
    /// Returns the service as a table.
    #[must_use]
    pub fn api(&self) -> Api {
        Api {
            id: text(&self.service.id),
            account: self.service.account.as_ref().map(text),
            base_url: text(&self.service.base_url),
            auth_header: text(&self.service.auth_header),
            auth_scheme: text(&self.service.auth_scheme),
            auth_basic: self.service.auth_basic.as_ref().map(text),
            headers: self.service.headers.iter().map(|(name, value)| (text(name), text(value))).collect(),
            env_key: text(&self.service.env_key),
            env_url: text(&self.service.env_url),
            retention: self.service.retention.as_ref().map(|retention| retention.value),
            code: self
                .envelope
                .as_ref()
                .and_then(|envelope| envelope.code.as_ref())
                .map(|code| path(code))
                .unwrap_or_default(),
            message: self.envelope.as_ref().map(|envelope| path(&envelope.message)).unwrap_or_default(),
            codes: self.codes.iter().map(code).collect(),
            submit: self.submit(),
            poll: self.poll.as_ref().map(poll),
            cancel: self.cancel.as_ref().map(cancel),
            statuses: self.statuses.iter().map(status).collect(),
            failures: self.failures.iter().map(failure).collect(),
            results: self.results.iter().map(result).collect(),
            rate_limit: self.rate_limit.as_ref().map(rate_limit).unwrap_or_default(),
            credits: self.credits.as_ref().map(|credits| self::credits(credits, &self.request)),
            callback: self.callback.as_ref().map(|callback| self.callback(callback)),
            upload: self.upload.as_ref().map(|upload| self.upload(upload)),
        }
    }

    fn submit(&self) -> tables::SubmitSpec {
        tables::SubmitSpec {
            method: self.submit.method(),
            path: text(&self.submit.path),
            query: self.request.fields.iter().filter(|it| it.is_in(Place::Query)).map(|it| text(&it.wire)).collect(),
            body: self.submit.body(),
            task: self.submit.task.as_ref().map(path).unwrap_or_default(),
        }
    }
}

fn poll(poll: &Poll) -> tables::PollSpec {
    tables::PollSpec {
        path: text(&poll.path),
        query: poll.query.as_ref().map(text),
        status: path(&poll.status),
        task: poll.task.as_ref().map(path).unwrap_or_default(),
        error_code: poll.error_code.as_ref().map(path).unwrap_or_default(),
        error_message: poll.error_message.as_ref().map(path).unwrap_or_default(),
        request: poll.request.as_ref().map(path).unwrap_or_default(),
        every: poll.every.value,
        expected_duration: poll.expected_duration.as_ref().map(|expected_duration| expected_duration.value),
        timeout: poll.timeout.value,
        unknown_task: poll.unknown_task.iter().map(|code| code.value).collect(),
        patience: poll.patience.value,
        settle: poll.settle.value,
    }
}

fn cancel(cancel: &Cancel) -> tables::CancelSpec {
    tables::CancelSpec {
        method: cancel.method(),
        path: text(&cancel.path),
        query: cancel.query.as_ref().map(text),
        body: cancel.body.as_ref().map(path).unwrap_or_default(),
    }
}

pub(super) fn path(text: &At<String>) -> JsonPath {
    text.split('.').filter(|part| !part.is_empty()).map(|part| Str::Owned(part.to_owned())).collect()
}

fn code(code: &Code) -> tables::CodeSpec {
    tables::CodeSpec {
        number: code.number.value,
        means: code.means.value,
        created: code.created.value,
        retry_after: code.retry_after.as_ref().map(|retry_after| retry_after.value),
    }
}

fn status(status: &Status) -> tables::StatusSpec {
    let stage = status.stage.as_ref().map_or(0, |stage| stage.value);
    tables::StatusSpec { name: text(&status.name), means: status.means.value, stage }
}

fn failure(failure: &FailureCode) -> tables::FailureSpec {
    tables::FailureSpec { number: failure.number.value, refunded: failure.refunded() }
}

fn result(result: &ResultEntry) -> tables::ResultSpec {
    tables::ResultSpec {
        name: text(&result.value.name),
        at: result.at.iter().map(path).collect(),
        callback: result.callback.as_ref().map(path),
        optional: result.optional,
        shape: shape(&result.value),
    }
}

fn shape(value: &ResultValue) -> tables::ShapeSpec {
    let member = |member: &ResultValue| tables::MemberSpec {
        spellings: member.spellings.iter().map(text).collect(),
        required: member.required,
        shape: shape(member),
    };
    tables::ShapeSpec {
        kind: value.kind.value,
        lists: value.lists,
        members: value.members.iter().map(member).collect(),
    }
}

fn rate_limit(rate_limit: &RateLimit) -> tables::RateLimitSpec {
    tables::RateLimitSpec {
        requests: rate_limit.requests.value,
        per: rate_limit.per.value,
        task_every: rate_limit.task_every.as_ref().map(|every| every.value).unwrap_or_default(),
    }
}

fn credits(credits: &Credits, request: &Request) -> tables::CreditsSpec {
    // A cost that is not an amount is already reported.
    let amount = |cost: &At<Decimal>| tables::Credits::exact(cost.value).unwrap_or_default();
    let cost = |entry: &Cost| tables::CostSpec { when: conditions(&entry.when, request), cost: amount(&entry.cost) };
    tables::CreditsSpec {
        path: credits.path.as_ref().map(text).unwrap_or_default(),
        amount: credits.amount.as_ref().map(path).unwrap_or_default(),
        cost: amount(&credits.cost),
        costs: credits.costs.iter().map(cost).collect(),
    }
}
