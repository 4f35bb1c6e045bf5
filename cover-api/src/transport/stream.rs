//! Answers to downloads: a head, and a body in chunks.

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use reqwest::{Response, Version};
use url::Url;

use super::targets::{NotPublic, check_form};
use super::{Transport, in_process, without_url};
use crate::error::{BoxError, DownloadFault};

/// An answer whose body has not been read yet.
pub(crate) struct Stream {
    pub(crate) head: Head,
    body: Body,
}

/// The part of an answer before the body.
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// Whether the end of the body can be distinguished from a broken connection.
    pub(crate) has_end: bool,
}

enum Body {
    Http(Response),
    InProcess(in_process::Body),
}

impl Transport {
    /// Checks whether a download may go to this address. What its host name resolves to is checked when connecting.
    pub(crate) fn check_target(&self, url: &Url, is_redirect: bool) -> Result<(), DownloadFault> {
        check_form(url)?;
        match self {
            Self::Http(http) => http.targets.check(url, is_redirect),
            Self::InProcess(_) => Ok(()),
        }
    }

    /// Sends one GET without the key. Redirects are not followed.
    pub(crate) async fn open(&self, url: &Url, headers: HeaderMap) -> Result<Stream, (DownloadFault, BoxError)> {
        match self {
            Self::Http(http) => {
                let answer = http.downloads.get(url.clone()).headers(headers).send().await;
                let response = answer.map_err(|error| {
                    let fault = NotPublic::beneath(&error).unwrap_or(DownloadFault::NoAnswer);
                    (fault, without_url(error))
                })?;
                Ok(Stream { head: Head::of(&response), body: Body::Http(response) })
            }
            Self::InProcess(router) => in_process::open(router, url, headers).await,
        }
    }
}

impl Head {
    fn of(response: &Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let has_end = response.version() >= Version::HTTP_2
            || headers.contains_key(CONTENT_LENGTH)
            || headers.contains_key(TRANSFER_ENCODING);
        Self { status, headers, has_end }
    }
}

impl Stream {
    #[cfg_attr(not(feature = "sandbox"), expect(dead_code, reason = "there is no such body"))]
    pub(super) fn in_process(head: Head, body: in_process::Body) -> Self {
        Self { head, body: Body::InProcess(body) }
    }

    /// Returns the next chunk, or `None` at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, BoxError> {
        match &mut self.body {
            Body::Http(response) => response.chunk().await.map_err(without_url),
            Body::InProcess(body) => in_process::chunk(body).await,
        }
    }
}
