//! A gate in front of the sandbox that loses and delays replies, a slow ledger, and a `send` that is polled by hand.

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
use cover_api::runtime::{self, StaticService};
use cover_api::sandbox::Sandbox;
use tokio::runtime::Handle;
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};
use tower_service::Service;

/// Callback address of the clients in these tests.
pub const ADDRESS: &str = "https://api.example.com/covers";
/// Secret that signs callback addresses.
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// What happens to a POST and its reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The task is created, and the reply says so.
    Good,
    /// The service finds the request invalid: code 400, nothing is created.
    Refused,
    /// The service answers with this code and creates nothing.
    Code(u32),
    /// The task is created, and the reply comes after this time.
    Late(Duration),
    /// The task is created. After this time, a proxy's page with this HTTP status and text replaces the reply.
    Lost(u16, String, Duration),
    /// The task is created this time after the request has arrived.
    Slow(Duration),
    /// The task is created, and no reply ever comes.
    Never,
}

impl Reply {
    /// The task is created, and a proxy's error page replaces the reply at once.
    #[must_use]
    pub fn lost() -> Self {
        Self::Lost(502, "<html>bad gateway</html>".to_owned(), Duration::ZERO)
    }
}

/// Stands in front of a sandbox and yields at every step, so that a future can be dropped at each of them.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    router: Router,
    /// Runtime of the service, which outlives that of the client.
    service: Handle,
    replies: Mutex<VecDeque<Reply>>,
    usual: Reply,
    posts: Mutex<Vec<serde_json::Value>>,
}

impl Gate {
    /// Returns a gate whose replies are good, except for those that [`then`](Self::then) announces. The service runs on the
    /// current runtime.
    #[must_use]
    pub fn new(sandbox: &Sandbox) -> Self {
        Self::with_usual(sandbox, Reply::Good)
    }

    /// Returns a gate whose replies are `usual`, except for those that [`then`](Self::then) announces. The service runs on the
    /// current runtime.
    ///
    /// # Panics
    ///
    /// Outside of a runtime.
    #[must_use]
    pub fn with_usual(sandbox: &Sandbox, usual: Reply) -> Self {
        let (replies, posts) = (Mutex::default(), Mutex::default());
        Self(Arc::new(Inner { router: sandbox.router(), service: Handle::current(), replies, usual, posts }))
    }

    /// Announces what happens to the next POST. Several announcements are used in order.
    #[must_use]
    pub fn then(self, reply: Reply) -> Self {
        self.announce(reply);
        self
    }

    /// Announces what happens to the next POST. Several announcements are used in order.
    pub fn announce(&self, reply: Reply) {
        self.0.replies.lock().unwrap_or_else(PoisonError::into_inner).push_back(reply);
    }

    /// Returns the router to give to `ClientBuilder::transport`.
    pub fn router(&self) -> Router {
        Router::new().fallback(pass).with_state(self.clone())
    }

    /// Returns the bodies of the complete POSTs.
    #[must_use]
    pub fn posts(&self) -> Vec<serde_json::Value> {
        self.0.posts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Handles a complete POST.
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
        // The task is charged, and only the service knows.
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
    // A request whose body breaks off does not reach the service.
    let Ok(bytes) = to_bytes(body, 1 << 20).await else { return std::future::pending().await };
    // From here on the service handles the request, even if the client is dropped.
    let seen = serde_json::from_slice(&bytes).unwrap_or_default();
    gate.0.posts.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    let service = gate.0.service.clone();
    let served = service.spawn(async move { gate.serve(Request::from_parts(parts, Body::from(bytes))).await });
    served.await.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

fn envelope(code: u32) -> Response {
    format!(r#"{{"code":{code},"msg":"as the script says","data":null}}"#).into_response()
}

/// A ledger that yields before and after each transaction.
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

/// Polls a future up to `polls` times, whether or not it was woken, and lets all other tasks run after each poll. Then drops
/// the future. Returns its result if it was ready before.
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

/// Waits for a future for at most `time`.
///
/// # Panics
///
/// If the time is over.
pub async fn within<F: Future>(time: Duration, what: &str, future: F) -> F::Output {
    match timeout(time, future).await {
        Ok(output) => output,
        Err(elapsed) => panic!("{what}: still nothing after {time:?}: {elapsed}"),
    }
}

/// Result of a `send`, without its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Came {
    /// A task that this `send` created.
    Posted,
    /// A task that existed before.
    Existing,
    /// The outcome is unknown.
    Unknown,
    /// Another process is posting it.
    InProgress,
    /// The service refused it.
    Refused,
    /// It was not sent.
    NotSent,
    /// Anything else.
    Other,
}

impl Came {
    /// Classifies a result.
    #[must_use]
    pub fn of(result: &Result<cover_api::Task, Error>) -> Self {
        match result {
            Ok(task) if task.was_posted() => Self::Posted,
            Ok(_) => Self::Existing,
            Err(error) => Self::of_error(error),
        }
    }

    /// Classifies an error.
    #[must_use]
    pub fn of_error<S: StaticService>(error: &runtime::Error<S>) -> Self {
        match error {
            error if error.is_outcome_unknown() => Self::Unknown,
            error if error.is_in_progress() => Self::InProgress,
            error if error.is_refused() => Self::Refused,
            error if error.is_not_sent() => Self::NotSent,
            _ => Self::Other,
        }
    }
}
