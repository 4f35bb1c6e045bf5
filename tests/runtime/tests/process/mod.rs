//! What the tests of whole processes share: a slow service that counts, programs that are started, killed and suspended, and
//! what the ledger's file says.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use cover_api::Client;
use cover_api::ledger::{Resolution, SqliteLedger};
use cover_api::sandbox::Sandbox;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{RwLock, RwLockWriteGuard};
use tokio::time::sleep;

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The name that every process files its purchases under.
pub const ACCOUNT: &str = "tests";

/// The sandbox behind a front that takes its time and counts. It stops when this is dropped.
pub struct Service {
    pub sandbox: Sandbox,
    pub url: String,
    front: Arc<Front>,
    serving: tokio::task::JoinHandle<()>,
}

/// How the service treats POSTs.
#[derive(Debug, Clone)]
pub struct Habits {
    /// Milliseconds before a task is created, and again before the reply leaves.
    pub takes: Range<u64>,
    /// The share that is refused with a code that creates nothing.
    pub refuses: f64,
}

struct Front {
    habits: Mutex<Habits>,
    chance: Mutex<fastrand::Rng>,
    /// By the prompt.
    posts: Mutex<HashMap<String, Posts>>,
    arrived: AtomicUsize,
    under_way: AtomicUsize,
    /// Replies leave when they can read it.
    gate: RwLock<()>,
}

/// The whole POSTs with one prompt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Posts {
    pub arrived: usize,
    pub refused: usize,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
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

    /// From now on it is quick, and refuses nothing.
    pub fn behave(&self) {
        *lock(&self.front.habits) = Habits { takes: 0..1, refuses: 0.0 };
    }

    /// Holds all replies back until the guard is dropped. Tasks are created all the same.
    pub async fn hold_replies(&self) -> RwLockWriteGuard<'_, ()> {
        self.front.gate.write().await
    }

    /// How many whole POSTs have arrived.
    pub fn arrived(&self) -> usize {
        self.front.arrived.load(Ordering::SeqCst)
    }

    /// Waits until so many have arrived; false where that takes too long.
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

    /// Waits until nothing is on its way any more.
    pub async fn until_idle(&self) {
        for _ in 0..3 {
            sleep(Duration::from_millis(30)).await;
            while self.front.under_way.load(Ordering::SeqCst) > 0 {
                sleep(Duration::from_millis(1)).await;
            }
        }
    }

    /// The POSTs by their prompt.
    pub fn posts(&self) -> HashMap<String, Posts> {
        lock(&self.front.posts).clone()
    }

    /// The ids of all tasks by the prompt that they were created from.
    pub fn created(&self) -> HashMap<String, Vec<String>> {
        let mut by_prompt = HashMap::<String, Vec<String>>::new();
        for task in self.sandbox.created() {
            let prompt = task.request["prompt"].as_str().unwrap_or_default().to_owned();
            by_prompt.entry(prompt).or_default().push(task.id);
        }
        by_prompt
    }

    /// A client in this process.
    pub async fn client(&self, account: &str, ledger: &Path) -> Result<Client> {
        let builder = Client::builder(self.sandbox.key()).base_url(&self.url).account(account);
        let builder = builder.rate_limit(1_000, Duration::ZERO).ledger(SqliteLedger::open(ledger).await?);
        Ok(builder.poll_every(Duration::from_millis(20), Duration::from_millis(20)).build()?)
    }

    /// Compares what arrived and was created with what the ledger says, once every process has ended. `prompts`: those of the
    /// keys.
    pub fn check(&self, ledger: &Path, prompts: &BTreeMap<String, String>) -> Result<Ends> {
        let (posts, created, entries) = (self.posts(), self.created(), entries(ledger)?);
        let mut ends = Ends::default();
        for (key, prompt) in prompts {
            let posts = posts.get(prompt).copied().unwrap_or_default();
            let tasks = created.get(prompt).map_or(&[][..], Vec::as_slice);
            let entry = entries.get(key);
            let all = format!("{key}: {posts:?}, tasks {tasks:?}, {entry:?}");
            assert!(tasks.len() <= 1, "charged twice: {all}");
            assert!(posts.arrived <= posts.refused + 1, "sent again although the first was not refused: {all}");
            let Some(entry) = entry else {
                assert_eq!(posts.arrived, 0, "the ledger knows nothing of it: {all}");
                ends.never += 1;
                continue;
            };
            assert!(entry.attempts as usize >= posts.arrived, "the ledger lacks an attempt: {all}");
            match &*entry.state {
                "ready" => {
                    assert!(tasks.is_empty(), "it may be sent again, but was charged: {all}");
                    ends.ready += 1;
                }
                "unknown" => ends.unknown += 1,
                "running" | "done" => {
                    assert_eq!(tasks.first(), entry.task.as_ref(), "{all}");
                    ends.tasks += 1;
                    ends.running += usize::from(entry.state == "running");
                }
                _ => panic!("nobody is posting any more: {all}"),
            }
        }
        let duplicates: u32 =
            read(ledger)?.query_row("SELECT count(*) FROM attempts WHERE duplicate", [], |row| row.get(0))?;
        assert_eq!(duplicates, 0, "the ledger lists second charges");
        Ok(ends)
    }

    /// Resolves what is unknown by the service's own list, as a person would. Returns how many became a task, and how many did not.
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

