//! Test callbacks.

use std::time::{Duration, SystemTime};

use cover_spec::answers::{MAX_CALLBACK, put};
use cover_spec::tables::{CallbackSpec, JsonPath, SignatureSpec};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Request};
use serde_json::{Value, json};

use super::signature::{SignedContent, headers};
use super::{Callbacks, Refusal, payload};
use crate::ledger::AttemptId;
use crate::service::Service;

/// Makes callbacks for your tests: valid ones, as the service would send them, and an invalid one for each refusal.
///
/// ```
/// use cover_api::callback::CallbackOutcome;
///
/// # let client = cover_api::Client::builder("key").callbacks("https://a.example/covers", "0123456789abcdef").build()?;
/// let callbacks = client.callbacks()?;
/// for callback in callbacks.test_factory().every_stage("task-1") {
///     let received = callbacks.receive(&callback.path, &callback.headers, &callback.body);
///     assert_eq!(received.status(), 200);
/// }
/// for (why, callback) in callbacks.test_factory().invalid("task-1") {
///     let received = callbacks.receive(&callback.path, &callback.headers, &callback.body);
///     assert!(matches!(received.outcome(), CallbackOutcome::Refused(refusal) if *refusal == why));
/// }
/// # Ok::<(), cover_api::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CallbackFactory<S: Service> {
    callbacks: Callbacks<S>,
}

