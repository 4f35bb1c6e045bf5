//! Sends callbacks at each stage of a task, as the service does: again until one is answered, or as scripted.

use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::Request;
use cover_spec::answers::put;
use cover_spec::tables::{CallbackSpec, CallbackStageSpec, CodeMeaning, StatusMeaning};
use serde_json::json;
use tokio::time::{sleep, timeout};
use tower_service::Service;
use url::Url;

use super::{Task, is_failure};
use crate::callback::signature::{SignedContent, headers};
use crate::callback::{TestCallback, payload};
use crate::sandbox::operation::Operation;
use crate::sandbox::{Backend, Speed};
use crate::tls;
use crate::transport::targets::is_local;

/// What happens to a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// It is sent until it is answered with a status of success, at most as often as the spec says.
    Sent,
    /// It is lost, and the service sends it no second time.
    Lost,
    /// It is sent twice, whatever the answer is.
    Doubled,
    /// It is delayed by this time, perhaps beyond the callbacks of later stages.
    Late(Duration),
}

/// Where callbacks go.
enum Destination {
    Http(reqwest::Client),
    Router(Router),
}

/// One callback, ready to be sent.
#[derive(Clone)]
struct OutgoingCallback {
    address: Url,
    post: TestCallback,
    answer_within: Duration,
    attempts: u32,
}

impl Backend {
    /// Sends the callbacks of a task, one for each of its stages, if its request gives a usable address: one on this machine, or
    /// any address if callbacks go to a router.
    pub(in crate::sandbox) fn send_callbacks(self: &Arc<Self>, task: &str) {
        let Speed::Every(step) = self.speed else { return };
        let Some((operation, statuses, address)) = self.callbacks_of(task) else { return };
        let (weak, task) = (Arc::downgrade(self), task.to_owned());
        tokio::spawn(async move {
            for (place, status) in statuses.iter().enumerate() {
                if place > 0 {
                    sleep(step).await;
                }
                let Some(backend) = weak.upgrade() else { return };
                let cancelled = backend.cancelled(&task);
                let status = cancelled.as_ref().unwrap_or(status);
                if let Some(callback) = backend.outgoing(&operation, &task, status, address.clone()) {
                    let delivery = backend.delivery(step);
                    let is_done = means(&operation, status) == Some(StatusMeaning::Done);
                    let done = is_done.then(|| task.clone());
                    tokio::spawn(deliver(Weak::clone(&weak), callback, delivery, step, done));
                }
                if cancelled.is_some() {
                    return;
                }
            }
        });
    }

    /// Returns the status of a task if it was cancelled.
    fn cancelled(&self, task: &str) -> Option<String> {
        self.state().tasks.get(task)?.cancelled().map(str::to_owned)
    }

    /// Returns the operation of a task, its statuses, and the address of its callbacks if it is usable.
    fn callbacks_of(&self, task: &str) -> Option<(Arc<Operation>, Vec<String>, Url)> {
        let state = self.state();
        let task = state.tasks.get(task)?;
        let operation = &task.operation;
        let field = &operation.api.callback.as_ref()?.field;
        let address = Url::parse(task.text(field)?).ok()?;
        let is_placeholder = operation.spec.request.field(field).is_some_and(|field| {
            field.placeholder.as_ref().is_some_and(|placeholder| placeholder.value.value == address.as_str())
        });
        let is_usable = is_local(&address) || (state.router.is_some() && !is_placeholder);
        is_usable.then(|| (Arc::clone(operation), task.statuses.clone(), address))
    }

    /// Returns what happens to the next callback, by script or at random.
    fn delivery(&self, step: Duration) -> Delivery {
        let mut state = self.state();
        let scripted = state.next_deliveries.pop_front();
        scripted.unwrap_or_else(|| state.misdelivery(step).unwrap_or(Delivery::Sent))
    }

