//! A service whose answers are a function of the call and of all calls before it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::time::{Instant, sleep};

/// Time that the service takes for an answer.
const TAKES: Duration = Duration::from_millis(5);

/// A fake service.
#[derive(Clone)]
pub struct Fake {
    seen: Arc<Mutex<Seen>>,
    answer: Arc<Answer>,
}

/// Returns the answer to a call, after these calls.
type Answer = dyn Fn(&Call, &[Call]) -> Reply + Send + Sync;

#[derive(Default)]
struct Seen {
    calls: Vec<Call>,
    in_flight: usize,
    most_in_flight: usize,
}

/// A call that the service received.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: Method,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    /// The body, or null if it is not JSON.
    pub body: Value,
    pub at: Instant,
}

/// An answer of the service.
pub struct Reply {
    status: u16,
    body: String,
}

impl Fake {
    /// Makes a service of this function of a call and the calls before it.
    pub fn new(answer: impl Fn(&Call, &[Call]) -> Reply + Send + Sync + 'static) -> Self {
        Self { seen: Arc::default(), answer: Arc::new(answer) }
    }

    /// Returns the service, for clients in this process.
    pub fn router(&self) -> Router {
        Router::new().fallback(take).with_state(self.clone())
    }

    /// Serves on a loopback port until the runtime ends, and returns the address.
    pub async fn serve(&self) -> std::io::Result<String> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = self.router();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap_or_default() });
        Ok(url)
    }

    /// Returns all calls so far.
    pub fn calls(&self) -> Vec<Call> {
        self.seen().calls.clone()
    }

    /// Returns the number of calls with this method.
    pub fn count(&self, method: &Method) -> usize {
        self.seen().calls.iter().filter(|call| call.method == *method).count()
    }

    /// Returns the largest number of calls that arrived within a time of this length.
    pub fn most_within(&self, length: Duration) -> usize {
        let calls = self.calls();
        let within =
            |first: &Call| calls.iter().filter(|call| call.at >= first.at && call.at < first.at + length).count();
        calls.iter().map(within).max().unwrap_or_default()
    }

    /// Returns the largest number of calls that were being answered at the same time.
    pub fn most_at_once(&self) -> usize {
        self.seen().most_in_flight
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn take(State(fake): State<Fake>, request: Request) -> Response {
    let at = Instant::now();
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, 1 << 20).await else { return StatusCode::BAD_REQUEST.into_response() };
    let call = Call {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
        at,
    };
    let reply = {
        let mut seen = fake.seen();
        let reply = (fake.answer)(&call, &seen.calls);
        seen.calls.push(call);
        seen.in_flight += 1;
        seen.most_in_flight = seen.most_in_flight.max(seen.in_flight);
        reply
    };
    sleep(TAKES).await;
    fake.seen().in_flight -= 1;
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [("content-type", "application/json")], reply.body).into_response()
}

impl Call {
    /// Returns the value of a header, or an empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Returns the part of the path after `start`, if the call has this method and the path begins so.
    pub fn rest(&self, method: &Method, start: &str) -> Option<&str> {
        self.path.strip_prefix(start).filter(|_| self.method == *method)
    }

    /// Returns how many of these calls have the method and path of this one.
    pub fn times_in(&self, calls: &[Self]) -> usize {
        calls.iter().filter(|call| call.method == self.method && call.path == self.path).count()
    }
}

impl Reply {
    /// Makes an answer with this status and body.
    pub fn json(status: u16, body: &Value) -> Self {
        Self { status, body: body.to_string() }
    }

    /// Makes an answer with this status and any text, such as one of a proxy.
    pub fn text(status: u16, body: &str) -> Self {
        Self { status, body: body.to_owned() }
    }
}
