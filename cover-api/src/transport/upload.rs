//! The POST of an upload.

use std::time::Duration;

use bytes::Bytes;
use cover_spec::answers::MAX_ANSWER;
use http_body::Body;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use url::Url;

use super::{RawResponse, Transport, in_process, read, without_url};
use crate::error::BoxError;

impl Transport {
    /// Posts a body of this type. A large one needs more time than other requests.
    pub(crate) async fn upload<B>(
        &self,
        address: Url,
        headers: &HeaderMap,
        kind: &str,
        body: B,
        within: Duration,
    ) -> Result<RawResponse, BoxError>
    where
        B: Body<Data = Bytes, Error: Into<BoxError>> + Send + Sync + 'static,
    {
        match self {
            Self::Http(http) => {
                let post = http.submits.post(address).timeout(within).header(CONTENT_TYPE, kind);
                let post = post.headers(headers.clone()).body(reqwest::Body::wrap(body));
                Ok(read(post.send().await.map_err(without_url)?, MAX_ANSWER).await)
            }
            Self::InProcess(router) => in_process::upload(router, &address, headers, kind, body).await,
        }
    }
}
