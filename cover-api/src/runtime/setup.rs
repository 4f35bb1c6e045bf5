use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use cover_spec::wire::Pace;
use reqwest::header::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
#[cfg(feature = "callback")]
use tokio::sync::Semaphore;
use url::{Host, Url};

use super::client::Client;
use super::{Api, Error, Service, shared};
use crate::account::{Account, beneath};
use crate::attempt::Tracker;
#[cfg(feature = "callback")]
use crate::callback::{Receiver, SigningKey};
#[cfg(feature = "callback")]
use crate::callback_link::{Addresses, CallbackLink};
use crate::error::{Failure, Setup};
use crate::ledger::{Book, Ledger};
use crate::redact;
use crate::schedule::Schedule;
use crate::stats::Counters;
#[cfg(feature = "callback")]
use crate::submit::MOST_LOOKUPS;
use crate::transport::targets::Targets;
use crate::transport::{Adjust, Auth, Http, Transport};

/// Attempts of one send, where only the first may reach the service or each before it created nothing.
const MAX_ATTEMPTS: u32 = 5;
/// No attempt begins later than this after the first.
const RETRY_WINDOW: Duration = Duration::from_secs(180);
/// Longest pause that the service can ask for.
const MAX_PAUSE: Duration = Duration::from_secs(300);
/// Longest name of an account, in bytes.
const MOST_ACCOUNT: usize = 255;

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
    account: Option<String>,
    schedule: Schedule,
    rate_limit: Pace,
    max_attempts: u32,
    retry_window: Duration,
    max_pause: Duration,
    adjust: Option<Box<Adjust>>,
    allow_plain_http: bool,
    allow_private_downloads: bool,
    #[cfg(feature = "sandbox")]
    router: Option<axum::Router>,
    ledger: Option<Arc<dyn Ledger>>,
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
            account: None,
            schedule: Schedule { every: api.poll.every, expected: api.poll.typical },
            rate_limit: api.pace,
            max_attempts: MAX_ATTEMPTS,
            retry_window: RETRY_WINDOW,
            max_pause: MAX_PAUSE,
            adjust: None,
            allow_plain_http: false,
            allow_private_downloads: false,
            #[cfg(feature = "sandbox")]
            router: None,
            ledger: None,
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
        let key = key.map_err(|error| Failure::setup(no_variable(&api.env_key, &error)))?;
        let builder = Self::new(key.into());
        match std::env::var(&*api.env_url) {
            Ok(url) => Ok(builder.base_url(url)),
            Err(std::env::VarError::NotPresent) => Ok(builder),
            Err(error) => Err(Failure::setup(no_variable(&api.env_url, &error)).into()),
        }
    }

    /// Another address of the service, such as a proxy's or a sandbox's: https, host, optional port and path. On this machine
    /// (`localhost`, `127.0.0.0/8`, `[::1]`) it may be http; elsewhere, see [`allow_plain_http`](Self::allow_plain_http).
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Names the account that pays, for the ledger: 1 to 255 bytes. Otherwise, it is the origin of the base address.
    ///
    /// Keys are unique within an account. Give it a name where the address changes and the account does not, such as behind a
    /// local proxy, or where several accounts share one ledger at one address. It is not the API key, and stays the same when
    /// that is replaced.
    pub fn account(mut self, name: impl Into<String>) -> Self {
        self.account = Some(name.into());
        self
    }

    /// Remembers there what was sent. Otherwise, it is remembered in memory, and shared by all clients in this process that have
    /// the same address and API key and no ledger of their own.
    ///
    /// ```
    /// # async fn example(path: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    /// # #[cfg(feature = "sqlite")] {
    /// use cover_api::ledger::SqliteLedger;
    ///
    /// let client = cover_api::Client::builder("my-key").ledger(SqliteLedger::open(path).await?).build()?;
    /// # }
    /// # Ok(())
    /// # }
    /// ```
    pub fn ledger(mut self, ledger: impl Ledger) -> Self {
        self.ledger = Some(Arc::new(ledger));
        self
    }

    /// The least and the most time between two polls of a task, where the rate limit allows it; the spec says it otherwise.
    pub fn poll_every(mut self, least: Duration, most: Duration) -> Self {
        self.schedule.every = [least, most];
        self
    }

    /// Between which ages most tasks are done; the spec says it otherwise. Polls are closest there.
    pub fn expected_duration(mut self, ages: std::ops::RangeInclusive<Duration>) -> Self {
        self.schedule.expected = Some([*ages.start(), *ages.end()]);
        self
    }

    /// Number of requests in every window, sends and polls together; the spec says it otherwise. A window of no length means
    /// that many at the same time.
    ///
    /// A request counts from before it is sent until a window after its answer, so that the service never sees more, however
    /// long each is on its way. Clients in one process that have the same address and API key share their rate limit, and the
    /// stricter one holds.
    pub fn rate_limit(mut self, requests: u32, per: Duration) -> Self {
        self.rate_limit = Pace { requests, window: per, ..self.rate_limit };
        self
    }

    /// Number of attempts that a send makes at most; 5 otherwise. Another attempt follows only where the one before has created
    /// nothing for certain.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// How long after the first attempt of a send another one may begin, waiting for the rate limit included; 3 minutes
    /// otherwise.
    pub fn retry_window(mut self, window: Duration) -> Self {
        self.retry_window = window;
        self
    }

    /// Longest pause that the service can ask for, such as by `Retry-After`; 5 minutes otherwise.
    ///
    /// A pause holds all requests of the API key. After it, one request alone finds out whether it is over, and the service may
    /// ask for the next pause. [`Stats::pause`](super::Stats::pause) shows it, and [`Client::resume_sends`] ends it.
    pub fn max_pause(mut self, pause: Duration) -> Self {
        self.max_pause = pause;
        self
    }

    /// Changes what HTTP clients are made of: certificates, proxies, timeouts (10 s to connect, 120 s for a send, 30 s for a
    /// poll, each from its beginning until all of the answer is there). It is called for each of the three: for sends, polls and downloads.
    ///
    /// Whatever it does, sends share no connection, nothing is tried again underneath, no redirect is followed but those of
    /// downloads, and bytes are not logged.
    ///
    /// Names of downloads are resolved by the system, in place of a `dns_resolver` of yours, so that none leads to a private
    /// address; what you give to `resolve` or `resolve_to_addrs` is taken as it is. Where downloads go through a proxy, be it
    /// one of yours or the system's, the proxy resolves their names and no such check is made; addresses are still checked. The
    /// proxy itself must then be given by its address, or by a name that resolves to a public one. Both need not hold with
    /// [`allow_private_downloads`](Self::allow_private_downloads).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let client = cover_api::Client::builder("my-key")
    ///     .configure_http(|http| http.connect_timeout(Duration::from_secs(3)).no_proxy())
    ///     .build()?;
    /// # Ok::<(), cover_api::Error>(())
    /// ```
    pub fn configure_http(
        mut self,
        adjust: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.adjust = Some(Box::new(adjust));
        self
    }

    /// Allows a base address of plain http that is not on this machine, and redirects of downloads to plain http. Anyone
    /// on the way can then read and change what is sent, the API key included.
    pub fn allow_plain_http(mut self) -> Self {
        self.allow_plain_http = true;
        self
    }

    /// Allows downloads from addresses that are not public: of this machine, of a private network, and the like. Links come
    /// from the service: allow this only where that may reach what this machine reaches.
    pub fn allow_private_downloads(mut self) -> Self {
        self.allow_private_downloads = true;
        self
    }

    /// Sends every request to a router in this process, such as [`Sandbox::router`](crate::sandbox::Sandbox::router), and
    /// none to the network. As nothing is waited for but time, tests of hours of polling take milliseconds under
    /// `tokio::time::pause`. The timeouts of exchanges hold there, too. Such a client shares nothing with others.
    #[cfg(feature = "sandbox")]
    pub fn transport(mut self, router: axum::Router) -> Self {
        self.router = Some(router);
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
    /// [`Error::is_setup`]: the API key is empty or cannot stand in a header, the base address is no http or https address,
    /// has more than host and path, or is plain http without [`allow_plain_http`](Self::allow_plain_http), the times between polls make no sense, no request or attempt is allowed, the name of the
    /// account cannot be used, or callbacks cannot be received: the service sends none, the address or the secret will not do,
    /// the service signs them and there is no key, or it does not and there is one.
    pub fn build(self) -> Result<Client<S>, Error<S>> {
        Ok(self.build_parts()?)
    }

    fn build_parts(self) -> Result<Client<S>, Failure> {
        self.remember_secrets();
        check_key(&self.key).map_err(Failure::setup)?;
        let given = || redact::shown(&redact::address(&self.base_url));
        let base = parse_base(&self.base_url).map_err(|why| Failure::setup(Setup::BaseUrl(why, given())))?;
        let [least, most] = self.schedule.every;
        if least.is_zero() || most < least {
            return Err(Failure::setup(Setup::PollEvery));
        }
        if self.rate_limit.requests == 0 || self.max_attempts == 0 {
            return Err(Failure::setup(Setup::NoRequests));
        }
        let name = account_name(self.account.as_deref(), &base).map_err(|why| Failure::setup(Setup::Account(why)))?;
        let auth = auth(S::api(), &self.key).map_err(Failure::setup)?;
        let limit = Pace { task_every: self.rate_limit.task_every.min(least), ..self.rate_limit };
        let transport = self.transport_to(&base)?;
        let (rate_limit, ledger) = match &transport {
            Transport::Http(_) => shared::rate_limit_and_ledger(&base, &self.key, limit, self.ledger, is_local(&base)),
            #[cfg(feature = "sandbox")]
            Transport::InProcess(_) => shared::nothing(limit, self.ledger),
        };
        #[cfg(feature = "callback")]
        let (link, receiver) =
            callbacks(S::api(), self.callbacks.as_ref(), self.signing_key.as_ref()).map_err(Failure::setup)?.unzip();
        #[cfg(not(feature = "callback"))]
        let link = None;
        let account = Account {
            api: S::api(),
            name,
            transport,
            auth,
            submit: beneath(&base, &S::api().submit.path),
            base,
            rate_limit,
            ledger: Book::new(ledger),
            schedule: self.schedule,
            max_attempts: self.max_attempts,
            retry_window: self.retry_window,
            max_pause: self.max_pause,
            counters: Counters::default(),
            link,
            tracker: Arc::new(Tracker::default()),
        };
        Ok(Client::of(
            Arc::new(account),
            #[cfg(feature = "callback")]
            receiver,
        ))
    }

    /// Nothing of these may be read anywhere, whatever the service repeats.
    fn remember_secrets(&self) {
        redact::remember_key(self.key.expose_secret());
        #[cfg(feature = "callback")]
        {
            if let Some((_, secret)) = &self.callbacks {
                redact::remember_callback_secret(secret.expose_secret());
            }
            if let Some(key) = &self.signing_key {
                redact::remember_callback_secret(key.expose_secret());
            }
        }
    }

    fn transport_to(&self, base: &Url) -> Result<Transport, Failure> {
        #[cfg(feature = "sandbox")]
        if let Some(router) = &self.router {
            return Ok(Transport::InProcess(router.clone()));
        }
        let is_local = is_local(base);
        if base.scheme() == "http" && !is_local && !self.allow_plain_http {
            let host = base.host_str().unwrap_or_default().to_owned();
            return Err(Failure::setup(Setup::PlainHttp(host)));
        }
        let targets = Targets {
            own: is_local.then(|| base.origin()),
            allow_private: self.allow_private_downloads,
            allow_plain_http: self.allow_plain_http,
        };
        let http = Http::new(is_local, self.adjust.as_deref(), targets);
        http.map(Transport::Http).map_err(|error| Failure::setup(Setup::Http).with_source(error.without_url()))
    }
}

