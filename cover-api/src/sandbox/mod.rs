//! The service in miniature, on a loopback port: for tests, examples and trying things out without paying.
//!
//! Its rules, paths, codes and stages come from a spec, so that it answers as the spec says the service does. It checks
//! the key and every request, walks tasks through their stages, and serves tracks that really play. Where a request gives
//! an address on this machine, it tells that of each stage, as the service does. It refuses requests beyond the spec's rate limit
//! and counts them. [`Sandbox`] takes scripts of what shall go wrong.
//!
//! ```
//! use cover_api::sandbox::Sandbox;
//! use cover_api::{Client, CoverRequest, Model};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::start().await?;
//! let client = Client::builder(sandbox.key()).base_url(sandbox.url()).build()?;
//! let request = CoverRequest::non_custom()
//!     .upload_url("https://storage.example.com/song.mp3")
//!     .without_callback()
//!     .model(Model::V5)
//!     .prompt("A calm night drive through the rain")
//!     .build()?;
//! let task = client.send(&request).await?;
//! assert_eq!(sandbox.tasks(), 1);
//! let created = &sandbox.created()[0];
//! assert_eq!(created.id, task.id());
//! assert_eq!(created.request["prompt"], "A calm night drive through the rain");
//! # Ok(())
//! # }
//! ```

mod answer;
mod deliver;
mod faults;
mod limit;
mod media;
mod server;
mod task;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use cover_spec::model::Spec;
use cover_spec::rules::Rules;
use cover_spec::wire::{Api, Pace};
use cover_spec::{Faults, SHIPPED, SHIPPED_PATH};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use answer::Answer;
pub use deliver::Delivery;
pub use task::CreatedTask;

use crate::callback::SigningKey;
use faults::Faults as Chance;
use limit::Limit;
use task::Task;

/// The service in miniature. It stops when this is dropped.
pub struct Sandbox {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

/// What the server and its handle share.
struct Shared {
    spec: Spec,
    rules: Rules,
    api: Api,
    key: String,
    speed: Speed,
    /// Where it is reached, for the addresses of tracks.
    url: String,
    /// Signs callbacks, where the spec says so.
    signing: SigningKey,
    signing_key: String,
    /// Sends callbacks; made when the first is sent, since that takes milliseconds.
    http: OnceLock<Option<reqwest::Client>>,
    state: Mutex<State>,
}

/// What changes while it runs.
struct State {
    limit: Limit,
    tasks: BTreeMap<String, Task>,
    credits: u32,
    submits: u64,
    polls: u64,
    callbacks: u64,
    /// Where callbacks go instead of their addresses.
    router: Option<axum::Router>,
    next_deliveries: VecDeque<Delivery>,
    next_submits: VecDeque<Answer>,
    next_polls: VecDeque<Answer>,
    next_statuses: VecDeque<Vec<String>>,
    faults: Option<Chance>,
}

impl State {
    fn new(limit: Limit, credits: u32, faults: Option<Chance>) -> Self {
        Self {
            limit,
            tasks: BTreeMap::new(),
            credits,
            submits: 0,
            polls: 0,
            callbacks: 0,
            router: None,
            next_deliveries: VecDeque::new(),
            next_submits: VecDeque::new(),
            next_polls: VecDeque::new(),
            next_statuses: VecDeque::new(),
            faults,
        }
    }
}

/// How fast a task walks through its stages.
#[derive(Debug, Clone, Copy)]
enum Speed {
    Every(Duration),
    EachPoll,
}

impl Sandbox {
    /// Starts the service of the spec that this crate ships, with a stage every 300 ms.
    ///
    /// # Errors
    ///
    /// Where no loopback port can be had.
    pub async fn start() -> Result<Self, SandboxError> {
        Self::builder().start().await
    }

