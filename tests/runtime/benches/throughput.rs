//! A send and a poll, beside bare reqwest that makes the same two requests: 64 at once, polls on pooled connections, a
//! connection of its own for each POST. `cargo bench -p cover-runtime-tests --bench throughput`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use cover_api::Client;
use cover_runtime_tests::request;
use serde_json::Value;

const AT_ONCE: usize = 64;
const PAIRS: usize = 500;
static TASKS: AtomicUsize = AtomicUsize::new(0);
const ROUNDS: usize = 9;

fn main() {
    let url = serve();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let (mut ratios, mut figures) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        // Each is first as often as the other.
        let ours = runtime.block_on(ours(&url));
        let [bare_after, bare_before] = [runtime.block_on(bare(&url)), runtime.block_on(bare(&url))];
        let ours_again = runtime.block_on(self::ours(&url));
        figures.push((f64::midpoint(ours, ours_again), f64::midpoint(bare_after, bare_before)));
        ratios.push((ours + ours_again) / (bare_after + bare_before));
    }
    ratios.sort_by(f64::total_cmp);
    for (ours, bare) in figures {
        println!("{ours:6.0} pairs in a second, {bare:6.0} by bare reqwest");
    }
    println!("ratio: {:.3} (median of {ROUNDS}; {:.3} to {:.3})", ratios[ROUNDS / 2], ratios[0], ratios[ROUNDS - 1]);
}

/// A server on a thread of its own that has an answer ready.
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

/// Pairs of requests in a second.
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
    #[expect(clippy::cast_precision_loss, reason = "there are not that many")]
    let pairs = PAIRS as f64;
    pairs / started.elapsed().as_secs_f64()
}

async fn ours(url: &str) -> f64 {
    let builder = Client::builder("key").base_url(url).pace(100_000, Duration::ZERO);
    let client = builder.poll_every(Duration::from_nanos(1), Duration::from_nanos(1)).build().expect("a client");
    let request = Arc::new(request("A calm night drive through the rain"));
    pairs(move || {
        let (client, request) = (client.clone(), Arc::clone(&request));
        async move {
            let task = client.send(&*request).await.expect("sent");
            assert_eq!(task.poll().await.expect("polled").tracks.len(), 0);
        }
    })
    .await
}

async fn bare(url: &str) -> f64 {
    let seconds = Duration::from_secs;
    let http = || reqwest::Client::builder().no_proxy().connect_timeout(seconds(10));
    let submits = http().pool_max_idle_per_host(0).timeout(seconds(120)).build().expect("a client");
    let polls = http().read_timeout(seconds(30)).build().expect("a client");
    let body = serde_json::to_vec(&request("A calm night drive through the rain")).expect("JSON");
    let (post, get) = (format!("{url}/api/v1/generate/upload-cover"), format!("{url}/api/v1/generate/record-info"));
    pairs(move || {
        let (submits, polls, body, post, get) =
            (submits.clone(), polls.clone(), body.clone(), post.clone(), get.clone());
        async move {
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
