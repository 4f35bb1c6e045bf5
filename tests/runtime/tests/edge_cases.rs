//! Cases at the edge, each of which was once a second charge, a hang, a panic or a wrong count.

use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::Router;
use cover_api::ledger::{Ledger, LedgerError, Local, MemoryLedger, SqliteLedger, Transacted, Work};
use cover_api::runtime::ClientBuilder;
use cover_api::sandbox::Sandbox;
use cover_api::{Client, UploadCover};
use cover_runtime_tests::gate::{ADDRESS, Came, Gate, Reply, SECRET, within};
use cover_runtime_tests::{Outcome, called, request};
use tokio::time::{sleep, timeout};
use tower_service::Service;

type Fails = Box<dyn std::error::Error>;

const MILLI: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);

async fn sandbox() -> Result<Sandbox, Fails> {
    Ok(Sandbox::builder().stage_every(30 * SECOND).credits(u32::MAX).without_rate_limit().start().await?)
}

fn builder(gate: &Gate) -> ClientBuilder<UploadCover> {
    Client::builder("sandbox-key").transport(gate.router()).rate_limit(1_000, Duration::ZERO)
}

#[derive(Debug, Clone)]
struct Flaky(MemoryLedger, Arc<AtomicBool>);

impl Ledger for Flaky {
    fn transact(&self, work: Work) -> Transacted {
        if self.1.load(Ordering::SeqCst) {
            return Box::pin(ready(Err(LedgerError::unavailable("as the test says"))));
        }
        self.0.transact(work)
    }

    fn local(&self) -> &Arc<Local> {
        self.0.local()
    }
}

/// A client whose address is not one of this machine, as far as it knows: what is sent there arrives at this port.
fn elsewhere(host: &'static str, port: u16) -> Result<Client, cover_api::Error> {
    let here = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let builder = Client::builder("sandbox-key").base_url(format!("http://{host}:{port}"));
    builder.allow_plain_http().configure_http(move |http| http.no_proxy().resolve(host, here)).build()
}

async fn serve(router: Router) -> std::io::Result<u16> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(port)
}

#[tokio::test]
async fn clients_made_for_each_call_remember_what_is_unknown() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::lost());
    let port = serve(gate.router()).await?;
    for _ in 0..2 {
        let client = elsewhere("unknown.covers.example", port)?;
        let sent = client.send(&request("x")).key("order-17").await;
        assert_eq!(Came::of(&sent), Came::Unknown);
    }
    assert_eq!(sandbox.tasks(), 1, "paid twice");
    Ok(())
}

#[tokio::test]
async fn clients_made_for_each_call_remember_a_task() -> Outcome {
    let sandbox = sandbox().await?;
    let port = serve(sandbox.router()).await?;
    for was_posted in [true, false] {
        let client = elsewhere("task.covers.example", port)?;
        let task = client.send(&request("x")).key("order-17").await?;
        assert_eq!((task.id(), task.was_posted()), ("task-1", was_posted));
    }
    assert_eq!(sandbox.tasks(), 1, "paid twice");
    Ok(())
}

/// Consent whose own attempt was refused.
#[tokio::test(start_paused = true)]
async fn a_consent_whose_post_was_refused_leaves_the_purchase_unknown() -> Outcome {
    for key in [Some("one"), None] {
        let sandbox = sandbox().await?;
        let gate = Gate::new(&sandbox).then(Reply::lost()).then(Reply::Refused);
        let client = builder(&gate).build()?;
        let with_key = |sending: cover_api::runtime::Sending<UploadCover>| match key {
            Some(key) => sending.key(key),
            None => sending,
        };
        assert_eq!(Came::of(&with_key(client.send(&request("x"))).await), Came::Unknown);
        assert_eq!(Came::of(&with_key(client.send_may_charge_twice(&request("x"))).await), Came::Refused);
        let unknown = client.unknown().await?;
        let plain = with_key(client.send(&request("x"))).await;
        assert_eq!((key, unknown.len(), Came::of(&plain), sandbox.tasks()), (key, 1, Came::Unknown, 1));
    }
    Ok(())
}

