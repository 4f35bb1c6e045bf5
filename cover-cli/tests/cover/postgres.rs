//! A ledger on PostgreSQL, which several machines share. Each home stands for a machine.

use std::future::Future;
use std::time::Duration;

use cover_testkit::postgres::{Options, Postgres, connect};

use crate::support::{Asks, Fate, Home, NIGHT_DRIVE, Running, Service};

const PASSWORD: &str = "s3cret-of-the-database";

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be made").block_on(work)
}

/// Returns the address of an empty database, or `None` if PostgreSQL is not installed.
fn database(name: &str) -> Option<String> {
    let server = Postgres::shared().expect("the server starts")?;
    Some(block_on(server.database(name)).expect("the name is new"))
}

/// Returns the arguments that buy `song.wav` under the key `order-1`, with a ledger.
fn order(ledger: &str) -> Vec<&str> {
    [&["song.wav", "--key", "order-1", "--ledger", ledger][..], &NIGHT_DRIVE].concat()
}

#[test]
fn a_second_machine_pays_nothing_and_downloads_the_files() {
    let Some(ledger) = database("second_machine") else { return };
    let service = Service::start();
    for home in [Home::at(&service), Home::at(&service)] {
        home.cover(order(&ledger)).expect(0);
        home.expect_covers(2);
        let runs = home.cover(["list", "--json", "--ledger", &ledger]).expect(0).events_of("run");
        assert_eq!(
            (&runs[0]["key"], &runs[0]["state"], &runs[0]["task"]),
            (&"order-1".into(), &"done".into(), &"task-1".into())
        );
    }
    assert_eq!((service.sandbox.tasks(), service.arrived(Asks::Upload)), (1, 1));
    let third = Home::at(&service);
    third.cover(["download", "order-1", "--ledger", &ledger]).expect(0);
    third.expect_covers(2);
}

#[test]
fn one_command_on_two_machines_at_once_is_one_purchase() {
    let Some(ledger) = database("at_once") else { return };
    let service = Service::start();
    let machines = [Home::at(&service), Home::at(&service)];
    for _ in 0..2 {
        service.next(Asks::Upload, Fate::Slow(Duration::from_millis(500)));
    }
    service.next(Asks::Submit, Fate::Late(Duration::from_secs(1)));
    let running = machines.each_ref().map(|home| Running::start(&mut home.command(order(&ledger))));
    let ends = running.map(Running::finish);
    assert!(ends.iter().any(|said| said.code == 0), "{ends:?}");
    for (said, home) in ends.into_iter().zip(&machines) {
        if said.code != 0 {
            said.expect(4).saying(&["another process is sending it"]);
            home.cover(order(&ledger)).expect(0);
        }
        home.expect_covers(2);
    }
    assert_eq!((service.sandbox.tasks(), service.arrived(Asks::Submit)), (1, 1));
}

#[test]
fn a_key_that_another_machine_has_used_for_something_else_is_refused_before_the_upload() {
    let Some(ledger) = database("something_else") else { return };
    let service = Service::start();
    let [first, second] = [Home::at(&service), Home::at(&service)];
    let lyrics = |prompt| ["lyrics", "--ledger", &ledger, "--key", "text-1", "--prompt", prompt];
    first.cover(order(&ledger)).expect(0);
    first.cover(lyrics("Rain")).expect(0);
    second.song("song.wav", 2);
    for _ in 0..2 {
        second.cover(order(&ledger)).expect(2).saying(&["order-1", "bought something else", "--again"]);
        second.cover(lyrics("Snow")).expect(2).saying(&["text-1", "bought something else"]);
    }
    second.cover(lyrics("Rain")).expect(0);
    assert_eq!((service.sandbox.tasks(), service.arrived(Asks::Upload)), (2, 1));
    second.cover([&order(&ledger)[..], &["--again"]].concat()).expect(0);
    second.expect_covers(2);
    assert_eq!(service.sandbox.tasks(), 3);
}

#[test]
fn two_machines_that_use_a_key_for_different_songs_at_once_buy_one() {
    let Some(ledger) = database("different_at_once") else { return };
    let service = Service::start();
    let [first, second] = [Home::at(&service), Home::at(&service)];
    second.song("song.wav", 2);
    service.next(Asks::Upload, Fate::Slow(Duration::from_secs(2)));
    let slow = Running::start(&mut first.command(order(&ledger)));
    service.until_arrived(Asks::Upload, 1);
    second.cover(order(&ledger)).expect(0);
    slow.finish().expect(2).saying(&["order-1", "bought something else"]);
    first.cover(order(&ledger)).expect(2).saying(&["order-1", "bought something else"]);
    assert_eq!((service.sandbox.tasks(), service.arrived(Asks::Submit)), (1, 1));
}

