//! Scripted answers, and the envelope that every answer of the sandbox has.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::Response;
use cover_spec::answers::put;
use futures_core::Stream;
use serde_json::{Value, json};
use tokio::time::{Sleep, sleep};

use cover_spec::tables::Api;

/// A scripted answer of a sandbox.
#[derive(Debug, Clone)]
pub struct Answer(Shape);

#[derive(Debug, Clone)]
enum Shape {
    Code(u32, String),
    Raw(u16, String),
    CutShort(String),
}

impl Answer {
    /// Makes an envelope with this code.
    #[must_use]
    pub fn code(code: u32) -> Self {
        Self::message(code, "as the script says")
    }

    /// Makes an envelope with this code and message.
    pub fn message(code: u32, message: impl Into<String>) -> Self {
        Self(Shape::Code(code, message.into()))
    }

    /// Makes an answer with this HTTP status and body. A number that is not a status becomes 500.
    pub fn raw(status: u16, body: impl Into<String>) -> Self {
        Self(Shape::Raw(status, body.into()))
    }

    /// Makes an answer whose connection breaks after the beginning of the body.
    pub fn cut_short(beginning: impl Into<String>) -> Self {
        Self(Shape::CutShort(beginning.into()))
    }

    pub(super) fn respond(self, api: &Api) -> Response {
        match self.0 {
            Shape::Code(code, message) => envelope(api, code, &message, json!({})),
            Shape::Raw(status, body) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                respond(status, "text/html", Body::from(body))
            }
            Shape::CutShort(beginning) => {
                respond(StatusCode::OK, "application/json", Body::from_stream(BreakingBody::after(beginning)))
            }
        }
    }
}

/// Makes an envelope around `body`, which already has its values at the paths of the spec. If the spec says that the HTTP status
/// is the code, the answer has that status; otherwise it has 200, as services send it even for errors.
pub(super) fn envelope(api: &Api, code: u32, message: &str, mut body: Value) -> Response {
    // A list or a single value has no room for a message.
    if !api.message.is_empty() && body.is_object() {
        put(&mut body, &api.message, json!(message));
    }
    if api.code.is_empty() {
        let status = u16::try_from(code).ok().and_then(|code| StatusCode::from_u16(code).ok());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        return respond(status, "application/json", Body::from(body.to_string()));
    }
    put(&mut body, &api.code, json!(code));
    respond(StatusCode::OK, "application/json", Body::from(body.to_string()))
}

pub(super) fn respond(status: StatusCode, kind: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    response
}

/// Time for the beginning to be sent. Without it, the connection would break before anything is sent.
const BREAK_DELAY: Duration = Duration::from_millis(50);

/// A body that breaks after its beginning.
struct BreakingBody {
    beginning: Option<String>,
    breaks: Pin<Box<Sleep>>,
}

impl BreakingBody {
    fn after(beginning: String) -> Self {
        Self { beginning: Some(beginning), breaks: Box::pin(sleep(BREAK_DELAY)) }
    }
}

impl Stream for BreakingBody {
    type Item = Result<String, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.beginning.take() {
            Some(beginning) => Poll::Ready(Some(Ok(beginning))),
            None => self.breaks.as_mut().poll(context).map(|()| Some(Err(std::io::Error::other("as the script says")))),
        }
    }
}
