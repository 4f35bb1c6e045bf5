//! Callbacks that a server refuses, on real sockets, each with its status.

use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderName};
use cover_api::callback::{Callbacks, Refusal, TestCallback};
use cover_api::{Client, UploadCover};
use cover_testkit::Outcome;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

struct Server {
    address: String,
    callbacks: Callbacks<UploadCover>,
}

async fn server() -> Result<Server, Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let client = Client::builder("key").callbacks(format!("http://{address}/covers"), "0123456789abcdef").build()?;
    let callbacks = client.callbacks()?;
    let app = axum::Router::new().nest("/covers", callbacks.router());
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(Server { address, callbacks })
}

fn head(method: &str, path: &str, headers: &HeaderMap, length: usize) -> String {
    let line = |name: &HeaderName| Some(format!("{name}: {}\r\n", headers.get(name)?.to_str().ok()?));
    let headers = headers.keys().filter_map(line).collect::<Vec<_>>().concat();
    format!("{method} /covers{path} HTTP/1.1\r\nhost: a\r\n{headers}content-length: {length}\r\n\r\n")
}

/// Connects, writes these bytes, and reads the answer.
async fn answer(address: &str, bytes: &[u8]) -> Result<String, Box<dyn std::error::Error>> {
    let mut stream = TcpStream::connect(address).await?;
    // The server may answer and close before it has read everything.
    let _ = stream.write_all(bytes).await;
    read(&mut stream).await
}

async fn read(stream: &mut TcpStream) -> Result<String, Box<dyn std::error::Error>> {
    let mut answer = Vec::new();
    let mut buffer = [0; 1024];
    while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
        match timeout(PATIENCE, stream.read(&mut buffer)).await? {
            Ok(0) | Err(_) => break,
            Ok(count) => answer.extend_from_slice(&buffer[..count]),
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn status(answer: &str) -> Option<u16> {
    answer.split(' ').nth(1)?.parse().ok()
}

fn whole(TestCallback { path, headers, body, .. }: &TestCallback) -> Vec<u8> {
    [head("POST", path, headers, body.len()).as_bytes(), body].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_has_its_status_and_no_body() -> Outcome {
    let Server { address, callbacks } = server().await?;
    let valid = callbacks.test_factory().valid("task-1", "complete");
    let mut sent: Vec<(Option<Refusal>, Vec<u8>)> = vec![(None, whole(&valid))];
    sent.extend(callbacks.test_factory().invalid("task-1").iter().map(|(why, forged)| (Some(*why), whole(forged))));
    sent.push((Some(Refusal::WrongMethod), head("GET", &valid.path, &valid.headers, 0).into_bytes()));
    sent.push((Some(Refusal::WrongMethod), [head("PUT", &valid.path, &valid.headers, 2).as_bytes(), b"{}"].concat()));
    // An announced length is believed; without one, bytes are counted.
    sent.push((Some(Refusal::TooLarge), head("POST", &valid.path, &valid.headers, 1 << 40).into_bytes()));
    let chunked =
        head("POST", &valid.path, &valid.headers, 0).replace("content-length: 0", "transfer-encoding: chunked");
    let chunks = [chunked.as_bytes(), b"50000\r\n", &vec![b' '; 0x50000], b"\r\n0\r\n\r\n"].concat();
    sent.push((Some(Refusal::TooLarge), chunks));

    let mut reached = Vec::new();
    for (why, bytes) in sent {
        let started = Instant::now();
        let before = callbacks.stats();
        let answer = answer(&address, &bytes).await?;
        assert_eq!(status(&answer), Some(why.map_or(200, Refusal::status)), "{why:?}: {answer}");
        assert!(answer.contains("content-length: 0"), "no details: {answer}");
        assert!(started.elapsed() < Duration::from_secs(1), "{why:?}");
        let after = callbacks.stats();
        match why {
            Some(why) => assert_eq!(after.refused(why), before.refused(why) + 1, "{why:?}"),
            None => assert_eq!(after.unawaited, before.unawaited + 1),
        }
        reached.extend(why);
    }
    let missing = |refusal: &&Refusal| !reached.contains(refusal);
    let missing: Vec<_> = Refusal::ALL.iter().filter(missing).collect();
    // Other tests cover these.
    let others = [
        Refusal::TooSlow,
        Refusal::CutShort,
        Refusal::Busy,
        Refusal::OtherTask,
        Refusal::MissingSignature,
        Refusal::InvalidSignature,
        Refusal::StaleSignature,
    ];
    assert_eq!(missing, others.iter().collect::<Vec<_>>());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_and_broken_bodies_are_given_up_and_too_many_at_once_are_refused() -> Outcome {
    let Server { address, callbacks } = server().await?;
    let valid = callbacks.test_factory().valid("task-1", "complete");
    let beginning = head("POST", &valid.path, &valid.headers, 1_000) + "{";

    let mut slow = Vec::new();
    for _ in 0..300 {
        let mut stream = TcpStream::connect(&address).await?;
        stream.write_all(beginning.as_bytes()).await?;
        slow.push(stream);
    }
    let (mut busy, mut too_slow) = (0, 0);
    for mut stream in slow {
        match status(&read(&mut stream).await?) {
            Some(503) => busy += 1,
            Some(408) => too_slow += 1,
            other => return Err(format!("{other:?}").into()),
        }
    }
    assert_eq!((busy, too_slow), (300 - 256, 256));

    let mut broken = TcpStream::connect(&address).await?;
    broken.write_all(beginning.as_bytes()).await?;
    drop(broken);
    let started = Instant::now();
    while callbacks.stats().refused(Refusal::CutShort) == 0 {
        assert!(started.elapsed() < PATIENCE, "it was not noticed");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(status(&answer(&address, &whole(&valid)).await?), Some(200), "there is room again");
    Ok(())
}