    fn outgoing(&self, operation: &Operation, task: &str, status: &str, address: Url) -> Option<OutgoingCallback> {
        let callback = operation.api.callback.as_ref()?;
        let stage = if callback.stage.is_empty() { None } else { Some(stage(operation, callback, status)?) };
        let means = means(operation, status);
        // Without stages, there is one callback, at the end.
        if stage.is_none() && !means.is_some_and(|means| means == StatusMeaning::Done || is_failure(means)) {
            return None;
        }
        let is_success = stage.map_or(means == Some(StatusMeaning::Done), |stage| stage.status.is_some());
        let failure = self.state().tasks.get(task).and_then(|task| task.accepted.failure.clone());
        let (code, message) = match failure {
            _ if is_success => (operation.code(CodeMeaning::Success), "as the spec says".to_owned()),
            Some(failure) => (failure.code, failure.message),
            None => (operation.code(CodeMeaning::Server), "as the spec says".to_owned()),
        };
        let mut body = payload::body(callback, task, stage.map_or("", |stage| &stage.name));
        if let Some(task) = self.state().tasks.get(task) {
            task.put_into_callback(status, &self.url, &mut body);
        }
        if !operation.api.code.is_empty() {
            put(&mut body, &operation.api.code, json!(code));
            put(&mut body, &operation.api.message, json!(message));
        }
        let body = body.to_string().into_bytes();
        let signed = callback.signature.as_ref().map(|signature| (signature, &self.signing));
        let headers = headers(signed, SignedContent { task, body: &body }, SystemTime::now());
        let post = TestCallback { path: address.path().to_owned(), headers, body };
        Some(OutgoingCallback { address, post, answer_within: callback.answer_within, attempts: callback.attempts })
    }

    /// Returns `None` if no HTTP client can be made.
    fn destination(&self) -> Option<Destination> {
        let router = self.state().router.clone();
        router.map(Destination::Router).or_else(|| self.http.get_or_init(http).clone().map(Destination::Http))
    }

    fn count_callback(&self) {
        self.state().callbacks += 1;
    }

    /// Gives a task the status that says that its last callback was not answered, if the spec has one.
    fn callback_unanswered(&self, task: &str) {
        if let Some(task) = self.state().tasks.get_mut(task) {
            task.callback_unanswered();
        }
    }
}

impl Task {
    /// Replaces the last status, because the last callback was not answered.
    fn callback_unanswered(&mut self) {
        let mut statuses = self.operation.api.statuses.iter();
        let status = statuses.find(|status| status.means == StatusMeaning::DoneWithResults);
        if let (Some(status), Some(last)) = (status, self.statuses.last_mut()) {
            *last = status.name.clone().into_owned();
        }
    }
}

/// Returns the stage that a callback reports at a status. For a failure, it is the first stage without a status.
fn stage<'a>(operation: &Operation, callback: &'a CallbackSpec, status: &str) -> Option<&'a CallbackStageSpec> {
    let named = callback.stages.iter().find(|stage| stage.status.as_deref() == Some(status));
    let failed = || callback.stages.iter().find(|stage| stage.status.is_none());
    named.or_else(|| failed().filter(|_| means(operation, status).is_some_and(is_failure)))
}

fn means(operation: &Operation, status: &str) -> Option<StatusMeaning> {
    operation.status(status).map(|status| status.means.value)
}

/// Makes the client that sends callbacks, which go to this machine only.
fn http() -> Option<reqwest::Client> {
    let client = || reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().ok();
    tls::is_ready().then(client).flatten()
}

/// Sends a callback. `done` is its task if the callback reports the end of that task.
async fn deliver(
    backend: Weak<Backend>,
    callback: OutgoingCallback,
    delivery: Delivery,
    pause: Duration,
    done: Option<String>,
) {
    match delivery {
        Delivery::Lost => return,
        Delivery::Late(time) => sleep(time).await,
        Delivery::Doubled => {
            try_once(&backend, &callback).await;
        }
        Delivery::Sent => {}
    }
    for number in 1..=callback.attempts {
        if try_once(&backend, &callback).await {
            return;
        }
        if number < callback.attempts {
            sleep(pause).await;
        }
    }
    if let (Some(backend), Some(task)) = (backend.upgrade(), done) {
        backend.callback_unanswered(&task);
    }
}

/// Sends a callback once. Returns whether it is answered with a status of success in time.
async fn try_once(backend: &Weak<Backend>, callback: &OutgoingCallback) -> bool {
    let Some(destination) = backend.upgrade().and_then(|backend| {
        backend.count_callback();
        backend.destination()
    }) else {
        return false;
    };
    let OutgoingCallback { address, post, answer_within, .. } = callback.clone();
    let answer = async {
        match destination {
            Destination::Http(http) => {
                let answer = http.post(address).headers(post.headers).body(post.body).send().await;
                answer.is_ok_and(|answer| answer.status().is_success())
            }
            Destination::Router(mut router) => {
                let Ok(answer) = router.call(Request::from(post)).await;
                answer.status().is_success()
            }
        }
    };
    timeout(answer_within, answer).await.unwrap_or(false)
}
