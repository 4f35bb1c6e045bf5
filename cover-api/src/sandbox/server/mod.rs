//! The HTTP server: reads requests, checks their key, and counts them.

mod endpoint;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State as Extract};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use cover_spec::tables::CodeMeaning;
use tokio::net::TcpListener;
use tokio::time::Instant;

use super::Backend;
use super::handlers::Arrived;
use super::operation::Operation;
use crate::transport::credentials;
use endpoint::{Asks, Endpoint};

/// A body may hold a file of 10 MB as Base64.
const MAX_BODY: usize = 1 << 24;

pub(super) async fn run(listener: TcpListener, backend: Arc<Backend>) {
    // Serving ends when its task is aborted.
    let _ = axum::serve(listener, router(backend)).await;
}

pub(super) fn router(backend: Arc<Backend>) -> Router {
    // A spec may give one path to two endpoints, which routes would refuse. `Backend::endpoint` takes any paths.
    Router::new().fallback(answer).with_state(backend)
}

async fn answer(Extract(backend): Extract<Arc<Backend>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    if let Some(file) = path.strip_prefix("/files/") {
        return backend.file(file, &parts.headers);
    }
    let query = parts.uri.query().unwrap_or_default();
    let Endpoint { operation, asks } = backend.endpoint(&parts.method, path, query);
    if let Err(refusal) = backend.authorize(operation, &parts.headers) {
        return *refusal;
    }
    let Some(_guard) = backend.admit(&asks) else {
        return operation.too_many();
    };
    let arrived = |body| Arrived { query, headers: &parts.headers, body };
    match asks {
        Asks::Submit(all) => match read(operation, body, MAX_BODY).await {
            Ok(bytes) => backend.submit(all, arrived(&bytes)),
            Err(refusal) => *refusal,
        },
        Asks::Poll(named) => backend.poll(operation, &named),
        Asks::Cancel(named) => match read(operation, body, MAX_BODY).await {
            Ok(bytes) => backend.cancel(operation, named, &bytes),
            Err(refusal) => *refusal,
        },
        Asks::Credits => backend.credits(operation),
        Asks::Upload => match read(operation, body, operation.max_upload()).await {
            Ok(bytes) => {
                let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
                backend.upload(operation, kind.unwrap_or_default(), &bytes)
            }
            Err(refusal) => *refusal,
        },
        Asks::Nothing => operation.refuse(CodeMeaning::NotFound, "no such method or path"),
    }
}

/// Reads a body of at most this size.
async fn read(operation: &Operation, body: Body, most: usize) -> Result<Bytes, Box<Response>> {
    let message = "the body is too large, or its connection broke";
    to_bytes(body, most).await.map_err(|_| Box::new(operation.refuse(CodeMeaning::Invalid, message)))
}

/// Counts a request as in flight until it is dropped.
struct LimitGuard<'a>(&'a Backend);

impl Drop for LimitGuard<'_> {
    fn drop(&mut self) {
        self.0.state().limit.answered();
    }
}

impl Backend {
    /// Checks the key and the headers of a request.
    fn authorize(&self, operation: &Operation, headers: &HeaderMap) -> Result<(), Box<Response>> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let refuse = |means, message: &str| Err(Box::new(operation.refuse(means, message)));
        let api = &operation.api;
        if header(&api.auth_header) != Some(&credentials(api, &self.key)) {
            return refuse(CodeMeaning::Unauthorized, "the key is missing or wrong");
        }
        match api.headers.iter().find(|(name, value)| header(name) != Some(value)) {
            Some((name, _)) => refuse(CodeMeaning::Invalid, &format!("the header `{name}` is missing or wrong")),
            None => Ok(()),
        }
    }

    /// Counts a request. Returns `None` if it exceeds the rate limit.
    fn admit(&self, asks: &Asks<'_>) -> Option<LimitGuard<'_>> {
        let mut state = self.state();
        let mut polled = None;
        match asks {
            Asks::Submit(_) => state.submits += 1,
            Asks::Poll(named) => {
                state.polls += 1;
                // The limit remembers only ids of tasks that exist, so that other ids use no memory.
                polled = state.named(named).map(|task| task.id().to_owned());
            }
            Asks::Upload => state.uploads += 1,
            Asks::Cancel(_) => state.cancels += 1,
            Asks::Credits | Asks::Nothing => {}
        }
        state.limit.admits(Instant::now(), polled.as_deref()).then(|| LimitGuard(self))
    }
}