/// A callback from a [`CallbackFactory`]. It converts into an `http::Request`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TestCallback {
    /// The path, without the path of the client's own address.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl<S: Service> CallbackFactory<S> {
    pub(super) fn new(callbacks: Callbacks<S>) -> Self {
        Self { callbacks }
    }

    /// Makes the callback that the service would send for a stage of a task. If this client did not send the request of the task,
    /// the callback is for an attempt of an earlier process.
    #[must_use]
    pub fn valid(&self, task: &str, stage: &str) -> TestCallback {
        self.signed(self.attempt(task), task, &self.body(task, stage), SystemTime::now())
    }

    /// Makes the callbacks of a task for every stage in the spec, in order. A spec without stages has one callback.
    #[must_use]
    pub fn every_stage(&self, task: &str) -> Vec<TestCallback> {
        let spec = self.callbacks.spec();
        if spec.stage.is_empty() {
            return vec![self.valid(task, "")];
        }
        spec.stages.iter().map(|stage| self.valid(task, &stage.name)).collect()
    }

    /// Makes a callback for each refusal that a path, headers and a body can cause. The other refusals depend on how a callback is
    /// sent.
    #[must_use]
    pub fn invalid(&self, task: &str) -> Vec<(Refusal, TestCallback)> {
        let spec = self.callbacks.spec();
        let stage = spec.stages.last().map_or("", |stage| &stage.name);
        let mut all = self.with_wrong_address(spec, task, stage);
        all.extend(self.with_wrong_content(spec, task, stage));
        all.extend(spec.signature.iter().flat_map(|signature| self.with_wrong_signature(signature, task, stage)));
        all
    }

    fn with_wrong_address(&self, spec: &CallbackSpec, task: &str, stage: &str) -> Vec<(Refusal, TestCallback)> {
        let valid = self.valid(task, stage);
        let (attempt, _) = valid.path.split_at(TAG_AT);
        let other_path = self.path(AttemptId::new());
        let (_, other_tag) = other_path.split_at(TAG_AT);
        let crossed = attempt.to_owned() + other_tag;
        let long_ago = SystemTime::now().checked_sub(spec.expires.saturating_mul(2)).unwrap_or(SystemTime::UNIX_EPOCH);
        let expired = self.path(AttemptId::at(long_ago));
        let at = |path| TestCallback { path, ..valid.clone() };
        let mut all = vec![
            (Refusal::NotAnAddress, at("/no-address".to_owned())),
            (Refusal::ForgedAddress, at(crossed)),
            (Refusal::ExpiredAddress, at(expired)),
        ];
        if self.callbacks.link().inbox.attempt_of(task).is_some() {
            let other = self.signed(self.attempt(task), OTHER, &self.body(OTHER, stage), SystemTime::now());
            all.push((Refusal::OtherTask, other));
        }
        all
    }

    fn with_wrong_content(&self, spec: &CallbackSpec, task: &str, stage: &str) -> Vec<(Refusal, TestCallback)> {
        let valid = self.valid(task, stage);
        let of = |body: &Value| self.signed(self.attempt(task), task, body, SystemTime::now());
        let without = |path: &JsonPath| {
            let mut body = self.body(task, stage);
            put(&mut body, path, Value::Null);
            of(&body)
        };
        let mut text = valid.clone();
        text.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        let mut all = vec![
            (Refusal::WrongContentType, text),
            (Refusal::TooLarge, TestCallback { body: vec![b' '; MAX_CALLBACK + 1], ..valid.clone() }),
            (Refusal::NotJson, TestCallback { body: b"<html>".to_vec(), ..valid }),
            (Refusal::NoTask, without(&spec.task)),
        ];
        if !spec.stage.is_empty() {
            all.push((Refusal::NoStage, without(&spec.stage)));
            all.push((Refusal::UnknownStage, of(&self.body(task, "no such stage"))));
        }
        all
    }

    fn with_wrong_signature(&self, signature: &SignatureSpec, task: &str, stage: &str) -> Vec<(Refusal, TestCallback)> {
        let (attempt, now) = (self.attempt(task), SystemTime::now());
        let valid = self.valid(task, stage);
        let mut not_signed = valid.clone();
        not_signed.headers.remove(&*signature.header);
        let headers = self.signed(attempt, OTHER, &self.body(OTHER, stage), now).headers;
        let mut all = vec![
            (Refusal::MissingSignature, not_signed),
            (Refusal::InvalidSignature, TestCallback { headers, ..valid }),
        ];
        if let Some(clock) = &signature.clock {
            let long_ago = now.checked_sub(clock.tolerance.saturating_mul(2).saturating_add(Duration::from_secs(2)));
            let long_ago = long_ago.unwrap_or(SystemTime::UNIX_EPOCH);
            all.push((Refusal::StaleSignature, self.signed(attempt, task, &self.body(task, stage), long_ago)));
        }
        all
    }

    fn attempt(&self, task: &str) -> AttemptId {
        self.callbacks.link().inbox.attempt_of(task).unwrap_or_else(AttemptId::new)
    }

    fn path(&self, attempt: AttemptId) -> String {
        self.callbacks.link().addresses.path(attempt)
    }

    fn signed(&self, attempt: AttemptId, task: &str, body: &Value, now: SystemTime) -> TestCallback {
        let body = body.to_string().into_bytes();
        let key = self.callbacks.receiver.signing.as_ref();
        let headers =
            headers(self.callbacks.spec().signature.as_ref().zip(key), SignedContent { task, body: &body }, now);
        TestCallback { path: self.path(attempt), headers, body }
    }

    /// Makes a body without results.
    fn body(&self, task: &str, stage: &str) -> Value {
        let api = self.callbacks.operation.api;
        let mut body = payload::body(self.callbacks.spec(), task, stage);
        if !api.message.is_empty() {
            put(&mut body, &api.message, json!("as a test says"));
        }
        body
    }
}

/// The id of a task that no attempt created.
const OTHER: &str = "another";

/// Position of the tag in a path: after a slash and the 32 digits of the attempt.
const TAG_AT: usize = 33;

impl From<TestCallback> for Request<axum::body::Body> {
    fn from(callback: TestCallback) -> Self {
        let mut request = Self::new(callback.body.into());
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = callback.path.parse().unwrap_or_default();
        *request.headers_mut() = callback.headers;
        request
    }
}
