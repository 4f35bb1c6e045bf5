//! A service with given answers.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::Response;
use cover_api::{Client, Error, Task, TaskHandle};
use cover_testkit::{Result, request};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use serde_json::json;

pub const ADDRESS: &str = "https://api.example.com/covers";

pub const SECRET: &str = "0123456789abcdef0123456789abcdef";

pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// An answer of the service.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    pub body: Vec<u8>,
    pub encoding: Option<&'static str>,
}

impl Reply {
    pub fn plain(body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), encoding: None }
    }

    pub fn gzip(body: &[u8]) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).expect("into memory");
        Self { body: encoder.finish().expect("into memory"), encoding: Some("gzip") }
    }

    pub fn deflate(body: &[u8]) -> Self {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).expect("into memory");
        Self { body: encoder.finish().expect("into memory"), encoding: Some("deflate") }
    }
}

/// A service whose answers are set one by one, and that records its requests.
#[derive(Debug, Clone, Default)]
pub struct Service(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
pub struct Inner {
    pub post: Reply,
    pub get: Reply,
    pub asked: Vec<(Method, String)>,
}

impl Service {
    pub fn with<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn router(&self) -> Router {
        Router::new().fallback(respond).with_state(self.clone())
    }

    /// Serves on a loopback port, and returns its address.
    pub async fn serve(&self) -> Result<String> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = self.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(url)
    }

    /// Returns the targets of the requests with this method.
    pub fn asked(&self, method: &Method) -> Vec<String> {
        self.with(|inner| {
            inner.asked.iter().filter(|(asked, _)| asked == method).map(|(_, target)| target.clone()).collect()
        })
    }
}

async fn respond(State(service): State<Service>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let _ = axum::body::to_bytes(body, 1 << 20).await;
    let reply = service.with(|inner| {
        inner.asked.push((parts.method.clone(), parts.uri.to_string()));
        if parts.method == Method::POST { inner.post.clone() } else { inner.get.clone() }
    });
    let mut response = Response::builder().header("content-type", "application/json");
    if let Some(encoding) = reply.encoding {
        response = response.header("content-encoding", encoding);
    }
    response.body(Body::from(reply.body)).expect("a response")
}

/// Returns a service on a loopback port, and a client of it.
pub async fn connected() -> Result<(Service, Client)> {
    let service = Service::default();
    let client = Client::builder("key").base_url(service.serve().await?).max_attempts(1);
    Ok((service, client.rate_limit(64, Duration::ZERO).build()?))
}

pub async fn sent(service: &Service, client: &Client, reply: Reply) -> std::result::Result<Task, Error> {
    service.with(|inner| inner.post = reply);
    let number = service.asked(&Method::POST).len();
    let sent = client.send(&request(&number.to_string())).await;
    assert_eq!(service.asked(&Method::POST).len(), number + 1, "it is posted once");
    sent
}

pub fn handle(id: &str) -> TaskHandle {
    serde_json::from_value(json!({ "service": "sunoapi.org/upload-cover", "task": id })).expect("a handle")
}
