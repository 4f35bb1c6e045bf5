//! The two HTTP clients, and bodies that cannot grow without bound.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};

/// Answers are a few kilobytes; one with a hundred tracks is far below this.
pub(super) const MOST_REPLY: usize = 1 << 20;
/// An hour of audio without compression is below this.
pub(super) const MOST_DOWNLOAD: usize = 1 << 30;

const CONNECT: Duration = Duration::from_secs(10);
/// A submit that is given up has an unknown outcome, so that it is given time.
const SUBMIT: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_secs(30);

fn common(local: bool) -> ClientBuilder {
    let agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
    // Nothing below this crate may send anything again.
    let builder = Client::builder().user_agent(agent).connect_timeout(CONNECT).retry(reqwest::retry::never());
    if local { builder.no_proxy() } else { builder }
}

/// For submits: no idle connection, since one that turns out dead makes a harmless failure ambiguous, and no redirect.
pub(super) fn for_submits(local: bool) -> reqwest::Result<Client> {
    common(local).timeout(SUBMIT).pool_max_idle_per_host(0).redirect(Policy::none()).build()
}

/// For polls: pooled. The key must not follow a redirect.
pub(super) fn for_polls(local: bool) -> reqwest::Result<Client> {
    common(local).read_timeout(POLL).redirect(Policy::none()).build()
}

/// For media: pooled, follows redirects, since no key is sent.
pub(super) fn for_downloads(local: bool) -> reqwest::Result<Client> {
    common(local).read_timeout(POLL).build()
}

/// A body as far as it came.
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    pub(super) end: End,
}

/// How a body ended.
pub(super) enum End {
    Complete,
    TooLarge,
    Broken(reqwest::Error),
}

pub(super) async fn read(mut response: Response, most: usize) -> Body {
    let mut bytes = Vec::new();
    let end = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > most => break End::TooLarge,
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break End::Complete,
            Err(error) => break End::Broken(error.without_url()),
        }
    };
    Body { bytes, end }
}
