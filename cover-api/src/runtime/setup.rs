use std::marker::PhantomData;
use std::time::Duration;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::client::{Client, Inner};
use super::error::Setup;
use super::{Error, Service, http};

/// Sets a client up: where the service is, and how often tasks are polled.
///
/// ```
/// use std::time::Duration;
///
/// let client = cover_api::Client::builder("my-key")
///     .base_url("http://127.0.0.1:8080")
///     .poll_every(Duration::from_secs(1), Duration::from_secs(2))
///     .build()?;
/// # Ok::<(), cover_api::Error>(())
/// ```
#[must_use = "no client is made before `.build()`"]
pub struct ClientBuilder<S: Service> {
    key: SecretString,
    base_url: String,
    every: [Duration; 2],
    service: PhantomData<fn() -> S>,
}

impl<S: Service> ClientBuilder<S> {
    pub(super) fn new(key: SecretString) -> Self {
        let api = S::api();
        Self { key, base_url: api.base_url.to_string(), every: api.poll.every, service: PhantomData }
    }

    /// Key and, where it is set, base address from the environment variables that the spec names.
    pub(super) fn from_env() -> Result<Self, Error<S>> {
        let api = S::api();
        let key = std::env::var(&*api.env_key);
        let key = key.map_err(|_| Error::setup(Setup::NoVariable(api.env_key.to_string())))?;
        let builder = Self::new(key.into());
        match std::env::var(&*api.env_url) {
            Ok(url) => Ok(builder.base_url(url)),
            Err(std::env::VarError::NotPresent) => Ok(builder),
            Err(_) => Err(Error::setup(Setup::NoVariable(api.env_url.to_string()))),
        }
    }

    /// Another address of the service, such as a proxy's or a sandbox's: http or https, host, optional port and path.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// The least and the most time between two polls of a task; the spec says it otherwise.
    pub fn poll_every(mut self, least: Duration, most: Duration) -> Self {
        self.every = [least, most];
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`]: the key is empty or cannot stand in a header, the base address is no http or https address
    /// or has more than host and path, or the times between polls make no sense.
    pub fn build(self) -> Result<Client<S>, Error<S>> {
        check_key(&self.key).map_err(Error::setup)?;
        let base = parse_base(&self.base_url).map_err(|why| Error::setup(Setup::BaseUrl(why)))?;
        let [least, most] = self.every;
        if least.is_zero() || most < least {
            return Err(Error::setup(Setup::Pace));
        }
        let local = is_local(&base);
        let failed = |error: reqwest::Error| Error::setup(Setup::Http).with_source(error.without_url());
        Ok(Client::of(Inner {
            submits: http::for_submits(local).map_err(failed)?,
            polls: http::for_polls(local).map_err(failed)?,
            downloads: http::for_downloads(local).map_err(failed)?,
            key: self.key,
            base,
            every: self.every,
        }))
    }
}

fn check_key(key: &SecretString) -> Result<(), Setup> {
    match key.expose_secret() {
        "" => Err(Setup::EmptyKey),
        key => HeaderValue::from_str(key).map(|_| ()).map_err(|_| Setup::KeyNotAHeader),
    }
}

fn parse_base(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "it is no address")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("it is neither http nor https");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it holds a user or a password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it holds a query or a fragment");
    }
    Ok(url)
}

/// A proxy of the system cannot reach this machine's own addresses.
fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
