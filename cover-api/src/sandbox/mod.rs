//! The service in miniature, on a loopback port: for tests, for examples, and for trying things out without paying.
//!
//! A spec gives its rules, paths, codes and stages, so that it answers as the spec says the service does. The sandbox checks the
//! API key and every request, keeps uploaded files, moves tasks through their stages, and serves tracks that really play. It sends callbacks for each stage
//! if the request gives an address on this machine. It refuses requests beyond the rate limit and counts them. Tests script
//! its answers by the methods of [`Sandbox`].
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
mod builder;
mod deliver;
mod faults;
mod form;
mod handle;
mod limit;
mod media;
mod output;
mod request;
mod server;
mod task;
mod upload;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use cover_spec::model::Spec;
use cover_spec::rules::Rules;
use cover_spec::tables::Api;

use crate::callback::SigningKey;
use faults::RandomFaults;
use limit::RequestLimit;
use task::Task;

pub use answer::Answer;
pub use builder::{SandboxBuilder, SandboxError};
pub use deliver::Delivery;
pub use handle::Sandbox;
pub use task::CreatedTask;
pub use upload::UploadedFile;

/// What the server and its handle share.
struct Backend {
    spec: Spec,
    rules: Rules,
    api: Api,
    key: String,
    speed: Speed,
    /// The base address, which the addresses of tracks begin with.
    url: String,
    /// Signs callbacks, if the spec says that they are signed.
    signing: SigningKey,
    signing_key: String,
    /// Sends callbacks. It is made with the first of them, because that takes milliseconds.
    http: OnceLock<Option<reqwest::Client>>,
    state: Mutex<BackendState>,
}

/// What changes while the sandbox runs.
struct BackendState {
    limit: RequestLimit,
    tasks: BTreeMap<String, Task>,
    credits: u32,
    submits: u64,
    polls: u64,
    uploads: u64,
    cancels: u64,
    callbacks: u64,
    /// Receives callbacks instead of their addresses.
    router: Option<axum::Router>,
    next_deliveries: VecDeque<Delivery>,
    next_submits: VecDeque<Answer>,
    next_polls: VecDeque<Answer>,
    next_uploads: VecDeque<Answer>,
    next_cancels: VecDeque<Answer>,
    uploaded: Vec<UploadedFile>,
    next_statuses: VecDeque<Vec<String>>,
    faults: Option<RandomFaults>,
}

/// How fast a task moves through its stages.
#[derive(Debug, Clone, Copy)]
enum Speed {
    Every(Duration),
    EachPoll,
}

impl Backend {
    fn state(&self) -> MutexGuard<'_, BackendState> {
        // No code that holds the lock leaves the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BackendState {
    fn new(limit: RequestLimit, credits: u32, faults: Option<RandomFaults>) -> Self {
        Self {
            limit,
            tasks: BTreeMap::new(),
            credits,
            submits: 0,
            polls: 0,
            uploads: 0,
            cancels: 0,
            callbacks: 0,
            router: None,
            next_deliveries: VecDeque::new(),
            next_submits: VecDeque::new(),
            next_polls: VecDeque::new(),
            next_uploads: VecDeque::new(),
            next_cancels: VecDeque::new(),
            uploaded: Vec::new(),
            next_statuses: VecDeque::new(),
            faults,
        }
    }
}