/// The gauge of unsettled outcomes.
#[test]
fn unsettled_is_taken_off_when_the_runtime_ends() -> Outcome {
    let service = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let sandbox = service.block_on(sandbox())?;
    let gate = service.block_on(async { Gate::with_usual(&sandbox, Reply::Late(200 * MILLI)) });
    let fails = Arc::new(AtomicBool::new(false));
    let client = builder(&gate).ledger(Flaky(MemoryLedger::new(), Arc::clone(&fails))).build()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let task = runtime.block_on(async {
        let sending = tokio::spawn({
            let client = client.clone();
            async move { client.send(&request("x")).key("one").await }
        });
        sleep(100 * MILLI).await;
        fails.store(true, Ordering::SeqCst);
        sending.await
    })??;
    assert_eq!(client.stats().unsettled, 1);
    fails.store(false, Ordering::SeqCst);
    drop(runtime);
    let found = service.block_on(client.find("one"))?;
    assert_eq!(found.map(|found| found.id().to_owned()).as_deref(), Some(task.id()));
    assert_eq!(client.stats().unsettled, 0, "it is settled");
    Ok(())
}

/// A router that never reads the body.
#[tokio::test(start_paused = true)]
async fn a_router_that_reads_no_body_is_asked_once() -> Outcome {
    let tasks = Arc::new(AtomicUsize::new(0));
    let created = Arc::clone(&tasks);
    let router = Router::new().fallback(move || {
        let number = created.fetch_add(1, Ordering::SeqCst) + 1;
        async move {
            sleep(10 * SECOND).await;
            format!(r#"{{"code":200,"msg":"success","data":{{"taskId":"task-{number}"}}}}"#)
        }
    });
    let client: Client = Client::builder("key").transport(router).build()?;
    assert!(timeout(SECOND, client.send(&request("x")).key("one")).await.is_err());
    let task = client.send(&request("x")).key("one").await?;
    assert_eq!(tasks.load(Ordering::SeqCst), 1, "{task:?}");
    Ok(())
}

/// A failure seen by `poll`.
#[tokio::test(start_paused = true)]
async fn a_failure_that_one_poll_has_seen_is_recorded() -> Outcome {
    let sandbox = sandbox().await?;
    sandbox.walk(["PENDING", "GENERATE_AUDIO_FAILED"]);
    let gate = Gate::new(&sandbox);
    let client = builder(&gate).build()?;
    let task = client.send(&request("x")).key("one").await?;
    let mut last = None;
    for _ in 0..100 {
        sleep(10 * SECOND).await;
        let snapshot = task.poll().await?;
        let over = snapshot.is_failed() || snapshot.is_done();
        last = Some(snapshot);
        if over {
            break;
        }
    }
    assert!(last.is_some_and(|last| last.is_failed()));
    let again = client.send(&request("x")).key("one").after_failure().await?;
    assert_eq!((again.id(), again.was_posted()), ("task-2", true));
    Ok(())
}

/// A small ledger.
#[tokio::test(start_paused = true)]
async fn a_small_ledger_in_memory_drops_what_was_delivered() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let client = builder(&gate).ledger(MemoryLedger::with_capacity(8)).build()?;
    for number in 0..20 {
        let sent = client.send(&request(&number.to_string())).await;
        assert!(sent.is_ok(), "{number}: {sent:?}");
    }
    Ok(())
}

/// A row that is damaged.
#[tokio::test]
async fn a_row_with_a_state_but_no_task_is_an_error() -> Outcome {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("ledger.db");
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let client = builder(&gate).ledger(SqliteLedger::open(&path).await?).build()?;
    client.send(&request("x")).key("one").await?;
    let db = rusqlite::Connection::open(&path)?;
    db.pragma_update(None, "ignore_check_constraints", true)?;
    db.execute("UPDATE entries SET task = NULL", [])?;
    let error = timeout(2 * SECOND, client.send(&request("x")).key("one")).await?.expect_err("it is damaged");
    assert!(error.is_ledger() && error.is_not_sent(), "{error:?}");
    assert_eq!(sandbox.tasks(), 1);
    Ok(())
}

/// No runtime.
#[test]
fn a_timeout_without_a_runtime_is_an_error() -> Outcome {
    let client: Client = Client::builder("key").transport(Router::new()).build()?;
    let mut context = Context::from_waker(Waker::noop());
    let mut plain = client.send(&request("x"));
    assert!(matches!(Pin::new(&mut plain).poll(&mut context), Poll::Ready(Err(error)) if error.is_setup()));
    let mut timed = client.send(&request("x")).timeout(SECOND);
    assert!(matches!(Pin::new(&mut timed).poll(&mut context), Poll::Ready(Err(error)) if error.is_setup()));
    Ok(())
}

