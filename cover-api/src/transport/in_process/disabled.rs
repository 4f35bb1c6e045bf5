//! Without the feature `sandbox`, there is no router in this process.
#![expect(clippy::unused_async, reason = "the signatures are those of `enabled`")]

use bytes::Bytes;
use reqwest::header::HeaderMap;
use url::Url;

use super::stream::Stream;
use super::{Head, RawResponse};
use crate::error::{BoxError, DownloadFault};

/// A router that cannot exist.
pub(crate) enum Router {}

/// A body that cannot exist.
pub(super) enum Body {}

pub(super) async fn submit<B>(router: &Router, _: Head, _: B, _: usize) -> Result<RawResponse, BoxError> {
    match *router {}
}

pub(super) async fn get(router: &Router, _: &Url, _: &HeaderMap, _: usize) -> Result<RawResponse, BoxError> {
    match *router {}
}

pub(super) async fn upload<B>(router: &Router, _: &Url, _: &HeaderMap, _: &str, _: B) -> Result<RawResponse, BoxError> {
    match *router {}
}

pub(super) async fn open(router: &Router, _: &Url, _: HeaderMap) -> Result<Stream, (DownloadFault, BoxError)> {
    match *router {}
}

pub(super) async fn chunk(body: &mut Body) -> Result<Option<Bytes>, BoxError> {
    match *body {}
}
