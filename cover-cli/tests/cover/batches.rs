//! `cover batch`: rows are checked before the first is sent, each is bought once, and a report says what became of it.

use std::fs;
use std::time::Duration;

#[cfg(unix)]
use crate::support::Terminal;
use crate::support::{Asks, Fate, Home, Said, Service};

const TABLE: &str = "key,song,prompt\norder-1,song.wav,A calm night\norder-2,song.wav,A wild night\n";

/// Returns a home with a table of two rows.
fn with_table(service: &Service) -> Home {
    let home = Home::at(service);
    home.write("orders.csv", TABLE);
    home
}

fn batch(home: &Home, further: &[&str]) -> Said {
    home.cover([&["batch", "orders.csv", "--output", "covers"], further].concat())
}

/// Returns the key, the outcome and the task of each row of the report.
fn report(home: &Home) -> Vec<String> {
    let text = fs::read_to_string(home.work().join("report.jsonl")).expect("there is a report");
    let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("it is JSON"));
    lines.map(|line| [&line["key"], &line["outcome"]].map(|it| it.as_str().unwrap_or_default()).join(" ")).collect()
}

fn covers(home: &Home) -> usize {
    fs::read_dir(home.work().join("covers")).map_or(0, Iterator::count)
}

#[test]
fn each_row_is_bought_once() {
    let service = Service::start();
    let home = with_table(&service);
    for _ in 0..2 {
        batch(&home, &["--yes", "--report", "report.jsonl"]).expect(0);
        assert_eq!(report(&home), ["order-1 done", "order-2 done"]);
        assert_eq!((service.sandbox.tasks(), covers(&home)), (2, 4));
    }
    assert_eq!(service.arrived(Asks::File), 4, "what is on disk is not downloaded again");
    assert_eq!(service.arrived(Asks::Upload), 2);
}

#[test]
fn a_song_that_cannot_be_uploaded_is_a_fault_of_its_row() {
    let service = Service::start();
    let home = Home::at(&service);
    home.song("long.wav", 150);
    home.write("text.mp3", "la la la");
    home.write("orders.csv", "song,prompt\nsong.wav,A calm night\nlong.wav,A calm night\ntext.mp3,A calm night\n");
    let said = batch(&home, &["--yes"]).expect(2);
    said.saying(&["row 3: ", "150 seconds long", "row 4: ", "it is not audio"]);
    service.expect_nothing_sent();
    home.cover(["check", "long.wav", "--prompt", "A calm night"]).expect(2).saying(&["150 seconds long"]);
}

#[test]
fn a_table_that_ends_within_quotation_marks_is_refused() {
    let service = Service::start();
    let home = Home::at(&service);
    home.write("orders.csv", "song,prompt\nsong.wav,A calm night\nsong.wav,\"A wild night\nsong.wav,An odd night\n");
    batch(&home, &["--yes"]).expect(2).saying(&["row 3: a quotation mark is opened here and never closed"]);
    service.expect_nothing_sent();
}

#[test]
fn every_fault_of_every_row_is_told_before_anything_is_sent() {
    let service = Service::start();
    let home = Home::at(&service);
    let title = "x".repeat(120);
    home.write(
        "orders.csv",
        format!(
            "key,song,prompt,title,style\na,absent.wav,A calm night,,\nb,song.wav,Words,{title},Jazz\nc,song.wav,,,\n"
        ),
    );
    batch(&home, &["--yes"]).expect(2).saying(&["2", "absent.wav", "3", "title", "4", "prompt"]);
    service.expect_nothing_sent();
}

#[test]
fn an_unknown_column_is_told_with_the_nearest_one() {
    let service = Service::start();
    let home = Home::at(&service);
    home.write("orders.csv", "key,song,promt\na,song.wav,A calm night\n");
    batch(&home, &["--yes"]).expect(2).saying(&["promt", "prompt"]);
    service.expect_nothing_sent();
}

#[test]
fn two_rows_with_one_key_must_be_the_same() {
    let service = Service::start();
    let home = Home::at(&service);
    home.write("orders.csv", "key,song,prompt\na,song.wav,A calm night\na,song.wav,A wild night\n");
    batch(&home, &["--yes"]).expect(2).saying(&["3", "2"]);
    service.expect_nothing_sent();
    home.write("orders.csv", "key,song,prompt\na,song.wav,A calm night\na,song.wav,A calm night\n");
    batch(&home, &["--yes"]).expect(0);
    assert_eq!((service.sandbox.tasks(), covers(&home)), (1, 2));
}

#[test]
fn without_a_terminal_nothing_is_bought_unless_yes_is_said_before() {
    let service = Service::start();
    let home = with_table(&service);
    batch(&home, &[]).expect(2).saying(&["--yes", "24 credits"]);
    service.expect_nothing_sent();
}

#[test]
fn more_than_max_spend_is_not_bought() {
    let service = Service::start();
    let home = with_table(&service);
    batch(&home, &["--yes", "--max-spend", "23"]).expect(3).saying(&["--max-spend", "24 credits"]);
    service.expect_nothing_sent();
    batch(&home, &["--yes", "--max-spend", "24"]).expect(0);
    assert_eq!(service.sandbox.tasks(), 2);
}

