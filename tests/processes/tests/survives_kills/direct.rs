//! Processes that buy answers, which come at once, are killed at random: no key is charged twice, and each answer that was paid for
//! is returned from the ledger or is listed as unknown.
//!
//! `COVER_RUNS=200 cargo test -p cover-process-tests direct::` kills more often than usual.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cover_api::Client;
use cover_api::ledger::{Resolution, SqliteLedger};
use cover_testkit::ledger_file::{Entry, duplicates, entries};
use cover_testkit::process::{Process, Said, run};
use cover_testkit::{ACCOUNT, Outcome, Result, chance, runs};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::sleep;

use crate::{keys, paying_for};

/// More keys than a process reaches before it is killed.
const ENDLESS: usize = 1_000_000;

/// A service that answers each POST at once, with a text that no other POST gets.
#[derive(Clone)]
struct Service(Arc<Shared>);

struct Shared {
    url: String,
    chance: Mutex<fastrand::Rng>,
    /// Longest time in milliseconds before an answer is made, and again before it leaves.
    most: AtomicU64,
    /// By the content of the request, which is its key.
    charged: Mutex<BTreeMap<String, Vec<Value>>>,
    arrived: AtomicUsize,
    under_way: AtomicUsize,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
    async fn start(most: u64, chance: &mut fastrand::Rng) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let service = Self(Arc::new(Shared {
            url: format!("http://{}", listener.local_addr()?),
            chance: Mutex::new(chance.fork()),
            most: AtomicU64::new(most),
            charged: Mutex::default(),
            arrived: AtomicUsize::new(0),
            under_way: AtomicUsize::new(0),
        }));
        let router = Router::new().fallback(answer).with_state(service.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(service)
    }

    fn arrived(&self) -> usize {
        self.0.arrived.load(Ordering::SeqCst)
    }

    /// Returns the answers by key. Each was charged.
    fn charged(&self) -> BTreeMap<String, Vec<Value>> {
        lock(&self.0.charged).clone()
    }

    /// Waits until `count` POSTs have arrived. Returns `false` after 20 seconds without them.
    async fn until_arrived(&self, count: usize) -> bool {
        let since = Instant::now();
        while self.arrived() < count && since.elapsed() < Duration::from_secs(20) {
            sleep(Duration::from_millis(1)).await;
        }
        self.arrived() >= count
    }

    async fn until_idle(&self) {
        for _ in 0..3 {
            sleep(Duration::from_millis(30)).await;
            while self.0.under_way.load(Ordering::SeqCst) > 0 {
                sleep(Duration::from_millis(1)).await;
            }
        }
    }

    async fn pause(&self) {
        let most = self.0.most.load(Ordering::SeqCst);
        let pause = lock(&self.0.chance).u64(0..=most);
        sleep(Duration::from_millis(pause)).await;
    }

    async fn handle(self, bytes: Bytes) -> String {
        self.pause().await;
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let content = body["content"].as_str().unwrap_or_default().to_owned();
        let is_refused = lock(&self.0.chance).u8(0..20) == 0 && self.0.most.load(Ordering::SeqCst) > 0;
        let answer = if is_refused {
            json!({ "code": 413, "msg": "the content is too long", "data": null })
        } else {
            let mut charged = lock(&self.0.charged);
            let number = charged.values().map(Vec::len).sum::<usize>();
            let answer = json!({ "code": 200, "msg": "success", "data": { "result": format!("{content}, {number}") } });
            charged.entry(content).or_default().push(answer.clone());
            answer
        };
        self.pause().await;
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
        answer.to_string()
    }

    fn paying(&self, ledger: &Path, to: usize, from: usize) -> Command {
        paying_for("styles", &self.0.url, ledger, "kill", from..to)
    }
}

async fn answer(State(service): State<Service>, request: Request) -> Response {
    // The body breaks off if its sender is killed.
    let Ok(bytes) = to_bytes(request.into_body(), 1 << 16).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    service.0.under_way.fetch_add(1, Ordering::SeqCst);
    service.0.arrived.fetch_add(1, Ordering::SeqCst);
    // Like a real service, this one continues when the client is gone.
    tokio::spawn(service.handle(bytes)).await.unwrap_or_default().into_response()
}

/// Compares what the service charged with the ledger, once every process has ended. Returns the keys with an answer and those
/// whose outcome is unknown.
fn check(service: &Service, ledger: &Path) -> Result<(Vec<String>, Vec<String>)> {
    let (charged, entries) = (service.charged(), entries(ledger)?);
    assert!(charged.keys().all(|key| entries.contains_key(key)), "the ledger knows nothing of a POST");
    let (mut answered, mut unknown) = (Vec::new(), Vec::new());
    for (key, entry) in entries {
        let Entry { state, task, .. } = &entry;
        let answers = charged.get(&key).map_or(0, Vec::len);
        let all = format!("{key}: charged {answers} times, {entry:?}");
        assert!(answers <= 1, "charged twice: {all}");
        match &**state {
            "ready" => assert_eq!(answers, 0, "charged, but ready to be sent again: {all}"),
            "unknown" => unknown.push(key),
            "done" => {
                assert!(answers == 1 && task.is_some(), "{all}");
                answered.push(key);
            }
            _ => panic!("no process is posting any more: {all}"),
        }
    }
    assert_eq!(duplicates(ledger)?, 0);
    Ok((answered, unknown))
}

