//! One cancel of a task.
//!
//! It is sent once and changes nothing in the ledger, so that it can be dropped at any time: polls say what became of the task.

use cover_spec::answers::{self, CancelReply, put};
use cover_spec::tables::CancelSpec;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::Operation;
use super::operation::address_of;
use crate::error::{BoxError, Evidence, Failure, Kind, Setup};
use crate::events::{self, Purpose};
use crate::rate_limit::PermitRequest;
use crate::redact::shown;
use crate::transport::{BodyEnd, Head, RawResponse, method};

impl Operation {
    /// Cancels a task of the operation with this id. Returns an error unless the service accepts the cancel.
    pub(crate) async fn cancel(&self, operation: &str, task: &str) -> Result<(), Failure> {
        self.owns(operation)?;
        let cancel = self.api.cancel.as_ref().ok_or_else(|| Failure::setup(Setup::NoCancel(&self.api.id)))?;
        if Handle::try_current().is_err() {
            return Err(Failure::setup(Setup::NoRuntime));
        }
        let (head, body) = self.write_cancel(cancel, task)?;
        let permit = self.account.rate_limit.acquire(PermitRequest::cancel(Instant::now())).await;
        let mut permit = permit.map_err(|_| Failure::new(Kind::NoPermit(None)))?;
        if permit.is_void() {
            permit.unused();
            return Err(Failure::new(Kind::NoPermit(None)));
        }
        let begun = Instant::now();
        match self.account.transport.submit(head, body, answers::max_answer(self.api)).await {
            Ok(answer) => {
                let read = self.read(Purpose::Cancel, begun, &answer, &mut permit);
                self.judge(answers::cancel(self.api, &read, answer.status, task), answer, read.ok())
            }
            Err(error) => {
                events::exchange(Purpose::Cancel, begun.elapsed(), None, None);
                Err(self.unanswered(error))
            }
        }
    }

    fn write_cancel(&self, cancel: &CancelSpec, task: &str) -> Result<(Head, String), Failure> {
        let address = address_of(&self.base, &cancel.path, cancel.query.as_ref(), task);
        let address = address.map_err(|why| Failure::new(Kind::TaskId(why)))?;
        let mut headers = self.headers.clone();
        let body = if cancel.body.is_empty() {
            if cancel.method.has_body() {
                // Some servers refuse a POST that does not say how long its body is.
                headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
            }
            String::new()
        } else {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            let mut body = json!({});
            put(&mut body, &cancel.body, Value::from(task));
            body.to_string()
        };
        Ok((Head { method: method(cancel.method), address, headers }, body))
    }

    fn unanswered(&self, error: BoxError) -> Failure {
        let failure = Failure::new(Kind::CancelUnknown(Evidence::NoAnswer)).with_host(&self.base).with_source(error);
        failure.not_sent_if_unconnected()
    }

    fn judge(&self, reply: CancelReply, answer: RawResponse, read: Option<answers::Envelope>) -> Result<(), Failure> {
        let unknown = |evidence| Failure::new(Kind::CancelUnknown(evidence)).with_host(&self.base);
        let failure = match reply {
            CancelReply::Accepted => return Ok(()),
            CancelReply::OtherTask => unknown(Evidence::OtherTask),
            CancelReply::Refused(code) => {
                let kind = match &self.api.poll {
                    Some(poll) if poll.unknown_task.contains(&code) => Kind::NoSuchTask,
                    _ => Kind::Refused,
                };
                let message = read.and_then(|envelope| envelope.message);
                let known = answers::code(self.api, code);
                Failure::new(kind).with_code(code, known, message.as_deref().map(shown))
            }
            CancelReply::Unreadable(_) if (300..400).contains(&answer.status) => {
                Failure::new(Kind::Redirected(answer.status)).with_host(&self.base)
            }
            CancelReply::Unreadable(why) => unknown(Evidence::Status(answer.status, Some(why))),
        };
        Err(if let BodyEnd::Broken(source) = answer.end { failure.with_source(source) } else { failure })
    }
}