/// A second charge that is learnt of only when the ledger works again.
#[tokio::test(start_paused = true)]
async fn a_second_charge_is_counted_although_the_ledger_failed_first() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::lost()).then(Reply::Late(100 * SECOND));
    let fails = Arc::new(AtomicBool::new(false));
    let ledger = Flaky(MemoryLedger::new(), Arc::clone(&fails));
    let client = builder(&gate).ledger(ledger).callbacks(ADDRESS, SECRET).build()?;
    assert_eq!(Came::of(&client.send(&called(ADDRESS, 1)).key("one").await), Came::Unknown);
    let second = tokio::spawn({
        let client = client.clone();
        async move { client.send_may_charge_twice(&called(ADDRESS, 1)).key("one").await }
    });
    sleep(10 * SECOND).await;
    let mut callback = client.callbacks()?.forge().valid("task-1", "complete");
    let address = gate.posts()[0]["callBackUrl"].as_str().ok_or("no address")?.to_owned();
    callback.path = address.strip_prefix(ADDRESS).ok_or("another address")?.to_owned();
    let request: axum::extract::Request = callback.into();
    let Ok(_) = client.callbacks()?.router().call(request).await;
    sleep(60 * SECOND).await;
    fails.store(true, Ordering::SeqCst);
    let second = within(HOUR, "the second", second).await?;
    println!("{:?}", second.map(|task| task.id().to_owned()));
    sleep(10 * SECOND).await;
    fails.store(false, Ordering::SeqCst);
    sleep(HOUR).await;
    let (duplicates, stats) = (client.duplicates().await?, client.stats());
    assert_eq!((duplicates.len(), stats.duplicates), (1, 1), "{stats:?}");
    Ok(())
}

/// One send is counted twice.
#[tokio::test(start_paused = true)]
async fn a_refused_send_that_returns_anothers_task_is_counted_once() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Code(405));
    let client = builder(&gate).build()?;
    let send = || {
        let client = client.clone();
        tokio::spawn(async move { client.send(&request("x")).key("one").await.map(|task| task.was_posted()) })
    };
    let first = send();
    sleep(SECOND).await;
    let second = send();
    println!("{:?} {:?}", first.await?, second.await?);
    let stats = client.stats();
    let ended = stats.tasks + stats.refused + stats.not_sent + stats.unknown + stats.existing;
    assert_eq!(ended, 2, "two sends: {stats:?}");
    Ok(())
}

/// The outcome could not be written down, and the client was shut down; reading works.
#[tokio::test(start_paused = true)]
async fn recover_ends_where_nothing_can_tell() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Lost(502, "<html>".to_owned(), 10 * SECOND));
    let fails = Arc::new(AtomicBool::new(false));
    let client = builder(&gate).ledger(Flaky(MemoryLedger::new(), Arc::clone(&fails))).build()?;
    let sending = tokio::spawn({
        let client = client.clone();
        async move { client.send(&request("x")).key("one").await }
    });
    sleep(5 * SECOND).await;
    fails.store(true, Ordering::SeqCst);
    let error = sending.await?.expect_err("it is lost");
    let left = client.shutdown(SECOND).await;
    println!("{left:?}");
    sleep(SECOND).await;
    fails.store(false, Ordering::SeqCst);
    let recovery = error.recovery().ok_or("none")?.clone();
    let recovered = timeout(24 * HOUR, client.recover(recovery)).await;
    println!("{recovered:?}");
    assert!(recovered.is_ok(), "no callback can come, and it waits for ever");
    Ok(())
}

/// Nothing was posted, and a shutdown says that it is under way.
#[tokio::test(start_paused = true)]
async fn what_was_not_posted_is_not_under_way() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let fails = Arc::new(AtomicBool::new(false));
    let client = builder(&gate).ledger(FlakyIntent(MemoryLedger::new(), Arc::clone(&fails))).build()?;
    fails.store(true, Ordering::SeqCst);
    for number in 0..100 {
        let sent = client.send(&request("x")).key(number.to_string()).await;
        assert!(sent.is_err_and(|error| error.is_ledger() && error.is_not_sent()));
    }
    sleep(SECOND).await;
    let stats = client.stats();
    let left = client.shutdown(SECOND).await;
    assert_eq!((gate.posts().len(), stats.unsettled, left.len()), (0, 0, 0), "(posts, unsettled, under way)");
    Ok(())
}

