//! A sandbox behind a front that counts requests, and delays or loses what a test wants.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use cover_api::sandbox::{Sandbox, SandboxBuilder};
use tokio::runtime::Runtime;

/// How long a test waits for a request.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Asks {
    Upload,
    Submit,
    Poll,
    Credits,
    File,
}

/// What becomes of a request.
#[derive(Debug, Clone)]
pub(crate) enum Fate {
    /// It is carried out after this time.
    Slow(Duration),
    /// It is carried out, and its reply leaves after this time.
    Late(Duration),
    /// It is carried out, and the connection is closed instead of a reply.
    ReplyLost,
    /// It is carried out, and the connection breaks in the middle of the reply.
    CutShort,
    /// It is not carried out, and the reply has this HTTP status.
    Status(u16),
}

/// A sandbox with every shipped operation, whose tasks take a fifth of a second.
pub(crate) struct Service {
    pub(crate) sandbox: Sandbox,
    url: String,
    front: Arc<Front>,
    /// Serves as long as the service lives.
    _runtime: Runtime,
}

#[derive(Default)]
struct Front(Mutex<State>);

#[derive(Default)]
struct State {
    arrived: HashMap<Asks, usize>,
    fates: HashMap<Asks, VecDeque<Fate>>,
    /// Addresses of the sandbox and of the front.
    urls: (String, String),
}

impl Service {
    pub(crate) fn start() -> Self {
        Self::with(|builder| builder)
    }

    /// Starts a sandbox with further settings.
    pub(crate) fn with(set: impl FnOnce(SandboxBuilder) -> SandboxBuilder) -> Self {
        let builder = Sandbox::builder().every_shipped().stage_every(Duration::from_millis(50)).without_rate_limit();
        Self::of(set(builder))
    }

    /// Starts a sandbox behind a front.
    pub(crate) fn of(builder: SandboxBuilder) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("threads can be started");
        let front = Arc::<Front>::default();
        let (sandbox, url) = runtime.block_on(async {
            let sandbox = builder.start().await.expect("a port is free");
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
            let url = format!("http://{}", listener.local_addr().expect("it listens"));
            front.state().urls = (sandbox.url().to_owned(), url.clone());
            let shared = Arc::clone(&front);
            let router =
                sandbox.router().layer(from_fn(move |request, next| answer(Arc::clone(&shared), request, next)));
            tokio::spawn(async move { axum::serve(listener, router).await });
            (sandbox, url)
        });
        Self { sandbox, url, front, _runtime: runtime }
    }

    /// Returns the address of the front.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Announces what becomes of the next request that asks for this. Several announcements are used in order.
    pub(crate) fn next(&self, asks: Asks, fate: Fate) {
        self.front.state().fates.entry(asks).or_default().push_back(fate);
    }

    /// Forgets all announcements.
    pub(crate) fn behave(&self) {
        self.front.state().fates.clear();
    }

    /// Returns the number of requests that asked for this.
    pub(crate) fn arrived(&self, asks: Asks) -> usize {
        self.front.state().arrived.get(&asks).copied().unwrap_or_default()
    }

    /// Waits until this number of requests has asked for this.
    #[track_caller]
    pub(crate) fn until_arrived(&self, asks: Asks, count: usize) {
        let have = self.have_arrived(asks, count, PATIENCE);
        assert!(have, "{} of {count} requests for {asks:?} arrived", self.arrived(asks));
    }

    /// Waits until this number of requests has asked for this, or until the time is over. Returns whether they have.
    pub(crate) fn have_arrived(&self, asks: Asks, count: usize, within: Duration) -> bool {
        let since = Instant::now();
        while self.arrived(asks) < count && since.elapsed() < within {
            std::thread::sleep(Duration::from_millis(2));
        }
        self.arrived(asks) >= count
    }

    /// Checks that nothing was uploaded and nothing sent.
    #[track_caller]
    pub(crate) fn expect_nothing_sent(&self) {
        assert_eq!((self.arrived(Asks::Upload), self.arrived(Asks::Submit)), (0, 0), "(uploads, submits)");
    }
}

impl Front {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns what a request asks for. What no test looks at counts as a poll.
fn asks(request: &Request) -> Asks {
    let path = request.uri().path();
    match *request.method() {
        Method::POST if path.contains("upload") && !path.contains("generate") => Asks::Upload,
        Method::POST => Asks::Submit,
        _ if path.contains("/files/") => Asks::File,
        _ if path.ends_with("credit") => Asks::Credits,
        _ => Asks::Poll,
    }
}

async fn answer(front: Arc<Front>, request: Request, next: Next) -> Response {
    let asks = asks(&request);
    // The body breaks off if its sender is killed.
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else { return StatusCode::BAD_REQUEST.into_response() };
    let fate = {
        let mut state = front.state();
        *state.arrived.entry(asks).or_default() += 1;
        state.fates.get_mut(&asks).and_then(VecDeque::pop_front)
    };
    // Like a real service, this one continues when the client is gone.
    let carried_out = tokio::spawn(async move {
        match fate {
            Some(Fate::Status(status)) => {
                return StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response();
            }
            Some(Fate::Slow(time)) => tokio::time::sleep(time).await,
            _ => {}
        }
        let response = next.run(Request::from_parts(parts, Body::from(body))).await;
        let (status, headers, body) = read(&front, response).await;
        match fate {
            Some(Fate::Late(time)) => tokio::time::sleep(time).await,
            Some(Fate::ReplyLost) => return broken(headers, Bytes::new()),
            Some(Fate::CutShort) => return broken(headers, body.slice(..body.len() / 2)),
            _ => {}
        }
        (status, headers, body).into_response()
    });
    carried_out.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// Reads a reply of the sandbox. Addresses of its files become addresses of the front.
async fn read(front: &Front, response: Response) -> (StatusCode, HeaderMap, Bytes) {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let urls = front.state().urls.clone();
    let body = match std::str::from_utf8(&body) {
        Ok(text) => Bytes::from(text.replace(&urls.0, &urls.1)),
        Err(_) => body,
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    (parts.status, parts.headers, body)
}

/// Makes a reply whose connection breaks after the beginning of its body.
fn broken(mut headers: HeaderMap, beginning: Bytes) -> Response {
    let length = if beginning.is_empty() { 1 } else { beginning.len() * 2 };
    headers.insert(header::CONTENT_LENGTH, length.into());
    let stream = futures_util::stream::unfold(Some(beginning), |beginning| async {
        match beginning {
            Some(beginning) if !beginning.is_empty() => Some((Ok(beginning), None)),
            _ => {
                // Time for the beginning to be sent.
                tokio::time::sleep(Duration::from_millis(50)).await;
                Some((Err(std::io::Error::other("as the test wants")), None))
            }
        }
    });
    (headers, Body::from_stream(stream)).into_response()
}
