//! Callbacks, as the service sends them: at each stage, until one is answered, by their script.

use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::Request;
use cover_spec::wire::{Callback, CallbackStage, CodeMeaning, StatusMeaning};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use tower_service::Service;
use url::Url;

use super::{Shared, Speed};
use crate::callback::signature::{About, headers};
use crate::callback::{Forged, payload};
use crate::read::put;
use crate::runtime::setup::is_local;

/// What becomes of a callback on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// It is sent, as often as the spec says until it is answered with a status of success.
    Sent,
    /// It is lost, and the service does not notice.
    Lost,
    /// It is sent twice, whatever is answered.
    Doubled,
    /// It is sent so much later, perhaps after those of later stages.
    Late(Duration),
}

/// Where callbacks go.
enum Way {
    Http(reqwest::Client),
    Router(Router),
}

/// One callback, ready to be sent.
#[derive(Clone)]
struct Ready {
    address: Url,
    post: Forged,
}

impl Shared {
    /// Walks a task through the stages that there are callbacks for, where its request gives an address to which they may go:
    /// on this machine, or any where they go to a router.
    pub(super) fn tell(self: &Arc<Self>, task: &str) {
        let Speed::Every(step) = self.speed else { return };
        let Some(callback) = &self.api.callback else { return };
        let Some(address) = self.address(callback, task) else { return };
        let Some(statuses) = self.state().tasks.get(task).map(|task| task.statuses().to_vec()) else { return };
        let (weak, task) = (Arc::downgrade(self), task.to_owned());
        tokio::spawn(async move {
            for (place, status) in statuses.iter().enumerate() {
                if place > 0 {
                    sleep(step).await;
                }
                let Some(shared) = weak.upgrade() else { return };
                let Some(ready) = shared.ready(&task, status, address.clone()) else { continue };
                let delivery = shared.delivery(step);
                let is_done = shared.means(status) == Some(StatusMeaning::Done);
                tokio::spawn(deliver(Weak::clone(&weak), ready, delivery, step, is_done.then(|| task.clone())));
            }
        });
    }

    fn address(&self, callback: &Callback, task: &str) -> Option<Url> {
        let state = self.state();
        let address = Url::parse(state.tasks.get(task)?.asked(&callback.field)?).ok()?;
        let is_placeholder = self.spec.request.field(&callback.field).is_some_and(|field| {
            field.placeholder.as_ref().is_some_and(|placeholder| placeholder.value.value == address.as_str())
        });
        (is_local(&address) || (state.router.is_some() && !is_placeholder)).then_some(address)
    }

    /// What the script or chance says of the next callback.
    fn delivery(&self, step: Duration) -> Delivery {
        let mut state = self.state();
        let scripted = state.next_deliveries.pop_front();
        scripted.unwrap_or_else(|| state.misdelivery(step).unwrap_or(Delivery::Sent))
    }

    fn ready(&self, task: &str, status: &str, address: Url) -> Option<Ready> {
        let callback = self.api.callback.as_ref()?;
        let stage = self.stage(callback, status)?;
        let code = self.code(if stage.status.is_some() { CodeMeaning::Success } else { CodeMeaning::Server });
        let tracks = self.state().tasks.get(task).map(|task| task.told(&self.spec, status, &self.url));
        let mut body = payload::body(callback, task, &stage.name, tracks.unwrap_or(Value::Null));
        if !self.api.code.is_empty() {
            put(&mut body, &self.api.code, json!(code));
            put(&mut body, &self.api.message, json!("as the spec says"));
        }
        let body = body.to_string().into_bytes();
        let signed = callback.signature.as_ref().map(|signature| (signature, &self.signing));
        let headers = headers(signed, About { task, body: &body }, SystemTime::now());
        let post = Forged { path: address.path().to_owned(), headers, body };
        Some(Ready { address, post })
    }

    /// The stage that a callback tells of at a status; of a failure, the first that has no status.
    fn stage<'a>(&self, callback: &'a Callback, status: &str) -> Option<&'a CallbackStage> {
        let named = callback.stages.iter().find(|stage| stage.status.as_deref() == Some(status));
        let failed = || callback.stages.iter().find(|stage| stage.status.is_none());
        named.or_else(|| failed().filter(|_| self.means(status) == Some(StatusMeaning::Failed)))
    }

    fn means(&self, status: &str) -> Option<StatusMeaning> {
        self.api.statuses.iter().find(|known| known.name == status).map(|known| known.means)
    }

    /// `None` where no HTTP client can be made.
    fn way(&self) -> Option<Way> {
        let router = self.state().router.clone();
        router.map(Way::Router).or_else(|| self.http.get_or_init(http).clone().map(Way::Http))
    }

    fn count_callback(&self) {
        self.state().callbacks += 1;
    }

    /// Nobody took the last callback of a task: the service says so, where the spec has a status for that.
    fn unanswered(&self, task: &str) {
        let status = self.api.statuses.iter().find(|status| status.means == StatusMeaning::DoneWithTracks);
        if let (Some(status), Some(task)) = (status, self.state().tasks.get_mut(task)) {
            task.unanswered(&status.name);
        }
    }
}

/// What sends callbacks: to this machine alone.
fn http() -> Option<reqwest::Client> {
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().ok()
}

/// Sends a callback. `done` is its task, where it tells that all is done.
async fn deliver(shared: Weak<Shared>, ready: Ready, delivery: Delivery, pause: Duration, done: Option<String>) {
    let Some(callback) = shared.upgrade().and_then(|shared| shared.api.callback.clone()) else { return };
    match delivery {
        Delivery::Lost => return,
        Delivery::Late(time) => sleep(time).await,
        Delivery::Doubled => {
            try_once(&shared, &ready, callback.answer_within).await;
        }
        Delivery::Sent => {}
    }
    for number in 1..=callback.tries {
        if try_once(&shared, &ready, callback.answer_within).await {
            return;
        }
        if number < callback.tries {
            sleep(pause).await;
        }
    }
    if let (Some(shared), Some(task)) = (shared.upgrade(), done) {
        shared.unanswered(&task);
    }
}

/// Is it answered with a status of success, in time?
async fn try_once(shared: &Weak<Shared>, ready: &Ready, within: Duration) -> bool {
    let Some(way) = shared.upgrade().and_then(|shared| {
        shared.count_callback();
        shared.way()
    }) else {
        return false;
    };
    let Ready { address, post } = ready.clone();
    let answer = async {
        match way {
            Way::Http(http) => {
                let answer = http.post(address).headers(post.headers).body(post.body).send().await;
                answer.is_ok_and(|answer| answer.status().is_success())
            }
            Way::Router(mut router) => {
                let Ok(answer) = router.call(Request::from(post)).await;
                answer.status().is_success()
            }
        }
    };
    timeout(within, answer).await.unwrap_or(false)
}