/// Fails from the second transaction of each send on.
#[derive(Debug, Clone)]
struct FlakyIntent(MemoryLedger, Arc<AtomicBool>);

impl Ledger for FlakyIntent {
    fn transact(&self, work: Work) -> Transacted {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        // Look-ups and intents take turns.
        if self.1.load(Ordering::SeqCst) && (number >= 200 || number % 2 == 1) {
            return Box::pin(ready(Err(LedgerError::unavailable("as the test says"))));
        }
        self.0.transact(work)
    }

    fn local(&self) -> &Arc<Local> {
        self.0.local()
    }
}

/// Two equal sends; the first is refused, and the second makes its first POST then.
#[tokio::test(start_paused = true)]
async fn a_first_post_is_not_counted_as_resent() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::with_usual(&sandbox, Reply::Refused);
    let client = builder(&gate).build()?;
    let (one, two) = (client.clone(), client.clone());
    let (request_one, request_two) = (request("x"), request("x"));
    let (one, two) = tokio::join!(one.send(&request_one).key("one"), two.send(&request_two).key("one"));
    let numbers = [one, two].map(|it| it.err().and_then(|error| error.attempt().map(|attempt| attempt.number)));
    let stats = client.stats();
    assert_eq!((numbers, stats.posts, stats.resent, stats.refused), ([Some(1), Some(1)], 2, 0, 2), "{stats:?}");
    Ok(())
}

/// A joined send that is polled so late that its entry was dropped.
#[tokio::test(start_paused = true)]
async fn a_send_that_joined_another_posts_nothing_however_late() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Late(SECOND));
    let client = builder(&gate).build()?;
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.send(&request("x")).await }
    });
    sleep(100 * MILLI).await;
    let mut joined = Box::pin(client.send(&request("x")));
    assert!(joined.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    first.await??;
    for number in 0..1_100 {
        client.send(&request(&number.to_string())).await?;
    }
    let error = joined.await.expect_err("its entry is gone");
    assert!(error.is_ledger() && error.is_not_sent(), "{error:?}");
    assert_eq!(sandbox.tasks(), 1_101);
    Ok(())
}

/// They stand in an address, and are compared as they are.
#[tokio::test(start_paused = true)]
async fn ids_of_tasks_may_be_anything() -> Outcome {
    let many = "x".repeat(100_000);
    for id in ["..", "../../x", "a/b?c#d", r"\u0000", r"\n", "ä ö", " ", "%2e%2e", "{task}", &*many] {
        let seen: Arc<std::sync::Mutex<Vec<String>>> = Arc::default();
        let (shared, task) = (Arc::clone(&seen), id.to_owned());
        let router = Router::new().fallback(move |request: axum::extract::Request| {
            shared.lock().unwrap().push(request.uri().to_string());
            let task = task.clone();
            async move {
                let _ = axum::body::to_bytes(request.into_body(), 1 << 20).await;
                format!(r#"{{"code":200,"msg":"success","data":{{"taskId":"{task}","status":"PENDING"}}}}"#)
            }
        });
        let client: Client = Client::builder("key").transport(router).build()?;
        let sent = client.send(&request("x")).key("one").await;
        match sent {
            Ok(task) => {
                sleep(HOUR).await;
                let polled = task.poll().await.map(|_| ()).map_err(|error| error.to_string());
                let uri = seen.lock().unwrap().last().cloned().unwrap_or_default();
                println!(
                    "{:?}: {:?} {}",
                    &id[..id.len().min(10)],
                    polled.map_err(|e| e.len()),
                    &uri[..uri.len().min(120)]
                );
                let again = client.send(&request("x")).key("one").await;
                assert!(again.is_ok_and(|again| !again.was_posted()));
            }
            Err(error) => println!("{:?}: {}", &id[..id.len().min(10)], error),
        }
    }
    Ok(())
}

/// A purge while an equal send waits.
#[tokio::test(start_paused = true)]
async fn a_purge_while_a_send_waits_does_not_post() -> Outcome {
    let sandbox = Sandbox::builder().stage_every(MILLI).credits(u32::MAX).start().await?;
    let gate = Gate::new(&sandbox).then(Reply::Late(SECOND));
    let client = builder(&gate).build()?;
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.send(&request("x")).key("one").await }
    });
    sleep(100 * MILLI).await;
    let mut joined = Box::pin(client.send(&request("x")).key("one"));
    assert!(joined.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    first.await??.wait().await?;
    assert_eq!(client.purge(Duration::ZERO).await?, 1);
    let error = joined.await.expect_err("its entry is gone");
    assert!(error.is_ledger() && error.is_not_sent(), "{error:?}");
    assert_eq!(sandbox.tasks(), 1);
    Ok(())
}