#[test]
fn a_row_that_fails_does_not_stop_the_others() {
    let service = Service::start();
    service.sandbox.script_statuses(["PENDING", "GENERATE_AUDIO_FAILED"]);
    let home = with_table(&service);
    batch(&home, &["--yes", "--report", "report.jsonl"]).expect(1);
    let mut outcomes: Vec<String> =
        report(&home).iter().map(|line| line.rsplit(' ').next().unwrap_or_default().to_owned()).collect();
    outcomes.sort();
    assert_eq!(outcomes, ["done", "failed"]);
    assert_eq!(covers(&home), 2);
}

#[test]
fn an_unknown_outcome_comes_before_all_others_in_the_exit_code() {
    let service = Service::start();
    service.next(Asks::Submit, Fate::ReplyLost);
    service.sandbox.script_statuses(["PENDING", "GENERATE_AUDIO_FAILED"]);
    service.sandbox.script_statuses(["PENDING", "GENERATE_AUDIO_FAILED"]);
    let home = with_table(&service);
    batch(&home, &["--yes"]).expect(5);
    assert_eq!(home.cover(["unknown", "--json"]).expect(0).events_of("unknown").len(), 1);
    assert_eq!(service.sandbox.tasks(), 2);
}

#[test]
fn missing_credits_stop_the_rows_that_follow() {
    let service = Service::with(|builder| builder.credits(15));
    let home = with_table(&service);
    batch(&home, &["--yes", "--report", "report.jsonl"]).expect(3);
    assert_eq!(service.sandbox.tasks(), 1);
    let done = report(&home).iter().filter(|line| line.ends_with("done")).count();
    assert_eq!((done, covers(&home)), (1, 2));
}

#[test]
fn rows_may_be_json_and_of_another_operation() {
    let service = Service::start();
    let home = Home::at(&service);
    home.write(
        "texts.jsonl",
        "{\"key\":\"a\",\"prompt\":\"A calm night\"}\n{\"key\":\"b\",\"prompt\":\"A wild night\"}\n",
    );
    home.cover(["batch", "lyrics", "texts.jsonl", "--yes", "--report", "report.jsonl"]).expect(0);
    assert_eq!(report(&home), ["a done", "b done"]);
    assert_eq!(service.sandbox.tasks(), 2);
}

#[cfg(unix)]
#[test]
fn on_a_terminal_it_asks_and_shows_a_line_for_the_whole() {
    let service = Service::with(|builder| builder.stage_every(Duration::from_millis(400)));
    let home = with_table(&service);
    let batch = || home.command(["batch", "orders.csv", "--output", "covers"]);
    let mut terminal = Terminal::run(&batch(), 100);
    terminal.wait_for("24 credits");
    terminal.type_in("n\n");
    let (code, screen) = terminal.finish();
    assert_eq!(code, 2, "{screen}");
    service.expect_nothing_sent();

    let mut terminal = Terminal::run(&batch(), 100);
    terminal.wait_for("Buy?");
    terminal.type_in("y\n");
    service.until_arrived(Asks::Submit, 2);
    terminal.wait_for("batch");
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    assert_eq!((service.sandbox.tasks(), covers(&home)), (2, 4));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_in_order_and_the_same_command_goes_on() {
    let service = Service::with(|builder| builder.stage_every(Duration::from_millis(400)));
    let home = with_table(&service);
    let command = ["batch", "orders.csv", "--output", "covers", "--yes", "--report", "report.jsonl"];
    let running = crate::support::Running::start(&mut home.command(command));
    service.until_arrived(Asks::Submit, 2);
    running.signal("INT");
    running.finish().expect(130);
    assert_eq!(report(&home).len(), 2);
    home.cover(command).expect(0);
    assert_eq!((service.sandbox.tasks(), covers(&home)), (2, 4));
}

#[cfg(unix)]
#[test]
fn rows_that_were_not_sent_before_ctrl_c_are_reported_as_not_sent() {
    let service = Service::start();
    let home = with_table(&service);
    // The first refusal makes the client pause, so that both sends are queued.
    for _ in 0..2 {
        service.sandbox.answer_submit(cover_api::sandbox::Answer::code(405));
    }
    let command = ["batch", "orders.csv", "--output", "covers", "--yes", "--report", "report.jsonl"];
    let running = crate::support::Running::start(&mut home.command(command));
    service.until_arrived(Asks::Submit, 1);
    std::thread::sleep(Duration::from_secs(1));
    running.signal("INT");
    let said = running.finish().expect(130).saying(&["2 rows: 2 not sent"]);
    assert!(!said.err.contains("refused"), "{said:?}");
    assert_eq!(report(&home), ["order-1 not sent", "order-2 not sent"]);
    assert_eq!(service.sandbox.tasks(), 0);
}

#[cfg(unix)]
#[test]
fn a_row_that_was_being_sent_at_ctrl_c_is_reported_with_its_task() {
    let service = Service::with(|builder| builder.stage_every(Duration::from_secs(3600)));
    let home = with_table(&service);
    for _ in 0..2 {
        service.next(Asks::Submit, Fate::Late(Duration::from_secs(1)));
    }
    let command = ["batch", "orders.csv", "--output", "covers", "--yes", "--report", "report.jsonl"];
    let running = crate::support::Running::start(&mut home.command(command));
    service.until_arrived(Asks::Submit, 2);
    running.signal("INT");
    running.finish().expect(130);
    assert_eq!(report(&home), ["order-1 running", "order-2 running"]);
    let tasks = fs::read_to_string(home.work().join("report.jsonl")).expect("there is a report");
    assert!(tasks.contains("task-1") && tasks.contains("task-2"), "{tasks}");
}
