//! HTTP requests to the service. No layer beneath sends a request twice.

pub(crate) mod envelope;
#[cfg_attr(feature = "sandbox", path = "in_process/enabled.rs")]
#[cfg_attr(not(feature = "sandbox"), path = "in_process/disabled.rs")]
mod in_process;
pub(crate) mod stream;
pub(crate) mod targets;

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use cover_spec::answers::MAX_ANSWER;
use http_body::Body;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};
use url::Url;

use crate::error::BoxError;
use targets::Targets;

const CONNECT: Duration = Duration::from_secs(10);
/// Timeout of a POST. It is long, since a POST that is given up has an unknown outcome.
const SUBMIT: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_secs(30);

/// The user's configuration of the HTTP clients.
pub(crate) type Adjust = dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync;

/// Sends requests to the service.
pub(crate) enum Transport {
    Http(Http),
    /// To a router in this process. It exists only with the feature `sandbox`.
    #[cfg_attr(not(feature = "sandbox"), expect(dead_code, reason = "there is no such router"))]
    InProcess(in_process::Router),
}

/// An HTTP client for each kind of request.
pub(crate) struct Http {
    submits: Client,
    polls: Client,
    downloads: Client,
    targets: Targets,
}

/// The header that carries the key.
pub(crate) type Auth = (HeaderName, HeaderValue);

/// An HTTP answer, as far as it arrived.
pub(crate) struct RawResponse {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) end: BodyEnd,
}

/// How a body ended.
pub(crate) enum BodyEnd {
    Complete,
    TooLarge,
    Broken(BoxError),
}

impl Http {
    /// `local`: whether the service is on this machine, where no system proxy is used.
    pub(crate) fn new(local: bool, adjust: Option<&Adjust>, targets: Targets) -> reqwest::Result<Self> {
        let agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        let common = || {
            let builder = Client::builder().user_agent(agent).connect_timeout(CONNECT);
            if local { builder.no_proxy() } else { builder }
        };
        // Verbose logs would show the API key, and reqwest must not retry.
        let bound = |builder: ClientBuilder| builder.connection_verbose(false).retry(reqwest::retry::never());
        let adjusted = |builder| match adjust {
            Some(adjust) => bound(adjust(builder)),
            None => bound(builder),
        };
        // An idle connection that turns out to be dead would make a harmless failure ambiguous. The key follows no redirect.
        let submits = adjusted(common().timeout(SUBMIT)).pool_max_idle_per_host(0);
        let polls = adjusted(common().timeout(POLL));
        // Each redirect is checked, and bytes are counted as sent.
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
    pub(crate) async fn post<B>(&self, address: Url, auth: &Auth, body: B) -> Result<RawResponse, BoxError>
    where
        B: Body<Data = Bytes, Error: Into<BoxError>> + Send + Sync + 'static,
    {
        match self {
            Self::Http(http) => {
                let post = http.submits.post(address).header(CONTENT_TYPE, "application/json");
                let post = post.header(&auth.0, auth.1.clone()).body(reqwest::Body::wrap(body));
                Ok(read(post.send().await.map_err(without_url)?).await)
            }
            Self::InProcess(router) => in_process::post(router, &address, auth, body).await,
        }
    }

    pub(crate) async fn get(&self, address: Url, auth: &Auth) -> Result<RawResponse, BoxError> {
        match self {
            Self::Http(http) => {
                let get = http.polls.get(address).header(&auth.0, auth.1.clone());
                Ok(read(get.send().await.map_err(without_url)?).await)
            }
            Self::InProcess(router) => in_process::get(router, &address, auth).await,
        }
    }
}

fn without_url(error: reqwest::Error) -> BoxError {
    error.without_url().into()
}

async fn read(mut response: Response) -> RawResponse {
    let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
    let mut bytes = Vec::new();
    let end = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > MAX_ANSWER => break BodyEnd::TooLarge,
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break BodyEnd::Complete,
            Err(error) => break BodyEnd::Broken(without_url(error)),
        }
    };
    RawResponse { status, retry_after, bytes, end }
}

/// Reads the header as seconds or a date. Returns at most a day.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let time = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::now()).ok()?,
    };
    Some(time.min(Duration::from_secs(86_400)))
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
