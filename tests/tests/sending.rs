//! How requests are sent: method, path, query, headers and body, seen as raw bytes by a server, and read back by the sandbox.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use cover_api::runtime::{Client, ClientBuilder, Request, Service};
use cover_api::sandbox::Sandbox;
use serde_json::{Value, json};

mod speech {
    cover_api::api!("specs/places/speech.toml", in crate::speech);
}
mod remix {
    cover_api::api!("specs/places/remix.toml", in crate::remix);
}
mod removal {
    cover_api::api!("specs/places/removal.toml", in crate::removal);
}

use remix::RemixRequest;
use removal::RemovalRequest;
use speech::SpeechRequest;

/// Texts that mean something in paths, in queries, in headers or between parts.
const HOSTILE: [&str; 16] = [
    "5c79",
    "a/b",
    "../../credit",
    "a?b=c&d",
    "a#b",
    "a%2fb",
    "%",
    "a\\b",
    "a b+c",
    "{voiceId}{text}",
    "ünï☂",
    "\r\nX-Evil: 1\r\n\r\n",
    "\"; filename=\"x\"",
    "//evil.example.com",
    "...",
    "--cover-0\r\n",
];

/// A request as it arrived.
struct Seen {
    line: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Seen {
    fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
        let first = found.next();
        assert_eq!(found.next(), None, "{name} is sent twice");
        first
    }

    fn path(&self) -> &str {
        self.line.split(' ').nth(1).and_then(|target| target.split('?').next()).expect("a path")
    }

    /// Returns the query, decoded as a server does.
    fn query(&self) -> Vec<(String, String)> {
        let query =
            self.line.split(' ').nth(1).and_then(|target| target.split_once('?')).map_or("", |(_, query)| query);
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        pairs
            .map(|pair| pair.split_once('=').expect("a value"))
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect()
    }

    /// Returns names and contents of the parts.
    fn parts(&self) -> Vec<(String, String)> {
        let content = self.header("content-type").expect("a type");
        let boundary = content.strip_prefix("multipart/form-data; boundary=").expect("multipart");
        let parts = self.body.strip_suffix(&format!("--{boundary}--\r\n")).expect("an end");
        let delimiter = format!("--{boundary}\r\n");
        let parts = parts.split(&delimiter).skip(1);
        let part = |part: &str| {
            let (head, content) = part.split_once("\r\n\r\n").expect("a head");
            let name = head.strip_prefix("Content-Disposition: form-data; name=\"").and_then(|it| it.strip_suffix('"'));
            (name.expect("a name").to_owned(), content.strip_suffix("\r\n").expect("a line end").to_owned())
        };
        parts.map(part).collect()
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next(), rest.next()].map(|digit| digit.expect("a digit") as char);
                u8::from_str_radix(&String::from_iter(digits), 16).expect("digits")
            }
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// Starts a server that answers each request with this body, and returns its address and what it sees.
fn server(answer: &'static str) -> (String, Receiver<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let (sender, seen) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let request = read(&mut stream);
            if !answer.is_empty() {
                let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length:";
                write!(stream, "{head} {}\r\n\r\n{answer}", answer.len()).expect("the answer is sent");
            }
            if sender.send(request).is_err() {
                return;
            }
        }
    });
    (address, seen)
}

fn read(stream: &mut TcpStream) -> Seen {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut chunk).expect("bytes");
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let mut lines = head.lines();
        let line = lines.next().expect("a request line").to_owned();
        let headers = lines.map(|line| line.split_once(": ").expect("a header"));
        let headers: Vec<_> = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        let length =
            headers.iter().find(|(name, _)| name == "content-length").map_or(0, |it| it.1.parse().expect("a length"));
        if body.len() >= length {
            return Seen { line, headers, body: body.to_owned() };
        }
    }
}

const FINE: &str = r#"{"code":200,"msg":"success","id":"task-1"}"#;

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

