//! HTTP requests to the service. No layer beneath sends a request twice.

pub(crate) mod envelope;
#[cfg_attr(feature = "sandbox", path = "in_process/enabled.rs")]
#[cfg_attr(not(feature = "sandbox"), path = "in_process/disabled.rs")]
mod in_process;
pub(crate) mod stream;
pub(crate) mod targets;
mod upload;

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use cover_spec::tables::{self, Api, KEY};
use http_body::Body;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Method, Response};
use url::Url;

use crate::error::{BoxError, Setup};
use targets::{Targets, is_local};

const CONNECT: Duration = Duration::from_secs(10);
/// Timeout of a POST. It is long, since a POST that is given up has an unknown outcome.
const SUBMIT: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_secs(30);
const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a client waits for the service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    connect: Duration,
    submit: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: CONNECT, submit: SUBMIT }
    }
}

impl Timeouts {
    pub(crate) fn new(connect: Duration, submit: Duration) -> Self {
        Self { connect: connect.min(LONGEST_TIMEOUT), submit: submit.min(LONGEST_TIMEOUT) }
    }

    /// Returns the longest time in which a request arrives at the service or is given up.
    pub(crate) fn longest_request(self) -> Duration {
        self.connect + self.submit
    }

    /// Returns how long an attempt counts as alive if nothing is heard of its process. An attempt whose first byte is sent before
    /// half of that time has ended before the whole time.
    pub(crate) fn lease(self) -> Duration {
        2 * self.longest_request() + Duration::from_secs(60)
    }
}

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

/// The head of a request.
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) address: Url,
    pub(crate) headers: HeaderMap,
}

/// Returns a method of the tables as the HTTP client has it.
pub(crate) fn method(method: tables::Method) -> Method {
    match method {
        tables::Method::Get => Method::GET,
        tables::Method::Post => Method::POST,
        tables::Method::Put => Method::PUT,
        tables::Method::Patch => Method::PATCH,
        tables::Method::Delete => Method::DELETE,
    }
}

/// Returns the text that proves the identity of the caller: the value of the header with the key.
pub(crate) fn credentials(api: &Api, key: &str) -> String {
    let key = match &api.auth_basic {
        Some(basic) => BASE64.encode(basic.replace(KEY, key)),
        None => key.to_owned(),
    };
    format!("{} {key}", api.auth_scheme).trim_start().to_owned()
}

/// Returns the headers of every request to the service.
pub(crate) fn headers(api: &Api, auth: &Auth) -> HeaderMap {
    let fixed = api.headers.iter().filter_map(|(name, value)| {
        Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?))
    });
    fixed.chain([auth.clone()]).collect()
}

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
    /// It has more bytes than this limit.
    TooLarge(usize),
    Broken(BoxError),
}

impl Http {
    /// `local`: whether the service is on this machine, where no system proxy is used.
    pub(crate) fn new(
        local: bool,
        timeouts: Timeouts,
        adjust: Option<&Adjust>,
        targets: Targets,
    ) -> reqwest::Result<Self> {
        let agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        let common = || {
            let builder = Client::builder().user_agent(agent).connect_timeout(timeouts.connect);
            if local { builder.no_proxy() } else { builder }
        };
        // Verbose logs would show the API key, and reqwest must not retry.
        let bound = |builder: ClientBuilder| builder.connection_verbose(false).retry(reqwest::retry::never());
        let adjusted = |builder| match adjust {
            Some(adjust) => bound(adjust(builder)),
            None => bound(builder),
        };
        // An idle connection that turns out to be dead would make a harmless failure ambiguous. The key follows no redirect.
        let submits = adjusted(common().timeout(timeouts.submit)).pool_max_idle_per_host(0);
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
    /// Refuses a base address that would expose the API key, unless the caller allowed that.
    pub(crate) fn check_base(&self, base: &Url) -> Result<(), Setup> {
        match self {
            Self::Http(http) => check_base(base, http.targets.allow_plain_http),
            Self::InProcess(_) => Ok(()),
        }
    }

    /// Sends a request that is never sent again by itself. The answer has at most `most` bytes.
    pub(crate) async fn submit<B>(&self, head: Head, body: B, most: usize) -> Result<RawResponse, BoxError>
    where
        B: Body<Data = Bytes, Error: Into<BoxError>> + Send + Sync + 'static,
    {
        match self {
            Self::Http(http) => {
                let request = http.submits.request(head.method, head.address).headers(head.headers);
                // A GET without a body must not announce one.
                let request = if body.is_end_stream() { request } else { request.body(reqwest::Body::wrap(body)) };
                Ok(read(request.send().await.map_err(without_url)?, most).await)
            }
            Self::InProcess(router) => in_process::submit(router, head, body, most).await,
        }
    }

    /// Sends a GET. The answer has at most `most` bytes.
    pub(crate) async fn get(&self, address: Url, headers: &HeaderMap, most: usize) -> Result<RawResponse, BoxError> {
        match self {
            Self::Http(http) => {
                let get = http.polls.get(address).headers(headers.clone());
                Ok(read(get.send().await.map_err(without_url)?, most).await)
            }
            Self::InProcess(router) => in_process::get(router, &address, headers, most).await,
        }
    }
}

/// Refuses a base address that is plain http to another machine, since that would expose the API key.
pub(crate) fn check_base(base: &Url, allow_plain_http: bool) -> Result<(), Setup> {
    if base.scheme() == "http" && !is_local(base) && !allow_plain_http {
        return Err(Setup::PlainHttp(base.host_str().unwrap_or_default().to_owned()));
    }
    Ok(())
}

fn without_url(error: reqwest::Error) -> BoxError {
    error.without_url().into()
}

async fn read(mut response: Response, most: usize) -> RawResponse {
    let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
    let mut bytes = Vec::new();
    let end = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > most => break BodyEnd::TooLarge(most),
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
