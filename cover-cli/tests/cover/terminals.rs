//! What is seen on a terminal: progress, whatever its size, colors and locale.

use std::time::Duration;

use cover_api::sandbox::Answer;

use crate::support::{Home, NIGHT_DRIVE, Service, Terminal};

const WIDE: u16 = 100;

fn slow() -> Service {
    Service::with(|builder| builder.stage_every(Duration::from_millis(700)))
}

/// Starts the cover of `song.wav` in a terminal.
fn cover(home: &Home, columns: u16) -> Terminal {
    Terminal::run(&home.command([&["song.wav", "--key", "order-1"][..], &NIGHT_DRIVE].concat()), columns)
}

#[test]
fn the_progress_line_tells_each_stage_and_gives_way_to_the_files() {
    let service = slow();
    let home = Home::at(&service);
    let mut terminal = cover(&home, WIDE);
    terminal.wait_for("key order-1");
    terminal.wait_for("✓ song.wav  0:01, 16.0 kB, uploaded");
    terminal.wait_for("✓ charged about 12 credits (988 left), task task-1");
    let screen = terminal.wait_for("the first track is ready");
    assert!(screen.contains("of about 2:00–4:00"), "{screen}");
    assert!(screen.contains('▁'), "there is a bar: {screen}");
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains("the first track is ready"), "the line has gone: {screen}");
    assert!(home.covers().iter().all(|name| screen.contains(name)), "{screen}");
    home.expect_covers(2);
}

#[test]
fn a_wait_for_the_end_of_a_pause_is_told() {
    let service = Service::start();
    let home = Home::at(&service);
    service.sandbox.answer_submit(Answer::code(405));
    let mut terminal = cover(&home, WIDE);
    terminal.wait_for("the service asked for a pause, ");
    let waiting = ["song.wav", "--prompt", "A calm night", "--key", "order-2", "--json"];
    service.sandbox.answer_submit(Answer::code(405));
    let said = home.cover(waiting).expect(0).events_of("waiting");
    assert!(said[0]["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{said:?}");
    assert_eq!(said[0]["key"], "order-2");
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
}

#[test]
fn a_terminal_of_20_columns_has_room_for_the_progress_line() {
    let service = slow();
    let home = Home::at(&service);
    let mut terminal = cover(&home, 20);
    // A line that is too long for the terminal would leave a piece of itself at each step.
    std::thread::sleep(Duration::from_millis(1500));
    let screen = terminal.screen();
    assert!(screen.matches("order-1").count() <= 2, "one for the note and one for the line: {screen}");
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    home.expect_covers(2);
}

#[test]
fn a_terminal_without_size_is_no_reason_to_fail() {
    let service = Service::start();
    let home = Home::at(&service);
    let (code, screen) = cover(&home, 1).finish();
    assert_eq!(code, 0, "{screen}");
    home.expect_covers(2);
}

#[test]
fn no_color_means_no_color() {
    let home = Home::new();
    let help = home.command(["--help"]);
    let mut colored = Terminal::run(&help, WIDE);
    colored.finish();
    assert!(has_style(&colored.written()), "help is styled on a terminal");

    let mut help = home.command(["--help"]);
    let mut plain = Terminal::run(help.env("NO_COLOR", "1"), WIDE);
    plain.finish();
    assert!(!has_style(&plain.written()), "{}", plain.written());

    let service = Service::start();
    let home = Home::at(&service).with("NO_COLOR", "1");
    let mut terminal = cover(&home, WIDE);
    assert_eq!(terminal.finish().0, 0);
    assert!(!has_style(&terminal.written()), "{}", terminal.written());
}

/// Whether a text sets colors or fonts: `ESC [ … m`.
fn has_style(text: &str) -> bool {
    text.split("\x1b[").skip(1).any(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';');
        end.is_some_and(|end| rest[end..].starts_with('m'))
    })
}

#[test]
fn a_locale_without_utf_8_gets_ascii() {
    let service = slow();
    let home = Home::at(&service).with("LANG", "C");
    let mut terminal = cover(&home, WIDE);
    terminal.wait_for("of about 2:00-4:00");
    assert_eq!(terminal.finish().0, 0);
    assert!(terminal.written().is_ascii(), "{}", terminal.written());
}

#[test]
fn a_dumb_terminal_is_no_reason_to_fail() {
    let service = Service::start();
    let home = Home::at(&service).with("TERM", "dumb");
    let (code, screen) = cover(&home, WIDE).finish();
    assert_eq!(code, 0, "{screen}");
    home.expect_covers(2);
}

#[test]
fn a_key_that_is_typed_in_is_not_shown() {
    let service = Service::start();
    let home = Home::at(&service).with("COVER_API_KEY", "");
    let mut terminal = Terminal::run(&home.command(["setup"]), WIDE);
    terminal.wait_for("API key");
    // The echo is switched off after the prompt.
    std::thread::sleep(Duration::from_millis(300));
    terminal.type_in(&format!("{}\n", service.sandbox.key()));
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("1000 credits left"), "{screen}");
    assert!(!terminal.written().contains(service.sandbox.key()), "{screen}");
}
