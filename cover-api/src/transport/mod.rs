//! The way to the service: bytes out, bytes in. Nothing underneath sends anything twice.

pub(crate) mod envelope;
mod lenient;
pub(crate) mod pick;
pub(crate) mod stream;
pub(crate) mod targets;

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body::Body;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};
#[cfg(feature = "sandbox")]
use tokio::time::timeout;
use url::Url;

use crate::error::Source;
use targets::Targets;

/// Answers are a few kilobytes; one with a hundred tracks is far below this.
const MOST_REPLY: usize = 1 << 20;

const CONNECT: Duration = Duration::from_secs(10);
/// A submit that is given up has an unknown outcome, so that it is given time.
const SUBMIT: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_secs(30);

/// What users change of the HTTP clients.
pub(crate) type Adjust = dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync;

/// Where requests go.
pub(crate) enum Transport {
    Http(Http),
    /// To a router in this process.
    #[cfg(feature = "sandbox")]
    InProcess(axum::Router),
}

/// A client for each kind of request.
pub(crate) struct Http {
    submits: Client,
    polls: Client,
    downloads: Client,
    targets: Targets,
}

/// The header that carries the key.
pub(crate) type Auth = (HeaderName, HeaderValue);

/// An answer, as far as it came.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) end: End,
}

/// How a body ended.
pub(crate) enum End {
    Complete,
    TooLarge,
    Broken(Source),
}

impl Http {
    /// `local`: a proxy of the system cannot reach this machine's own addresses.
    pub(crate) fn new(local: bool, adjust: Option<&Adjust>, targets: Targets) -> reqwest::Result<Self> {
        let agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        let common = || {
            let builder = Client::builder().user_agent(agent).connect_timeout(CONNECT);
            if local { builder.no_proxy() } else { builder }
        };
        // Its logs would show the key, and nothing underneath may send anything again.
        let bound = |builder: ClientBuilder| builder.connection_verbose(false).retry(reqwest::retry::never());
        let adjusted = |builder| match adjust {
            Some(adjust) => bound(adjust(builder)),
            None => bound(builder),
        };
        // No idle connection, since one that turns out dead makes a harmless failure ambiguous. The key follows no redirect.
        let submits = adjusted(common().timeout(SUBMIT)).pool_max_idle_per_host(0);
        let polls = adjusted(common().timeout(POLL));
        // Redirects are checked one by one, and bytes are counted as they were sent.
        let downloads = adjusted(common().read_timeout(POLL)).redirect(Policy::none()).referer(false);
        let downloads = downloads.no_gzip().no_brotli().no_deflate().no_zstd();
        let downloads = match targets.resolver() {
            Some(resolver) => downloads.dns_resolver(resolver),
            None => downloads,
        };
        Ok(Self {
            submits: submits.redirect(Policy::none()).build()?,
            polls: polls.redirect(Policy::none()).build()?,
            downloads: downloads.build()?,
            targets,
        })
    }
}

impl Transport {
    pub(crate) async fn post<B>(&self, address: Url, auth: &Auth, body: B) -> Result<Answer, Source>
    where
        B: Body<Data = Bytes, Error: Into<Source>> + Send + Sync + 'static,
    {
        match self {
            Self::Http(http) => {
                let post = http.submits.post(address).header(CONTENT_TYPE, "application/json");
                let post = post.header(&auth.0, auth.1.clone()).body(reqwest::Body::wrap(body));
                Ok(read(post.send().await.map_err(without_url)?).await)
            }
            #[cfg(feature = "sandbox")]
            Self::InProcess(router) => {
                // A router need not read the body, and knows the request all the same: all of it is handed over.
                let body = in_process::collect(body).await?;
                timeout(SUBMIT, in_process::call(router, "POST", &address, auth, body.into())).await?
            }
        }
    }

