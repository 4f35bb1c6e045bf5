//! Answers that are almost JSON, compressed, hostile or random, to sends and to polls, and in callbacks.
//!
//! `COVER_RUNS=60000 cargo test -p cover-runtime-tests --test answers` makes more random runs than usual.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::Response;
use cover_api::callback::{Outcome as Came, Refusal};
use cover_api::{Client, Error, Status, Task, TaskHandle};
use cover_runtime_tests::{Outcome, called, fixed_chance, request, runs};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use serde_json::{Value, json};

type Fails = Box<dyn std::error::Error>;

/// A service of another kind, whose tasks stand in the path of a poll.
mod kling {
    #![allow(missing_docs)]
    cover_api::api!("../specs/others/kling.toml", in crate::kling);
}

/// What a server answers.
#[derive(Debug, Clone, Default)]
struct Reply {
    body: Vec<u8>,
    encoding: Option<&'static str>,
}

impl Reply {
    fn plain(body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), encoding: None }
    }

    fn gzip(body: &[u8]) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).expect("into memory");
        Self { body: encoder.finish().expect("into memory"), encoding: Some("gzip") }
    }

    fn deflate(body: &[u8]) -> Self {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).expect("into memory");
        Self { body: encoder.finish().expect("into memory"), encoding: Some("deflate") }
    }
}

/// A server whose answers are set one by one, and that remembers what it was asked.
#[derive(Debug, Clone, Default)]
struct Service(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    post: Reply,
    get: Reply,
    asked: Vec<(Method, String)>,
}

impl Service {
    fn with<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    /// The address of its port.
    async fn serve(&self) -> Result<String, Fails> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = self.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(url)
    }

    /// The targets of requests of this kind.
    fn asked(&self, method: &Method) -> Vec<String> {
        self.with(|inner| {
            inner.asked.iter().filter(|(asked, _)| asked == method).map(|(_, target)| target.clone()).collect()
        })
    }
}

async fn answer(State(service): State<Service>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let _ = axum::body::to_bytes(body, 1 << 20).await;
    let reply = service.with(|inner| {
        inner.asked.push((parts.method.clone(), parts.uri.to_string()));
        if parts.method == Method::POST { inner.post.clone() } else { inner.get.clone() }
    });
    let mut response = Response::builder().header("content-type", "application/json");
    if let Some(encoding) = reply.encoding {
        response = response.header("content-encoding", encoding);
    }
    response.body(Body::from(reply.body)).expect("a response")
}

/// A client on a real connection, and the service at its other end.
async fn connected() -> Result<(Service, Client), Fails> {
    let service = Service::default();
    let client = Client::builder("key").base_url(service.serve().await?).max_attempts(1);
    Ok((service, client.rate_limit(64, Duration::ZERO).build()?))
}

async fn sent(service: &Service, client: &Client, reply: Reply) -> Result<Task, Error> {
    service.with(|inner| inner.post = reply);
    let number = service.asked(&Method::POST).len();
    let sent = client.send(&request(&number.to_string())).await;
    assert_eq!(service.asked(&Method::POST).len(), number + 1, "each is posted once");
    sent
}

fn handle(id: &str) -> TaskHandle {
    serde_json::from_value(json!({ "service": "sunoapi.org/upload-cover", "task": id })).expect("a handle")
}

const MARK: &[u8] = b"\xef\xbb\xbf";