/// What became of keys, as the ledger says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ends {
    pub tasks: usize,
    /// Those of the tasks that have not ended.
    pub running: usize,
    pub unknown: usize,
    pub ready: usize,
    /// Keys that the ledger does not know.
    pub never: usize,
}

impl Front {
    async fn answer(self: Arc<Self>, request: Request, next: Next) -> Response {
        if request.method() != Method::POST {
            return next.run(request).await;
        }
        let (parts, body) = request.into_parts();
        // A body that breaks off, since its sender was killed.
        let Ok(bytes) = to_bytes(body, 1 << 20).await else { return StatusCode::BAD_REQUEST.into_response() };
        let body: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let prompt = body["prompt"].as_str().unwrap_or_default().to_owned();
        self.under_way.fetch_add(1, Ordering::SeqCst);
        lock(&self.posts).entry(prompt.clone()).or_default().arrived += 1;
        self.arrived.fetch_add(1, Ordering::SeqCst);
        let request = Request::from_parts(parts, Body::from(bytes));
        // The real service, too, goes on when the client is gone.
        let handled = tokio::spawn(async move {
            let response = self.handle(&prompt, request, next).await;
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            drop(self.gate.read().await);
            response
        });
        handled.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }

    async fn handle(&self, prompt: &str, request: Request, next: Next) -> Response {
        let Habits { takes, refuses } = lock(&self.habits).clone();
        let (before, after, is_refused) = {
            let mut chance = lock(&self.chance);
            (chance.u64(takes.clone()), chance.u64(takes), chance.f64() < refuses)
        };
        sleep(Duration::from_millis(before)).await;
        let response = if is_refused {
            lock(&self.posts).entry(prompt.to_owned()).or_default().refused += 1;
            r#"{"code":413,"msg":"the prompt is too long","data":null}"#.into_response()
        } else {
            next.run(request).await
        };
        sleep(Duration::from_millis(after)).await;
        response
    }
}

/// What the ledger's file says of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub state: String,
    pub task: Option<String>,
    pub attempts: u32,
}

