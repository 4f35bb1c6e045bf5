//! What the proofs that nothing is paid twice share: a gate before the sandbox that decides how replies fare, a ledger that
//! takes its time, and a `send` that is polled by hand.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use cover_api::Error;
use cover_api::ledger::{Ledger, Local, Transacted, Work};
use cover_api::sandbox::Sandbox;
use tokio::runtime::Handle;
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};
use tower_service::Service;

/// Where the clients of these tests take callbacks.
pub const ADDRESS: &str = "https://api.example.com/covers";
/// Whoever knows it can make addresses for callbacks.
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// How a POST and its reply fare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The task is created, and the reply says so.
    Good,
    /// The service finds the request invalid: code 400, nothing is created.
    Refused,
    /// The service wants to be asked later: this code, nothing is created.
    Code(u32),
    /// The task is created, and the reply comes so much later.
    Late(Duration),
    /// The task is created, and a proxy's page with this HTTP status and text comes instead of the reply, after this time.
    Lost(u16, String, Duration),
    /// The task is created so much later than the request arrived.
    Slow(Duration),
    /// The task is created, and no reply ever comes.
    Never,
}

impl Reply {
    /// The task is created, and a proxy's error page comes instead of the reply, at once.
    #[must_use]
    pub fn lost() -> Self {
        Self::Lost(502, "<html>bad gateway</html>".to_owned(), Duration::ZERO)
    }
}

/// Stands before a sandbox, and pauses a little at every step, so that whoever is dropped can be dropped there.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    router: Router,
    /// Where the service runs: it goes on when the client's runtime ends.
    service: Handle,
    replies: Mutex<VecDeque<Reply>>,
    usual: Reply,
    posts: Mutex<Vec<serde_json::Value>>,
}

impl Gate {
    /// All replies are good but those that [`then`](Self::then) announces. The service runs on the runtime that this is called
    /// in.
    #[must_use]
    pub fn new(sandbox: &Sandbox) -> Self {
        Self::with_usual(sandbox, Reply::Good)
    }

    /// All replies are of this kind but those that [`then`](Self::then) announces. The service runs on the runtime that this is
    /// called in.
    ///
    /// # Panics
    ///
    /// Outside of a runtime.
    #[must_use]
    pub fn with_usual(sandbox: &Sandbox, usual: Reply) -> Self {
        let (replies, posts) = (Mutex::default(), Mutex::default());
        Self(Arc::new(Inner { router: sandbox.router(), service: Handle::current(), replies, usual, posts }))
    }

    /// The next POST fares like this. Several are used up one by one.
    #[must_use]
    pub fn then(self, reply: Reply) -> Self {
        self.announce(reply);
        self
    }

    /// The next POST fares like this. Several are used up one by one.
    pub fn announce(&self, reply: Reply) {
        self.0.replies.lock().unwrap_or_else(PoisonError::into_inner).push_back(reply);
    }

    /// What a client sends to.
    pub fn router(&self) -> Router {
        Router::new().fallback(pass).with_state(self.clone())
    }

    /// The bodies of the POSTs that arrived whole.
    #[must_use]
    pub fn posts(&self) -> Vec<serde_json::Value> {
        self.0.posts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the service does with a POST that has arrived whole.
    async fn serve(&self, request: Request) -> Response {
        let next = self.0.replies.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let reply = next.unwrap_or_else(|| self.0.usual.clone());
        pauses().await;
        match &reply {
            Reply::Refused => return envelope(400),
            Reply::Code(code) => return envelope(*code),
            Reply::Slow(time) => sleep(*time).await,
            _ => {}
        }
        let Ok(response) = self.0.router.clone().call(request).await;
        // The task is paid for, and nobody but the service knows.
        pauses().await;
        match reply {
            Reply::Late(time) => {
                sleep(time).await;
                response
            }
            Reply::Lost(status, page, time) => {
                sleep(time).await;
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
                (status, [("location", "https://elsewhere.invalid/")], page).into_response()
            }
            Reply::Never => std::future::pending().await,
            _ => response,
        }
    }
}

async fn pauses() {
    for _ in 0..2 {
        yield_now().await;
    }
}

async fn pass(State(gate): State<Gate>, request: Request) -> Response {
    if request.method() != Method::POST {
        let Ok(response) = gate.0.router.clone().call(request).await;
        return response;
    }
    let (parts, body) = request.into_parts();
    // A request whose body breaks off is no request.
    let Ok(bytes) = to_bytes(body, 1 << 20).await else { return std::future::pending().await };
    // The service has it from here on, whatever becomes of the client.
    let seen = serde_json::from_slice(&bytes).unwrap_or_default();
    gate.0.posts.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    let service = gate.0.service.clone();
    let served = service.spawn(async move { gate.serve(Request::from_parts(parts, Body::from(bytes))).await });
    served.await.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

fn envelope(code: u32) -> Response {
    format!(r#"{{"code":{code},"msg":"as the script says","data":null}}"#).into_response()
}

/// A ledger that answers some steps of the runtime later than it has done what it was asked.
#[derive(Debug, Clone)]
pub struct Slow<L>(pub L);

impl<L: Ledger> Ledger for Slow<L> {
    fn transact(&self, work: Work) -> Transacted {
        let done = self.0.transact(work);
        Box::pin(async move {
            pauses().await;
            let result = done.await;
            pauses().await;
            result
        })
    }

    fn local(&self) -> &Arc<Local> {
        self.0.local()
    }
}

/// Polls a future so often, whether or not it was woken, and lets everything else make a step after each poll. Then it is
/// dropped. Returns its result, where it is ready before that.
///
/// After `short` steps without a result, each further step takes `step`.
pub async fn poll_then_drop<F: Future>(future: F, polls: usize, short: usize, step: Duration) -> Option<F::Output> {
    let mut future = Box::pin(future);
    for number in 0..polls {
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(output) = Pin::new(&mut future).poll(&mut context) {
            return Some(output);
        }
        if number < short { yield_now().await } else { sleep(step).await }
    }
    None
}

/// Waits for a future at most so long, and fails where that is not enough: nothing may hang.
///
/// # Panics
///
/// Where the time is over.
pub async fn within<F: Future>(time: Duration, what: &str, future: F) -> F::Output {
    match timeout(time, future).await {
        Ok(output) => output,
        Err(elapsed) => panic!("{what}: still nothing after {time:?}: {elapsed}"),
    }
}

/// What a `send` came to, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Came {
    /// A task that this very `send` created.
    Posted,
    /// A task that was there before.
    Existing,
    /// Nobody knows.
    Unknown,
    /// Under way elsewhere.
    InProgress,
    /// The service refused it.
    Refused,
    /// It was not sent.
    NotSent,
    /// Anything else.
    Other,
}

impl Came {
    /// The word for a result.
    #[must_use]
    pub fn of(result: &Result<cover_api::Task, Error>) -> Self {
        match result {
            Ok(task) if task.was_posted() => Self::Posted,
            Ok(_) => Self::Existing,
            Err(error) if error.is_outcome_unknown() => Self::Unknown,
            Err(error) if error.is_in_progress() => Self::InProgress,
            Err(error) if error.is_refused() => Self::Refused,
            Err(error) if error.is_not_sent() => Self::NotSent,
            Err(_) => Self::Other,
        }
    }
}