fn no_variable(name: &str, error: &std::env::VarError) -> Setup {
    match error {
        std::env::VarError::NotPresent => Setup::NoVariable(name.to_owned()),
        std::env::VarError::NotUnicode(_) => Setup::VariableNotText(name.to_owned()),
    }
}

/// What entries of the ledger are filed under.
fn account_name(given: Option<&str>, base: &Url) -> Result<String, &'static str> {
    match given {
        None => Ok(base.origin().ascii_serialization()),
        Some("") => Err("it is empty"),
        Some(name) if name.len() > MOST_ACCOUNT => Err("it is longer than 255 bytes"),
        Some(name) if name.chars().any(char::is_control) => Err("it has control characters"),
        Some(name) => Ok(name.to_owned()),
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
fn callbacks(
    api: &Api,
    callbacks: Option<&(String, SecretString)>,
    signing_key: Option<&SecretString>,
) -> Result<Option<(CallbackLink, Receiver)>, Setup> {
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
    let link = CallbackLink { addresses, inbox: Arc::default(), lookups: Semaphore::new(MOST_LOOKUPS) };
    Ok(Some((link, Receiver::new(signing))))
}

fn check_key(key: &SecretString) -> Result<(), Setup> {
    match key.expose_secret() {
        key if key.trim().is_empty() => Err(Setup::EmptyKey),
        key => HeaderValue::from_str(key).map(|_| ()).map_err(|_| Setup::KeyNotAHeader),
    }
}

fn parse_base(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "it is not an address")?;
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
        Some(Host::Domain(name)) => name.trim_end_matches('.') == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
