//! A keyed send and a poll, compared with bare reqwest that makes the same two requests with the same timeouts: 64 at once,
//! polls on pooled connections, a connection for each POST. `cargo bench -p cover-api --bench
//! throughput`; with `-- ours` or `-- bare`, only one of them runs, for another program to measure.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use cover_api::Client;
use cover_api::ledger::MemoryLedger;
use cover_testkit::request;
use serde_json::Value;

const AT_ONCE: usize = 64;
const PAIRS: usize = 200;
static TASKS: AtomicUsize = AtomicUsize::new(0);
static KEYS: AtomicUsize = AtomicUsize::new(0);
const ROUNDS: usize = 60;

fn main() {
    let url = serve();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let (ours, bare) = (Ours::new(&url), Bare::new(&url));
    for (name, is_ours) in [("ours", true), ("bare", false)] {
        if std::env::args().any(|argument| argument == name) {
            let pairs = async || if is_ours { ours.pairs().await } else { bare.pairs().await };
            let seconds: f64 = (0..ROUNDS).map(|_| runtime.block_on(pairs())).sum();
            return println!("{name}: {seconds:.2} s");
        }
    }
    let mut ratios = Vec::new();
    let mut seconds = [0.0, 0.0];
    for round in 0..ROUNDS {
        // They take turns at being first.
        let is_first = round % 2 == 0;
        let early = is_first.then(|| runtime.block_on(ours.pairs()));
        let theirs = runtime.block_on(bare.pairs());
        let own = early.unwrap_or_else(|| runtime.block_on(ours.pairs()));
        seconds = [seconds[0] + own, seconds[1] + theirs];
        ratios.push(theirs / own);
    }
    ratios.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "there are not that many")]
    let [own, theirs] = seconds.map(|seconds| (PAIRS * ROUNDS) as f64 / seconds);
    println!("{own:.0} pairs in a second, {theirs:.0} by bare reqwest: {:.3}", own / theirs);
    println!("median of {ROUNDS} rounds: {:.3}", ratios[ROUNDS / 2]);
}

/// Starts a server with fixed answers on a thread of its own.
fn serve() -> String {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            tell.send(format!("http://{}", listener.local_addr().expect("a port"))).expect("it listens");
            let router = axum::Router::new().fallback(|request: axum::extract::Request| async move {
                if request.method() == axum::http::Method::POST {
                    let _ = axum::body::to_bytes(request.into_body(), 1 << 20).await;
                    let id = TASKS.fetch_add(1, Ordering::Relaxed);
                    format!(r#"{{"code":200,"msg":"success","data":{{"taskId":"task-{id}"}}}}"#)
                } else {
                    r#"{"code":200,"msg":"success","data":{"status":"PENDING","response":null}}"#.to_owned()
                }
            });
            axum::serve(listener, router).await.expect("it serves");
        });
    });
    told.recv().expect("it serves")
}

/// Returns the time that the pairs take.
async fn pairs<F: Future<Output = ()> + Send>(one: impl Fn() -> F + Clone + Send + 'static) -> f64 {
    let left = Arc::new(AtomicUsize::new(PAIRS));
    let started = Instant::now();
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let (one, left) = (one.clone(), Arc::clone(&left));
        let worker = async move {
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                one().await;
            }
        };
        workers.spawn(Box::pin(worker) as std::pin::Pin<Box<dyn Future<Output = ()> + Send>>);
    }
    workers.join_all().await;
    started.elapsed().as_secs_f64()
}

struct Ours(Client);

impl Ours {
    fn new(url: &str) -> Self {
        let builder = Client::builder("key").base_url(url).rate_limit(100_000, Duration::ZERO);
        let moment = Duration::from_nanos(1);
        Self(builder.poll_every(moment, moment).ledger(MemoryLedger::new()).build().expect("a client"))
    }

    async fn pairs(&self) -> f64 {
        let (client, request) = (self.0.clone(), Arc::new(request("A calm night drive through the rain")));
        pairs(move || {
            let (client, request) = (client.clone(), Arc::clone(&request));
            async move {
                let key = format!("order-{}", KEYS.fetch_add(1, Ordering::Relaxed));
                let task = client.send(&*request).key(key).await.expect("sent");
                assert_eq!(task.poll().await.expect("polled").tracks.len(), 0);
            }
        })
        .await
    }
}

struct Bare {
    submits: reqwest::Client,
    polls: reqwest::Client,
    post: String,
    get: String,
}

impl Bare {
    fn new(url: &str) -> Self {
        let seconds = Duration::from_secs;
        let http = || reqwest::Client::builder().no_proxy().connect_timeout(seconds(10));
        Self {
            submits: http().pool_max_idle_per_host(0).timeout(seconds(120)).build().expect("a client"),
            polls: http().read_timeout(seconds(30)).build().expect("a client"),
            post: format!("{url}/api/v1/generate/upload-cover"),
            get: format!("{url}/api/v1/generate/record-info"),
        }
    }

    async fn pairs(&self) -> f64 {
        let (submits, polls, post, get) =
            (self.submits.clone(), self.polls.clone(), self.post.clone(), self.get.clone());
        let request = Arc::new(request("A calm night drive through the rain"));
        pairs(move || {
            let (submits, polls, post, get) = (submits.clone(), polls.clone(), post.clone(), get.clone());
            let request = Arc::clone(&request);
            async move {
                let body = serde_json::to_vec(&*request).expect("JSON");
                let sent = submits.post(post).bearer_auth("key").header("content-type", "application/json").body(body);
                let sent = sent.send().await.expect("sent").bytes().await.expect("an answer");
                let sent: Value = serde_json::from_slice(&sent).expect("JSON");
                let id = sent["data"]["taskId"].as_str().expect("an id");
                let polled = polls.get(format!("{get}?taskId={id}")).bearer_auth("key").send().await.expect("polled");
                let polled: Value = serde_json::from_slice(&polled.bytes().await.expect("an answer")).expect("JSON");
                assert_eq!(polled["data"]["status"].as_str(), Some("PENDING"));
            }
        })
        .await
    }
}
