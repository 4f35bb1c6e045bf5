//! The settings of a client.

mod build;
#[cfg_attr(feature = "callback", path = "callbacks/enabled.rs")]
#[cfg_attr(not(feature = "callback"), path = "callbacks/disabled.rs")]
mod callbacks;
#[cfg_attr(feature = "sandbox", path = "in_process/enabled.rs")]
#[cfg_attr(not(feature = "sandbox"), path = "in_process/disabled.rs")]
mod in_process;

use std::env::{self, VarError};
use std::marker::PhantomData;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use cover_spec::rules::Rules;
use cover_spec::tables::Api;
use secrecy::SecretString;

use crate::error::{Error, Failure, Setup};
use crate::ledger::{Ledger, SpendLimit};
use crate::service::{Service, StaticService};
use crate::transport::{Adjust, Timeouts};
use callbacks::CallbackSettings;
use in_process::InProcess;

const MAX_ATTEMPTS: u32 = 5;
const RETRY_WINDOW: Duration = Duration::from_secs(180);
const MAX_PAUSE: Duration = Duration::from_secs(300);

/// Sets a client up: where the service is, how it is reached, and how often it is asked.
///
/// Only the API key is required. The spec gives the defaults of the base address, the rate limit and the time between polls.
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
    api: &'static Api,
    rules: Option<&'static Rules>,
    key: SecretString,
    base_url: String,
    account: Option<String>,
    poll_every: Option<[Duration; 2]>,
    expected_duration: Option<[Duration; 2]>,
    rate_limit: Option<(u32, Duration)>,
    timeouts: Timeouts,
    max_attempts: u32,
    retry_window: Duration,
    max_pause: Duration,
    adjust: Option<Box<Adjust>>,
    allow_plain_http: bool,
    allow_private_downloads: bool,
    in_process: InProcess,
    ledger: Option<Arc<dyn Ledger>>,
    spend_limit: Option<SpendLimit>,
    callbacks: CallbackSettings,
    service: PhantomData<fn() -> S>,
}

impl<S: StaticService> ClientBuilder<S> {
    /// Takes the API key and, if it is set, the base address from the environment variables that the spec names.
    ///
    /// In the spec that this crate ships, they are `COVER_API_KEY` and `COVER_API_URL`. One program then works with a sandbox and with
    /// the service.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// # #[cfg(feature = "sqlite")] {
    /// use cover_api::{ClientBuilder, ledger::SqliteLedger};
    ///
    /// let client = ClientBuilder::from_env()?.ledger(SqliteLedger::open("covers.db").await?).build()?;
    /// # }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`] if the API key is not set, or a variable is not UTF-8.
    pub fn from_env() -> Result<Self, Error<S>> {
        let api = S::api();
        let key = env::var(&*api.env_key);
        let key = key.map_err(|error| Failure::setup(unreadable(&api.env_key, &error)))?;
        let builder = Self::new(api, None, key.into());
        match env::var(&*api.env_url) {
            Ok(url) => Ok(builder.base_url(url)),
            Err(VarError::NotPresent) => Ok(builder),
            Err(error) => Err(Failure::setup(unreadable(&api.env_url, &error)).into()),
        }
    }
}

impl<S: Service> ClientBuilder<S> {
    pub(super) fn new(api: &'static Api, rules: Option<&'static Rules>, key: SecretString) -> Self {
        Self {
            api,
            rules,
            key,
            base_url: api.base_url.to_string(),
            account: None,
            poll_every: None,
            expected_duration: None,
            rate_limit: None,
            timeouts: Timeouts::default(),
            max_attempts: MAX_ATTEMPTS,
            retry_window: RETRY_WINDOW,
            max_pause: MAX_PAUSE,
            adjust: None,
            allow_plain_http: false,
            allow_private_downloads: false,
            in_process: InProcess::default(),
            ledger: None,
            spend_limit: None,
            callbacks: CallbackSettings::default(),
            service: PhantomData,
        }
    }

    /// Sets the base address of the service, such as that of a proxy or a sandbox. Defaults to the address in the spec.
    ///
    /// The address has a scheme, a host, and optionally a port and a path. The scheme is https, or http for this machine
    /// (`localhost`, `127.0.0.0/8`, `[::1]`). [`allow_plain_http`](Self::allow_plain_http) allows http for other hosts.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Names the account that pays, for the ledger. Defaults to the `account` that the spec names, if the base address is the spec's, or
    /// else to the origin of the base address.
    ///
    /// Idempotency keys are unique within an account. Set a name if the address changes and the account does not, such as behind a
    /// local proxy, or if several accounts share one ledger at one address. The name has 1 to 255 bytes. It is not the API
    /// key, and it stays the same when the API key is replaced.
    pub fn account(mut self, name: impl Into<String>) -> Self {
        self.account = Some(name.into());
        self
    }

    /// Sets the ledger, which remembers what was sent.
    ///
    /// Defaults to a [`MemoryLedger`](crate::ledger::MemoryLedger). All clients of this process with the same address and API key
    /// and no ledger of their own share it.
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

    /// Limits what the account spends. There is no limit by default.
    ///
    /// The price of a request is written down with the intent to post, in the same transaction that compares the sum with the limit. An
    /// attempt counts unless it is known to have created nothing: also while it is under way, after its outcome became unknown, after
    /// its task failed, and as a second charge. A request that would exceed the limit is not sent
    /// ([`Error::is_spend_limit`](crate::runtime::Error::is_spend_limit)).
    ///
    /// The limit applies to all operations of the account, and to all clients of this process with the same ledger and account, as
    /// long as this client or one of its clones exists. If these clients have several limits, each of them applies. With a limit, an
    /// operation whose spec has no price cannot be sent.
    ///
    /// ```
    /// use cover_api::runtime::{Credits, SpendLimit};
    ///
    /// let limit = SpendLimit::per_process(Credits::from(500));
    /// let client = cover_api::Client::builder("my-key").spend_limit(limit).build()?;
    /// # Ok::<(), cover_api::Error>(())
    /// ```
    pub fn spend_limit(mut self, limit: SpendLimit) -> Self {
        self.spend_limit = Some(limit);
        self
    }

