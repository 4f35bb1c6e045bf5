//! `cover listen`: it receives the callbacks of purchases that other commands make.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use cover_api::sandbox::Sandbox;

use crate::support::{Home, Live, NIGHT_DRIVE, Said, Service, root};

/// A service whose tasks take long enough for a callback at each stage.
fn service() -> Service {
    Service::with(|builder| builder.stage_every(Duration::from_millis(200)))
}

/// A home whose commands ask for callbacks at this port.
fn home_with_callbacks(service: &Service, port: u16) -> Home {
    Home::at(service).with("COVER_CALLBACK_URL", &format!("http://127.0.0.1:{port}/covers"))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it listens").port()
}

/// Starts `cover listen`, and returns once it listens.
fn listen(home: &Home, port: u16, further: &[&str]) -> Live {
    let live = Live::start(&mut home.command([&["listen", "--port", &port.to_string()], further].concat()));
    live.wait_for("/covers");
    live
}

fn buy(home: &Home) -> Said {
    home.song_to_cover(&["--key", "order-1"]).expect(0)
}

/// Posts a JSON object to a path, and returns the status of the answer.
fn post(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    let head = format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n");
    write!(stream, "{head}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}").expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

/// A program of the user, which answers every request with this status. Returns its address, and the requests that it gets.
fn program(status: &'static str) -> (String, Receiver<String>) {
    slow_program(Duration::ZERO, status)
}

/// A program of the user that answers after this time.
fn slow_program(time: Duration, status: &'static str) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = format!("http://{}/hook", listener.local_addr().expect("it listens"));
    let (sender, requests) = mpsc::channel();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let request = read_request(&mut stream);
            thread::sleep(time);
            write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").ok();
            if sender.send(request).is_err() {
                return;
            }
        }
    });
    (address, requests)
}

fn read_request(stream: &mut TcpStream) -> String {
    let (mut request, mut buffer) = (String::new(), [0; 4096]);
    loop {
        if let Some((head, body)) = request.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return request;
            }
        }
        match stream.read(&mut buffer) {
            Ok(count @ 1..) => request += &String::from_utf8_lossy(&buffer[..count]),
            _ => return request,
        }
    }
}

#[test]
fn a_callback_is_printed_with_the_key_of_its_purchase_and_ctrl_c_is_a_good_end() {
    let (service, port) = (service(), free_port());
    let home = home_with_callbacks(&service, port);
    let listening = listen(&home, port, &[]);
    let said = buy(&home);
    home.expect_covers(2);
    let line = listening.wait_for("complete");
    assert!(line.contains("  order-1  complete"), "{line}");
    let said_by_listen = listening.interrupt().expect(0);
    let export = format!("export COVER_CALLBACK_URL=http://127.0.0.1:{port}/covers\n");
    assert!(said_by_listen.out.starts_with(&export), "{said_by_listen:?}");
    assert_eq!(said.err, "");
}

#[test]
fn a_callback_is_one_event_and_the_result_comes_last() {
    let (service, port) = (service(), free_port());
    let home = home_with_callbacks(&service, port);
    let listening = listen(&home, port, &["--json"]);
    buy(&home);
    listening.wait_for("complete");
    let said = listening.interrupt().expect(0);
    assert_eq!(said.events()[0]["event"], "listening");
    let callbacks = said.events_of("callback");
    let stages: Vec<&str> = callbacks.iter().filter_map(|event| event["stage"].as_str()).collect();
    assert_eq!(stages, ["text", "first", "complete"]);
    assert!(callbacks.iter().all(|event| event["key"] == "order-1" && event["task"] == "task-1"), "{callbacks:#?}");
    let last = said.events().pop().expect("there is an event");
    assert_eq!((&last["event"], &last["received"], &last["refused"]), (&"result".into(), &3.into(), &0.into()));
    assert_eq!(said.err, "");
}

#[test]
fn a_forged_callback_is_refused_and_said_so() {
    let (service, port) = (service(), free_port());
    let home = home_with_callbacks(&service, port);
    let forged = format!("/covers/{:032x}/{:032x}", 1, 2);

    let listening = listen(&home, port, &[]);
    assert_eq!(post(port, &forged), "404");
    assert_eq!(listening.wait_for_warning("refused"), "refused: the callback address was not made by this client");
    listening.interrupt().expect(0);

    let listening = listen(&home, port, &["--json"]);
    assert_eq!(post(port, &forged), "404");
    listening.wait_for("refused");
    let said = listening.interrupt().expect(0);
    assert_eq!(said.events_of("refused").len(), 1);
    assert_eq!(said.events_of("result")[0]["refused"], 1);
}

