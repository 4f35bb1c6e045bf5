//! Sets a sandbox up and starts it.

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use cover_spec::model::Spec;
use cover_spec::tables::RateLimitSpec;
use cover_spec::{Faults, SHIPPED, SHIPPED_PATH};
use tokio::net::TcpListener;

use super::faults::RandomFaults;
use super::handle::Sandbox;
use super::limit::RequestLimit;
use super::{Backend, BackendState, Speed, server};
use crate::callback::SigningKey;

const STAGE: Duration = Duration::from_millis(300);
const CREDITS: u32 = 1_000;

/// Sets a sandbox up.
#[must_use = "nothing is started before `.start()`"]
#[derive(Debug, Clone)]
pub struct SandboxBuilder {
    spec: Option<String>,
    key: String,
    speed: Speed,
    credits: u32,
    faults: Option<(f64, u64)>,
    signing_key: String,
    rate_limit: LimitSetting,
}

/// How many requests a sandbox accepts.
#[derive(Debug, Clone, Copy)]
enum LimitSetting {
    FromSpec,
    /// A number of requests in every window. Polls of one task keep the distance that the spec gives.
    Requests(u32, Duration),
    Unlimited,
}

impl LimitSetting {
    fn resolve(self, spec: RateLimitSpec) -> Option<RateLimitSpec> {
        match self {
            Self::FromSpec => Some(spec),
            Self::Requests(requests, per) => Some(RateLimitSpec { requests, per, ..spec }),
            Self::Unlimited => None,
        }
    }
}

impl Sandbox {
    /// Starts the service of the spec that this crate ships. Tasks reach another stage every 300 ms.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Port`] if no loopback port is available.
    pub async fn start() -> Result<Self, SandboxError> {
        Self::builder().start().await
    }

    /// Returns a builder for a sandbox with other settings.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder {
            spec: None,
            key: "sandbox-key".to_owned(),
            speed: Speed::Every(STAGE),
            credits: CREDITS,
            faults: None,
            signing_key: "sandbox-signing-key".to_owned(),
            rate_limit: LimitSetting::FromSpec,
        }
    }
}

impl SandboxBuilder {
    /// Sets the text of the spec. Defaults to the spec that this crate ships.
    pub fn spec(mut self, text: impl Into<String>) -> Self {
        self.spec = Some(text.into());
        self
    }

    /// Sets the only API key that the sandbox accepts. Defaults to `sandbox-key`.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    /// Sets the key that signs callbacks, if the spec says that they are signed. Defaults to `sandbox-signing-key`.
    pub fn signing_key(mut self, key: impl Into<String>) -> Self {
        self.signing_key = key.into();
        self
    }

    /// Sets how long a task stays at each stage. Defaults to 300 ms.
    pub fn stage_every(mut self, time: Duration) -> Self {
        self.speed = Speed::Every(time);
        self
    }

    /// Moves a task to its next stage with each poll, however much time has passed. No callbacks are sent then.
    pub fn stage_each_poll(mut self) -> Self {
        self.speed = Speed::EachPoll;
        self
    }

    /// Sets the number of credits at the start. Defaults to 1,000.
    pub fn credits(mut self, credits: u32) -> Self {
        self.credits = credits;
        self
    }

    /// Sets the number of requests that are accepted in each window of length `per`. Defaults to the rate limit in the spec.
    ///
    /// With a window of length zero, `requests` is the number of concurrent requests. Requests with a wrong key and downloads of
    /// files do not count.
    ///
    /// A request beyond the limit is refused when it arrives, and so is a poll that follows the last poll of its task too soon. The
    /// refusal has the code that the spec gives for it, or HTTP status 429 if the spec gives none. A refused request creates
    /// nothing, uses no scripted answer, and counts in [`Sandbox::excess_requests`].
    pub fn rate_limit(mut self, requests: u32, per: Duration) -> Self {
        self.rate_limit = LimitSetting::Requests(requests, per);
        self
    }

    /// Accepts any number of requests, for tests under load.
    pub fn without_rate_limit(mut self) -> Self {
        self.rate_limit = LimitSetting::Unlimited;
        self
    }

    /// Makes a share of all answers faulty, from 0 to 1. The same seed gives the same faults.
    ///
    /// A faulty answer is one of two kinds. Either the request is refused with a code that creates nothing and allows another
    /// attempt; or it is carried out and charged, and its answer is lost: it becomes a proxy's page, a server error, nonsense, or
    /// is cut short. The same share of callbacks is lost, late or sent twice.
    pub fn faults(mut self, share: f64, seed: u64) -> Self {
        self.faults = Some((share, seed));
        self
    }

    /// Starts the sandbox on the current Tokio runtime.
    ///
    /// # Errors
    ///
    /// See [`SandboxError`].
    pub async fn start(self) -> Result<Sandbox, SandboxError> {
        let spec = match &self.spec {
            Some(text) => Spec::parse("the sandbox's spec", text),
            None => Spec::parse(SHIPPED_PATH, SHIPPED),
        };
        let spec = spec.map_err(SandboxError::Spec)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(SandboxError::Port)?;
        let address = listener.local_addr().map_err(SandboxError::Port)?;

        let api = spec.api();
        let limit = RequestLimit::new(self.rate_limit.resolve(api.rate_limit));
        let faults = self.faults.map(|(share, seed)| RandomFaults::new(share, seed));
        let backend = Arc::new(Backend {
            rules: spec.rules(),
            api,
            spec,
            key: self.key,
            speed: self.speed,
            url: format!("http://{address}"),
            signing: SigningKey::new(&self.signing_key.as_str().into()).map_err(|_| SandboxError::SigningKey)?,
            signing_key: self.signing_key,
            http: OnceLock::new(),
            state: Mutex::new(BackendState::new(limit, self.credits, faults)),
        });
        let server = tokio::spawn(server::run(listener, Arc::clone(&backend)));
        Ok(Sandbox::new(address, backend, server))
    }
}

/// Why a sandbox did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum SandboxError {
    /// The spec has faults.
    Spec(Faults),
    /// No loopback port is available.
    Port(io::Error),
    /// The signing key is empty.
    SigningKey,
}

impl fmt::Display for SandboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spec(faults) => write!(f, "the spec has {} faults", faults.iter().len()),
            Self::Port(_) => f.write_str("no loopback port is available"),
            Self::SigningKey => f.write_str("the signing key is empty"),
        }
    }
}

impl std::error::Error for SandboxError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Spec(faults) => Some(faults),
            Self::Port(error) => Some(error),
            Self::SigningKey => None,
        }
    }
}
