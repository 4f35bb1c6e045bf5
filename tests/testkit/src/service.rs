//! A slow service that counts, and compares what it did with what a ledger's file says.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use cover_api::Client;
use cover_api::ledger::{Ledger, Resolution, SqliteLedger};
use cover_api::sandbox::Sandbox;
use tokio::sync::{RwLock, RwLockWriteGuard};
use tokio::time::sleep;

use crate::Result;
use crate::ledger_file::{Entry, duplicates, entries};

/// A sandbox behind a front that delays replies and counts POSTs. It stops when dropped.
pub struct Service {
    /// The sandbox behind the front.
    pub sandbox: Sandbox,
    /// Address of the front.
    pub url: String,
    front: Arc<Front>,
    serving: tokio::task::JoinHandle<()>,
}

/// How the service handles POSTs.
#[derive(Debug, Clone)]
pub struct Habits {
    /// Milliseconds before a task is created, and again before the reply leaves.
    pub takes: Range<u64>,
    /// Share of POSTs that are refused with a code that creates nothing.
    pub refuses: f64,
    /// Share of answers to POSTs and polls that are broken. Of the POSTs, a quarter creates nothing then.
    pub breaks: f64,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Answered,
    /// It is refused with a code that creates nothing.
    Refused,
    /// It is carried out, and its answer is broken.
    Broken,
    /// It is not carried out, and its answer does not say so.
    Ignored,
}

