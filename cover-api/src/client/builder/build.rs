//! Checks the settings, and makes a client of them.

use std::sync::Arc;
use std::time::Duration;

use cover_spec::tables::{Api, RateLimitSpec};
use reqwest::header::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{ClientBuilder, base_url};
use crate::account::{Account, Counters, Schedule, beneath, shared};
use crate::attempt::Tracker;
use crate::client::Client;
use crate::error::{Error, Failure, Setup};
use crate::ledger::LedgerHandle;
use crate::redact;
use crate::service::Service;
use crate::transport::targets::{Targets, is_local};
use crate::transport::{Auth, Http, Transport};

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
    /// - Callbacks were set up and cannot be received: the service sends none, the address or the secret is not usable, the service
    ///   signs callbacks and no signing key was given, or one was given and the service does not sign them.
    /// - The HTTP client cannot be made with the settings of [`configure_http`](Self::configure_http).
    pub fn build(self) -> Result<Client<S>, Error<S>> {
        Ok(self.check_and_build()?)
    }

    fn check_and_build(self) -> Result<Client<S>, Failure> {
        self.remember_secrets();
        let api = S::api();
        check_key(&self.key).map_err(Failure::setup)?;
        let base = self.parsed_base_url()?;
        let shortest = check_schedule(&self.schedule)?;
        if self.rate_limit.requests == 0 || self.max_attempts == 0 {
            return Err(Failure::setup(Setup::NoRequests));
        }
        let name = account_name(self.account.as_deref(), &base).map_err(|why| Failure::setup(Setup::Account(why)))?;
        let auth = auth(api, &self.key).map_err(Failure::setup)?;

        let limit = RateLimitSpec { task_every: self.rate_limit.task_every.min(shortest), ..self.rate_limit };
        let (transport, (rate_limit, ledger)) = if let Some(transport) = self.in_process.transport() {
            (transport, shared::unshared(limit, self.ledger))
        } else {
            let transport = Transport::Http(self.http(&base)?);
            let is_local = is_local(&base);
            (transport, shared::rate_limit_and_ledger(&base, &self.key, limit, self.ledger, is_local))
        };
        let (link, receiver) = self.callbacks.build(api).map_err(Failure::setup)?;
        let account = Account {
            api,
            name,
            transport,
            auth,
            submit: beneath(&base, &api.submit.path),
            base,
            rate_limit,
            ledger: LedgerHandle::new(ledger),
            schedule: self.schedule,
            max_attempts: self.max_attempts,
            retry_window: self.retry_window,
            max_pause: self.max_pause,
            counters: Counters::default(),
            link,
            tracker: Arc::new(Tracker::default()),
        };
        Ok(Client::from_account(Arc::new(account), receiver))
    }

    /// Keeps the secrets out of every text that people read, even if the service repeats them.
    fn remember_secrets(&self) {
        redact::remember_secret(redact::Secret::Key, self.key.expose_secret());
        self.callbacks.remember_secrets();
    }

    fn parsed_base_url(&self) -> Result<Url, Failure> {
        base_url::parse(&self.base_url).map_err(|why| {
            let given = redact::shown(&redact::address(&self.base_url));
            Failure::setup(Setup::BaseUrl(why, given))
        })
    }

    fn http(&self, base: &Url) -> Result<Http, Failure> {
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
        Http::new(is_local, self.adjust.as_deref(), targets)
            .map_err(|error| Failure::setup(Setup::Http).with_source(error.without_url()))
    }
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
fn account_name(given: Option<&str>, base: &Url) -> Result<String, &'static str> {
    match given {
        None => Ok(base.origin().ascii_serialization()),
        Some("") => Err("it is empty"),
        Some(name) if name.len() > MAX_ACCOUNT_BYTES => Err("it is longer than 255 bytes"),
        Some(name) if name.chars().any(char::is_control) => Err("it has control characters"),
        Some(name) => Ok(name.to_owned()),
    }
}

/// Returns the header that carries the key.
fn auth(api: &Api, key: &SecretString) -> Result<Auth, Setup> {
    let name = HeaderName::from_bytes(api.auth_header.as_bytes()).map_err(|_| Setup::KeyNotAHeader)?;
    let text = format!("{} {}", api.auth_scheme, key.expose_secret());
    let mut value = HeaderValue::from_str(text.trim_start()).map_err(|_| Setup::KeyNotAHeader)?;
    value.set_sensitive(true);
    Ok((name, value))
}
