//! Sets a sandbox up and starts it.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use cover_spec::model::Spec;
use cover_spec::tables::RateLimitSpec;
use cover_spec::{SHIPPED, SHIPPED_PATH, SHIPPED_SPECS};
use tokio::net::TcpListener;

use super::error::SandboxError;
use super::faults::RandomFaults;
use super::handle::Sandbox;
use super::limit::RequestLimit;
use super::operation::Operation;
use super::{Backend, BackendState, Speed, server};
use crate::callback::SigningKey;

const STAGE: Duration = Duration::from_millis(300);
const CREDITS: u32 = 1_000;

/// Sets a sandbox up.
#[must_use = "nothing is started before `.start()`"]
#[derive(Debug, Clone)]
pub struct SandboxBuilder {
    specs: Vec<SpecSource>,
    port: u16,
    key: String,
    speed: Speed,
    credits: u32,
    faults: Option<(f64, u64)>,
    signing_key: String,
    rate_limit: LimitSetting,
}

/// Where a spec comes from.
#[derive(Debug, Clone)]
enum SpecSource {
    Text(String),
    Parsed(Box<Spec>),
    /// The path of a spec that cover-spec ships.
    Shipped(String),
}

/// How many requests a sandbox accepts.
#[derive(Debug, Clone, Copy)]
enum LimitSetting {
    FromSpecs,
    /// A number of requests in every window. Polls of one task keep the distance that the specs give.
    Requests(u32, Duration),
    Unlimited,
}

impl LimitSetting {
    /// Returns the limits that hold at the same time.
    fn resolve(self, operations: &[Arc<Operation>]) -> Vec<RateLimitSpec> {
        let specs = operations.iter().map(|operation| operation.api.rate_limit);
        match self {
            Self::FromSpecs => {
                let mut limits = Vec::new();
                for limit in specs {
                    if !limits.contains(&limit) {
                        limits.push(limit);
                    }
                }
                limits
            }
            Self::Requests(requests, per) => {
                let task_every = specs.map(|limit| limit.task_every).max().unwrap_or_default();
                vec![RateLimitSpec { requests, per, task_every }]
            }
            Self::Unlimited => Vec::new(),
        }
    }
}

impl Sandbox {
    /// Starts the service of the spec that this crate ships. Tasks reach another stage every 300 ms.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Port`] if no loopback port is free.
    pub async fn start() -> Result<Self, SandboxError> {
        Self::builder().start().await
    }

    /// Returns a builder for a sandbox with other settings.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder {
            specs: Vec::new(),
            port: 0,
            key: "sandbox-key".to_owned(),
            speed: Speed::Every(STAGE),
            credits: CREDITS,
            faults: None,
            signing_key: "sandbox-signing-key".to_owned(),
            rate_limit: LimitSetting::FromSpecs,
        }
    }
}

impl SandboxBuilder {
    /// Adds the text of a spec. Without any, the sandbox has the spec of covers that this crate ships.
    ///
    /// The operations of all specs share the address, the key, the rate limit and the balance. Each has an id of its own.
    pub fn spec(mut self, text: impl Into<String>) -> Self {
        self.specs.push(SpecSource::Text(text.into()));
        self
    }

    /// Adds a spec that was read before, such as one whose base is another file.
    pub fn parsed(mut self, spec: &Spec) -> Self {
        self.specs.push(SpecSource::Parsed(Box::new(spec.clone())));
        self
    }

    /// Adds the spec that is shipped with this path, such as `sunoapi/wav.toml`. The paths are in [`cover_spec::SHIPPED_SPECS`].
    pub fn shipped(mut self, path: impl Into<String>) -> Self {
        self.specs.push(SpecSource::Shipped(path.into()));
        self
    }

    /// Adds every spec that is shipped.
    pub fn every_shipped(mut self) -> Self {
        self.specs.extend(SHIPPED_SPECS.iter().map(|path| SpecSource::Shipped((*path).to_owned())));
        self
    }

    /// Sets the port, on this machine's loopback address. Defaults to any port that is free.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
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

    /// Sets the number of requests that are accepted in each window of length `per`. Defaults to the rate limit in the spec, or to
    /// those of all specs together.
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
        let operations = operations(&self.specs)?;
        let unavailable = |error| SandboxError::Port(self.port, error);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await.map_err(unavailable)?;
        let address = listener.local_addr().map_err(unavailable)?;

        let limit = RequestLimit::new(self.rate_limit.resolve(&operations));
        let faults = self.faults.map(|(share, seed)| RandomFaults::new(share, seed));
        let backend = Arc::new(Backend {
            operations,
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

/// Reads the specs, or the one of covers if there are none.
fn operations(sources: &[SpecSource]) -> Result<Vec<Arc<Operation>>, SandboxError> {
    let specs = match sources {
        [] => vec![parse(SHIPPED_PATH, SHIPPED)?],
        [only] => vec![only.read("the sandbox's spec")?],
        sources => {
            let numbered = (1..).zip(sources);
            let specs = numbered.map(|(number, source)| source.read(&format!("spec {number} of the sandbox")));
            specs.collect::<Result<_, _>>()?
        }
    };
    let mut ids = BTreeSet::new();
    if let Some(twice) = specs.iter().find(|spec| !ids.insert(&spec.service.id.value)) {
        return Err(SandboxError::Twice(twice.service.id.value.clone()));
    }
    Ok(specs.into_iter().map(|spec| Arc::new(Operation::new(spec))).collect())
}

impl SpecSource {
    /// Reads the spec. `name` is what its text is called in errors.
    fn read(&self, name: &str) -> Result<Spec, SandboxError> {
        match self {
            Self::Text(text) => parse(name, text),
            Self::Parsed(spec) => Ok(Spec::clone(spec)),
            Self::Shipped(path) => Spec::parse_shipped(path).map_err(|faults| SandboxError::Spec(path.clone(), faults)),
        }
    }
}

fn parse(name: &str, text: &str) -> Result<Spec, SandboxError> {
    Spec::parse(name, text).map_err(|faults| SandboxError::Spec(name.to_owned(), faults))
}