/// Sends a request to a server, and returns what arrived.
fn sent<S, R>(builder: ClientBuilder<S>, request: &R) -> Seen
where
    S: Service,
    R: Request<Service = S>,
{
    let (address, seen) = server(FINE);
    let client: Client<S> = builder.base_url(address).build().expect("a client");
    run(async { client.send(request).await.map(drop) }).expect("it is sent");
    seen.recv().expect("a request")
}

fn say(voice: &str) -> SpeechRequest {
    SpeechRequest::builder().voice_id(voice).text("La").build().expect("it is valid")
}

#[test]
fn a_request_has_method_path_query_headers_and_parts() {
    let request =
        SpeechRequest::builder().voice_id("v 1").speed(0.5).text("La\r\nla").takes(2).loud(true).odd(["a", "b"]);
    let seen = sent(speech::Client::builder("k3y"), &request.build().expect("it is valid"));
    assert_eq!(seen.line, "PUT /v1/voices/v%201/takes?speed=0.5 HTTP/1.1");
    assert_eq!((seen.header("x-version"), seen.header("accept")), (Some("3"), Some("application/json")));
    let parts = [("loud", "true"), ("odd %22name", "a"), ("odd %22name", "b"), ("takes", "2"), ("text", "La\r\nla")];
    assert_eq!(seen.parts(), parts.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let request = RemixRequest::builder().voice_id("v").tags(["a&b"]).text("La").build().expect("it is valid");
    let seen = sent(remix::Client::builder("k3y"), &request);
    assert_eq!(seen.line, "PATCH /v1/remix-v.json?tags=a%26b HTTP/1.1");
    assert_eq!((&*seen.body, seen.header("content-type")), (r#"{"text":"La"}"#, Some("application/json")));
    assert_eq!(seen.header("x-key"), Some("k3y"));
    let request = RemovalRequest::builder().voice_id("v").build().expect("it is valid");
    let seen = sent(removal::Client::builder("k3y"), &request);
    assert_eq!((&*seen.line, &*seen.body), ("DELETE /v1/voices/v HTTP/1.1", ""));
    assert_eq!((seen.header("content-type"), seen.header("transfer-encoding")), (None, None));
}

#[test]
fn an_upload_has_the_api_key_and_the_constant_headers_of_the_service() {
    let (address, seen) = server(r#"{"code":200,"msg":"success","data":{"downloadUrl":"https://a.example/a.wav"}}"#);
    let client = speech::Client::builder("k3y").base_url(address).build().expect("a client");
    run(async { client.upload_bytes("a.wav", "song").await }).expect("it is sent");
    let seen = seen.recv().expect("an upload");
    assert_eq!((seen.header("x-version"), seen.header("accept")), (Some("3"), Some("application/json")));
    assert_eq!(seen.header("authorization"), Some("Basic azN5OsOk"));
    let content = seen.header("content-type").expect("a type");
    assert!(content.starts_with("multipart/form-data; boundary="), "{content}");
}

#[test]
fn basic_is_sent_as_utf_8_in_base64_with_the_api_key_in_the_place_of_key() {
    // Base64 of "k3y:ä".
    assert_eq!(sent(speech::Client::builder("k3y"), &say("v")).header("authorization"), Some("Basic azN5OsOk"));
    let shown = format!("{:?}", speech::Client::builder("k3y").build().expect("a client"));
    assert!(!shown.contains("azN5"), "{shown}");
}

#[test]
fn a_value_in_the_path_is_one_part_of_it_whatever_characters_it_has() {
    for voice in HOSTILE {
        let seen = sent(speech::Client::builder("k3y"), &say(voice));
        let segments: Vec<&str> = seen.path().split('/').collect();
        let ["", "v1", "voices", segment, "takes"] = segments[..] else { panic!("{voice:?} became {}", seen.line) };
        assert_eq!(decoded(&segment.replace('+', "%2B")), voice);
        assert_eq!((seen.header("x-evil"), seen.query().len()), (None, 0), "{voice:?}");
    }
}

#[test]
fn a_value_that_is_empty_or_is_refused_before_anything_is_sent_if_it_would_be_a_whole_part_of_the_path() {
    let (address, seen) = server(FINE);
    let client = speech::Client::builder("k3y").base_url(&address).build().expect("a client");
    for (voice, why) in [
        ("", "would leave a part of the path empty"),
        (".", "would be a step in the path of an address"),
        ("..", "would be a step in the path of an address"),
        (".%2E", "would be a step in the path of an address"),
    ] {
        let error = run(async { client.send(&say(voice)).await }).expect_err("it is refused");
        assert_eq!(error.to_string(), format!("nothing was sent: the value of `voiceId` {why}"));
        assert!(error.is_setup() && !error.may_have_been_charged());
    }
    assert!(seen.try_recv().is_err(), "nothing was sent");
    for voice in ["", "..", "."] {
        let request = RemixRequest::builder().voice_id(voice).text("La").build().expect("it is valid");
        let seen = sent(remix::Client::builder("k3y"), &request);
        assert_eq!(seen.path(), format!("/v1/remix-{voice}.json"));
    }
}

#[test]
fn a_value_in_the_query_or_in_a_part_is_written_like_a_text_and_a_number_or_a_boolean_as_in_json() {
    for text in HOSTILE {
        let request = SpeechRequest::builder().voice_id("v").tags([text]).text(text).loud(false).takes(-3).speed(1e-7);
        let seen = sent(speech::Client::builder("k3y"), &request.build().expect("it is valid"));
        let query = [("tags", text), ("speed", "1e-7")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(seen.query(), query);
        let parts: BTreeMap<_, _> = seen.parts().into_iter().collect();
        assert_eq!(parts["text"], text);
        assert_eq!((&*parts["loud"], &*parts["takes"]), ("false", "-3"));
    }
}

#[test]
fn a_list_repeats_its_query_parameter_or_its_part() {
    let request = SpeechRequest::builder().voice_id("v").tags(["b", "a", "b"]).odd(["y", "x"]).text("La");
    let seen = sent(speech::Client::builder("k3y"), &request.build().expect("it is valid"));
    assert_eq!(seen.query(), ["b", "a", "b"].map(|tag| ("tags".to_owned(), tag.to_owned())));
    let odd: Vec<_> = seen.parts().into_iter().filter(|(name, _)| name.starts_with("odd")).map(|it| it.1).collect();
    assert_eq!(odd, ["y", "x"]);
}

#[test]
fn an_empty_list_in_the_query_or_in_a_multipart_body_is_sent_as_nothing() {
    let none: [&str; 0] = [];
    let request = SpeechRequest::builder().voice_id("v").tags(none).odd(none).text("La").build().expect("it is valid");
    let seen = sent(speech::Client::builder("k3y"), &request);
    assert_eq!((&*seen.line, seen.parts().len()), ("PUT /v1/voices/v/takes HTTP/1.1", 1));
}

#[test]
fn each_attempt_has_a_callback_address_of_its_own_wherever_the_field_is_sent() {
    let base = "https://me.example.com/hook";
    let mut addresses = Vec::new();
    for text in ["La", "Lo"] {
        let request =
            SpeechRequest::builder().voice_id("v").call_back_url(base).text(text).build().expect("it is valid");
        let seen = sent(speech::Client::builder("k3y").callbacks(base, "0123456789abcdef"), &request);
        let [(name, value)] = &seen.query()[..] else { panic!("{}", seen.line) };
        assert!(name == "callBackUrl" && value.starts_with(&format!("{base}/")), "{value}");
        assert_eq!(seen.parts(), [("text".to_owned(), text.to_owned())]);
        addresses.push(value.clone());
    }
    assert_ne!(addresses[0], addresses[1]);
}

#[test]
fn a_request_without_a_body_whose_answer_is_lost_is_not_sent_again() {
    let request = RemovalRequest::builder().voice_id("s3cret-voice").tags(["s3cret-tag"]).build().expect("it is valid");
    let (address, seen) = server("");
    let client = removal::Client::builder("k3y").base_url(address).build().expect("a client");
    for _ in 0..2 {
        let error = run(async { client.send(&request).await }).expect_err("there is no answer");
        assert!(error.is_outcome_unknown() && error.may_have_been_charged(), "{error}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("s3cret"), "{shown}");
    }
    assert_eq!(seen.try_iter().count(), 1);
}

#[test]
fn a_request_without_a_body_that_finds_no_server_was_not_sent() {
    let request = RemovalRequest::builder().voice_id("s3cret-voice").build().expect("it is valid");
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let builder = removal::Client::builder("k3y").base_url(format!("http://{free}")).max_attempts(1);
    let error = run(async { builder.build().expect("a client").send(&request).await }).expect_err("there is no server");
    assert!(error.is_not_sent() && !error.may_have_been_charged(), "{error}");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[test]
fn the_place_of_a_value_is_part_of_the_identity_of_a_purchase() {
    let (address, seen) = server(FINE);
    let client = removal::Client::builder("k3y").base_url(address).build().expect("a client");
    let request = |voice: &str, tags: &[&str]| {
        RemovalRequest::builder().voice_id(voice).tags(tags.to_vec()).build().expect("it is valid")
    };
    run(async { client.send(&request("v", &["a"])).key("one").await.map(drop) }).expect("it is sent");
    for other in [request("w", &["a"]), request("v", &["b"]), request("v", &["a", "a"])] {
        let error = run(async { client.send(&other).key("one").await }).expect_err("it is another purchase");
        assert!(error.is_key_conflict(), "{error}");
    }
    assert_eq!(seen.try_iter().count(), 1);
}

/// A random request of the service, as JSON.
fn random(random: &mut impl FnMut(usize) -> usize) -> Value {
    let mut text = |least: usize| -> String {
        let pieces = least.max(1) + random(3);
        (0..pieces).map(|_| HOSTILE[random(HOSTILE.len())]).collect::<Vec<_>>().join("/")
    };
    let (voice, said, tags, odd) = (text(1), text(1), [text(1), text(1), text(1)], [text(1), text(1)]);
    let mut request = json!({ "voiceId": voice, "text": said });
    let lists = [("tags", &tags[..=random(3)]), ("odd \"name", &odd[..=random(2)])];
    for (name, list) in lists.into_iter().filter(|_| random(2) == 0).collect::<Vec<_>>() {
        request[name] = json!(list);
    }
    if random(2) == 0 {
        #[expect(clippy::cast_precision_loss, reason = "any number will do")]
        let speed = (random(usize::MAX) as f64 / 7.0) * 10_f64.powi(i32::try_from(random(40)).unwrap_or_default() - 20);
        request["speed"] = json!(speed);
    }
    if random(2) == 0 {
        request["takes"] = json!(random(1_000_000));
    }
    if random(2) == 0 {
        request["loud"] = json!(random(2) == 0);
    }
    request
}

#[test]
fn the_sandbox_reads_back_what_was_sent() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut draw = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % (below as u64)).expect("it is small")
    };
    run(async {
        let specs = Sandbox::builder().spec(include_str!("../specs/places/speech.toml")).credits(1_000_000);
        let sandbox = specs.without_rate_limit().start().await.expect("a sandbox");
        let http =
            speech::Client::builder(sandbox.key()).base_url(sandbox.url()).rate_limit(64, std::time::Duration::ZERO);
        let inside = speech::Client::builder(sandbox.key())
            .transport(sandbox.router())
            .rate_limit(64, std::time::Duration::ZERO);
        let clients = [http.build().expect("a client"), inside.build().expect("a client")];
        for number in 0..200 {
            let body = random(&mut draw);
            let request = SpeechRequest::from_json(body.to_string().as_bytes()).expect("it is valid");
            clients[number % 2]
                .send(&request)
                .key(number.to_string())
                .await
                .unwrap_or_else(|error| panic!("{body}: {error}"));
            let created = sandbox.created().pop().expect("a task");
            assert_eq!(created.request, body);
        }
    });
}
