//! Neither the key nor the query of an address is in anything that people read: `Debug`, `Display`, logs of every level, panics
//! and the ledger file.

mod planted;
mod postgres;

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cover_api::ledger::SqliteLedger;
use cover_api::sandbox::{Answer, Sandbox};
use cover_api::{Client, Link, TaskHandle};
use cover_testkit::fault::Fault;
use cover_testkit::{Outcome, Server, request, request_with_callback, tls};

const KEY: &str = "s3cret-key";
const SECRET: &str = "s3cret of callbacks";

/// All texts that a reader of logs and errors sees.
#[derive(Clone, Default)]
struct Read(Arc<Mutex<Vec<u8>>>);

impl Write for Read {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().map_err(|_| std::io::ErrorKind::Other)?.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Read {
    fn shown(&mut self, shown: &impl std::fmt::Debug) {
        let _ = writeln!(self, "{shown:?} {shown:#?}");
    }

    fn error(&mut self, error: &(impl std::error::Error + 'static)) {
        self.shown(&error);
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
        while let Some(error) = cause {
            let _ = writeln!(self, "{error} {error:?}");
            cause = error.source();
        }
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| panic!("{error:?} {error}")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_in_logs_errors_panics_or_the_ledger_file() -> Outcome {
    let mut read = Read::default();
    let log = read.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || log.clone())
        .init();
    let panics = Mutex::new(read.clone());
    std::panic::set_hook(Box::new(move |info| {
        let _ = panics.lock().map(|mut read| writeln!(read, "{info}"));
    }));

    let folder = tempfile::tempdir()?;
    let path = folder.path().join("covers.db");
    let ledger = SqliteLedger::open(&path).await?;
    faults(&mut read, &ledger).await?;
    answers(&mut read, &ledger).await?;
    let tags = callbacks(&mut read, &ledger).await?;
    let planted = planted::planted(&mut read).await?;
    postgres::postgres(&mut read).await?;
    drop(ledger);
    drop(std::panic::take_hook());
    read.write_all(&std::fs::read(&path)?)?;

    let read = read.0.lock().map_err(|_| "poisoned")?.clone();
    let text = String::from_utf8_lossy(&read);
    let encoded = tags.iter().chain(&planted).map(String::as_str);
    for secret in [KEY, "s3cret-query", SECRET, postgres::PASSWORD].into_iter().chain(encoded) {
        let around = text.find(secret).map(|at| {
            let before = text[..at].chars().rev().take(300).collect::<Vec<_>>();
            before.into_iter().rev().chain(text[at..].chars().take(50)).collect::<String>()
        });
        assert_eq!(around, None, "{secret} can be read");
    }
    for said in [
        "the outcome is unknown; it may have been charged",
        "send{service=sunoapi.org/upload-cover}",
        "poll{task=task-1}",
    ] {
        assert!(text.contains(said), "the log does not say {said}");
    }
    assert!(read.len() > 100_000, "{} bytes were looked at", read.len());
    Ok(())
}

/// Receives valid and invalid callbacks over real connections. Returns the tags of their addresses.
async fn callbacks(read: &mut Read, ledger: &SqliteLedger) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().key(KEY).stage_every(Duration::from_millis(20)).start().await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}/covers", listener.local_addr()?);
    let client = Client::builder(KEY).base_url(sandbox.url()).callbacks(&address, SECRET).ledger(ledger.clone());
    let client = client.build()?;
    let callbacks = client.callbacks()?;
    let (seen, router) = (Arc::new(Mutex::new(Vec::new())), callbacks.router());
    let paths = Arc::clone(&seen);
    let note = axum::middleware::from_fn(move |request: axum::extract::Request, next: axum::middleware::Next| {
        let _ = paths.lock().map(|mut paths| paths.push(request.uri().path().to_owned()));
        next.run(request)
    });
    tokio::spawn(async move { axum::serve(listener, router.layer(note)).await });