    /// Sets a sandbox up.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder {
            spec: None,
            key: "sandbox-key".to_owned(),
            speed: Speed::Every(STAGE),
            credits: CREDITS,
            faults: None,
            signing_key: "sandbox-signing-key".to_owned(),
            rate_limit: RateLimit::OfTheSpec,
        }
    }

    /// Where it is reached, such as `http://127.0.0.1:49152`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// Answers as it does on its port, for
    /// [`ClientBuilder::transport`](crate::runtime::ClientBuilder::transport).
    pub fn router(&self) -> axum::Router {
        server::router(Arc::clone(&self.shared))
    }

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The only key that it takes.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.shared.key
    }

    /// The key that callbacks are signed with, where the spec says that they are.
    #[must_use]
    pub fn signing_key(&self) -> &str {
        &self.shared.signing_key
    }

    /// How many tasks were created, that is, paid for.
    #[must_use]
    pub fn tasks(&self) -> usize {
        self.shared.state().tasks.len()
    }

    /// Every task that was created, that is, paid for, in the order in which they were: its id, and the request that it was
    /// created from.
    ///
    /// What a client believes can be compared with it: how many tasks there are for a purchase, and which.
    #[must_use]
    pub fn created(&self) -> Vec<CreatedTask> {
        let state = self.shared.state();
        (1..=state.tasks.len()).filter_map(|number| state.tasks.get(&Task::id(number))).map(Task::created).collect()
    }

    /// How many requests to submit arrived, whatever became of them.
    #[must_use]
    pub fn submits(&self) -> u64 {
        self.shared.state().submits
    }

    /// How many polls arrived, whatever became of them.
    #[must_use]
    pub fn polls(&self) -> u64 {
        self.shared.state().polls
    }

    /// How many requests were refused because they exceeded the rate limit, or polled a task again too soon.
    ///
    /// A client that keeps to the limit never causes any.
    #[must_use]
    pub fn excess_requests(&self) -> u64 {
        self.shared.state().limit.excess()
    }

    /// How many callbacks were sent, each try counted.
    #[must_use]
    pub fn callbacks(&self) -> u64 {
        self.shared.state().callbacks
    }

    /// Lets the next callback fare like this. Several are used up one by one.
    pub fn deliver(&self, delivery: Delivery) {
        self.shared.state().next_deliveries.push_back(delivery);
    }

    /// Hands callbacks to a router in this process, such as
    /// [`Callbacks::router`](crate::callback::Callbacks::router), whatever their address is.
    pub fn deliver_to(&self, router: axum::Router) {
        self.shared.state().router = Some(router);
    }

    /// Answers the next submit with this instead; no task is created. Several are used up one by one.
    pub fn answer_submit(&self, answer: Answer) {
        self.shared.state().next_submits.push_back(answer);
    }

    /// Answers the next poll with this instead. Several are used up one by one.
    pub fn answer_poll(&self, answer: Answer) {
        self.shared.state().next_polls.push_back(answer);
    }

    /// Lets the next task walk through these statuses, and stay at the last. They need not be in the spec.
    pub fn walk<T: Into<String>>(&self, statuses: impl IntoIterator<Item = T>) {
        self.shared.state().next_statuses.push_back(statuses.into_iter().map(Into::into).collect());
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("url", &self.shared.url).finish_non_exhaustive()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock leaves the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

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
    rate_limit: RateLimit,
}

/// How many requests a sandbox takes.
#[derive(Debug, Clone, Copy)]
enum RateLimit {
    OfTheSpec,
    /// A number of requests in every window; polls of one task as the spec says.
    Requests(u32, Duration),
    Unlimited,
}

impl RateLimit {
    fn pace(self, spec: Pace) -> Option<Pace> {
        match self {
            Self::OfTheSpec => Some(spec),
            Self::Requests(requests, window) => Some(Pace { requests, window, ..spec }),
            Self::Unlimited => None,
        }
    }
}

