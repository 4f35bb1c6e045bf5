//! Whole sessions: what each command prints. Standard error is silent without a terminal.

use std::time::Duration;

use crate::support::{Home, Service, Session};

/// The arguments of a cover that keeps every rule.
const COVER: &str = "--title 'Night Drive' --style 'Smooth jazz trio' --instrumental";

#[test]
fn a_first_cover() {
    let service = Service::start();
    let home = Home::at(&service);
    let mut session = Session::in_home(&home).at(service.url());
    session.run("credits");
    session.run(&format!("check song.wav {COVER}"));
    session.run(&format!("song.wav {COVER} --key order-1"));
    session.run(&format!("song.wav {COVER} --key order-1"));
    session.run(&format!("song.wav {COVER} --key order-1 --again"));
    session.run("credits");
    session.run("unknown");
    session.run("resume");
    session.matches("first_cover");
}

#[test]
fn step_by_step() {
    let service = Service::start();
    let home = Home::at(&service);
    let mut session = Session::in_home(&home).at(service.url());
    session.run("upload song.wav");
    session.run(&format!("send song.wav {COVER} --key order-1"));
    session.run("wait order-1");
    session.run("status order-1");
    session.run("status task-1");
    session.run("download order-1 --output covers");
    session.run("download order-1 --output covers --name '{task}-{n}.{ext}'");
    session.matches("step_by_step");
}

#[test]
fn commands_that_follow_each_other_keep_the_distance_between_polls() {
    let sandbox = cover_api::sandbox::Sandbox::builder().every_shipped().rate_limit(1_000, Duration::from_secs(10));
    let service = Service::of(sandbox.stage_every(Duration::from_millis(10)));
    let home = Home::at(&service);
    home.cover([&["send", "song.wav", "--key", "order-1"][..], &crate::support::NIGHT_DRIVE].concat()).expect(0);
    for command in ["wait", "status", "download", "resume"] {
        home.cover([command, "order-1"]).expect(0);
    }
    home.song_to_cover(&["--key", "order-1"]).expect(0);
    assert_eq!(service.sandbox.excess_requests(), 0);
    home.expect_covers(2);
}

#[test]
fn the_list_says_what_became_of_each_purchase() {
    let service = Service::start();
    let home = Home::at(&service);
    home.cover([&["song.wav", "--key", "order-1"][..], &crate::support::NIGHT_DRIVE].concat()).expect(0);
    service.sandbox.answer_submit(cover_api::sandbox::Answer::code(400));
    home.cover(["song.wav", "--key", "order-2", "--prompt", "A calm night"]).expect(3);
    home.cover(["send", "song.wav", "--key", "order-3", "--prompt", "A calm night"]).expect(0);
    let states = || {
        let events = home.cover(["list", "--json"]).expect(0).events_of("run");
        let mut states: Vec<_> = events.iter().map(|run| format!("{} {}", run["key"], run["state"])).collect();
        states.sort();
        states
    };
    assert_eq!(states(), [r#""order-1" "done""#, r#""order-2" "not sent""#, r#""order-3" "running""#]);
    home.cover(["resume"]).expect(0);
    assert_eq!(states()[2], r#""order-3" "done""#);
    let table = home.cover(["list"]).expect(0).out;
    assert!(table.starts_with("KEY ") && table.lines().count() == 4, "{table}");
}

#[test]
fn events_come_one_per_line_and_the_result_last() {
    let service = Service::start();
    let home = Home::at(&service);
    let events = home.song_to_cover(&["--key", "order-1", "--json"]).expect(0).events();
    let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().expect("it has a name")).collect();
    assert_eq!(names.first(), Some(&"uploaded"), "{names:?}");
    assert_eq!(names.last(), Some(&"result"), "{names:?}");
    assert_eq!(names.iter().filter(|name| **name == "file").count(), 2, "{names:?}");
    assert!(names.contains(&"sent") && names.contains(&"stage"), "{names:?}");
    let sent = events.iter().find(|event| event["event"] == "sent").expect("it is there");
    assert_eq!((&sent["cost"], &sent["left"]), (&12.into(), &988.into()));

    let check = home.cover(["check", "song.wav", "--prompt", "x", "--json"]).expect(0);
    assert_eq!(check.events()[0]["cost"], 12, "a number, as in other events");

    let failed = home.cover(["absent.mp3", "--prompt", "x", "--json"]).expect(2);
    let last = failed.events().pop().expect("there is an event");
    assert_eq!((&last["event"], &last["exit"]), (&"error".into(), &2.into()));
    assert_eq!(failed.err, "");
}

#[test]
fn the_sandbox_needs_no_key_and_keeps_nothing() {
    let home = Home::new();
    home.song("song.wav", 1);
    let mut session = Session::in_home(&home);
    session.run(&format!("--sandbox song.wav {COVER}"));
    session.run("--sandbox credits");
    session.run("--sandbox list");
    session.run("--sandbox extend --audio-id abc --model V5 --json");
    home.expect_covers(2);
    session.matches("sandbox");
    assert!(!home.path().join(".local").exists(), "nothing is written outside of the working folder");
}

#[test]
fn a_sandbox_in_another_process() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let home = Home::new();
    home.song("song.wav", 1);
    let mut serving = home.command(["sandbox"]).stdout(Stdio::piped()).spawn().expect("it starts");
    let out = BufReader::new(serving.stdout.take().expect("it is piped"));
    let exports: Vec<String> = out.lines().take(2).map(|line| line.expect("it is a text")).collect();
    let value = |name: &str| {
        let line = exports.iter().find_map(|line| line.strip_prefix(&format!("export {name}=")));
        line.unwrap_or_else(|| panic!("{exports:?}")).to_owned()
    };
    let (url, key) = (value("COVER_API_URL"), value("COVER_API_KEY"));
    let home = home.with("COVER_API_URL", &url).with("COVER_API_KEY", &key);
    let said = home.song_to_cover(&[]);
    serving.kill().ok();
    serving.wait().ok();
    said.expect(0);
    home.expect_covers(2);
}

#[test]
fn other_operations_work_alike() {
    let service = Service::start();
    let home = Home::at(&service);
    home.song_to_cover(&["--key", "order-1"]).expect(0);
    let track = home.cover(["status", "order-1", "--json"]).expect(0).events()[0]["results"]["tracks"][0]["id"].clone();
    let track = track.as_str().expect("it is a text").to_owned();
    home.cover(["wav", "--task-id", "task-1", "--audio-id", &track, "--key", "wav-1"]).expect(0);
    home.expect_covers(3);
    let said = home.cover(["lyrics", "--prompt", "A calm night", "--key", "lyrics-1", "--json"]).expect(0);
    assert!(said.events().last().expect("there is a result")["results"].is_object(), "{said:?}");
    assert_eq!(service.sandbox.tasks(), 3);
}
