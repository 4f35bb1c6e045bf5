use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

#[cfg(feature = "callback")]
use super::called::Called;
use super::client::{Client, Inner};
use super::error::Setup;
use super::ledger::Ledger;
use super::rhythm::Rhythm;
use super::stats::Counters;
use super::unknown::Unknown;
use super::wire::{Adjust, Auth, Http, Wire};
use super::{Api, Error, Pace, Service, pace};

/// A request that was not sent, or refused by an answer after which it may be sent again, is tried so often in all.
const TRIES: u32 = 5;
/// No attempt begins later than this after the first.
const WITHIN: Duration = Duration::from_secs(180);

/// Sets a client up: where the service is, how it is reached, and how often it is asked.
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
    rhythm: Rhythm,
    pace: Pace,
    tries: (u32, Duration),
    adjust: Option<Box<Adjust>>,
    #[cfg(feature = "sandbox")]
    router: Option<axum::Router>,
    ledger: Ledger,
    #[cfg(feature = "callback")]
    callbacks: Option<(String, SecretString)>,
    #[cfg(feature = "callback")]
    signing_key: Option<SecretString>,
    service: PhantomData<fn() -> S>,
}

impl<S: Service> ClientBuilder<S> {
    pub(super) fn new(key: SecretString) -> Self {
        let api = S::api();
        Self {
            key,
            base_url: api.base_url.to_string(),
            rhythm: Rhythm { every: api.poll.every, typical: api.poll.typical },
            pace: api.pace,
            tries: (TRIES, WITHIN),
            adjust: None,
            #[cfg(feature = "sandbox")]
            router: None,
            ledger: Ledger::default(),
            #[cfg(feature = "callback")]
            callbacks: None,
            #[cfg(feature = "callback")]
            signing_key: None,
            service: PhantomData,
        }
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

    /// The least and the most time between two polls of a task, where the pace of the key allows it; the spec says it
    /// otherwise.
    pub fn poll_every(mut self, least: Duration, most: Duration) -> Self {
        self.rhythm.every = [least, most];
        self
    }

    /// Between which ages most tasks are done; the spec says it otherwise. Polls are closest there.
    pub fn typical(mut self, from: Duration, to: Duration) -> Self {
        self.rhythm.typical = Some([from, to]);
        self
    }

    /// So many requests in every window, sends and polls together; the spec says it otherwise. A window of no length: so many
    /// at the same time.
    ///
    /// A request counts from before it is sent until a window after its answer, so that the service never sees more, however
    /// long each is on its way.
    pub fn pace(mut self, requests: u32, window: Duration) -> Self {
        self.pace = Pace { requests, window, ..self.pace };
        self
    }

    /// How often a request is tried in all, and how long after the first attempt another one may begin; otherwise 5 times
    /// within 3 minutes. Another attempt follows only where the one before has surely created nothing.
    pub fn tries(mut self, most: u32, within: Duration) -> Self {
        self.tries = (most, within);
        self
    }

    /// Changes what HTTP clients are made of: certificates, proxies, timeouts (10 s to connect, 120 s for a send, 30 s of
    /// silence in the answer to a poll). It is called for each of the three: for sends, polls and downloads.
    ///
    /// Whatever it does, sends share no connection, nothing is tried again underneath, no redirect is followed but those of
    /// downloads, and bytes are not logged.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let client = cover_api::Client::builder("my-key")
    ///     .http(|http| http.connect_timeout(Duration::from_secs(3)).no_proxy())
    ///     .build()?;
    /// # Ok::<(), cover_api::Error>(())
    /// ```
    pub fn http(
        mut self,
        adjust: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.adjust = Some(Box::new(adjust));
        self
    }

    /// Sends every request to a router in this process, such as [`Sandbox::router`](crate::sandbox::Sandbox::router), and
    /// none to the network. As nothing is waited for but time, tests of hours of polling take milliseconds under
    /// `tokio::time::pause`.
    #[cfg(feature = "sandbox")]
    pub fn in_process(mut self, router: axum::Router) -> Self {
        self.router = Some(router);
        self
    }

    /// Writes down there what is paid for, before and after.
    #[cfg(feature = "journal")]
    pub fn journal(mut self, journal: crate::journal::Journal) -> Self {
        self.ledger.journal = Some(journal);
        self
    }

    /// Takes callbacks: at this address, where [`Client::callbacks`] is served, for the requests that give it. Each attempt to
    /// send one gets an address of its own beneath it, which nobody can make without the secret.
    ///
    /// The secret has at least 16 bytes, and is the same as long as callbacks to its addresses are to be taken, also after a
    /// restart.
    ///
    /// ```
    /// let client = cover_api::Client::builder("my-key")
    ///     .callbacks("https://api.example.com/covers", "0f2e1b5c8d7a4936a1b2c3d4e5f60718")
    ///     .build()?;
    /// let router = client.callbacks()?.router();
    /// # Ok::<(), cover_api::Error>(())
    /// ```
    #[cfg(feature = "callback")]
    pub fn callbacks(mut self, address: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        self.callbacks = Some((address.into(), secret.into()));
        self
    }

    /// The key with which the service signs callbacks, where the spec says that it does.
    #[cfg(feature = "callback")]
    pub fn callback_signing_key(mut self, key: impl Into<SecretString>) -> Self {
        self.signing_key = Some(key.into());
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`]: the key is empty or cannot stand in a header, the base address is no http or https address
    /// or has more than host and path, the times between polls make no sense, no request is allowed or tried, the
    /// journal cannot be read, or callbacks cannot be received: the service sends none, the address or the secret will not do, the
    /// service signs them and there is no key, or it does not and there is one.
    pub fn build(self) -> Result<Client<S>, Error<S>> {
        check_key(&self.key).map_err(Error::setup)?;
        let base = parse_base(&self.base_url).map_err(|why| Error::setup(Setup::BaseUrl(why)))?;
        let [least, most] = self.rhythm.every;
        if least.is_zero() || most < least {
            return Err(Error::setup(Setup::Pace));
        }
        if self.pace.requests == 0 || self.tries.0 == 0 {
            return Err(Error::setup(Setup::NoRequests));
        }
        let auth = auth(S::api(), &self.key).map_err(Error::setup)?;
        Ok(Client::of(Inner {
            wire: self.wire(&base)?,
            unknown: self.unknown()?,
            auth,
            key: self.key,
            base,
            rhythm: self.rhythm,
            pace: Arc::new(pace::Pace::new(Pace { task_every: self.pace.task_every.min(least), ..self.pace })),
            tries: self.tries,
            counters: Counters::default(),
            #[cfg(feature = "callback")]
            called: called(S::api(), self.callbacks.as_ref(), self.signing_key.as_ref()).map_err(Error::setup)?,
            #[cfg(not(feature = "callback"))]
            called: None,
            ledger: self.ledger,
        }))
    }

    fn wire(&self, base: &Url) -> Result<Wire, Error<S>> {
        #[cfg(feature = "sandbox")]
        if let Some(router) = &self.router {
            return Ok(Wire::InProcess(router.clone()));
        }
        let http = Http::new(is_local(base), self.adjust.as_deref());
        http.map(Wire::Http).map_err(|error| Error::setup(Setup::Http).with_source(error.without_url()))
    }

    /// What the journal knows of requests whose outcome is unknown.
    #[cfg_attr(
        not(feature = "journal"),
        expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "it reads it")
    )]
    fn unknown(&self) -> Result<Unknown, Error<S>> {
        let unknown = Unknown::default();
        #[cfg(feature = "journal")]
        if let Some(journal) = &self.ledger.journal {
            let entries = journal.entries().map_err(|error| Error::setup(Setup::Journal).with_source(error))?;
            let is_unknown = |entry: &&crate::journal::Entry| {
                entry.standing == crate::journal::Standing::Unknown && entry.service == S::api().id
            };
            entries.iter().filter(is_unknown).for_each(|entry| unknown.add(entry.fingerprint()));
        }
        Ok(unknown)
    }
}

/// The header that carries the key.
fn auth(api: &Api, key: &SecretString) -> Result<Auth, Setup> {
    let name = HeaderName::from_bytes(api.auth_header.as_bytes()).map_err(|_| Setup::KeyNotAHeader)?;
    let text = format!("{} {}", api.auth_scheme, key.expose_secret());
    let mut value = HeaderValue::from_str(text.trim_start()).map_err(|_| Setup::KeyNotAHeader)?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// What callbacks come to, where any are wanted.
#[cfg(feature = "callback")]
fn called(
    api: &Api,
    callbacks: Option<&(String, SecretString)>,
    signing_key: Option<&SecretString>,
) -> Result<Option<Called>, Setup> {
    use tokio::sync::Semaphore;

    use crate::callback::{Addresses, Counters, SigningKey};

    const MOST_LOOKUPS: usize = 16;

    let Some((address, secret)) = callbacks else { return Ok(None) };
    let said = api.callback.as_ref().ok_or(Setup::Callbacks("the service sends none"))?;
    parse_base(address).map_err(Setup::Callbacks)?;
    let addresses = Addresses::new(address, &api.id, secret).map_err(Setup::Callbacks)?;
    let signing = match (&said.signature, signing_key) {
        (Some(_), Some(key)) => Some(SigningKey::new(key).map_err(Setup::Callbacks)?),
        (Some(_), None) => return Err(Setup::Callbacks("the service signs them, and the key for that was not given")),
        (None, Some(_)) => {
            return Err(Setup::Callbacks("the service does not sign them, and a key for that was given"));
        }
        (None, None) => None,
    };
    let (board, counters, lookups) = (Arc::default(), Counters::default(), Semaphore::new(MOST_LOOKUPS));
    Ok(Some(Called { board, addresses, signing, counters, lookups }))
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

/// Is it one of this machine's own addresses? A proxy of the system cannot reach these.
pub(crate) fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