// --- Replies to a send --------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_reply_whose_meaning_is_clear_is_a_task() -> Outcome {
    let id = |id: &str| format!(r#"{{"code":200,"msg":"success","data":{{"taskId":{id}}}}}"#).into_bytes();
    let good = id("\"t1\"");
    let thirty = "123456789012345678901234567890";
    for (what, reply, expected) in [
        ("nothing odd", Reply::plain(good.clone()), "t1"),
        ("a byte order mark", Reply::plain([MARK, &good].concat()), "t1"),
        ("gzip", Reply::gzip(&good), "t1"),
        ("deflate", Reply::deflate(&good), "t1"),
        ("gzip with a byte order mark", Reply::gzip(&[MARK, &good].concat()), "t1"),
        (
            "bytes that are not UTF-8",
            Reply::plain(b"{\"code\":200,\"msg\":\"sch\xf6n\",\"data\":{\"taskId\":\"t1\"}}"),
            "t1",
        ),
        ("NaN", Reply::plain(r#"{"code":200,"x":[NaN,-Infinity],"data":{"taskId":"t1","y":Infinity}}"#), "t1"),
        ("a number out of range", Reply::plain(r#"{"code":200,"x":1e999,"data":{"taskId":"t1"}}"#), "t1"),
        ("a code with a fraction", Reply::plain(r#"{"code":200.0,"data":{"taskId":"t1"}}"#), "t1"),
        ("an id of 30 digits", Reply::plain(id(thirty)), thirty),
        ("an id of 20 digits", Reply::plain(id("18446744073709551615")), "18446744073709551615"),
        ("an id with an exponent", Reply::plain(id("1e3")), "1e3"),
        ("an id with a fraction", Reply::plain(id("1.0")), "1.0"),
        ("an id with odd characters", Reply::plain(id("\"../a?b#c%2e \\\\ ü\"")), "../a?b#c%2e \\ ü"),
    ] {
        // Another ledger each time, in which the id belongs to no purchase.
        let (service, client) = connected().await?;
        let task = sent(&service, &client, reply).await.map_err(|error| format!("{what}: {error}"))?;
        assert_eq!((task.id(), task.was_posted()), (expected, true), "{what}");
    }
    Ok(())
}

#[tokio::test]
async fn success_with_what_is_no_id_is_an_unknown_outcome_and_not_a_task() -> Outcome {
    let (service, client) = connected().await?;
    let long = format!("\"{}\"", "x".repeat(257));
    for id in
        ["\"\"", "\"  \"", "\"\u{a0}\"", "\" t1\"", "\"t1\\n\"", "\"t\\u00001\"", &long, "null", "NaN", "[]", "true"]
    {
        let body = format!(r#"{{"code":200,"data":{{"taskId":{id}}}}}"#);
        let error = sent(&service, &client, Reply::plain(body)).await.expect_err(id);
        assert!(error.is_outcome_unknown() && error.handle().is_none(), "{id}: {error:?}");
        assert!(error.to_string().contains("does not give the id of a task"), "{id}: {error}");
    }
    let damaged = b"{\"code\":200,\"data\":{\"taskId\":\"t\xff1\"}}";
    let error = sent(&service, &client, Reply::plain(damaged)).await.expect_err("half an id");
    assert!(error.is_outcome_unknown() && error.handle().is_none(), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn a_reply_that_is_cut_short_stays_so_also_where_it_is_compressed() -> Outcome {
    let good = br#"{"code":200,"msg":"success","data":{"taskId":"t1","param":"0123456789"}}"#;
    let mut gzip = Reply::gzip(good);
    gzip.body.truncate(gzip.body.len() - 9);
    let hinted = Some("t1");
    for (what, reply, hint) in [
        ("gzip", gzip, hinted),
        ("after the id", Reply::plain(&good[..60]), hinted),
        ("after a mark and the id", Reply::plain([MARK, &good[..60]].concat()), hinted),
        ("after NaN and the id", Reply::plain(r#"{"x":NaN,"code":200,"data":{"taskId":"t1","y":Inf"#), hinted),
        ("within a number", Reply::plain(r#"{"code":200,"data":{"taskId":123456789012345678901234"#), None),
        ("within an id that is damaged", Reply::plain(b"{\"code\":200,\"data\":{\"taskId\":\"t\xff1\",\"x\":"), None),
    ] {
        let (service, client) = connected().await?;
        let error = sent(&service, &client, reply).await.expect_err(what);
        assert!(error.is_outcome_unknown() && error.to_string().contains("cut short"), "{what}: {error}");
        assert_eq!(error.handle().map(TaskHandle::id), hint, "{what}: {error:?}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_small_compressed_and_large_otherwise_is_not_read_to_its_end() -> Outcome {
    let (service, client) = connected().await?;
    let bomb = |compress: fn(&[u8]) -> Reply| {
        let mut body = br#"{"code":200,"data":{"taskId":"t1"},"x":""#.to_vec();
        body.resize(256 << 20, b' ');
        compress(&body)
    };
    for (id, reply) in [("t1", bomb(Reply::gzip)), ("t2", bomb(Reply::deflate))] {
        assert!(reply.body.len() < 1 << 20);
        let error = sent(&service, &client, reply.clone()).await.expect_err("too large");
        assert!(error.is_outcome_unknown() && error.to_string().contains("is too large"), "{error}");
        service.with(|inner| inner.get = reply);
        let error = client.resume(handle(id)).poll().await.expect_err("too large");
        assert!(error.to_string().contains("is too large"), "{error}");
    }
    Ok(())
}

// --- Answers to a poll --------------------------------------------------------------------------------------------------

#[tokio::test]
async fn an_answer_to_a_poll_whose_meaning_is_clear_is_read() -> Outcome {
    let (service, client) = connected().await?;
    let done = |title: &[u8], seconds: &str| {
        let (start, end) = (
            br#"{"code":200,"msg":"success","data":{"status":"SUCCESS","response":{"sunoData":[{"id":"a","title":""#,
            format!(r#"","audioUrl":"https://a.example/1.mp3","duration":{seconds}}}]}}}}}}"#),
        );
        [start, title, end.as_bytes()].concat()
    };
    let good = done(b"Night", "198.44");
    for (number, (what, reply, title, seconds)) in (0..).zip([
        ("nothing odd", Reply::plain(good.clone()), "Night", Some(198.44)),
        ("a byte order mark", Reply::plain([MARK, &good].concat()), "Night", Some(198.44)),
        ("gzip", Reply::gzip(&good), "Night", Some(198.44)),
        ("deflate", Reply::deflate(&good), "Night", Some(198.44)),
        ("NaN", Reply::plain(done(b"Night", "NaN")), "Night", None),
        ("bytes that are not UTF-8", Reply::plain(done(b"N\xe4cht", "1")), "N\u{fffd}cht", Some(1.0)),
        (
            "many digits",
            Reply::plain(done(b"Night", "198.43999999999999772626324556767940521240234375")),
            "Night",
            Some(198.44),
        ),
    ]) {
        service.with(|inner| inner.get = reply);
        let snapshot =
            client.resume(handle(&format!("t{number}"))).poll().await.map_err(|error| format!("{what}: {error}"))?;
        assert_eq!((&snapshot.status, snapshot.tracks.len()), (&Status::Success, 1), "{what}");
        assert_eq!(
            (snapshot.tracks[0].title.as_deref(), snapshot.tracks[0].duration),
            (Some(title), seconds),
            "{what}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn an_id_that_cannot_stand_in_a_path_is_an_error_before_anything_is_sent() -> Outcome {
    let service = Service::default();
    let moment = Duration::from_millis(1);
    let client = kling::Client::builder("key").base_url(service.serve().await?).poll_every(moment, moment).build()?;
    let video =
        |prompt: &str| kling::VideoRequest::builder().model_name(kling::Model::KlingV1_6).prompt(prompt).build();
    let reply = |id: &str| Reply::plain(json!({ "code": 0, "data": { "task_id": id } }).to_string());
    for id in ["..", ".", "%2e%2E"] {
        service.with(|inner| inner.post = reply(id));
        let task = client.send(&video(id)?).await?;
        assert_eq!(task.id(), id, "it was charged");
        for error in [task.poll().await.expect_err(id), task.wait().await.expect_err(id)] {
            assert!(error.is_setup() && error.may_have_been_charged(), "{error:?}");
            assert_eq!(error.handle(), Some(&task.handle()));
            assert!(error.to_string().contains("a step in the path"), "{error}");
        }
    }
    assert_eq!(service.asked(&Method::GET), [""; 0]);

    service.with(|inner| {
        inner.post = reply("../a/b?c#d%\\ e");
        inner.get = Reply::plain(r#"{"code":0,"data":{"task_status":"processing"}}"#);
    });
    client.send(&video("odd")?).await?.poll().await?;
    let asked = service.asked(&Method::GET);
    assert!(asked[0].ends_with("/..%2Fa%2Fb%3Fc%23d%25%5C%20e"), "{asked:?}");
    assert_eq!(asked[0].matches('/').count(), 4, "{asked:?}");
    Ok(())
}

#[tokio::test]
async fn an_operator_cannot_resolve_a_purchase_to_what_is_no_id() -> Outcome {
    let (service, client) = connected().await?;
    sent(&service, &client, Reply::plain("<html>")).await.expect_err("no envelope");
    let unknown = client.unknown().await?;
    for id in ["", " ", "t1\n", " t1"] {
        let error =
            client.resolve(&unknown[0], cover_api::ledger::Resolution::Task(id.to_owned())).await.expect_err(id);
        assert!(error.is_setup(), "{id:?}: {error:?}");
    }
    assert_eq!(service.asked(&Method::GET), [""; 0], "nothing was asked");
    assert_eq!(client.unknown().await?.len(), 1);
    Ok(())
}

// --- Callbacks ----------------------------------------------------------------------------------------------------------

const ADDRESS: &str = "https://api.example.com/covers";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

#[tokio::test]
async fn a_callback_whose_meaning_is_clear_is_taken_and_one_without_an_id_is_refused() -> Outcome {
    let client = Client::builder("key").callbacks(ADDRESS, SECRET).build()?;
    let callbacks = client.callbacks()?;
    let receive = |body: &[u8]| {
        let valid = callbacks.forge().valid("t1", "complete");
        callbacks.receive(&valid.path, &valid.headers, body)
    };
    let body = |id: &str| format!(r#"{{"code":200,"data":{{"callbackType":"complete","task_id":{id},"data":[]}}}}"#);
    let good = body("\"t1\"");
    for (body, expected) in [
        ([MARK, good.as_bytes()].concat(), "t1"),
        (b"{\"code\":NaN,\"msg\":\"\xff\",\"data\":{\"callbackType\":\"complete\",\"task_id\":\"t1\"}}".to_vec(), "t1"),
        (body("123456789012345678901234567890").into_bytes(), "123456789012345678901234567890"),
        (body("1e3").into_bytes(), "1e3"),
    ] {
        let received = receive(&body);
        assert!(matches!(received.outcome(), Came::Unawaited(it) if it.task.id() == expected), "{received:?}");
    }
    for id in ["\" \"", "\"t1 \"", "\"t\\u0000\"", "NaN"] {
        let received = receive(body(id).as_bytes());
        assert!(matches!(received.outcome(), Came::Refused(Refusal::NoTask)), "{id}: {received:?}");
    }
    let received = receive(&good.as_bytes()[..good.len() - 1]);
    assert!(matches!(received.outcome(), Came::Refused(Refusal::NotJson)), "{received:?}");
    Ok(())
}

// --- Random answers -----------------------------------------------------------------------------------------------------

/// Pieces that answers may hold, and that are likely to be read in a wrong way.
const PIECES: [&[u8]; 32] = [
    b"NaN",
    b"-Infinity",
    b"Infinit",
    b"1e999",
    b"-0",
    b"1.0",
    b"123456789012345678901234567890",
    b"0.12345678901234567890123456789",
    b"200",
    b"405",
    b"\"200\"",
    b"null",
    b"true",
    b"{}",
    b"[]",
    b"\"\"",
    b"\"  \"",
    b"\"..\"",
    b"\"\\ud800\"",
    b"\"\\u0000\"",
    b"\"taskId\":\"t9\"",
    b"\"code\":200",
    b"\"status\":\"SUCCESS\"",
    b"{\"data\":",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc3",
    b"\"",
    b"\\",
    b",",
    b"}",
    b"<html>",
];

/// Answers as services give them.
fn usual(chance: &mut fastrand::Rng) -> Value {
    let track = |number: u32| {
        json!({
            "id": format!("track-{number}"), "audioUrl": format!("https://a.example/{number}.mp3?k=1"), "audio_url": "",
            "streamAudioUrl": "", "imageUrl": null, "prompt": "La la\nlü", "modelName": "chirp-v4", "title": "Night Drive",
            "tags": "jazz", "createTime": 1_700_000_000_000_u64, "duration": 198.44,
        })
    };
    let statuses = ["PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS", "CREATE_TASK_FAILED", "GENERATING"];
    let codes = [400, 401, 404, 405, 422, 429, 430, 455, 500, 531];
    let code = if chance.u8(0..4) == 0 { *chance.choice(&codes).expect("there are some") } else { 200 };
    match chance.u8(0..4) {
        0 => json!({ "code": code, "msg": "success", "data": { "taskId": format!("{:032x}", chance.u128(..)) } }),
        1 => json!({ "code": code, "msg": "no https://a.example/x?sig=1", "data": null }),
        2 => json!({
            "code": code, "msg": "success",
            "data": {
                "taskId": "t1", "status": chance.choice(&statuses), "param": "{\"prompt\":\"x\"}", "errorCode": null,
                "errorMessage": "", "response": { "taskId": "t1", "sunoData": [track(1), track(2)] },
            },
        }),
        _ => json!({
            "code": code, "msg": "All generated",
            "data": { "callbackType": chance.choice(["text", "first", "complete", "error"]), "task_id": "t1", "data": [track(1)] },
        }),
    }
}

/// A usual answer, with a few changes.
fn mutated(chance: &mut fastrand::Rng) -> Vec<u8> {
    let mut body = usual(chance).to_string().into_bytes();
    for _ in 0..chance.u8(0..4) {
        let at = chance.usize(0..=body.len());
        let end = (at + chance.usize(0..40)).min(body.len());
        match chance.u8(0..12) {
            0 => body.truncate(at),
            1 => drop(body.drain(at..end)),
            2 => {
                let piece = body[at..end].to_vec();
                body.splice(at..at, piece);
            }
            3 => body[at..end].iter_mut().for_each(|byte| *byte ^= 1 << chance.u8(0..8)),
            4 => {
                let deep = chance.choice([b"[".as_slice(), b"{\"a\":", b"\"", b"\\u00"]).expect("there are some");
                let deep = deep.repeat(chance.usize(1..2_000));
                body.splice(at..at, deep);
            }
            5 => {
                let piece = chance.choice(PIECES).expect("there are some");
                body.splice(at..(at + chance.usize(0..4)).min(body.len()).max(at), piece.iter().copied());
            }
            _ => replace_a_value(&mut body, chance),
        }
    }
    body
}

/// Puts a piece in the place of what stands after a colon.
fn replace_a_value(body: &mut Vec<u8>, chance: &mut fastrand::Rng) {
    let colons: Vec<usize> = (0..body.len()).filter(|at| body[*at] == b':').collect();
    let Some(colon) = chance.choice(colons) else { return };
    let length = body[colon + 1..].iter().position(|byte| matches!(byte, b',' | b'}' | b']'));
    let end = length.map_or(body.len(), |length| colon + 1 + length);
    let piece = chance.choice(PIECES).expect("there are some");
    body.splice(colon + 1..end, piece.iter().copied());
}

/// `Debug` and `Display` of a result are bounded by the length of the answer.
fn is_bounded(body: &[u8], said: &str) {
    assert!(said.len() <= 20 * body.len() + 4_000, "{} bytes said of {}", said.len(), body.len());
}

fn is_id(id: &str) -> bool {
    id.trim() == id && !id.is_empty() && id.len() <= 256 && !id.contains(char::is_control) && !id.contains('\u{fffd}')
}

/// What came of random answers, so that a test that no answer reaches is seen.
#[derive(Debug, Default)]
struct Seen {
    tasks: usize,
    refused: usize,
    unknown: usize,
    snapshots: usize,
    callbacks: usize,
}

#[tokio::test(start_paused = true)]
async fn no_random_answer_makes_a_panic_a_bad_id_or_a_second_post() -> Outcome {
    let (mut chance, mut seen) = (fixed_chance(20_260_917), Seen::default());
    let count = runs(3_000);
    let mut run = 0;
    while run < count {
        let service = Service::default();
        let client = Client::builder("key").transport(service.router()).callbacks(ADDRESS, SECRET).max_attempts(1);
        let client = client.rate_limit(64, Duration::ZERO).build()?;
        // A few for each client, so that what one answer does to the client is felt by the next.
        for _ in 0..20 {
            run += 1;
            let body = mutated(&mut chance);
            service.with(|inner| {
                inner.post = Reply::plain(body.clone());
                inner.get = Reply::plain(body.clone());
                inner.asked.clear();
            });
            client.resume_sends();
            random_send(&service, &client, run, &body, &mut seen).await;
            random_poll(&client, run, &body, &mut seen).await;
            random_callback(&client, &body, &mut seen)?;
        }
    }
    println!("{count} answers: {seen:?}");
    let Seen { tasks, refused, unknown, snapshots, callbacks } = seen;
    for some in [tasks, refused, unknown, snapshots, callbacks] {
        assert!(some > count / 50, "{seen:?}");
    }
    Ok(())
}

async fn random_send(service: &Service, client: &Client, run: usize, body: &[u8], seen: &mut Seen) {
    let sent = client.send(&called(ADDRESS, run)).await;
    assert_eq!(service.asked(&Method::POST).len(), 1, "posted again after {body:?}");
    is_bounded(body, &format!("{sent:?}"));
    match sent {
        Ok(task) => {
            assert!(is_id(task.id()), "{:?}", task.id());
            seen.tasks += 1;
        }
        Err(error) => {
            is_bounded(body, &error.to_string());
            assert!(error.handle().is_none_or(|handle| is_id(handle.id())), "{error:?}");
            assert!(error.is_refused() != error.is_outcome_unknown(), "{error:?} after {body:?}");
            seen.refused += usize::from(error.is_refused());
            seen.unknown += usize::from(error.is_outcome_unknown());
        }
    }
}

async fn random_poll(client: &Client, run: usize, body: &[u8], seen: &mut Seen) {
    // What earlier answers have said of the rate limit is over by then.
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    let polled = client.resume(handle(&format!("t{run}"))).poll().await;
    is_bounded(body, &format!("{polled:?}"));
    match polled {
        Ok(_) => seen.snapshots += 1,
        Err(error) => is_bounded(body, &error.to_string()),
    }
}

fn random_callback(client: &Client, body: &[u8], seen: &mut Seen) -> Outcome {
    let callbacks = client.callbacks()?;
    let valid = callbacks.forge().valid("t1", "complete");
    let received = callbacks.receive(&valid.path, &valid.headers, body);
    is_bounded(body, &format!("{received:?}"));
    if let Came::Unawaited(callback) = received.outcome() {
        assert!(is_id(callback.task.id()), "{callback:?}");
        seen.callbacks += 1;
    }
    Ok(())
}