    read.shown(&(&client, &callbacks));
    let task = client.send(&request_with_callback(&address, 1)).await?;
    task.wait().await?;
    let mut tags: Vec<String> = seen.lock().map_err(|_| "poisoned")?.clone();
    for (why, forged) in callbacks.test_factory().invalid(task.id()) {
        let received = callbacks.receive(&forged.path, &forged.headers, &forged.body);
        read.shown(&(why, &received));
    }
    let valid = callbacks.test_factory().valid("other", "complete");
    read.shown(&callbacks.receive(&valid.path, &valid.headers, &valid.body));
    read.shown(&callbacks.stats());
    tags.push(valid.path);
    assert_eq!(tags.len(), 4);
    read.error(
        &Client::builder(KEY).callbacks("https://u:s3cret-query@a.example", SECRET).build().expect_err("a user"),
    );
    Ok(tags.iter().filter_map(|path| path.rsplit('/').next()).map(str::to_owned).collect())
}

/// Sends a POST into every fault on the wire.
async fn faults(read: &mut Read, ledger: &SqliteLedger) -> Outcome {
    for fault in Fault::ALL {
        let server = Server::start(fault, 7).await?;
        let patience = fault.patience();
        let http = move |http: reqwest::ClientBuilder| {
            let authority = reqwest::Certificate::from_pem(tls::AUTHORITY).into_iter();
            http.timeout(patience).connect_timeout(patience).connection_verbose(true).tls_certs_only(authority)
        };
        let client = Client::builder(KEY)
            .base_url(server.url())
            .max_attempts(2)
            .retry_window(Duration::from_secs(9))
            .configure_http(http);
        let client = client.ledger(ledger.clone()).build()?;
        read.shown(&client);
        let sending = client.send(&request("x")).key("order 17");
        read.shown(&sending);
        match sending.await {
            Ok(task) => read.shown(&task),
            Err(error) => read.error(&error),
        }
        read.shown(&client.stats());
    }
    Ok(())
}

/// Reads answers that repeat what they were sent.
async fn answers(read: &mut Read, ledger: &SqliteLedger) -> Outcome {
    let sandbox = Sandbox::builder().key(KEY).stage_each_poll().without_rate_limit().start().await?;
    let client = Client::builder(KEY).base_url(sandbox.url()).rate_limit(64, Duration::ZERO).ledger(ledger.clone());
    let client = client.poll_every(Duration::from_millis(5), Duration::from_millis(5)).build()?;
    let says = format!("bad key {KEY}, cannot load https://storage.example.com/song.mp3?signature=s3cret-query");
    for code in [400, 401, 413, 500, 599] {
        sandbox.answer_submit(Answer::message(code, &says));
        read.error(&client.send(&request(&code.to_string())).await.expect_err("scripted"));
    }
    let task = client.send(&request("y")).await?;
    read.shown(&(&task, task.wait(), task.wait().updates(), client.wait_all([task.handle()])));
    for code in [400, 401, 404, 405, 500, 599] {
        sandbox.answer_poll(Answer::message(code, &says));
        tokio::time::sleep(Duration::from_millis(6)).await;
        read.error(&task.poll().await.expect_err("scripted"));
        if code == 405 {
            // The pause that it asks for does not bind another client.
            break;
        }
    }
    let client = Client::builder(KEY).base_url(sandbox.url()).rate_limit(64, Duration::ZERO);
    let client = client.poll_every(Duration::from_millis(5), Duration::from_millis(5)).build()?;
    let task = client.resume(task.handle());
    read.shown(&task.wait().await?);
    read.shown(&serde_json::from_str::<TaskHandle>(&serde_json::to_string(&task.handle())?)?);
    for address in ["nowhere", "http://127.0.0.1:1/x", &format!("{}/files/none", sandbox.url())] {
        let link = Link::new(format!("{address}?signature=s3cret-query"));
        read.shown(&link);
        read.error(&client.download(&link).await.expect_err("there is nothing"));
    }
    let redirecting = Server::start(Fault::Redirect, 1).await?;
    let link = Link::new(format!("{}/x?signature=s3cret-query", redirecting.url()));
    let _ = tokio::time::timeout(Duration::from_secs(1), client.download(&link)).await;
    read.shown(ledger);
    read.error(&SqliteLedger::open("/").await.expect_err("no file"));
    read.error(&Client::builder(KEY).base_url("https://u:s3cret-query@a.example").build().expect_err("a user"));
    read.error(&Client::builder(format!("{KEY}\n")).build().expect_err("no header"));
    Ok(())
}
