//! Requests to a router in this process.

use std::future::poll_fn;
use std::pin::{Pin, pin};

use axum::http::{Method, Request};
use bytes::Bytes;
use cover_spec::answers::MAX_ANSWER;
use http_body::Body as _;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use tokio::time::timeout;
use tower_service::Service;
use url::Url;

use super::stream::{Head, Stream};
use super::{BodyEnd, POLL, RawResponse, SUBMIT, retry_after};
use crate::error::{BoxError, DownloadFault};

pub(crate) use axum::Router;

/// The body of an answer.
pub(super) type Body = Pin<Box<axum::body::Body>>;

pub(super) async fn submit<B>(router: &Router, head: super::Head, body: B, most: usize) -> Result<RawResponse, BoxError>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    // A router may answer without reading the body. The whole body counts as handed over nevertheless.
    let body = collect(body).await?;
    let request = request(head.method, &head.address, &head.headers, body.into())?;
    timeout(SUBMIT, respond(router, request, most)).await?
}

pub(super) async fn get(
    router: &Router,
    address: &Url,
    headers: &HeaderMap,
    most: usize,
) -> Result<RawResponse, BoxError> {
    let request = request(Method::GET, address, headers, axum::body::Body::empty())?;
    timeout(POLL, respond(router, request, most)).await?
}

/// Sends a POST whose body is read while the router reads it. The caller limits the time.
pub(super) async fn upload<B>(
    router: &Router,
    address: &Url,
    headers: &HeaderMap,
    kind: &str,
    body: B,
) -> Result<RawResponse, BoxError>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let request = Request::post(address.as_str()).header(CONTENT_TYPE, kind);
    let mut request = request.body(axum::body::Body::new(body))?;
    request.headers_mut().extend(headers.clone());
    respond(router, request, MAX_ANSWER).await
}

/// Sends one GET without the key.
pub(super) async fn open(
    router: &Router,
    address: &Url,
    headers: HeaderMap,
) -> Result<Stream, (DownloadFault, BoxError)> {
    let request = Request::get(address.as_str()).body(axum::body::Body::empty());
    let mut request = request.map_err(|error| (DownloadFault::NoAnswer, error.into()))?;
    request.headers_mut().extend(headers);
    let Ok(response) = router.clone().call(request).await;
    let (parts, body) = response.into_parts();
    let head = Head { status: parts.status.as_u16(), headers: parts.headers, has_end: true };
    Ok(Stream::in_process(head, Box::pin(body)))
}

/// Returns the next chunk of a body, or `None` at its end.
pub(super) async fn chunk(body: &mut Body) -> Result<Option<Bytes>, BoxError> {
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        if let Ok(data) = frame?.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

async fn collect<B>(body: B) -> Result<Vec<u8>, BoxError>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    let (mut body, mut bytes) = (pin!(body), Vec::new());
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        bytes.extend_from_slice(frame.map_err(Into::into)?.data_ref().map_or(&[], |data| data));
    }
    Ok(bytes)
}

fn request(
    method: Method,
    address: &Url,
    headers: &HeaderMap,
    body: axum::body::Body,
) -> Result<Request<axum::body::Body>, BoxError> {
    let mut request = Request::builder().method(method).uri(address.as_str()).body(body)?;
    request.headers_mut().extend(headers.clone());
    Ok(request)
}

async fn respond(router: &Router, request: Request<axum::body::Body>, most: usize) -> Result<RawResponse, BoxError> {
    let Ok(response) = router.clone().call(request).await;
    let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
    let mut body = Box::pin(response.into_body());
    let mut bytes = Vec::new();
    let end = loop {
        match chunk(&mut body).await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break BodyEnd::Complete,
            Err(error) => break BodyEnd::Broken(error),
        }
        if bytes.len() > most {
            break BodyEnd::TooLarge(most);
        }
    };
    Ok(RawResponse { status, retry_after, bytes, end })
}
