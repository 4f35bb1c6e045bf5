//! Callbacks for tests.

use std::slice::SliceIndex;
use std::time::{Duration, SystemTime};

use cover_spec::wire;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Request};
use serde_json::{Value, json};

use super::signature::{About, headers};
use super::{Callbacks, MOST_BODY, Refusal, payload, signature};
use crate::ledger::AttemptId;
use crate::read::put;
use crate::service::Service;

/// Makes callbacks for tests of what you build: valid ones, as the service would send them, and one for each way to be
/// invalid.
///
/// ```
/// use cover_api::callback::Outcome;
///
/// # let client = cover_api::Client::builder("key").callbacks("https://a.example/covers", "0123456789abcdef").build()?;
/// let callbacks = client.callbacks()?;
/// for callback in callbacks.forge().every_stage("task-1") {
///     let received = callbacks.receive(&callback.path, &callback.headers, &callback.body);
///     assert_eq!(received.status(), 200);
/// }
/// for (why, callback) in callbacks.forge().invalid("task-1") {
///     let received = callbacks.receive(&callback.path, &callback.headers, &callback.body);
///     assert!(matches!(received.outcome(), Outcome::Refused(refusal) if *refusal == why));
/// }
/// # Ok::<(), cover_api::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Forge<S: Service> {
    callbacks: Callbacks<S>,
}

/// A POST that was made for a test. It converts into an `http::Request`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Forged {
    /// Its path, from the end of the client's address on.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl<S: Service> Forge<S> {
    pub(super) fn new(callbacks: Callbacks<S>) -> Self {
        Self { callbacks }
    }

    /// What the service would send of a task that this client has sent, or else of one that an earlier process did.
    #[must_use]
    pub fn valid(&self, task: &str, stage: &str) -> Forged {
        self.signed(self.attempt(task), task, &body::<S>(task, stage), SystemTime::now())
    }

    /// What the service would send at every stage that the spec lists, in that order.
    #[must_use]
    pub fn every_stage(&self, task: &str) -> Vec<Forged> {
        let stages = S::api().callback.iter().flat_map(|callback| callback.stages.iter());
        stages.map(|stage| self.valid(task, &stage.name)).collect()
    }

    /// One for each refusal that a path, headers and a body can lead to; the others are about how they are sent.
    #[must_use]
    pub fn invalid(&self, task: &str) -> Vec<(Refusal, Forged)> {
        let Some(said) = &S::api().callback else { return Vec::new() };
        let stage = said.stages.last().map_or("", |stage| &stage.name);
        let mut all = self.wrongly_addressed(said, task, stage);
        all.extend(self.wrongly_written(said, task, stage));
        all.extend(signature::<S>().into_iter().flat_map(|signature| self.wrongly_signed(signature, task, stage)));
        all
    }

    fn wrongly_addressed(&self, said: &wire::Callback, task: &str, stage: &str) -> Vec<(Refusal, Forged)> {
        let valid = self.valid(task, stage);
        let crossed = half(&valid.path, ..HALF) + &half(&self.path(AttemptId::new()), HALF..);
        let long_ago = SystemTime::now().checked_sub(said.expires * 2).unwrap_or(SystemTime::UNIX_EPOCH);
        let expired = self.path(AttemptId::at(long_ago));
        let at = |path| Forged { path, ..valid.clone() };
        let mut all = vec![
            (Refusal::NoAddress, at("/no-address".to_owned())),
            (Refusal::Forged, at(crossed)),
            (Refusal::Expired, at(expired)),
        ];
        if self.callbacks.link().is_some_and(|link| link.inbox.of_task(task).is_some()) {
            let other = self.signed(self.attempt(task), OTHER, &body::<S>(OTHER, stage), SystemTime::now());
            all.push((Refusal::OtherTask, other));
        }
        all
    }

    fn wrongly_written(&self, said: &wire::Callback, task: &str, stage: &str) -> Vec<(Refusal, Forged)> {
        let valid = self.valid(task, stage);
        let of = |body: &Value| self.signed(self.attempt(task), task, body, SystemTime::now());
        let without = |path: &wire::Path| {
            let mut body = body::<S>(task, stage);
            put(&mut body, path, Value::Null);
            of(&body)
        };
        let mut text = valid.clone();
        text.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        vec![
            (Refusal::ContentType, text),
            (Refusal::TooLarge, Forged { body: vec![b' '; MOST_BODY + 1], ..valid.clone() }),
            (Refusal::NotJson, Forged { body: b"<html>".to_vec(), ..valid }),
            (Refusal::NoTask, without(&said.task)),
            (Refusal::NoStage, without(&said.stage)),
            (Refusal::UnknownStage, of(&body::<S>(task, "no such stage"))),
        ]
    }

    fn wrongly_signed(&self, signature: &wire::Signature, task: &str, stage: &str) -> Vec<(Refusal, Forged)> {
        let (attempt, now) = (self.attempt(task), SystemTime::now());
        let valid = self.valid(task, stage);
        let mut not_signed = valid.clone();
        not_signed.headers.remove(&*signature.header);
        let headers = self.signed(attempt, OTHER, &body::<S>(OTHER, stage), now).headers;
        let mut all = vec![(Refusal::NotSigned, not_signed), (Refusal::WronglySigned, Forged { headers, ..valid })];
        if let Some(clock) = &signature.clock {
            let long_ago = now.checked_sub(clock.tolerance * 2 + Duration::from_secs(2));
            let long_ago = long_ago.unwrap_or(SystemTime::UNIX_EPOCH);
            all.push((Refusal::Stale, self.signed(attempt, task, &body::<S>(task, stage), long_ago)));
        }
        all
    }

    fn attempt(&self, task: &str) -> AttemptId {
        let known = self.callbacks.link().and_then(|link| link.inbox.of_task(task));
        known.unwrap_or_else(AttemptId::new)
    }

    fn path(&self, attempt: AttemptId) -> String {
        self.callbacks.link().map(|link| link.addresses.path(attempt)).unwrap_or_default()
    }

    fn signed(&self, attempt: AttemptId, task: &str, body: &Value, now: SystemTime) -> Forged {
        let body = body.to_string().into_bytes();
        let key = self.callbacks.receiver.signing.as_ref();
        let headers = headers(signature::<S>().zip(key), About { task, body: &body }, now);
        Forged { path: self.path(attempt), headers, body }
    }
}

/// A task that no attempt became.
const OTHER: &str = "another";

/// Where the tag begins in a path.
const HALF: usize = 33;

fn half(path: &str, half: impl SliceIndex<str, Output = str>) -> String {
    path.get(half).unwrap_or_default().to_owned()
}

/// A body without tracks.
fn body<S: Service>(task: &str, stage: &str) -> Value {
    let api = S::api();
    let said = api.callback.as_ref().map(|said| payload::body(said, task, stage, Value::Null));
    let mut body = said.unwrap_or_else(|| json!({}));
    if !api.message.is_empty() {
        put(&mut body, &api.message, json!("as a test says"));
    }
    body
}

impl From<Forged> for Request<axum::body::Body> {
    fn from(forged: Forged) -> Self {
        let mut request = Self::new(forged.body.into());
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = forged.path.parse().unwrap_or_default();
        *request.headers_mut() = forged.headers;
        request
    }
}
