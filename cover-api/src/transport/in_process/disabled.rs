//! Without the feature `sandbox`, there is no router in this process.
#![expect(clippy::unused_async, reason = "the signatures are those of `enabled`")]

use bytes::Bytes;
use reqwest::header::HeaderMap;
use url::Url;

use super::stream::Stream;
use super::{Auth, RawResponse};
use crate::error::{BoxError, DownloadFault};

/// A router that cannot exist.
pub(crate) enum Router {}

/// A body that cannot exist.
pub(super) enum Body {}

pub(super) async fn post<B>(router: &Router, _: &Url, _: &Auth, _: B) -> Result<RawResponse, BoxError> {
    match *router {}
}

pub(super) async fn get(router: &Router, _: &Url, _: &Auth) -> Result<RawResponse, BoxError> {
    match *router {}
}

pub(super) async fn open(router: &Router, _: &Url, _: HeaderMap) -> Result<Stream, (DownloadFault, BoxError)> {
    match *router {}
}

pub(super) async fn chunk(body: &mut Body) -> Result<Option<Bytes>, BoxError> {
    match *body {}
}
