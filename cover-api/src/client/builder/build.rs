//! Checks the settings, and makes a client of them.

use std::sync::Arc;
use std::time::Duration;

use cover_spec::tables::{Api, RateLimitSpec};
use reqwest::header::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::ClientBuilder;
use crate::account::shared::SharedParts;
use crate::account::{Account, Counters, Operation, Recordings, Schedule, base_url, shared};
use crate::attempt::Tracker;
use crate::client::Client;
use crate::error::{Error, Failure, Setup};
use crate::ledger::{LedgerHandle, SpendLimit};
use crate::redact;
use crate::service::Service;
use crate::tls;
use crate::transport::targets::{Targets, is_local};
use crate::transport::{self, Auth, Http, Transport, check_base, credentials};

/// Longest name of an account, in bytes.
const MAX_ACCOUNT_BYTES: usize = 255;

impl<S: Service> ClientBuilder<S> {
    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`] in these cases:
    ///
    /// - The API key is empty, or cannot be sent in a header.
    /// - The base address is not an http or https address, has more than host, port and path, or is plain http without
    ///   [`allow_plain_http`](Self::allow_plain_http).
    /// - The shortest time between polls is zero, or longer than the longest.
    /// - The rate limit or [`max_attempts`](Self::max_attempts) is zero.
    /// - The name of the account is empty, longer than 255 bytes, or has control characters.
    /// - [`spend_limit`](Self::spend_limit) is about a period, and the ledger does not outlast its process.
    /// - Callbacks were set up and cannot be received: the service sends none, the address or the secret is not usable, the service
    ///   signs callbacks and no signing key was given, or one was given and the service does not sign them.
    /// - The HTTP client cannot be made with the settings of [`configure_http`](Self::configure_http).
    pub fn build(self) -> Result<Client<S>, Error<S>> {
        Ok(self.check_and_build()?)
    }

    fn check_and_build(self) -> Result<Client<S>, Failure> {
        self.remember_secrets();
        let api = self.api;
        check_key(&self.key).map_err(Failure::setup)?;
        let base = self.parsed_base_url()?;
        let own_base = base_url::parse(&api.base_url).map_or(true, |url| url != base).then(|| base.clone());
        let schedule = Schedule::of(api);
        let every = self.poll_every.unwrap_or(schedule.every);
        let schedule = Schedule { every, expected: self.expected_duration.or(schedule.expected) };
        let shortest = check_schedule(&schedule)?;
        let limit = self.limit(api, shortest);
        if limit.requests == 0 || self.max_attempts == 0 {
            return Err(Failure::setup(Setup::NoRequests));
        }
        // At another address, there may be another account.
        let account = api.account.as_deref().filter(|_| own_base.is_none());
        let name = account_name(self.account.as_deref(), account, &base);
        let name = name.map_err(|why| Failure::setup(Setup::Account(why)))?;
        let auth = auth(api, &self.key).map_err(Failure::setup)?;

        let (transport, shared) = if let Some(transport) = self.in_process.transport() {
            (transport, shared::unshared(limit, self.ledger))
        } else {
            let transport = Transport::Http(self.http(&base)?);
            (
                transport,
                shared::rate_limit_and_ledger(
                    account,
                    &base,
                    &self.key,
                    limit,
                    self.ledger,
                    self.timeouts.longest_request(),
                ),
            )
        };
        let SharedParts { rate_limit, ledger, budget } = shared;
        let spend_limit = limit_spending(self.spend_limit, &ledger, &name).map_err(Failure::setup)?;
        let receiver = self.callbacks.build(api).map_err(Failure::setup)?;
        let account = Arc::new(Account {
            spec: api,
            own_base,
            poll_every: self.poll_every,
            has_own_rate_limit: self.rate_limit.is_some(),
            name,
            transport,
            auth,
            rate_limit,
            ledger,
            lease: self.timeouts.lease(),
            max_attempts: self.max_attempts,
            retry_window: self.retry_window,
            max_pause: self.max_pause,
            counters: Counters::default(),
            tracker: Arc::new(Tracker::default()),
            recordings: Recordings::default(),
            shared_budget: budget,
            spend_limit,
        });
        let operation = receiver.operation(api, |link| {
            let headers = transport::headers(api, &account.auth);
            Operation { account, api, rules: self.rules, base, headers, schedule, link }
        });
        Ok(Client::from_operation(operation, receiver))
    }

    /// Returns the rate limit. The least time between two polls of a task is at most that of the schedule.
    fn limit(&self, api: &Api, shortest: Duration) -> RateLimitSpec {
        let RateLimitSpec { requests, per, task_every } = api.rate_limit;
        let (requests, per) = self.rate_limit.unwrap_or((requests, per));
        RateLimitSpec { requests, per, task_every: task_every.min(shortest) }
    }

    /// Keeps the secrets out of every text that people read, even if the service repeats them.
    fn remember_secrets(&self) {
        let key = self.key.expose_secret();
        redact::remember_secret(redact::Secret::Key, key);
        // The key of basic authentication may be a user and a password.
        if let Some((user, password)) = key.split_once(':').filter(|_| self.api.auth_basic.is_some()) {
            redact::remember_secret(redact::Secret::Key, user);
            redact::remember_secret(redact::Secret::Key, password);
        }
        self.callbacks.remember_secrets();
    }

    fn parsed_base_url(&self) -> Result<Url, Failure> {
        base_url::parse(&self.base_url).map_err(|why| {
            let given = redact::shown(&redact::address(&self.base_url));
            Failure::setup(Setup::BaseUrl(why, given))
        })
    }

    fn http(&self, base: &Url) -> Result<Http, Failure> {
        if !tls::is_ready() {
            return Err(Failure::setup(Setup::NoCryptography));
        }
        let is_local = is_local(base);
        check_base(base, self.allow_plain_http).map_err(Failure::setup)?;
        let targets = Targets {
            own: is_local.then(|| base.origin()),
            allow_private: self.allow_private_downloads,
            allow_plain_http: self.allow_plain_http,
        };
        Http::new(is_local, self.timeouts, self.adjust.as_deref(), targets)
            .map_err(|error| Failure::setup(Setup::Http).with_source(error.without_url()))
    }
}

/// Applies a limit to all clients of this process with the same ledger and account.
fn limit_spending(
    limit: Option<SpendLimit>,
    ledger: &LedgerHandle,
    account: &str,
) -> Result<Option<Arc<SpendLimit>>, Setup> {
    let Some(limit) = limit else { return Ok(None) };
    if limit.period.is_some() && !ledger.is_durable() {
        return Err(Setup::SpendPeriod);
    }
    let limit = Arc::new(limit);
    ledger.local().limit_spending(account, &limit);
    Ok(Some(limit))
}

fn check_key(key: &SecretString) -> Result<(), Setup> {
    match key.expose_secret() {
        key if key.trim().is_empty() => Err(Setup::EmptyKey),
        key => HeaderValue::from_str(key).map(|_| ()).map_err(|_| Setup::KeyNotAHeader),
    }
}

/// Returns the shortest time between polls.
fn check_schedule(schedule: &Schedule) -> Result<Duration, Failure> {
    let [shortest, longest] = schedule.every;
    if shortest.is_zero() || longest < shortest { Err(Failure::setup(Setup::PollEvery)) } else { Ok(shortest) }
}

/// Returns the name under which the ledger files entries.
fn account_name(given: Option<&str>, in_spec: Option<&str>, base: &Url) -> Result<String, &'static str> {
    match given {
        None => Ok(in_spec.map_or_else(|| base.origin().ascii_serialization(), str::to_owned)),
        Some("") => Err("it is empty"),
        Some(name) if name.len() > MAX_ACCOUNT_BYTES => Err("it is longer than 255 bytes"),
        Some(name) if name.chars().any(char::is_control) => Err("it has control characters"),
        Some(name) => Ok(name.to_owned()),
    }
}

/// Returns the header that carries the key.
fn auth(api: &Api, key: &SecretString) -> Result<Auth, Setup> {
    let name = HeaderName::from_bytes(api.auth_header.as_bytes()).map_err(|_| Setup::KeyNotAHeader)?;
    let credentials = credentials(api, key.expose_secret());
    if api.auth_basic.is_some() {
        redact::remember_secret(redact::Secret::Key, &credentials);
    }
    let mut value = HeaderValue::from_str(&credentials).map_err(|_| Setup::KeyNotAHeader)?;
    value.set_sensitive(true);
    Ok((name, value))
}
