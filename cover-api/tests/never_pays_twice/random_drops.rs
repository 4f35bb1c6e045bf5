//! Thousands of sends over real sockets on several threads, all dropped at random: no purchase becomes two tasks, and every
//! POST is counted.
//!
//! `COVER_RUNS=100000 cargo test --release -p cover-api --test never_pays_twice random_drops::` makes more runs than usual.

use std::collections::{HashMap, HashSet};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cover_api::Client;
use cover_api::ledger::MemoryLedger;
use cover_api::runtime::{Sending, Stats};
use cover_api::{Error, UploadCover};
use cover_testkit::gate::{Came, within};
use cover_testkit::{chance, request, runs};
use futures_util::future::select;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};

type Fails = Box<dyn std::error::Error + Send + Sync>;

/// Bound of each wait.
const AGES: Duration = Duration::from_secs(60);
/// Number of concurrent sends.
const AT_ONCE: usize = 16;
/// Longest time until a send is dropped, in microseconds.
const MOST: u64 = 15_000;

/// A service that creates tasks after a random time, even if the connection ends.
#[derive(Clone)]
struct Service(Arc<Mutex<Created>>);

struct Created {
    chance: fastrand::Rng,
    /// Tasks by the marker of the request.
    tasks: HashMap<String, Vec<String>>,
    /// Number of complete POSTs.
    posts: u64,
}

impl Service {
    async fn start(seed: u64) -> std::io::Result<(Self, String)> {
        let created = Created { chance: fastrand::Rng::with_seed(seed), tasks: HashMap::new(), posts: 0 };
        let service = Self(Arc::new(Mutex::new(created)));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = Router::new().fallback(answer).with_state(service.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok((service, url))
    }

    fn created(&self) -> std::sync::MutexGuard<'_, Created> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tasks_of(&self, marker: &str) -> Vec<String> {
        self.created().tasks.get(marker).cloned().unwrap_or_default()
    }

    /// Returns the number of tasks and of complete POSTs.
    fn counts(&self) -> (u64, u64) {
        let created = self.created();
        (created.tasks.values().map(Vec::len).sum::<usize>() as u64, created.posts)
    }

    async fn create(self, body: serde_json::Value) -> Response {
        let (before, after, fate) = {
            let mut created = self.created();
            created.posts += 1;
            let mut pause = || Duration::from_micros(created.chance.u64(0..3_000));
            (pause(), pause(), created.chance.u8(0..100))
        };
        sleep(before).await;
        if fate < 5 {
            return r#"{"code":400,"msg":"invalid","data":null}"#.into_response();
        }
        let task = {
            let mut created = self.created();
            let task = format!("task-{}", created.tasks.values().map(Vec::len).sum::<usize>());
            let marker = body["prompt"].as_str().unwrap_or_default().to_owned();
            created.tasks.entry(marker).or_default().push(task.clone());
            task
        };
        sleep(after).await;
        match fate {
            5..10 => (StatusCode::GATEWAY_TIMEOUT, "<html>late</html>").into_response(),
            // The connection breaks within the answer.
            10..13 => {
                let broken = futures_util::stream::iter([Ok("{\"co"), Err(std::io::Error::other("broken"))]);
                Body::from_stream(broken).into_response()
            }
            _ => format!(r#"{{"code":200,"msg":"success","data":{{"taskId":"{task}"}}}}"#).into_response(),
        }
    }
}

async fn answer(State(service): State<Service>, request: Request) -> Response {
    let Ok(body) = to_bytes(request.into_body(), 1 << 16).await else { return StatusCode::BAD_REQUEST.into_response() };
    let body = serde_json::from_slice(&body).unwrap_or_default();
    // The handler continues when the connection ends.
    tokio::spawn(service.create(body)).await.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

/// Purchases with an even number have a key.
fn send(client: &Client, number: usize) -> Sending<UploadCover> {
    let sending = client.send(&request(&number.to_string()));
    if number.is_multiple_of(2) { sending.key(format!("order-{number}")) } else { sending }
}

/// How a send was given up.
#[derive(Debug, Clone, Copy)]
enum End {
    /// Dropped by its caller.
    Dropped,
    /// Ended by its own timeout.
    Timeout,
}

/// Purchases whose task was delivered. Without a key, sending these again is a new purchase.
#[derive(Clone, Default)]
struct Delivered(Arc<Mutex<HashSet<usize>>>);

impl Delivered {
    fn all(&self) -> std::sync::MutexGuard<'_, HashSet<usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a purchase, and records its result in the same poll in which it is ready.
    async fn send(self, client: Client, number: usize, timeout: Option<Duration>) -> Result<(), Error> {
        let sending = send(&client, number);
        let result = match timeout {
            Some(timeout) => sending.timeout(timeout).await,
            None => sending.await,
        };
        if result.is_ok() {
            self.all().insert(number);
        }
        result.map(drop)
    }
}

/// Waits for this time, even if it is shorter than the millisecond resolution of timers.
async fn moment(time: Duration) {
    let until = Instant::now() + time;
    sleep(Duration::from_millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX).saturating_sub(1))).await;
    while Instant::now() < until {
        yield_now().await;
    }
}

