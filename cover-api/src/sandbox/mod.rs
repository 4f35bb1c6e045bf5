//! The service in miniature, on a loopback port: for tests, for examples, and for trying things out without paying.
//!
//! A spec gives its rules, paths, codes and stages, so that it answers as the spec says the service does. The sandbox checks the
//! API key and every request, keeps uploaded files, moves tasks through their stages, and serves tracks that really play. It sends callbacks for each stage
//! if the request gives an address on this machine. It refuses requests beyond the rate limit and counts them. Tests script
//! its answers by the methods of [`Sandbox`].
//!
//! Several specs make one service, with one address, one key, one balance of credits, and the rate limits of all specs. The method and
//! the path of a request say which operation it is for. Of operations with the same method and path, the first one whose rules the
//! request keeps answers it. A task is polled and cancelled at the paths of its own spec only.
//!
//! What the spec says about ids and addresses holds as well:
//!
//! - An id that no earlier task brought is refused, or its task fails (`source`). The id of a result is known once the result is finished.
//! - A task fails if an address in its request cannot be fetched (`fetched`). That is an address of the sandbox without a file, and a
//!   host below `.invalid`. All other addresses count as reachable, and nothing is fetched from them.
//! - Uploaded files expire (`[upload] expires`).
//! - An address in a result serves the file that the request brought along (`served_at`), until the results are deleted (`retention`).
//! - An empty text is absent if the service takes it so (`[submit] empty`).
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
mod error;
mod faults;
mod handle;
mod handlers;
mod limit;
mod operation;
mod server;
mod task;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use cover_spec::tables::Credits;

use crate::callback::SigningKey;
use faults::RandomFaults;
use limit::RequestLimit;
use operation::Operation;
use task::Task;

pub use answer::Answer;
pub use builder::SandboxBuilder;
pub use error::SandboxError;
pub use handle::Sandbox;
pub use handlers::UploadedFile;
pub use task::{CreatedTask, Delivery};

/// What the server and its handle share.
struct Backend {
    /// At least one, in the order in which their specs were added.
    operations: Vec<Arc<Operation>>,
    key: String,
    speed: Speed,
    /// The base address, which the addresses of tracks begin with.
    url: String,
    /// Signs callbacks of operations whose spec says that they are signed.
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
    credits: Credits,
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
    /// Returns the operation whose spec was added first.
    fn first(&self) -> &Arc<Operation> {
        &self.operations[0]
    }

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
            credits: credits.into(),
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
