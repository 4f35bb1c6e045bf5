//! Keys: one key is one purchase, whatever happens to the files that remember it.

use std::fs;
use std::time::Duration;

use crate::support::{Asks, Fate, Home, NIGHT_DRIVE, Running, Service};

/// Returns the arguments that buy a song under the key `order-1`.
fn order(song: &str) -> Vec<&str> {
    [&[song, "--key", "order-1"][..], &NIGHT_DRIVE].concat()
}

#[test]
fn a_key_that_no_ledger_takes_is_refused_before_the_upload() {
    let service = Service::start();
    let home = Home::at(&service);
    for key in ["", "a\nb", &"x".repeat(256)] {
        home.song_to_cover(&["--key", key]).expect(2).saying(&["--key: "]);
        home.song_to_cover(&["--key", key, "--again"]).expect(2).saying(&["--key: "]);
    }
    home.write("rows.csv", "song,key,prompt\nsong.wav,good,x\nsong.wav,\"a\u{9b}31m\",x\n");
    home.cover(["batch", "rows.csv", "--yes"]).expect(2).saying(&["row 3: ", "control characters"]);
    service.expect_nothing_sent();
}

#[test]
fn a_command_does_not_take_the_files_of_another_request_with_its_key() {
    let service = Service::start();
    let home = Home::at(&service);
    home.song("other.wav", 2);
    service.next(Asks::Upload, Fate::Slow(Duration::from_secs(3)));
    let slow = Running::start(&mut home.command(order("song.wav")));
    service.until_arrived(Asks::Upload, 1);
    home.cover(order("other.wav")).expect(0);
    slow.finish().expect(2).saying(&["order-1", "bought something else"]);
    assert_eq!(service.arrived(Asks::Submit), 1);
    home.cover(order("other.wav")).expect(0);
}

#[test]
fn what_a_lost_ledger_has_bought_is_not_bought_again() {
    let service = Service::start();
    let home = Home::at(&service);
    home.cover(order("song.wav")).expect(0);
    for file in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
        fs::remove_file(home.path().join(".local/state/cover").join(file)).ok();
    }
    home.cover(order("song.wav")).expect(2).saying(&[
        "order-1",
        "the ledger does not know it",
        "cover download task-1",
    ]);
    assert_eq!(service.arrived(Asks::Submit), 1);
    assert!(home.cover(["list"]).expect(0).out.contains("not in this ledger"));
    home.cover([&order("song.wav")[..], &["--again"]].concat()).expect(0);
    assert_eq!(service.arrived(Asks::Submit), 2);
}

#[test]
fn a_key_without_a_task_is_not_resumed_in_silence() {
    let service = Service::start();
    let home = Home::at(&service);
    home.cover(["resume", "order-1"]).expect(2).saying(&["order-1", "neither a purchase"]);
    service.next(Asks::Submit, Fate::ReplyLost);
    home.cover(order("song.wav")).expect(5);
    home.cover(["resume", "order-1"]).expect(5).saying(&["order-1", "cover resolve order-1"]);
}

#[test]
fn a_key_of_two_operations_needs_the_name_of_one() {
    let service = Service::start();
    let home = Home::at(&service);
    home.cover(order("song.wav")).expect(0);
    home.cover(["lyrics", "--key", "order-1", "--prompt", "Rain"]).expect(0);
    home.cover(["status", "order-1"]).expect(2).saying(&["order-1", "2 operations", "--operation"]);
    home.cover(["status", "order-1", "--operation", "lyrics"]).expect(0);
}
