//! `cover batch` is killed at random moments: no row is bought twice, and each charged row has its files or is listed as unknown.
//!
//! `COVER_RUNS=30 cargo test -p cover-cli --test cover kills` kills more often than usual.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::time::Duration;

use cover_api::sandbox::Sandbox;
use cover_testkit::{chance, runs};

use crate::support::{Asks, Fate, Home, Running, Service, root};

const ROWS: usize = 40;
/// Longest time from the start of a command, or from its first POST, until it is killed, in milliseconds.
const LIFE: u64 = 500;

/// Returns the shipped spec without its rate limit. The places that a killed process had under it are free again after minutes.
fn spec() -> String {
    let text = fs::read_to_string(root().join("spec/upload_cover.toml")).expect("the spec is there");
    let (before, rest) = text.split_once("[rate_limit]\n").expect("it has a rate limit");
    let (_, after) = rest.split_once("\n\n").expect("there is more behind it");
    format!("{before}{after}")
}

fn keys() -> BTreeSet<String> {
    (1..=ROWS).map(|number| format!("order-{number}")).collect()
}

/// Returns the ids of the tasks by the key of their row, which is their prompt.
fn tasks(service: &Service) -> BTreeMap<String, Vec<String>> {
    let mut tasks = BTreeMap::<String, Vec<String>>::new();
    for task in service.sandbox.created() {
        tasks.entry(task.request["prompt"].as_str().unwrap_or_default().to_owned()).or_default().push(task.id);
    }
    tasks
}

/// Returns the keys of unknown outcomes.
fn unknown(home: &Home) -> BTreeSet<String> {
    let events = home.cover(["--spec", "cover.toml", "unknown", "--json"]).expect(0).events_of("unknown");
    events.iter().map(|event| event["key"].as_str().expect("it has a key").to_owned()).collect()
}

/// Whether both files of a row are complete.
fn is_delivered(home: &Home, key: &str) -> bool {
    (1..=2).all(|number| {
        let file = home.work().join(format!("covers/{key} {number}.wav"));
        fs::read(file).is_ok_and(|content| content.len() == 32_044 && content.starts_with(b"RIFF"))
    })
}

#[test]
fn no_row_is_bought_twice_by_batches_killed_at_any_moment() {
    let (mut chance, kills) = (chance(), runs(6));
    let builder = Sandbox::builder().spec(spec()).credits(u32::MAX).stage_every(Duration::from_millis(20));
    let service = Service::of(builder.without_rate_limit());
    let home = Home::at(&service);
    home.write("cover.toml", spec());
    let table = keys().iter().fold("key,song,prompt\n".to_owned(), |mut table, key| {
        writeln!(table, "{key},song.wav,{key}").expect("a text takes everything");
        table
    });
    home.write("orders.csv", table);
    let batch = || {
        let arguments = ["--spec", "cover.toml", "batch", "orders.csv", "--yes", "--output", "covers"];
        home.command([&arguments[..], &["--name", "{key} {n}.{ext}"]].concat())
    };
    // Many replies are late, so that kills hit what is under way.
    for _ in 0..ROWS * 4 {
        service.next(Asks::Submit, Fate::Late(Duration::from_millis(chance.u64(0..300))));
        service.next(Asks::File, Fate::Late(Duration::from_millis(chance.u64(0..100))));
    }

    for _ in 0..kills {
        let running = Running::start(&mut batch());
        if chance.u8(0..4) > 0 {
            // The kill comes after the first POST of the command, if it has anything left to buy.
            service.have_arrived(Asks::Submit, service.arrived(Asks::Submit) + 1, Duration::from_secs(2));
        }
        std::thread::sleep(Duration::from_millis(chance.u64(0..LIFE)));
        running.kill();
    }
    // The last POSTs of the dead are carried out.
    std::thread::sleep(Duration::from_millis(500));
    let killed = (service.arrived(Asks::Submit), unknown(&home).len());
    println!("after {kills} kills: {} POSTs, {} outcomes are unknown", killed.0, killed.1);

    // This one is not killed, and repeats nothing.
    let said = Running::start(&mut batch()).finish();
    let unknown_keys = unknown(&home);
    assert_eq!(said.code, if unknown_keys.is_empty() { 0 } else { 5 }, "{said:#?}");
    let created = tasks(&service);
    for key in keys() {
        let count = created.get(&key).map_or(0, Vec::len);
        assert!(count <= 1, "{key} has {count} tasks");
        let is_unknown = unknown_keys.contains(&key);
        assert!(is_unknown || (count == 1 && is_delivered(&home, &key)), "{key} is neither here nor unknown");
    }

    // Somebody looks for them in the account.
    for key in &unknown_keys {
        let resolution = match created.get(key).map(Vec::as_slice) {
            Some([task]) => ["--task", task],
            _ => ["--not-charged", "--json"],
        };
        home.cover([&["--spec", "cover.toml", "resolve", key][..], &resolution].concat()).expect(0);
    }
    Running::start(&mut batch()).finish().expect(0);
    let created = tasks(&service);
    assert_eq!(created.keys().cloned().collect::<BTreeSet<_>>(), keys());
    assert_eq!(service.sandbox.tasks(), ROWS);
    assert!(keys().iter().all(|key| is_delivered(&home, key)));
    let files = fs::read_dir(home.work().join("covers")).expect("it is there").count();
    assert_eq!(files, ROWS * 2, "nothing half written is left");
    assert_eq!(unknown(&home), BTreeSet::new());
}
