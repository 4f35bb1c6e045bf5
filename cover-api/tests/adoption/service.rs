//! A service whose tasks end when the test says so, and which records who polls them.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::Method;
use cover_api::ledger::{Ledger, PostgresLedger};
use cover_api::runtime::Adopted;
use cover_api::{Client, Error, UploadCover};
use cover_testkit::Result;
use cover_testkit::postgres::Postgres;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// After this much silence, a process counts as dead. A beat is the sixth part of it.
pub const SILENCE: Duration = Duration::from_millis(1_200);
/// Bound of waits in real time.
pub const PATIENCE: Duration = Duration::from_secs(30);
const POLL_EVERY: Duration = Duration::from_millis(20);

#[derive(Debug, Clone)]
pub struct Service(Arc<Mutex<Inner>>, Duration);

#[derive(Debug, Default)]
struct Inner {
    tasks: usize,
    done: HashSet<String>,
    /// For each task, who polled it, and when.
    polls: BTreeMap<String, Vec<(&'static str, Instant)>>,
}

impl Default for Service {
    fn default() -> Self {
        Self::polled_every(POLL_EVERY)
    }
}

impl Service {
    /// Returns a service whose clients poll a task once in this time.
    pub fn polled_every(time: Duration) -> Self {
        Self(Arc::default(), time)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a client of a process with this name.
    pub fn client(&self, name: &'static str, ledger: impl Ledger) -> Result<Client> {
        let router = Router::new().fallback(answer).with_state((self.clone(), name));
        let client = Client::builder("key").transport(router).rate_limit(10_000, Duration::ZERO);
        Ok(client.poll_every(self.1, self.1).ledger(ledger).build()?)
    }

    /// Ends a task, so that the next poll returns its tracks.
    pub fn finish(&self, task: &str) {
        self.inner().done.insert(task.to_owned());
    }

    /// Returns who polled a task, and when.
    pub fn polls(&self, task: &str) -> Vec<(&'static str, Instant)> {
        self.inner().polls.get(task).cloned().unwrap_or_default()
    }

    /// Waits until this process has polled a task since a time.
    pub async fn polled_by(&self, name: &'static str, task: &str, since: Instant) -> Result<()> {
        let begun = Instant::now();
        while !self.polls(task).iter().any(|(by, at)| *by == name && *at >= since) {
            if begun.elapsed() > PATIENCE {
                return Err(format!("{name} does not poll {task}: {:?}", self.polls(task)).into());
            }
            tokio::time::sleep(POLL_EVERY).await;
        }
        Ok(())
    }
}

async fn answer(State((service, name)): State<(Service, &'static str)>, request: Request) -> String {
    let envelope = |data: Value| json!({ "code": 200, "msg": "", "data": data }).to_string();
    let mut inner = service.inner();
    if request.method() == Method::POST {
        inner.tasks += 1;
        return envelope(json!({ "taskId": format!("task-{}", inner.tasks) }));
    }
    let task = request.uri().query().and_then(|query| query.strip_prefix("taskId=")).unwrap_or_default();
    inner.polls.entry(task.to_owned()).or_default().push((name, Instant::now()));
    if !inner.done.contains(task) {
        return envelope(json!({ "status": "PENDING" }));
    }
    let tracks = json!([{ "id": "1", "audioUrl": "https://storage.example.com/1.mp3" }]);
    envelope(json!({ "status": "SUCCESS", "response": { "sunoData": tracks } }))
}

/// Returns a fresh database, or `None` if PostgreSQL is not installed.
pub async fn database(name: &str) -> Result<Option<String>> {
    match Postgres::shared()? {
        Some(server) => Ok(Some(server.database(name).await?)),
        None => Ok(None),
    }
}

pub async fn connect(url: &str) -> Result<PostgresLedger> {
    Ok(PostgresLedger::builder(url)?.connections(2).silence(SILENCE).connect().await?)
}

/// A client that adopts, and what its handler has received: the key, and whether the task is done.
pub struct Adopting {
    running: JoinHandle<std::result::Result<(), Error>>,
    pub received: mpsc::UnboundedReceiver<(Option<String>, bool)>,
}

impl Adopting {
    pub fn start(client: &Client) -> Self {
        let (sender, received) = mpsc::unbounded_channel();
        let client = client.clone();
        let running = tokio::spawn(async move {
            let handler = |adopted: Adopted<UploadCover>| {
                sender.send((adopted.key, adopted.result.is_ok())).ok();
                std::future::ready(())
            };
            client.adopt(handler).await
        });
        Self { running, received }
    }

    pub async fn next(&mut self) -> Result<(Option<String>, bool)> {
        Ok(tokio::time::timeout(PATIENCE, self.received.recv()).await?.ok_or("it has ended")?)
    }

    /// Drops the future of `adopt`.
    pub async fn stop(self) {
        self.running.abort();
        self.running.await.ok();
    }
}
