//! What these tests share.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::request::Builder;
use bytes::Bytes;
use cover_api::sandbox::{Sandbox, SandboxBuilder};
use cover_api::{Client, CoverRequest, Error, Model, NonCustom};
use cover_testkit::Result;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower_service::Service as _;

pub const SONG: &str = "https://storage.example.com/song.mp3?signature=s3cret";

pub fn fast_sandbox() -> SandboxBuilder {
    Sandbox::builder().stage_each_poll().without_rate_limit()
}

pub fn client(sandbox: &Sandbox) -> std::result::Result<Client, Error> {
    let millis = Duration::from_millis;
    let builder = Client::builder(sandbox.key()).base_url(sandbox.url()).poll_every(millis(5), millis(15));
    builder.rate_limit(64, Duration::ZERO).max_attempts(1).retry_window(Duration::ZERO).build()
}

pub fn request() -> CoverRequest<NonCustom> {
    let builder = CoverRequest::non_custom().upload_url(SONG).without_callback().model(Model::V5);
    builder.prompt("A calm night drive").build().expect("valid")
}

/// Sends a request that no typed client sends, and returns the answer.
pub async fn exchange(sandbox: &Sandbox, what: &str, body: &str) -> Result<Value> {
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", sandbox.port())).await?;
    let head = format!(
        "{what} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        sandbox.key(),
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or("no body")?;
    Ok(serde_json::from_str(body)?)
}

/// Sends a request to the router of the sandbox, without a connection, and returns the answer.
pub async fn in_process(sandbox: &Sandbox, what: &str, body: &str) -> Result<Value> {
    let (method, target) = what.split_once(' ').ok_or("no target")?;
    let (_, content) = respond(sandbox, Request::builder().method(method).uri(target), body).await?;
    Ok(serde_json::from_slice(&content)?)
}

/// Posts a form whose boundary is `b`, and returns the answer.
pub async fn post_form(sandbox: &Sandbox, path: &str, form: &str) -> Result<Value> {
    let request = Request::builder().method("POST").uri(path).header("content-type", "multipart/form-data; boundary=b");
    let (_, content) = respond(sandbox, request, form).await?;
    Ok(serde_json::from_slice(&content)?)
}

/// Returns the HTTP status and the content of a file.
pub async fn file(sandbox: &Sandbox, address: &str) -> Result<(u16, Bytes)> {
    let path = address.strip_prefix(sandbox.url()).ok_or("it is elsewhere")?;
    respond(sandbox, Request::builder().uri(path), "").await
}

/// Sends a request with the key. Returns the HTTP status and the body of the answer.
async fn respond(sandbox: &Sandbox, request: Builder, body: &str) -> Result<(u16, Bytes)> {
    let request = request.header("authorization", format!("Bearer {}", sandbox.key()));
    let Ok(answer) = sandbox.router().call(request.body(Body::from(body.to_owned()))?).await;
    Ok((answer.status().as_u16(), to_bytes(answer.into_body(), usize::MAX).await?))
}