async fn give_up(delivered: Delivered, client: Client, number: usize, end: End, time: Duration) {
    // The send is meant to be given up.
    match end {
        End::Dropped => {
            let (send, moment) = (pin!(delivered.send(client, number, None)), pin!(moment(time)));
            drop(select(send, moment).await);
        }
        End::Timeout => drop(delivered.send(client, number, Some(time)).await),
    }
}

/// Runs sends on a runtime of their own, and shuts it down in the middle.
fn on_a_runtime_that_ends(
    delivered: &Delivered,
    client: &Client,
    numbers: Vec<usize>,
    time: Duration,
) -> std::io::Result<()> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    for number in numbers {
        runtime.spawn(delivered.clone().send(client.clone(), number, None));
    }
    std::thread::sleep(time);
    runtime.shutdown_timeout(Duration::from_secs(5));
    Ok(())
}

/// Returns the number of sends that were counted.
fn counted(stats: &Stats) -> u64 {
    stats.tasks + stats.refused + stats.not_sent + stats.unknown
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_purchase_is_bought_twice_and_every_post_is_counted() -> Result<(), Fails> {
    let (mut chance, count) = (chance(), runs(5_000));
    let (service, url) = Service::start(chance.u64(..)).await?;
    let builder = Client::builder("key").base_url(url).ledger(MemoryLedger::new()).rate_limit(1_000, Duration::ZERO);
    let client: Client = builder.configure_http(|http| http.tls_certs_only([])).build()?;

    // Each purchase is sent once and given up at a random moment.
    let (mut under_way, mut ending) = (JoinSet::new(), JoinSet::new());
    let (delivered, mut number) = (Delivered::default(), 0);
    while number < count {
        // Most are given up early, since the first byte is handed over soon.
        let time = Duration::from_micros(MOST).mul_f64(chance.f64().powi(4));
        if chance.u8(0..100) == 0 {
            let numbers: Vec<usize> = (number..count.min(number + 12)).collect();
            number += numbers.len();
            let (delivered, client) = (delivered.clone(), client.clone());
            ending.spawn_blocking(move || on_a_runtime_that_ends(&delivered, &client, numbers, time));
        } else {
            let end = if chance.u8(0..4) == 0 { End::Timeout } else { End::Dropped };
            under_way.spawn(give_up(delivered.clone(), client.clone(), number, end, time));
            number += 1;
        }
        if under_way.len() >= AT_ONCE {
            under_way.join_next().await.transpose()?;
        }
        if ending.len() >= 2 {
            ending.join_next().await.transpose()?.transpose()?;
        }
    }
    while let Some(result) = under_way.join_next().await {
        result?;
    }
    while let Some(result) = ending.join_next().await {
        result??;
    }
    settled(&client).await;
    let (first, (created, arrived)) = (client.stats(), service.counts());
    let ready = delivered.all().clone();
    println!("{} of {count} were ready in time; {created} tasks of {arrived} POSTs; {first:?}", ready.len());
    check(&client, created, arrived).await?;
    assert!(counted(&first) <= count as u64 && first.existing == 0, "{first:?}");
    assert!(first.tasks > count as u64 / 20 && first.not_sent > count as u64 / 20, "too few of a kind: {first:?}");

    // Each purchase is sent again until its outcome is final.
    let mut again = JoinSet::new();
    let mut cames: HashMap<Came, u64> = HashMap::new();
    let wanted: Vec<usize> = (0..count).filter(|number| number.is_multiple_of(2) || !ready.contains(number)).collect();
    for number in wanted.iter().copied() {
        let (client, asked) = (client.clone(), service.clone());
        again.spawn(async move {
            let had = asked.tasks_of(&number.to_string());
            let result = within(AGES, "the same send again", send(&client, number)).await;
            (number, had, result)
        });
        if again.len() >= AT_ONCE {
            note(again.join_next().await.transpose()?, &service, &mut cames);
        }
    }
    while let Some(result) = again.join_next().await {
        note(Some(result?), &service, &mut cames);
    }
    settled(&client).await;
    let (last, (created, arrived)) = (client.stats(), service.counts());
    println!("{cames:?}; {created} tasks of {arrived} POSTs; {last:?}");
    check(&client, created, arrived).await?;
    // No send was dropped. Those refused for an earlier unknown attempt made no attempt themselves.
    let of = |came| cames.get(&came).copied().unwrap_or_default();
    let known_before = first.unknown;
    let counted_now = counted(&last) - counted(&first) + last.existing;
    assert_eq!(counted_now, wanted.len() as u64 - known_before, "every one is counted once: {cames:?} {last:?}");
    assert_eq!((of(Came::Existing), of(Came::Other), of(Came::InProgress)), (last.existing, 0, 0));
    Ok(())
}

/// The result of the second send of a purchase.
fn note(
    ended: Option<(usize, Vec<String>, Result<cover_api::Task, Error>)>,
    service: &Service,
    cames: &mut HashMap<Came, u64>,
) {
    let Some((number, had, result)) = ended else { return };
    let (tasks, came) = (service.tasks_of(&number.to_string()), Came::of(&result));
    *cames.entry(came).or_default() += 1;
    let said = format!("purchase {number}: {result:?}, it had {had:?} and has {tasks:?}");
    assert!(tasks.len() <= 1, "paid twice: {said}");
    if let Ok(task) = &result {
        assert_eq!(tasks, [task.id()], "not its task: {said}");
    }
    if came == Came::Refused {
        assert!(tasks.is_empty(), "{said}");
    }
}

/// Waits until no exchange is running.
async fn settled(client: &Client) {
    let quiet = async {
        let mut before = None;
        loop {
            let stats = client.stats();
            let now = (stats.posts, counted(&stats), stats.queued, stats.unsettled);
            if before == Some(now) && stats.queued == 0 && stats.unsettled == 0 {
                return;
            }
            before = Some(now);
            sleep(Duration::from_millis(300)).await;
        }
    };
    within(AGES, "the last exchange", quiet).await;
}

/// Checks what holds while no exchange is running.
async fn check(client: &Client, created: u64, arrived: u64) -> Result<(), Fails> {
    let stats = client.stats();
    let known = stats.tasks + stats.refused + stats.unknown;
    assert!(arrived <= known, "{arrived} POSTs arrived, and {known} are known of: {stats:?}");
    assert!(known <= stats.posts, "more ends than POSTs: {stats:?}");
    assert!(stats.posts <= counted(&stats) + stats.resent, "a POST is counted nowhere: {stats:?}");
    assert!(stats.tasks <= created && created <= stats.tasks + stats.unknown, "{created} tasks: {stats:?}");
    assert_eq!(client.unknown().await?.len() as u64, stats.unknown, "unknown outcomes are listed: {stats:?}");
    assert_eq!((stats.duplicates, client.duplicates().await?.len()), (0, 0));
    Ok(())
}