#[test]
fn an_unknown_outcome_is_resolved_and_finished_by_another_machine() {
    let Some(ledger) = database("unknown") else { return };
    let service = Service::start();
    let [first, second] = [Home::at(&service), Home::at(&service)];
    service.next(Asks::Submit, Fate::ReplyLost);
    first.cover(order(&ledger)).expect(5);
    second.cover(order(&ledger)).expect(5).saying(&["cover resolve order-1"]);
    let unknown = second.cover(["unknown", "--json", "--ledger", &ledger]).expect(0).events_of("unknown");
    assert_eq!(unknown[0]["key"], "order-1");
    second.cover(["resolve", "order-1", "--task", "task-1", "--ledger", &ledger]).expect(0);
    assert_eq!(first.cover(["unknown", "--ledger", &ledger]).expect(0).out, "");
    for home in [first, second] {
        home.cover(["resume", "order-1", "--ledger", &ledger]).expect(0);
        home.expect_covers(2);
    }
    assert_eq!((service.sandbox.tasks(), service.arrived(Asks::Submit)), (1, 1));
}

#[test]
fn a_password_is_no_argument_and_is_never_printed() {
    let service = Service::start();
    let home = Home::at(&service);
    for host in ["covers:PASSWORD@db", "covers@db", ":PASSWORD@db"] {
        let ledger = format!("postgres://{host}/covers?password=PASSWORD").replace("PASSWORD", PASSWORD);
        let said = home.cover(order(&ledger)).expect(2).saying(&["--ledger", "PGPASSWORD", "COVER_LEDGER"]);
        assert!(!said.err.contains(PASSWORD), "{said:?}");
    }
    service.expect_nothing_sent();
}

#[test]
fn the_password_comes_from_the_environment() {
    let options = Options { tcp: true, ..Options::default() };
    let Some(server) = Postgres::start_with(options).expect("the server starts") else { return };
    block_on(require_password(&server));
    let ledger = server.tcp_url().replacen("postgres@", "covers@", 1);
    let whole = server.tcp_url().replacen("postgres@", &format!("covers:{PASSWORD}@"), 1);
    let service = Service::start();
    for variables in [[("PGPASSWORD", "wr0ng"), ("LANG", "C")], [("PGPASSWORD", ""), ("LANG", "C")]] {
        let home = variables.iter().fold(Home::at(&service), |home, (name, value)| home.with(name, value));
        let said = home.cover(order(&ledger)).expect(3).saying(&["password"]);
        assert!(said.err.lines().count() <= 2 && !said.err.contains("wr0ng"), "{said:?}");
    }
    service.expect_nothing_sent();
    Home::at(&service).with("PGPASSWORD", PASSWORD).cover(order(&ledger)).expect(0);
    Home::at(&service).with("COVER_LEDGER", &whole).song_to_cover(&["--key", "order-1"]).expect(0);
    assert_eq!(service.sandbox.tasks(), 1);
}

/// Makes a role with a password, which each connection to the port needs.
async fn require_password(server: &Postgres) {
    let database = connect(&server.url()).await.expect("it answers");
    let file: String = database.query_one("SHOW hba_file", &[]).await.expect("it is a setting").get(0);
    let rules = "VALUES ('local all postgres trust'), ('host all all 127.0.0.1/32 scram-sha-256')";
    let change = format!(
        "CREATE ROLE covers SUPERUSER LOGIN PASSWORD '{PASSWORD}'; COPY ({rules}) TO '{file}'; SELECT pg_reload_conf()"
    );
    database.batch_execute(&change).await.expect("a superuser may do so");
    // The rules are read a moment later.
    let refused = server.tcp_url();
    while connect(&refused).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[test]
fn a_database_that_does_not_answer_is_told_in_one_line_before_the_upload() {
    let service = Service::start();
    let home = Home::at(&service);
    let ledger = "postgres://covers@127.0.0.1:1/covers";
    for arguments in [&order(ledger)[..], &["list", "--ledger", ledger], &["resume", "--ledger", ledger]] {
        let said = home.cover(arguments).expect(3).saying(&["127.0.0.1"]);
        assert_eq!(said.err.lines().count(), 1, "{said:?}");
    }
    service.expect_nothing_sent();
}
