//! An operation: what an account can do at one address, as one spec says. It has no types of a service.

use std::sync::Arc;

use cover_spec::answers::{self, Envelope, Unreadable};
use cover_spec::rules::{Rules, Str};
use cover_spec::tables::{Api, PollSpec};
use reqwest::header::HeaderMap;
use tokio::time::Instant;
use url::Url;

use super::{Account, Schedule};
use crate::callback_link::CallbackLink;
use crate::error::{Evidence, Failure, Kind, Setup};
use crate::events::{self, Purpose};
use crate::ids;
use crate::ledger::{EntryId, EntryState, Fingerprint, LedgerError, Purchase, Rows, deliver, end, lose};
use crate::rate_limit::{Permit, Verdict};
use crate::redact::shown;
use crate::transport::{BodyEnd, RawResponse, envelope};

/// One operation of an account.
pub(crate) struct Operation {
    pub(crate) account: Arc<Account>,
    pub(crate) api: &'static Api,
    /// The rules of requests, if no generated type has them.
    pub(crate) rules: Option<&'static Rules>,
    pub(crate) base: Url,
    /// The headers of every request to the service: the API key, and those in the spec.
    pub(crate) headers: HeaderMap,
    pub(crate) schedule: Schedule,
    pub(crate) link: Option<Arc<CallbackLink>>,
}

/// Returns the address of a path beneath the base address.
pub(crate) fn beneath(base: &Url, path: &str) -> Url {
    let mut address = base.clone();
    address.set_path(&(base.path().trim_end_matches('/').to_owned() + path));
    address
}

/// Returns the address of a request about a task. The id is within one segment of the path, or one value of the query, whatever characters it has.
pub(super) fn address_of(base: &Url, path: &str, query: Option<&Str>, task: &str) -> Result<Url, &'static str> {
    let mut address = beneath(base, &ids::in_path(path, "{task}", task)?);
    if let Some(query) = query {
        address.query_pairs_mut().append_pair(query, task);
    }
    Ok(address)
}

impl Operation {
    pub(crate) fn purchase(&self, key: Option<String>, fingerprint: Fingerprint) -> Purchase {
        Purchase { account: self.account.name.clone(), operation: self.api.id.to_string(), key, fingerprint }
    }

    pub(crate) fn address(&self, path: &str) -> Url {
        beneath(&self.base, path)
    }

    /// Returns what an answer says about the rate limit.
    pub(crate) fn verdict(&self, answer: &RawResponse, read: &Result<Envelope, Unreadable>) -> Verdict {
        envelope::verdict(self.api, answer, read).at_most(self.account.max_pause)
    }

    /// Sends a GET and returns the envelope of its answer, whatever its code.
    pub(crate) async fn get(&self, purpose: Purpose, address: Url, mut permit: Permit) -> Result<Envelope, Failure> {
        let begun = Instant::now();
        let answer = self.account.transport.get(address, &self.headers, answers::max_answer(self.api));
        let Some(answer) = permit.hold(answer).await else { return Err(Failure::new(Kind::NoAnswer)) };
        let no_answer = |error| {
            events::exchange(purpose, begun.elapsed(), None, None);
            Failure::new(Kind::NoAnswer).with_host(&self.base).with_source(error)
        };
        let answer = answer.map_err(no_answer)?;
        let read = self.read(purpose, begun, &answer, &mut permit);
        let RawResponse { status, end, .. } = answer;
        read.map_err(|why| {
            let kind = match status {
                300..400 => Kind::Redirected(status),
                _ => Kind::BadAnswer(Evidence::Status(status, Some(why))),
            };
            let failure = Failure::new(kind).with_host(&self.base);
            if let BodyEnd::Broken(source) = end { failure.with_source(source) } else { failure }
        })
    }

    /// Reads the envelope of an answer to a request that buys nothing, and records the exchange.
    pub(super) fn read(
        &self,
        purpose: Purpose,
        begun: Instant,
        answer: &RawResponse,
        permit: &mut Permit,
    ) -> Result<Envelope, Unreadable> {
        let read = envelope::read(self.api, answer);
        permit.answered(match self.verdict(answer, &read) {
            // Only a send can be out of credits.
            Verdict::NoCredits => Verdict::Fine,
            verdict => verdict,
        });
        let code = read.as_ref().ok().map(|envelope| envelope.code);
        events::exchange(purpose, begun.elapsed(), Some(answer.status), code);
        read
    }

    /// Polls a task once and returns the envelope, whatever its code.
    pub(crate) async fn poll(&self, task: &str, permit: Permit) -> Result<Envelope, Failure> {
        let address = match self.polled_at(task) {
            Ok(address) => address,
            Err(failure) => {
                permit.unused();
                return Err(failure);
            }
        };
        self.account.counters.polls.add();
        self.get(Purpose::Poll, address, permit).await
    }

    fn polled_at(&self, task: &str) -> Result<Url, Failure> {
        let poll = self.polled()?;
        address_of(&self.base, &poll.path, poll.query.as_ref(), task).map_err(|why| Failure::new(Kind::TaskId(why)))
    }