fn read(ledger: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags(ledger, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    db.busy_timeout(Duration::from_secs(5))?;
    Ok(db)
}

/// Everything in the ledger's file, by key.
pub fn entries(ledger: &Path) -> rusqlite::Result<BTreeMap<String, Entry>> {
    let db = read(ledger)?;
    let mut select = db.prepare("SELECT key, state, task, attempts FROM entries WHERE key IS NOT NULL")?;
    let rows = select.query_map([], |row| {
        Ok((row.get(0)?, Entry { state: row.get(1)?, task: row.get(2)?, attempts: row.get(3)? }))
    })?;
    rows.collect()
}

/// Locks the file against all other writers, until the connection is dropped.
pub fn lock_file(ledger: &Path, patience: Duration) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags(ledger, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    db.busy_timeout(patience)?;
    db.execute_batch("BEGIN IMMEDIATE")?;
    Ok(db)
}

/// The keys `name-0`, `name-1` and so on; in what `paying` sends, they are the prompts, too.
pub fn keys(name: &str, numbers: Range<usize>) -> BTreeMap<String, String> {
    numbers.map(|number| format!("{name}-{number}")).map(|key| (key.clone(), key)).collect()
}

/// Starts `paying` for keys of this name.
pub fn paying(service: &Service, ledger: &Path, name: &str, numbers: Range<usize>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paying"));
    command.arg(&service.url).arg(ledger).arg(name).args([numbers.start, numbers.end].map(|it| it.to_string()));
    command.env("RUST_BACKTRACE", "0");
    command
}

/// A process under way. It is killed when this is dropped, so that a test that fails leaves nothing behind.
pub struct Process(Option<Child>);

impl Process {
    /// Starts it, and keeps what it says.
    pub fn start(command: &mut Command) -> Result<Self> {
        Ok(Self(Some(command.stdout(Stdio::piped()).spawn()?)))
    }

    /// Starts it, and lets nobody hear what it says: nothing is kept of one that is killed.
    pub fn start_silently(command: &mut Command) -> Result<Self> {
        Ok(Self(Some(command.stdout(Stdio::null()).spawn()?)))
    }

    /// Kills it in the middle of its work.
    pub fn kill(mut self) -> Result<()> {
        let mut child = self.0.take().ok_or("it has ended")?;
        assert!(child.try_wait()?.is_none(), "it works until it is killed");
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Waits for its end, which must be a good one.
    pub fn finish(mut self) -> Result<Said> {
        let output = self.0.take().ok_or("it has ended")?.wait_with_output()?;
        let text = String::from_utf8(output.stdout)?;
        assert!(output.status.success(), "{}: {text}", output.status);
        let lines = text.lines().filter_map(|line| {
            let (key, rest) = line.split_once('\t')?;
            let (word, detail) = rest.split_once('\t')?;
            Some((key.to_owned(), (word.to_owned(), detail.to_owned())))
        });
        Ok(lines.collect())
    }

    fn id(&self) -> Result<u32> {
        Ok(self.0.as_ref().ok_or("it has ended")?.id())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

/// What a process says of a key: a word, and a task's id or the text of an error.
pub type Said = HashMap<String, (String, String)>;

/// Runs a command to its end, which must be a good one.
pub fn run(command: &mut Command) -> Result<Said> {
    Process::start(command)?.finish()
}

/// Sends signals without delay: a shell that is told which.
pub struct Signals {
    shell: Child,
    input: Option<ChildStdin>,
}

impl Signals {
    pub fn new() -> Result<Self> {
        let mut shell = Command::new("bash").stdin(Stdio::piped()).spawn()?;
        let input = shell.stdin.take();
        Ok(Self { shell, input })
    }

    /// Suspends a process, and returns once all its threads stand still.
    pub fn stop(&mut self, process: &Process) -> Result<()> {
        self.send("STOP", process.id()?)?;
        let threads = format!("/proc/{}/task", process.id()?);
        loop {
            let mut threads = std::fs::read_dir(&threads)?;
            let stands = |thread: std::io::Result<std::fs::DirEntry>| {
                let stat =
                    thread.and_then(|thread| std::fs::read_to_string(thread.path().join("stat"))).unwrap_or_default();
                stat.rsplit_once(") ").is_some_and(|(_, state)| state.starts_with(['T', 'Z']))
            };
            if threads.all(stands) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    pub fn go_on(&mut self, process: &Process) -> Result<()> {
        self.send("CONT", process.id()?)
    }

    fn send(&mut self, signal: &str, process: u32) -> Result<()> {
        let input = self.input.as_mut().ok_or("it has ended")?;
        writeln!(input, "kill -{signal} {process}")?;
        Ok(input.flush()?)
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        drop(self.input.take());
        self.shell.wait().ok();
    }
}
