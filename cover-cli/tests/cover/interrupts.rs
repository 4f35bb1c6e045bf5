//! Ctrl-C on a terminal, at every step of a purchase.

use std::time::{Duration, Instant};

use crate::support::{Asks, Fate, Home, NIGHT_DRIVE, Service, Terminal};

const WHILE: Duration = Duration::from_millis(400);

fn cover(home: &Home) -> Terminal {
    Terminal::run(&home.command([&["song.wav", "--key", "order-1"][..], &NIGHT_DRIVE].concat()), 100)
}

/// Presses Ctrl-C while the `count`th request of a kind is under way, and then finishes the purchase.
#[track_caller]
fn interrupted_at(asks: Asks, count: usize, fate: &Fate) {
    let service = Service::with(|builder| builder.stage_every(Duration::from_millis(300)));
    for _ in 0..count {
        service.next(asks, fate.clone());
    }
    let home = Home::at(&service);
    let mut terminal = cover(&home);
    service.until_arrived(asks, count);
    terminal.press_ctrl_c();
    let (code, screen) = terminal.finish();
    assert_eq!(code, 130, "{screen}");
    assert!(screen.contains("cover resume"), "{screen}");
    assert!(home.finished().is_empty() || asks == Asks::File, "{:?}", home.covers());
    finish(&home, &service);
}

/// Runs `cover resume` and then the same command: one task, complete files.
#[track_caller]
fn finish(home: &Home, service: &Service) {
    service.behave();
    home.cover(["resume"]).expect(0);
    if service.sandbox.tasks() == 1 {
        home.expect_covers(2);
    }
    home.song_to_cover(&["--key", "order-1"]).expect(0);
    home.expect_covers(2);
    assert_eq!((service.sandbox.tasks(), service.arrived(Asks::Submit)), (1, 1));
    assert_eq!(home.cover(["unknown"]).expect(0).out, "");
}

#[test]
fn before_the_upload_has_arrived() {
    interrupted_at(Asks::Upload, 1, &Fate::Slow(WHILE));
}

#[test]
fn before_the_upload_is_answered() {
    interrupted_at(Asks::Upload, 1, &Fate::Late(WHILE));
}

#[test]
fn before_the_task_is_created() {
    interrupted_at(Asks::Submit, 1, &Fate::Slow(WHILE));
}

#[test]
fn before_the_id_of_the_task_is_known() {
    interrupted_at(Asks::Submit, 1, &Fate::Late(WHILE));
}

#[test]
fn while_the_credits_are_asked_for() {
    interrupted_at(Asks::Credits, 1, &Fate::Slow(WHILE));
}

#[test]
fn at_the_first_poll() {
    interrupted_at(Asks::Poll, 1, &Fate::Slow(WHILE));
}

#[test]
fn at_a_later_poll() {
    interrupted_at(Asks::Poll, 2, &Fate::Late(WHILE));
}

#[test]
fn before_the_first_file() {
    interrupted_at(Asks::File, 1, &Fate::Slow(WHILE));
}

#[test]
fn during_the_second_file() {
    interrupted_at(Asks::File, 2, &Fate::Late(WHILE));
}

#[test]
fn as_soon_as_the_command_says_something() {
    let service = Service::start();
    let home = Home::at(&service);
    let mut terminal = cover(&home);
    terminal.wait_for("key order-1");
    terminal.press_ctrl_c();
    let (code, screen) = terminal.finish();
    assert_eq!(code, 130, "{screen}");
    finish(&home, &service);
}

#[test]
fn a_second_ctrl_c_exits_at_once_and_what_was_bought_is_not_lost() {
    let service = Service::start();
    service.next(Asks::Submit, Fate::Late(Duration::from_secs(8)));
    let home = Home::at(&service);
    let mut terminal = cover(&home);
    service.until_arrived(Asks::Submit, 1);
    terminal.press_ctrl_c();
    terminal.wait_for("press Ctrl-C again");
    let since = Instant::now();
    terminal.press_ctrl_c();
    let (code, screen) = terminal.finish();
    assert_eq!(code, 130, "{screen}");
    assert!(since.elapsed() < Duration::from_secs(3), "{:?}", since.elapsed());

    home.song_to_cover(&["--key", "order-1"]).expect(5);
    assert_eq!(home.cover(["unknown", "--json"]).expect(0).events()[0]["key"], "order-1");
    assert_eq!(service.sandbox.tasks(), 1);
    home.cover(["resolve", "order-1", "--task", "task-1"]).expect(0);
    finish(&home, &service);
}