    /// Returns how tasks are polled. It is an error if the operation answers at once and has no tasks.
    pub(crate) fn polled(&self) -> Result<&'static PollSpec, Failure> {
        self.api.poll.as_ref().ok_or_else(|| Failure::setup(Setup::NoTasks(&self.api.id)))
    }

    /// Checks that a task of the operation with this id is one of this operation.
    pub(crate) fn owns(&self, operation: &str) -> Result<(), Failure> {
        let own: &'static str = &self.api.id;
        if operation == own { Ok(()) } else { Err(Failure::new(Kind::OtherOperation(operation.to_owned(), own))) }
    }

    /// Makes the failure for a refusal by the service.
    pub(crate) fn refused(&self, envelope: &Envelope) -> Failure {
        let known = answers::code(self.api, envelope.code);
        let is_status = self.api.code.is_empty() && known.is_none();
        if let (300..400, true, Ok(status)) = (envelope.code, is_status, envelope.code.try_into()) {
            return Failure::new(Kind::Redirected(status)).with_host(&self.base);
        }
        Failure::new(Kind::Refused).with_code(envelope.code, known, envelope.message.as_deref().map(shown))
    }

    /// Records that a caller got the task of an entry, without waiting for the ledger. A caller that is dropped before this call
    /// counts as one that did not get it.
    pub(crate) fn deliver(&self, entry: EntryId, task: &str, as_waiter: bool) {
        let task = task.to_owned();
        self.write("delivery", &task.clone(), move |rows| deliver(rows, entry, &task, as_waiter));
    }

    /// Records that a task is done or has failed, without waiting for the ledger.
    pub(crate) fn end(&self, task: &str, state: EntryState, status: String, as_waiter: bool) {
        let (name, api, task) = (self.account.name.clone(), self.api, task.to_owned());
        self.write("end", &task.clone(), move |rows| end(rows, &name, &api.id, &task, state, &status, as_waiter));
    }

    /// Records that the service no longer knows a task, without waiting for the ledger.
    pub(crate) fn lose(&self, task: &str, as_waiter: bool) {
        let (name, api, task) = (self.account.name.clone(), self.api, task.to_owned());
        self.write("loss", &task.clone(), move |rows| lose(rows, &name, &api.id, &task, as_waiter));
    }

    /// Queues a write about a task. If it fails, the entry stays as it was, which is safe.
    fn write(
        &self,
        what: &'static str,
        task: &str,
        rule: impl FnMut(&mut dyn Rows) -> Result<(), LedgerError> + Send + 'static,
    ) {
        // Until the work is dropped, sends and lists that meet the task wait.
        let under_way = self.account.ledger.local().begin_write(task);
        self.account.ledger.queue(rule, move |written| {
            let _under_way = under_way;
            if let Err(error) = written {
                events::ledger_failed(what, &error);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UploadCover;
    use crate::service::StaticService;

    const BASE: &str = "https://api.example.com/base";

    fn poll(path: &'static str, query: Option<&'static str>) -> PollSpec {
        let (path, query) = (Str::Borrowed(path), query.map(Str::Borrowed));
        PollSpec { path, query, ..UploadCover::api().poll.clone().unwrap() }
    }

    fn address(poll: &PollSpec, task: &str) -> Result<Url, &'static str> {
        address_of(&Url::parse(BASE).unwrap(), &poll.path, poll.query.as_ref(), task)
    }

    const HOSTILE: [&str; 22] = [
        "5c79",
        "a/b",
        "/a",
        "../../credit",
        "a?b=c",
        "a#b",
        "a%2fb",
        "%",
        "a\\b",
        "\\..\\",
        "a b+c",
        "a&x=1",
        "a;b",
        "{task}",
        "ünï☂",
        "a@b:c",
        "//evil.example.com",
        "https://evil.example.com/",
        "...",
        ".a",
        "%2e%2e%2fx",
        "*-._~!$'(),=",
    ];

    #[test]
    fn an_id_in_a_path_is_one_segment_with_any_characters() {
        let poll = poll("/v1/tasks/{task}/state", None);
        for id in HOSTILE {
            let address = address(&poll, id).unwrap();
            let segments: Vec<_> = address.path_segments().unwrap().collect();
            let [base, v1, tasks, segment, state] = segments[..] else { panic!("{id} became {address}") };
            assert_eq!([base, v1, tasks, state], ["base", "v1", "tasks", "state"], "{id} became {address}");
            // What a server reads is what the service gave.
            let read: Vec<_> = url::form_urlencoded::parse(format!("id={}", segment.replace('+', "%2B")).as_bytes())
                .map(|(_, value)| value.into_owned())
                .collect();
            assert_eq!(read, [id], "{address}");
            let parts = (address.host_str(), address.query(), address.fragment(), address.username());
            assert_eq!(parts, (Some("api.example.com"), None, None, ""), "{id} became {address}");
            assert_eq!(Url::parse(address.as_str()).unwrap(), address, "{id}");
        }
    }

    #[test]
    fn an_id_that_would_be_a_step_is_refused_only_in_a_path() {
        let in_path = poll("/v1/{task}", None);
        for id in [".", "..", "%2e", "%2E", ".%2e", "%2E%2e", "%2e."] {
            assert_eq!(address(&in_path, id), Err("would be a step in the path of an address"), "{id}");
            let asked = address(&poll("/v1/state", Some("id")), id).unwrap();
            assert_eq!(asked.path(), "/base/v1/state");
            assert_eq!(asked.query_pairs().collect::<Vec<_>>(), [("id".into(), id.into())]);
        }
        assert!(address(&poll("/v1/{task}.{task}", None), "").is_ok(), "the second place is a text");
        assert_eq!(address(&poll("/v1/{task}.json", None), "..").unwrap().path(), "/base/v1/...json");
        assert!(address(&poll("/v1/.{task}", None), ".").is_err());
    }

    #[test]
    fn an_id_in_a_query_is_one_value_with_any_characters() {
        for id in HOSTILE {
            let address = address(&poll("/v1/state", Some("id")), id).unwrap();
            assert_eq!(address.query_pairs().collect::<Vec<_>>(), [("id".into(), id.into())], "{address}");
            assert_eq!((address.path(), address.fragment()), ("/base/v1/state", None), "{address}");
        }
    }
}