    /// Sets the shortest and the longest time between two polls of a task, as far as the rate limit allows. Defaults to the times
    /// in the spec.
    ///
    /// The shortest time is more than zero, and at most the longest. The times apply to all operations of the account.
    pub fn poll_every(mut self, shortest: Duration, longest: Duration) -> Self {
        self.poll_every = Some([shortest, longest]);
        self
    }

    /// Sets how long most tasks take. Defaults to the range in the spec.
    ///
    /// Tasks whose age is in this range are polled most often. Other operations of the account keep the ranges in their specs.
    pub fn expected_duration(mut self, ages: RangeInclusive<Duration>) -> Self {
        self.expected_duration = Some([*ages.start(), *ages.end()]);
        self
    }

    /// Sets how long a connection may take, and a whole POST. Defaults to 10 and 120 seconds. At most, each is a day.
    ///
    /// A POST that is given up has an unknown outcome, so `submit` is longer than the service takes for an answer.
    ///
    /// Processes on other machines count on these times. An attempt in a database counts as under way for its lease, which is
    /// twice their sum and 60 seconds. Its process does not begin to send it after half of that. A process that hears nothing of the ledger
    /// uses its part of the rate limit for one window and their sum.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let seconds = Duration::from_secs;
    /// let client = cover_api::Client::builder("my-key").timeouts(seconds(3), seconds(60)).build()?;
    /// # Ok::<(), cover_api::Error>(())
    /// ```
    pub fn timeouts(mut self, connect: Duration, submit: Duration) -> Self {
        self.timeouts = Timeouts::new(connect, submit);
        self
    }

    /// Sets the number of requests in each window of length `per`, sends and polls together. Defaults to the rate limit in the spec.
    ///
    /// With a window of length zero, `requests` is the number of concurrent requests. It is at least 1.
    ///
    /// A request counts from before it is sent until one window after its answer. The service therefore never sees more
    /// requests, however long each takes to arrive. Clients of this process with the same account or address and the same API key
    /// share one rate limit; the stricter one applies. If it is not set, further operations of the account apply the limits in
    /// their specs as well.
    pub fn rate_limit(mut self, requests: u32, per: Duration) -> Self {
        self.rate_limit = Some((requests, per));
        self
    }

    /// Sets the maximum number of attempts of one send, at least 1. Defaults to 5.
    ///
    /// Another attempt is made only if the one before is known to have created nothing.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets how long after its first attempt a send may begin another one, including time spent waiting for the rate limit.
    /// Defaults to 3 minutes.
    pub fn retry_window(mut self, window: Duration) -> Self {
        self.retry_window = window;
        self
    }

    /// Sets the longest pause that the service can ask for, such as by `Retry-After`. Defaults to 5 minutes.
    ///
    /// A pause holds back all requests of the API key. After the pause, a single request finds out whether the service answers
    /// again; the service may then ask for another pause. [`Stats::pause`](crate::runtime::Stats::pause) shows the pause, and
    /// [`Client::resume_sends`](crate::runtime::Client::resume_sends) ends it.
    pub fn max_pause(mut self, pause: Duration) -> Self {
        self.max_pause = pause;
        self
    }

    /// Changes the HTTP clients: certificates, proxies. The closure is called three times, once each for sends, polls and
    /// downloads.
    ///
    /// Timeouts run from the beginning of the request to the end of the answer. That of a poll is 30 s by default. The lease of an
    /// attempt follows from those that [`timeouts`](Self::timeouts) sets, so do not set longer ones for sends here; see
    /// [`never_twice`](crate::guide::never_twice).
    ///
    /// Some settings are fixed, whatever the closure does: sends share no connection, no HTTP client retries, only downloads
    /// follow redirects, and bytes are not logged.
    ///
    /// The host names of downloads are resolved by the system, not by a `dns_resolver` that you set, so that no name leads to
    /// a private address. Addresses that you set by `resolve` or `resolve_to_addrs` are used without this check. If downloads go
    /// through a proxy, yours or the system's, the proxy resolves the names and they are not checked; addresses still are.
    /// The proxy itself must have a public address. [`allow_private_downloads`](Self::allow_private_downloads) lifts both rules.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let client = cover_api::Client::builder("my-key")
    ///     .configure_http(|http| http.pool_idle_timeout(Duration::from_secs(3)).no_proxy())
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

    /// Allows plain http for a base address that is not on this machine, and for redirects of downloads.
    ///
    /// Anyone on the network path can then read and change what is sent, including the API key.
    pub fn allow_plain_http(mut self) -> Self {
        self.allow_plain_http = true;
        self
    }

    /// Allows downloads from addresses that are not public, such as those of this machine or of a private network.
    ///
    /// The service chooses the links. Allow this only if the service may reach what this machine reaches.
    pub fn allow_private_downloads(mut self) -> Self {
        self.allow_private_downloads = true;
        self
    }
}

fn unreadable(name: &str, error: &VarError) -> Setup {
    match error {
        VarError::NotPresent => Setup::NoVariable(name.to_owned()),
        VarError::NotUnicode(_) => Setup::VariableNotText(name.to_owned()),
    }
}