    pub(crate) async fn get(&self, address: Url, auth: &Auth) -> Result<Answer, Source> {
        match self {
            Self::Http(http) => {
                let get = http.polls.get(address).header(&auth.0, auth.1.clone());
                Ok(read(get.send().await.map_err(without_url)?).await)
            }
            #[cfg(feature = "sandbox")]
            Self::InProcess(router) => {
                timeout(POLL, in_process::call(router, "GET", &address, auth, axum::body::Body::empty())).await?
            }
        }
    }
}

fn without_url(error: reqwest::Error) -> Source {
    error.without_url().into()
}

async fn read(mut response: Response) -> Answer {
    let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
    let mut bytes = Vec::new();
    let end = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > MOST_REPLY => break End::TooLarge,
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break End::Complete,
            Err(error) => break End::Broken(without_url(error)),
        }
    };
    Answer { status, retry_after, bytes, end }
}

/// Seconds, or a date; at most a day.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let time = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::now()).ok()?,
    };
    Some(time.min(Duration::from_secs(86_400)))
}

/// Requests that never leave the process.
#[cfg(feature = "sandbox")]
mod in_process {
    use std::future::poll_fn;
    use std::pin::{Pin, pin};

    use axum::Router;
    use axum::body::Body;
    use bytes::Bytes;
    use http_body::Body as _;
    use reqwest::header::HeaderMap;
    use tower_service::Service;
    use url::Url;

    use super::{Answer, Auth, End, MOST_REPLY, Source, retry_after};

    /// All of a body.
    pub(super) async fn collect<B>(body: B) -> Result<Vec<u8>, Source>
    where
        B: axum::body::HttpBody<Data = bytes::Bytes, Error: Into<Source>>,
    {
        let (mut body, mut bytes) = (pin!(body), Vec::new());
        while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
            bytes.extend_from_slice(frame.map_err(Into::into)?.data_ref().map_or(&[], |data| data));
        }
        Ok(bytes)
    }

    pub(super) async fn call(
        router: &Router,
        method: &str,
        address: &Url,
        auth: &Auth,
        body: Body,
    ) -> Result<Answer, Source> {
        let request = axum::http::Request::builder().method(method).uri(address.as_str());
        let request = request.header(&auth.0, auth.1.clone()).body(body)?;
        let Ok(response) = router.clone().call(request).await;
        let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
        let mut body = pin!(response.into_body());
        let mut bytes = Vec::new();
        let end = loop {
            match chunk(body.as_mut()).await {
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => break End::Complete,
                Err(error) => break End::Broken(error),
            }
            if bytes.len() > MOST_REPLY {
                break End::TooLarge;
            }
        };
        Ok(Answer { status, retry_after, bytes, end })
    }

    /// One GET without the key.
    pub(super) async fn get(
        router: &Router,
        address: &Url,
        headers: HeaderMap,
    ) -> Result<axum::response::Response, Source> {
        let mut request = axum::http::Request::get(address.as_str()).body(Body::empty())?;
        request.headers_mut().extend(headers);
        let Ok(response) = router.clone().call(request).await;
        Ok(response)
    }

    /// The next piece of a body; `None` at its end.
    pub(super) async fn chunk(mut body: Pin<&mut Body>) -> Result<Option<Bytes>, Source> {
        while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
            if let Ok(data) = frame?.into_data() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(value: &str) -> Option<Duration> {
        let value = HeaderValue::from_str(value).unwrap();
        retry_after(&HeaderMap::from_iter([(RETRY_AFTER, value)]))
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(after("120"), Some(Duration::from_secs(120)));
        assert_eq!(after("18446744073709551615"), Some(Duration::from_secs(86_400)));
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(100));
        assert!(after(&date).is_some_and(|time| (90..=100).contains(&time.as_secs())));
        for nothing in ["soon", "-1", "", "Wed, 21 Oct 2015 07:28:00 GMT"] {
            assert_eq!(after(nothing), None, "{nothing}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