#[test]
fn a_callback_is_passed_on_as_it_came() {
    let (service, port) = (service(), free_port());
    let home = home_with_callbacks(&service, port);
    let (address, requests) = program("204 No Content");
    let listening = listen(&home, port, &["--forward", &address]);
    buy(&home);
    let request = requests.recv_timeout(Duration::from_secs(30)).expect("a callback is passed on");
    assert!(request.starts_with("POST /hook HTTP/1.1"), "{request}");
    assert!(request.to_ascii_lowercase().contains("content-type: application/json"), "{request}");
    assert!(request.contains("task-1"), "{request}");
    listening.wait_for("complete");
    assert!(!listening.interrupt().expect(0).err.contains("--forward"));
}

#[test]
fn a_program_that_answers_an_error_or_is_gone_is_told() {
    let (service, port) = (service(), free_port());
    let home = home_with_callbacks(&service, port);
    let (address, _requests) = program("500 Internal Server Error");
    let listening = listen(&home, port, &["--forward", &address]);
    buy(&home);
    let warning = listening.wait_for_warning("--forward");
    assert_eq!(warning, format!("--forward {address}: answered 500 Internal Server Error"));
    listening.interrupt().expect(0);

    let gone = format!("http://127.0.0.1:{}/hook", free_port());
    let listening = listen(&home, port, &["--forward", &gone, "--json"]);
    home.song_to_cover(&["--key", "order-2"]).expect(0);
    listening.wait_for("not_forwarded");
    let said = listening.interrupt().expect(0);
    assert_eq!(said.events_of("not_forwarded")[0]["why"], "nothing listens there");
}

#[test]
fn a_callback_that_is_being_passed_on_at_ctrl_c_is_not_lost() {
    let (service, port) = (service(), free_port());
    let home = home_with_callbacks(&service, port);
    let (address, requests) = slow_program(Duration::from_millis(500), "500 Internal Server Error");
    let listening = listen(&home, port, &["--forward", &address]);
    home.cover([&["send", "song.wav"][..], &NIGHT_DRIVE].concat()).expect(0);
    listening.wait_for("  text");
    listening.interrupt().expect(0).saying(&["answered 500"]);
    assert!(requests.try_recv().is_ok());
}

#[test]
fn callbacks_that_a_service_signs_need_its_key() {
    let (spec, port) = (root().join("cover-api/tests/specs/signed.toml"), free_port());
    let parsed = cover_spec::Spec::read(&spec).expect("the spec is there").expect("it has no faults");
    let builder = Sandbox::builder().parsed(&parsed).stage_every(Duration::from_millis(200)).without_rate_limit();
    let service = Service::of(builder);
    let (spec, key) = (spec.to_str().expect("it is a text"), service.sandbox.signing_key());
    let home = home_with_callbacks(&service, port);
    let cover = |home: &Home, key: &str| home.cover(["--spec", spec, "--key", key]);

    cover(&home, "order-1").expect(2).saying(&["COVER_CALLBACK_SIGNING_KEY", "COVER_CALLBACK_URL"]);
    home.cover(["--spec", spec, "listen"]).expect(2).saying(&["COVER_CALLBACK_SIGNING_KEY"]);
    service.expect_nothing_sent();

    let home = home.with("COVER_CALLBACK_SIGNING_KEY", key);
    let listening = listen(&home, port, &["--spec", spec]);
    cover(&home, "order-1").expect(0);
    listening.wait_for("complete");
    let said = listening.interrupt().expect(0);
    assert!(!said.out.contains(key) && !said.err.contains(key), "{said:?}");

    let home = home.with("COVER_CALLBACK_SIGNING_KEY", "an0ther-s1gning-key");
    let listening = listen(&home, port, &["--spec", spec]);
    home.cover(["send", "--spec", spec, "--key", "order-2"]).expect(0);
    listening.wait_for_warning("refused: the signature is invalid");
    let said = listening.interrupt().expect(0);
    assert!(!said.err.contains("an0ther"), "{said:?}");
}

#[test]
fn the_sandbox_of_a_service_that_signs_prints_its_signing_key() {
    let spec = root().join("cover-api/tests/specs/signed.toml");
    let home = Home::new();
    let serving = Live::start(&mut home.command(["--spec", spec.to_str().expect("it is a text"), "sandbox"]));
    serving.wait_for("export COVER_CALLBACK_SIGNING_KEY=");
    serving.interrupt().expect(0);
}

#[test]
fn what_cannot_work_is_refused_before_anything_is_received() {
    let service = service();
    let home = Home::at(&service);
    home.cover(["listen"]).expect(2).saying(&["--address", "COVER_CALLBACK_URL"]);
    home.cover(["listen", "--address", "http://covers.example.com"]).expect(2).saying(&["https://"]);
    home.cover(["listen", "--address", "https://a.example", "--forward", "http://a.example"])
        .expect(2)
        .saying(&["--forward"]);
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = taken.local_addr().expect("it listens").port().to_string();
    home.cover(["listen", "--address", "https://a.example", "--port", &port]).expect(2).saying(&["--port", &port]);
}