/// `after_failure` whose own POST was refused.
#[tokio::test(start_paused = true)]
async fn a_repetition_that_was_refused_leaves_the_failed_task() -> Outcome {
    let sandbox = sandbox().await?;
    sandbox.walk(["PENDING", "GENERATE_AUDIO_FAILED"]);
    let gate = Gate::new(&sandbox).then(Reply::Good).then(Reply::Refused);
    let client = builder(&gate).build()?;
    let failed = client.send(&request("x")).key("one").await?;
    assert!(failed.wait().await.is_err_and(|error| error.is_failed()));
    assert_eq!(Came::of(&client.send(&request("x")).key("one").after_failure().await), Came::Refused);
    let found = client.find("one").await?.map(|task| task.id().to_owned());
    let plain = client.send(&request("x")).key("one").await?;
    println!("find: {found:?}; a plain send: {plain:?}");
    assert_eq!((found.as_deref(), plain.was_posted()), (Some("task-1"), false));
    Ok(())
}

/// A row whose ledger failed says which file, and why.
#[tokio::test]
async fn the_message_of_a_ledger_error_names_file_and_cause() -> Outcome {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("ledger.db");
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let client = builder(&gate).ledger(SqliteLedger::open(&path).await?).build()?;
    client.send(&request("x")).key("one").await?;
    rusqlite::Connection::open(&path)?.execute("UPDATE entries SET state = 'later'", [])?;
    let error = client.send(&request("x")).key("one").await.expect_err("it cannot be read");
    println!("{error}");
    assert!(error.to_string().contains("ledger.db"), "{error}");
    Ok(())
}

/// An HTTP/2 server that reads a POST, says that it goes away with this error after the stream, and ends the connection.
async fn going_away(code: u32, last: u32, twice: bool) -> Result<String, Fails> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).unwrap_or_default().to_be_bytes();
        [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut preface = [0; 24];
            stream.read_exact(&mut preface).await?;
            stream.write_all(&frame(4, 0, 0, &[])).await?;
            loop {
                let mut head = [0; 9];
                stream.read_exact(&mut head).await?;
                let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
                stream.read_exact(&mut payload).await?;
                if head[3] == 4 && head[4] == 0 {
                    stream.write_all(&frame(4, 1, 0, &[])).await?;
                }
                if head[3] == 0 && head[4] & 1 == 1 {
                    break;
                }
            }
            if twice {
                let graceful = [0x7fff_ffff_u32.to_be_bytes(), 0_u32.to_be_bytes()].concat();
                stream.write_all(&frame(7, 0, 0, &graceful)).await?;
                sleep(20 * MILLI).await;
            }
            stream.write_all(&frame(7, 0, 0, &[last.to_be_bytes(), code.to_be_bytes()].concat())).await?;
            stream.flush().await?;
            sleep(20 * MILLI).await;
            stream.shutdown().await?;
        }
        Ok::<_, std::io::Error>(())
    });
    Ok(url)
}

#[tokio::test]
async fn a_server_that_goes_away_after_the_stream_proves_nothing() -> Outcome {
    for (code, last, twice) in [(0, 1, false), (2, 1, false), (11, 1, false), (2, 1, true), (1, 0x7fff_ffff, false)] {
        let url = going_away(code, last, twice).await?;
        let http = |http: reqwest::ClientBuilder| http.http2_prior_knowledge();
        let client: Client = Client::builder("key").base_url(&url).max_attempts(1).configure_http(http).build()?;
        let sent = timeout(5 * SECOND, client.send(&request("x")).key("one")).await?;
        println!("{code} {last} {twice}: {:?}", sent.as_ref().map(|_| ()).map_err(ToString::to_string));
        assert_eq!(Came::of(&sent), Came::Unknown, "{code} {last} {twice}: {sent:?}");
    }
    Ok(())
}
