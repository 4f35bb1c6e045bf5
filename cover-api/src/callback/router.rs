//! The router. It checks the address before it reads a body, answers, and does the remaining work after the answer.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use cover_spec::answers::MAX_CALLBACK;
use http::{HeaderMap, Method, StatusCode};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::{Callbacks, Received, Receiver, Refusal, Wanted, is_json};
use crate::service::AnyService;

/// Number of bodies that are read at once.
const MAX_CONCURRENT_BODIES: usize = 256;
/// Time within which a body must arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(5);

struct RouterState {
    callbacks: Callbacks<AnyService>,
    bodies: Semaphore,
}

/// Makes a router for the callbacks of all operations of an account.
pub(super) fn router(receiver: Arc<Receiver>) -> Router {
    let callbacks = Callbacks::of_account(receiver).expect("the receiver has the operation that asked for a router");
    let state = Arc::new(RouterState { callbacks, bodies: Semaphore::new(MAX_CONCURRENT_BODIES) });
    Router::new().fallback(answer).with_state(state)
}

async fn answer(State(state): State<Arc<RouterState>>, request: Request) -> StatusCode {
    let received = state.receive(request).await.unwrap_or_else(|refusal| state.callbacks.refuse(refusal));
    let status = StatusCode::from_u16(received.status()).expect("every status of a refusal is an HTTP status");
    if !received.is_over() {
        tokio::spawn(received.afterwards());
    }
    status
}

impl RouterState {
    async fn receive(&self, request: Request) -> Result<Received<AnyService>, Refusal> {
        let (parts, body) = request.into_parts();
        let (operation, attempt) = self.callbacks.admit(parts.uri.path())?;
        if parts.method != Method::POST {
            return Err(Refusal::WrongMethod);
        }
        let body = self.read(&parts.headers, body).await?;
        Ok(self.callbacks.take(&operation, attempt, &parts.headers, &body, Wanted::TaskAndStage))
    }

    async fn read(&self, headers: &HeaderMap, body: Body) -> Result<Bytes, Refusal> {
        if !is_json(headers) {
            return Err(Refusal::WrongContentType);
        }
        let length = headers.get(http::header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: u64| length > MAX_CALLBACK as u64) {
            return Err(Refusal::TooLarge);
        }
        let _permit = self.bodies.try_acquire().map_err(|_| Refusal::Busy)?;
        let read = timeout(BODY_TIMEOUT, to_bytes(body, MAX_CALLBACK)).await.map_err(|_| Refusal::TooSlow)?;
        read.map_err(|error| if is_too_large(&error) { Refusal::TooLarge } else { Refusal::CutShort })
    }
}

/// Whether reading failed because the body is larger than its bound.
fn is_too_large(error: &axum::Error) -> bool {
    error.source().is_some_and(<dyn Error>::is::<http_body_util::LengthLimitError>)
}
