//! Callbacks per second of the router on loopback and their 99th percentile, compared with a bare axum handler that parses the
//! same JSON.
//!
//! `cargo bench -p cover-api --bench receiving`; with `-- serve`, both keep running for another program to measure.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use cover_api::{Client, UploadCover};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const CONNECTIONS: usize = 64;
const TIME: Duration = Duration::from_secs(2);
const ROUNDS: usize = 7;

fn main() {
    let (address, bare, ours) = serve();
    if std::env::args().any(|argument| argument == "serve") {
        println!("http://{address}{bare}\nhttp://{address}{ours}\n{}", body());
        loop {
            std::thread::park();
        }
    }
    let mut rates = Vec::new();
    for round in 0..=ROUNDS {
        let [bare, ours] = [&bare, &ours].map(|path| load(&address, path));
        // The first round warms both up.
        if round > 0 {
            println!("bare {bare:.0?}, ours {ours:.0?}: {:.2}", ours.0 / bare.0);
            rates.push(ours.0 / bare.0);
        }
    }
    rates.sort_by(f64::total_cmp);
    println!("median {:.2}", rates[ROUNDS / 2]);
}

/// What the service posts at the end.
fn body() -> String {
    let track = json!({
        "id": "e231", "audio_url": "https://cdn.example.com/1.mp3", "source_audio_url": "https://cdn.example.com/s1.mp3",
        "stream_audio_url": "https://cdn.example.com/1", "image_url": "https://cdn.example.com/1.jpeg",
        "prompt": "[Verse] Night city lights shining bright ".repeat(30), "model_name": "chirp-v4", "title": "Iron Man",
        "tags": "electrifying, rock", "createTime": "2025-01-01 00:00:00", "duration": 198.44,
    });
    let data = json!({ "callbackType": "complete", "task_id": "2fac", "data": [track, track] });
    json!({ "code": 200, "msg": "All generated successfully.", "data": data }).to_string()
}

/// Starts both on a thread of their own, and returns their address and paths.
fn serve() -> (String, String, String) {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("an address").to_string();
            let client = Client::builder("key").callbacks(format!("http://{address}/ours"), "0123456789abcdef");
            let callbacks =
                client.build().and_then(|client: cover_api::runtime::Client<UploadCover>| client.callbacks());
            let callbacks = callbacks.expect("callbacks");
            let ours = "/ours".to_owned() + &callbacks.test_factory().valid("2fac", "complete").path;
            sender.send((address, "/bare".to_owned(), ours)).expect("the receiver waits");
            let app = Router::new().route("/bare", post(bare)).nest("/ours", callbacks.router());
            axum::serve(listener, app).await.expect("it serves");
        });
    });
    receiver.recv().expect("the server")
}

async fn bare(bytes: Bytes) -> StatusCode {
    match serde_json::from_slice::<Value>(&bytes) {
        Ok(value) if value.is_object() => StatusCode::OK,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// Returns the requests per second, and the 99th percentile of their times in microseconds.
#[expect(clippy::cast_precision_loss, reason = "there are not that many")]
fn load(address: &str, path: &str) -> (f64, f64) {
    let body = body();
    let head = format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ");
    let request = format!("{head}{}\r\n\r\n{body}", body.len());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let over = AtomicBool::new(false);
    let started = Instant::now();
    let mut times = runtime.block_on(async {
        let posts = (0..CONNECTIONS).map(|_| posts(address, &request, &over));
        let (times, ()) = tokio::join!(futures_util::future::join_all(posts), async {
            tokio::time::sleep(TIME).await;
            over.store(true, Ordering::Relaxed);
        });
        times.concat()
    });
    let rate = times.len() as f64 / started.elapsed().as_secs_f64();
    times.sort_unstable();
    (rate, times[times.len() * 99 / 100].as_secs_f64() * 1e6)
}

async fn posts(address: &str, request: &str, over: &AtomicBool) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let (mut times, mut buffer) = (Vec::new(), [0; 1024]);
    while !over.load(Ordering::Relaxed) {
        let begun = Instant::now();
        stream.write_all(request.as_bytes()).await.expect("it is taken");
        let count = stream.read(&mut buffer).await.expect("an answer");
        assert!(buffer[..count].starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&buffer[..count]));
        times.push(begun.elapsed());
    }
    times
}
