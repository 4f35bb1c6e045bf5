//! Answers to downloads: a head, and a body that comes in pieces.

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use reqwest::{Response, Version};
use url::Url;

use super::targets::{NotPublic, check_form};
use super::{Transport, without_url};
use crate::error::{DownloadFault, Source};

/// An answer whose body is yet to come.
pub(crate) struct Stream {
    pub(crate) head: Head,
    body: Body,
}

/// What stands before the body.
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// Whether the end of the body can be told from a broken connection.
    pub(crate) has_end: bool,
}

enum Body {
    Http(Response),
    #[cfg(feature = "sandbox")]
    InProcess(std::pin::Pin<Box<axum::body::Body>>),
}

impl Transport {
    /// Checks whether a download may go to an address, so far as the address itself shows it.
    pub(crate) fn check_target(&self, url: &Url, is_redirect: bool) -> Result<(), DownloadFault> {
        check_form(url)?;
        match self {
            Self::Http(http) => http.targets.check(url, is_redirect),
            #[cfg(feature = "sandbox")]
            Self::InProcess(_) => Ok(()),
        }
    }

    /// One GET without the key. Redirects are not followed.
    pub(crate) async fn open(&self, url: &Url, headers: HeaderMap) -> Result<Stream, (DownloadFault, Source)> {
        match self {
            Self::Http(http) => {
                let answer = http.downloads.get(url.clone()).headers(headers).send().await;
                let response = answer.map_err(|error| {
                    let fault = NotPublic::beneath(&error).unwrap_or(DownloadFault::NoAnswer);
                    (fault, without_url(error))
                })?;
                Ok(Stream { head: Head::of(&response), body: Body::Http(response) })
            }
            #[cfg(feature = "sandbox")]
            Self::InProcess(router) => {
                let response = super::in_process::get(router, url, headers).await;
                let (parts, body) = response.map_err(|error| (DownloadFault::NoAnswer, error))?.into_parts();
                let head = Head { status: parts.status.as_u16(), headers: parts.headers, has_end: true };
                Ok(Stream { head, body: Body::InProcess(Box::pin(body)) })
            }
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
    /// The next piece; `None` at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Source> {
        match &mut self.body {
            Body::Http(response) => response.chunk().await.map_err(without_url),
            #[cfg(feature = "sandbox")]
            Body::InProcess(body) => super::in_process::chunk(body.as_mut()).await,
        }
    }
}