/// Answers that say nothing about what became of the request.
const BROKEN: [(u16, &str); 5] = [
    (502, "<html>bad gateway</html>"),
    (504, "<html>gateway timeout</html>"),
    (200, ""),
    (200, "{\"co"),
    (200, r#"{"code":500,"msg":"internal error","data":null}"#),
];

struct Front {
    habits: Mutex<Habits>,
    chance: Mutex<fastrand::Rng>,
    /// By prompt.
    posts: Mutex<HashMap<String, Posts>>,
    arrived: AtomicUsize,
    under_way: AtomicUsize,
    /// A reply waits until it can read this lock.
    gate: RwLock<()>,
}

/// Number of complete POSTs with one prompt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Posts {
    /// POSTs that arrived.
    pub arrived: usize,
    /// POSTs that were refused, or of which a person has found that they created nothing.
    pub refused: usize,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
    /// Starts the service on a loopback port.
    pub async fn start(habits: Habits, chance: &mut fastrand::Rng) -> Result<Self> {
        let sandbox = Sandbox::builder().credits(u32::MAX).stage_every(Duration::from_millis(10));
        let sandbox = sandbox.without_rate_limit().start().await?;
        let front = Arc::new(Front {
            habits: Mutex::new(habits),
            chance: Mutex::new(chance.fork()),
            posts: Mutex::default(),
            arrived: AtomicUsize::new(0),
            under_way: AtomicUsize::new(0),
            gate: RwLock::new(()),
        });
        let shared = Arc::clone(&front);
        let router = sandbox.router().layer(from_fn(move |request, next| Arc::clone(&shared).answer(request, next)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap_or_default() });
        Ok(Self { sandbox, url, front, serving })
    }

    /// Makes the service answer quickly and refuse nothing from now on.
    pub fn behave(&self) {
        *lock(&self.front.habits) = Habits { takes: 0..1, refuses: 0.0, breaks: 0.0 };
    }

    /// Holds back all replies until the guard is dropped. Tasks are still created.
    pub async fn hold_replies(&self) -> RwLockWriteGuard<'_, ()> {
        self.front.gate.write().await
    }

    /// Returns the number of complete POSTs that have arrived.
    #[must_use]
    pub fn arrived(&self) -> usize {
        self.front.arrived.load(Ordering::SeqCst)
    }

    /// Waits until `count` POSTs have arrived. Returns `false` after 20 seconds without them.
    pub async fn until_arrived(&self, count: usize) -> bool {
        let since = Instant::now();
        while self.arrived() < count {
            if since.elapsed() > Duration::from_secs(20) {
                return false;
            }
            sleep(Duration::from_millis(1)).await;
        }
        true
    }

    /// Waits until no POST has arrived or been handled for a while. Those of a process that ended or was suspended may still be on their way.
    pub async fn until_idle(&self) {
        const WHILE: Duration = Duration::from_millis(150);
        let (mut since, mut arrived) = (Instant::now(), self.arrived());
        while since.elapsed() < WHILE {
            sleep(Duration::from_millis(2)).await;
            if self.front.under_way.load(Ordering::SeqCst) > 0 || self.arrived() != arrived {
                (since, arrived) = (Instant::now(), self.arrived());
            }
        }
    }

    /// Returns the POSTs by prompt.
    #[must_use]
    pub fn posts(&self) -> HashMap<String, Posts> {
        lock(&self.front.posts).clone()
    }

    /// Returns the ids of all tasks by the prompt that created them.
    #[must_use]
    pub fn created(&self) -> HashMap<String, Vec<String>> {
        let mut by_prompt = HashMap::<String, Vec<String>>::new();
        for task in self.sandbox.created() {
            let prompt = task.request["prompt"].as_str().unwrap_or_default().to_owned();
            by_prompt.entry(prompt).or_default().push(task.id);
        }
        by_prompt
    }

    /// Builds a client in this process that uses the ledger file.
    pub async fn client(&self, account: &str, ledger: &Path) -> Result<Client> {
        self.client_with(account, SqliteLedger::open(ledger).await?)
    }

    /// Builds a client in this process that uses the ledger.
    pub fn client_with(&self, account: &str, ledger: impl Ledger) -> Result<Client> {
        let builder = Client::builder(self.sandbox.key()).base_url(&self.url).account(account);
        let builder = builder.rate_limit(1_000, Duration::ZERO).ledger(ledger);
        Ok(builder.poll_every(Duration::from_millis(20), Duration::from_millis(20)).build()?)
    }

    /// Compares the POSTs and tasks of the service with the file of a ledger, once every process has ended. `prompts` maps each key
    /// to its prompt.
    ///
    /// # Panics
    ///
    /// If a key was charged twice, or the ledger and the service disagree.
    pub fn check(&self, ledger: &Path, prompts: &BTreeMap<String, String>) -> Result<Ends> {
        assert_eq!(duplicates(ledger)?, 0, "the ledger lists duplicate charges");
        Ok(self.check_entries(&entries(ledger)?, prompts))
    }

    /// Compares the POSTs and tasks of the service with the entries of a ledger, as [`check`](Self::check) does.
    ///
    /// # Panics
    ///
    /// If a key was charged twice, or the ledger and the service disagree.
    #[must_use]
    pub fn check_entries(&self, entries: &BTreeMap<String, Entry>, prompts: &BTreeMap<String, String>) -> Ends {
        let (posts, created) = (self.posts(), self.created());
        let mut ends = Ends::default();
        for (key, prompt) in prompts {
            let posts = posts.get(prompt).copied().unwrap_or_default();
            let tasks = created.get(prompt).map_or(&[][..], Vec::as_slice);
            let entry = entries.get(key);
            let all = format!("{key}: {posts:?}, tasks {tasks:?}, {entry:?}");
            assert!(tasks.len() <= 1, "charged twice: {all}");
            assert!(posts.arrived <= posts.refused + 1, "sent again although the first POST was not refused: {all}");
            let Some(entry) = entry else {
                assert_eq!(posts.arrived, 0, "the ledger has no entry: {all}");
                ends.never += 1;
                continue;
            };
            assert!(entry.attempts as usize >= posts.arrived, "the ledger lacks an attempt: {all}");
            match &*entry.state {
                "ready" => {
                    assert!(tasks.is_empty(), "charged, but ready to be sent again: {all}");
                    ends.ready += 1;
                }
                "unknown" => ends.unknown += 1,
                "running" | "done" => {
                    assert_eq!(tasks.first(), entry.task.as_ref(), "{all}");
                    ends.tasks += 1;
                    ends.running += usize::from(entry.state == "running");
                }
                _ => panic!("no process is posting any more: {all}"),
            }
        }
        ends
    }

    /// Resolves the unknown outcomes by the service's own list of tasks, as a person would. Returns the number of entries that
    /// became a task, and of those that did not.
    ///
    /// # Panics
    ///
    /// If an entry resolves to another task than the service created.
    pub async fn resolve_all(&self, client: &Client, prompts: &BTreeMap<String, String>) -> Result<(usize, usize)> {
        let (created, mut charged, mut not_charged) = (self.created(), 0, 0);
        for unknown in client.unknown().await? {
            let key = unknown.key.clone().ok_or("it has no key")?;
            let task = prompts.get(&key).and_then(|prompt| created.get(prompt)).and_then(|tasks| tasks.first());
            let resolution = match task {
                Some(task) => Resolution::Task(task.clone()),
                None => Resolution::NotCharged,
            };
            let resolved = client.resolve(&unknown, resolution).await?;
            if task.is_none() {
                let mut posts = lock(&self.front.posts);
                if let Some(posts) = prompts.get(&key).and_then(|prompt| posts.get_mut(prompt)) {
                    posts.refused = posts.arrived;
                }
            }
            assert_eq!(resolved.as_ref().map(cover_api::Task::id), task.map(String::as_str), "{key}");
            charged += usize::from(task.is_some());
            not_charged += usize::from(task.is_none());
        }
        Ok((charged, not_charged))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Number of keys by what the ledger says of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ends {
    /// Keys that became a task.
    pub tasks: usize,
    /// Keys whose task has not ended.
    pub running: usize,
    /// Keys whose outcome is unknown.
    pub unknown: usize,
    /// Keys that may be sent again.
    pub ready: usize,
    /// Keys without an entry.
    pub never: usize,
}

impl Front {
    async fn answer(self: Arc<Self>, request: Request, next: Next) -> Response {
        if request.method() != Method::POST {
            let response = next.run(request).await;
            return if matches!(self.fate(), Fate::Broken | Fate::Ignored) { self.broken() } else { response };
        }
        let (parts, body) = request.into_parts();
        // The body breaks off if its sender is killed.
        let Ok(bytes) = to_bytes(body, 1 << 20).await else { return StatusCode::BAD_REQUEST.into_response() };
        let body: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let prompt = body["prompt"].as_str().unwrap_or_default().to_owned();
        self.under_way.fetch_add(1, Ordering::SeqCst);
        lock(&self.posts).entry(prompt.clone()).or_default().arrived += 1;
        self.arrived.fetch_add(1, Ordering::SeqCst);
        let request = Request::from_parts(parts, Body::from(bytes));
        // Like the real service, this one continues when the client is gone.
        let handled = tokio::spawn(async move {
            let response = self.handle(&prompt, request, next).await;
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            drop(self.gate.read().await);
            response
        });
        handled.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }

    async fn handle(&self, prompt: &str, request: Request, next: Next) -> Response {
        let takes = lock(&self.habits).takes.clone();
        let [before, after] = {
            let mut chance = lock(&self.chance);
            [chance.u64(takes.clone()), chance.u64(takes)]
        };
        sleep(Duration::from_millis(before)).await;
        let response = match self.fate() {
            Fate::Answered => next.run(request).await,
            Fate::Broken => {
                next.run(request).await;
                self.broken()
            }
            Fate::Ignored => self.broken(),
            Fate::Refused => {
                lock(&self.posts).entry(prompt.to_owned()).or_default().refused += 1;
                r#"{"code":413,"msg":"the prompt is too long","data":null}"#.into_response()
            }
        };
        sleep(Duration::from_millis(after)).await;
        response
    }

    fn fate(&self) -> Fate {
        let (refuses, breaks) = {
            let habits = lock(&self.habits);
            (habits.refuses, habits.breaks)
        };
        let mut chance = lock(&self.chance);
        if chance.f64() < refuses {
            Fate::Refused
        } else if chance.f64() >= breaks {
            Fate::Answered
        } else if chance.u8(0..4) == 0 {
            Fate::Ignored
        } else {
            Fate::Broken
        }
    }

    fn broken(&self) -> Response {
        let (status, text) = BROKEN[lock(&self.chance).usize(0..BROKEN.len())];
        (StatusCode::from_u16(status).unwrap_or_default(), text).into_response()
    }
}