/// Checks that a process got the answer that was charged for each of these keys, all from the ledger or, if `posted`, by any POST.
fn check_answers(service: &Service, said: &Said, keys: &[String], posted: bool) -> Outcome {
    let charged = service.charged();
    for key in keys {
        let (word, answer) = &said[key];
        assert!(word == "existing" || (posted && word == "sent"), "{key}: {word} {answer}");
        assert_eq!(serde_json::from_str::<Value>(answer)?, charged[key][0], "{key}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_is_charged_twice_by_processes_killed_at_any_moment() -> Outcome {
    let (mut chance, kills, folder) = (chance(), runs(20), tempfile::tempdir()?);
    let ledger = folder.path().join("styles.db");
    let service = Service::start(15, &mut chance).await?;
    for _ in 0..kills {
        // The range overlaps with the keys of earlier processes.
        let from = reached(service.charged().keys()).saturating_sub(150);
        let process = Process::start_silently(&mut service.paying(&ledger, ENDLESS, from))?;
        if chance.u8(0..3) > 0 {
            // The kill comes after the first POSTs of the process.
            assert!(service.until_arrived(service.arrived() + chance.usize(1..200)).await, "it makes POSTs");
        }
        sleep(Duration::from_micros(chance.u64(0..40_000))).await;
        process.kill()?;
    }
    service.until_idle().await;

    // What the ledger says of a dead process becomes known when somebody asks.
    let client = Client::builder("sandbox-key").base_url(&service.0.url).account(ACCOUNT);
    let account = client.ledger(SqliteLedger::open(&ledger).await?).build()?.account();
    let listed: Vec<Option<String>> = account.unknown().await?.into_iter().map(|purchase| purchase.key).collect();
    let (answered, unknown) = check(&service, &ledger)?;
    println!("{kills} kills, {} POSTs: {} answers, {} unknown", service.arrived(), answered.len(), unknown.len());
    assert!(!answered.is_empty() && !unknown.is_empty(), "the kills came at all moments");
    assert_eq!(listed.len(), unknown.len());
    assert!(unknown.iter().all(|key| listed.contains(&Some(key.clone()))), "the list of unknown ones is whole");

    // The last run is not killed. It gets what was paid for, and pays only for what was not sent.
    service.0.most.store(0, Ordering::SeqCst);
    let all = keys("kill", 0..reached(entries(&ledger)?.keys()));
    let said = run(&mut service.paying(&ledger, all.len(), 0))?;
    check_answers(&service, &said, &answered, false)?;
    let (answered, still_unknown) = check(&service, &ledger)?;
    assert_eq!((still_unknown.len(), answered.len()), (unknown.len(), all.len() - unknown.len()));
    check_answers(&service, &said, &answered, true)?;
    assert!(unknown.iter().all(|key| said[key].0 == "unknown"), "an unknown outcome is reported as such");
    assert_eq!(account.unfinished().await?, [], "every answer is delivered");

    // A person looks up the unknown ones. Those that were not charged are sent again.
    let posts = service.arrived();
    let styles = account.operation::<style::BoostStyle>()?;
    let (charged, mut again) = (service.charged(), Vec::new());
    for purchase in styles.unknown().await? {
        let key = purchase.key.clone().ok_or("it has no key")?;
        if !charged.contains_key(&key) {
            styles.resolve(&purchase, Resolution::NotCharged).await?;
            again.push(key);
        }
    }
    let said = run(&mut service.paying(&ledger, all.len(), 0))?;
    assert_eq!(service.arrived(), posts + again.len());
    let (answered, unknown) = check(&service, &ledger)?;
    assert!(again.iter().all(|key| said[key].0 == "sent"));
    check_answers(&service, &said, &answered, true)?;
    println!("of the unknown ones, {} were charged and {} were not", unknown.len(), again.len());
    Ok(())
}

/// Returns one more than the highest number of the keys.
fn reached<'a>(keys: impl Iterator<Item = &'a String>) -> usize {
    let number = |key: &String| key.strip_prefix("kill-")?.parse::<usize>().ok();
    keys.filter_map(number).max().map_or(0, |number| number + 1)
}

mod style {
    cover_api::api!("../specs/siblings/style.toml", in crate::direct::style);
}
