//! Time from a callback at one process until the wait of another one is woken, through PostgreSQL, under load.
//!
//! Each process has a ledger of its own. `cargo bench -p cover-api --all-features --bench mailbox`; it needs PostgreSQL.

use std::future::IntoFuture;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use cover_api::Client;
use cover_api::UploadCover;
use cover_api::callback::Callbacks;
use cover_api::ledger::PostgresLedger;
use cover_api::sandbox::Sandbox;
use cover_testkit::postgres::{Options, Postgres};
use cover_testkit::request_with_callback;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tower_service::Service;

const ADDRESS: &str = "https://api.example.com/covers";
const TASKS: usize = 600;
/// Callbacks per second.
const RATES: [u32; 3] = [20, 100, 200];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let options = Options { durable: true, ..Options::default() };
        let Some(server) = Postgres::start_with(options).expect("a server") else { return };
        println!("callbacks/s      p50      p99      max");
        for rate in RATES {
            let url = server.database(&format!("at_{rate}")).await.expect("a database");
            let times = run(&url, rate).await;
            let at = |share: usize| times[(times.len() - 1) * share / 100];
            println!("{rate:11}  {:>6.1?}  {:>6.1?}  {:>6.1?}", at(50), at(99), at(100));
        }
    });
}

/// The times of the first poll of each task, by its id.
type Polled = Arc<Mutex<Vec<(String, Instant)>>>;

/// Sends tasks from one process, and gives their callbacks to another one at this rate. Returns how long each took to cause a poll.
async fn run(url: &str, rate: u32) -> Vec<Duration> {
    let sandbox =
        Sandbox::builder().key("key").stage_every(Duration::from_secs(1)).without_rate_limit().credits(u32::MAX);
    let sandbox = sandbox.start().await.expect("a sandbox");
    sandbox.deliver_to(Router::new());
    let polled = Polled::default();
    let (sender, own) = process(with_times(&sandbox, &polled), url).await;
    let (_other, callbacks) = process(sandbox.router(), url).await;
    let mut waits = JoinSet::new();
    let mut tasks = Vec::new();
    for number in 0..TASKS {
        let task = sender.send(&request_with_callback(ADDRESS, number)).await.expect("a task");
        tasks.push((task.id().to_owned(), own.test_factory().valid(task.id(), "complete")));
        waits.spawn(task.wait().into_future());
    }
    sleep(Duration::from_secs(4)).await;
    polled.lock().expect("no panic").clear();
    let (mut received, begun) = (Vec::new(), Instant::now());
    for (number, (task, callback)) in (0..).zip(tasks) {
        sleep((Duration::from_secs(1) * number / rate).saturating_sub(begun.elapsed())).await;
        received.push((task, Instant::now()));
        tokio::spawn(callbacks.receive(&callback.path, &callback.headers, &callback.body).afterwards());
    }
    while waits.join_next().await.is_some() {}
    let polled = polled.lock().expect("no panic");
    let poll_of = |task: &str| polled.iter().find(|(polled, _)| polled == task).map(|(_, at)| *at);
    let mut times: Vec<Duration> =
        received.iter().map(|(task, at)| poll_of(task).expect("a poll").duration_since(*at)).collect();
    times.sort();
    times
}

async fn process(router: Router, url: &str) -> (Client, Callbacks<UploadCover>) {
    let ledger = PostgresLedger::connect(url).await.expect("a ledger");
    let builder = Client::builder("key").transport(router).callbacks(ADDRESS, "0123456789abcdef").ledger(ledger);
    let client = builder.rate_limit(100_000, Duration::from_secs(1)).build().expect("a client");
    let callbacks = client.callbacks().expect("callbacks");
    (client, callbacks)
}

/// Returns the router of a sandbox that notes the time of each poll.
fn with_times(sandbox: &Sandbox, polled: &Polled) -> Router {
    let (router, polled) = (sandbox.router(), Arc::clone(polled));
    Router::new().fallback(async move |request: Request| {
        if let Some((_, task)) = request.uri().query().and_then(|query| query.split_once('=')) {
            polled.lock().expect("no panic").push((task.to_owned(), Instant::now()));
        }
        let mut router = router.clone();
        router.call(request).await
    })
}
