//! The router: reads as little as it can before it knows who is there, answers, and works afterwards.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use http::{HeaderMap, Method, StatusCode};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::{Callbacks, MOST_BODY, Received, Refusal, Wanted, is_json};
use crate::service::Service;

/// So many bodies are read at once.
const MOST_AT_ONCE: usize = 256;
/// A body that has not come by then is refused.
const SLOWEST: Duration = Duration::from_secs(5);

struct Door<S: Service> {
    callbacks: Callbacks<S>,
    places: Semaphore,
}

pub(super) fn router<S: Service>(callbacks: Callbacks<S>) -> Router {
    let door = Arc::new(Door { callbacks, places: Semaphore::new(MOST_AT_ONCE) });
    Router::new().fallback(answer::<S>).with_state(door)
}

async fn answer<S: Service>(State(door): State<Arc<Door<S>>>, request: Request) -> StatusCode {
    let received = door.receive(request).await.unwrap_or_else(|refusal| door.callbacks.refuse(refusal));
    let status = StatusCode::from_u16(received.status()).unwrap_or(StatusCode::NOT_FOUND);
    if !received.is_over() {
        tokio::spawn(received.afterwards());
    }
    status
}

impl<S: Service> Door<S> {
    async fn receive(&self, request: Request) -> Result<Received<S>, Refusal> {
        let (parts, body) = request.into_parts();
        let attempt = self.callbacks.admit(parts.uri.path())?;
        if parts.method != Method::POST {
            return Err(Refusal::Method);
        }
        let body = self.read(&parts.headers, body).await?;
        Ok(self.callbacks.take(attempt, &parts.headers, &body, Wanted::Heading))
    }

    async fn read(&self, headers: &HeaderMap, body: Body) -> Result<Bytes, Refusal> {
        if !is_json(headers) {
            return Err(Refusal::ContentType);
        }
        let length = headers.get(http::header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: u64| length > MOST_BODY as u64) {
            return Err(Refusal::TooLarge);
        }
        let _place = self.places.try_acquire().map_err(|_| Refusal::Busy)?;
        let read = timeout(SLOWEST, to_bytes(body, MOST_BODY)).await.map_err(|_| Refusal::TooSlow)?;
        read.map_err(|error| if is_too_large(&error) { Refusal::TooLarge } else { Refusal::CutShort })
    }
}

/// Did the body go on beyond its bound?
fn is_too_large(error: &axum::Error) -> bool {
    error.source().is_some_and(<dyn Error>::is::<http_body_util::LengthLimitError>)
}