impl SandboxBuilder {
    /// The text of another spec.
    pub fn spec(mut self, text: impl Into<String>) -> Self {
        self.spec = Some(text.into());
        self
    }

    /// The key that is taken.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    /// The key that callbacks are signed with, where the spec says that they are.
    pub fn signing_key(mut self, key: impl Into<String>) -> Self {
        self.signing_key = key.into();
        self
    }

    /// How long a task stays at each stage.
    pub fn stage_every(mut self, time: Duration) -> Self {
        self.speed = Speed::Every(time);
        self
    }

    /// Each poll finds the task one stage further, however much time has passed. There are no callbacks then.
    pub fn stage_each_poll(mut self) -> Self {
        self.speed = Speed::EachPoll;
        self
    }

    /// How many credits there are.
    pub fn credits(mut self, credits: u32) -> Self {
        self.credits = credits;
        self
    }

    /// Number of requests that are taken in every window, whatever they ask for; the spec says it otherwise. A window of no
    /// length means that many at the same time.
    ///
    /// A request beyond that, or a poll sooner after the last one of its task than the spec allows, is refused when it arrives,
    /// with the spec's code for it, or with HTTP status 429 where the spec has none. It creates nothing, uses up no scripted
    /// answer, and counts among [`Sandbox::excess_requests`]. Requests with another key and files do not count.
    pub fn rate_limit(mut self, requests: u32, per: Duration) -> Self {
        self.rate_limit = RateLimit::Requests(requests, per);
        self
    }

    /// Takes every request, however many there are: for tests under load.
    pub fn without_rate_limit(mut self) -> Self {
        self.rate_limit = RateLimit::Unlimited;
        self
    }

    /// This share of all answers is faulty, from 0 to 1, by a chance that the seed settles.
    ///
    /// Either the request is not looked at, and refused with a code that the spec says creates nothing and may be sent again;
    /// or it is done, paid for included, and the answer is lost: a proxy's page, cut short, nonsense, or a server error. The same
    /// share of callbacks is lost, late or sent twice.
    pub fn faults(mut self, share: f64, seed: u64) -> Self {
        self.faults = Some((share, seed));
        self
    }

    /// Starts it, on the runtime that this is called in.
    ///
    /// # Errors
    ///
    /// Where the spec has faults, or no loopback port can be had.
    pub async fn start(self) -> Result<Sandbox, SandboxError> {
        let spec = match &self.spec {
            Some(text) => Spec::parse("the sandbox's spec", text),
            None => Spec::parse(SHIPPED_PATH, SHIPPED),
        };
        let spec = spec.map_err(SandboxError::Spec)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(SandboxError::Port)?;
        let address = listener.local_addr().map_err(SandboxError::Port)?;
        let api = spec.api();
        let limit = Limit::new(self.rate_limit.pace(api.pace));
        let shared = Arc::new(Shared {
            rules: spec.rules(),
            api,
            spec,
            key: self.key,
            speed: self.speed,
            url: format!("http://{address}"),
            signing: SigningKey::new(&self.signing_key.as_str().into()).map_err(|_| SandboxError::SigningKey)?,
            signing_key: self.signing_key,
            http: OnceLock::new(),
            state: Mutex::new(State::new(
                limit,
                self.credits,
                self.faults.map(|(share, seed)| Chance::new(share, seed)),
            )),
        });
        let server = tokio::spawn(server::run(listener, Arc::clone(&shared)));
        Ok(Sandbox { address, shared, server })
    }
}

/// Why a sandbox did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum SandboxError {
    /// The spec has faults.
    Spec(Faults),
    /// No loopback port could be had.
    Port(io::Error),
    /// The key of signatures is empty.
    SigningKey,
}

impl fmt::Display for SandboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spec(faults) => write!(f, "the spec has {} faults", faults.iter().len()),
            Self::Port(_) => f.write_str("no loopback port could be had"),
            Self::SigningKey => f.write_str("the key of signatures is empty"),
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
