//! The example `batch` is killed ten times and started again: each row is bought once.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use cover_testkit::process::Process;
use cover_testkit::service::{Ends, Habits, Service};
use cover_testkit::{Outcome, Result, chance};
use tokio::time::sleep;

/// Enough that each kill, which may leave 64 unknown outcomes, finds rows that were never posted.
const ROWS: usize = 1_700;
const KILLS: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_row_is_bought_once_although_the_batch_is_killed_ten_times() -> Outcome {
    let (mut chance, folder) = (chance(), tempfile::tempdir()?);
    let (ledger, table) = (folder.path().join("covers.db"), folder.path().join("orders.csv"));
    let rows: BTreeMap<String, String> = (1..=ROWS)
        .map(|number| (format!("order-{number}"), format!("A calm song, the {number}th of its kind")))
        .collect();
    let text = rows.iter().fold(String::new(), |mut text, (order, prompt)| {
        writeln!(text, "{order},https://storage.example.com/song.mp3,{prompt}").expect("a text takes everything");
        text
    });
    std::fs::write(&table, text)?;
    let service = Service::start(Habits { takes: 2..30, refuses: 0.0, breaks: 0.0 }, &mut chance).await?;
    let batch = || batch(&service, &ledger, &table);

    for _ in 0..KILLS {
        let process = Process::start_silently(&mut batch())?;
        // The kill comes at any moment, also before the first POST.
        assert!(service.until_arrived(service.arrived() + chance.usize(0..=100)).await, "it makes POSTs");
        sleep(Duration::from_micros(chance.u64(0..60_000))).await;
        process.kill()?;
    }
    service.until_idle().await;
    // Listing them turns what dead processes were posting into unknown outcomes.
    let client = service.client("main", &ledger).await?;
    client.unknown().await?;
    let ends = service.check(&ledger, &rows)?;
    println!("after {KILLS} kills: {ends:?}");

    // The next run is not killed. It lists unknown outcomes and does not repeat them.
    let said = output(batch())?;
    let ends = service.check(&ledger, &rows)?;
    let unknown = client.unknown().await?;
    assert_eq!(ends, Ends { tasks: ROWS - unknown.len(), unknown: unknown.len(), ..Ends::default() });
    assert!(!unknown.is_empty(), "the kills hit the middle");
    for purchase in &unknown {
        let order = purchase.key.as_deref().ok_or("it has no key")?;
        assert!(said.contains(&format!("\n{order}: unknown, the process that sent it has ended\n")), "{order}: {said}");
    }
    assert!(said.contains(&format!("{} unknown, 0 not sent\n", unknown.len())), "{said}");

    let (charged, not_charged) = service.resolve_all(&client, &rows).await?;
    let said = output(batch())?;
    println!("{} unknown: {charged} had a task, {not_charged} had none; {} POSTs", unknown.len(), service.arrived());
    assert_eq!(service.check(&ledger, &rows)?, Ends { tasks: ROWS, ..Ends::default() });
    assert_eq!(service.sandbox.tasks(), ROWS);
    assert!(!said.contains("client.resolve"), "nothing is left to do: {said}");

    // One more run posts nothing.
    let posts = service.arrived();
    let said = output(batch())?;
    assert_eq!(said.matches(": ended before, task ").count(), ROWS, "{said}");
    assert_eq!(service.arrived(), posts);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_key_it_buys_samples_from_a_sandbox() -> Outcome {
    let folder = tempfile::tempdir()?;
    let ledger = folder.path().join("covers.db");
    for _ in 0..2 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_batch"));
        let said = output(command.arg(&ledger).env_remove("COVER_API_KEY").env_remove("COVER_API_URL"))?;
        assert!(said.contains("3 requests: 3 sent (3 done, 0 failed, 0 open), 0 unknown, 0 not sent"), "{said}");
    }
    Ok(())
}

/// The sample table would spend credits on placeholder songs.
#[test]
fn with_a_key_and_without_a_table_it_buys_nothing() -> Outcome {
    let folder = tempfile::tempdir()?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_batch"));
    let output = command.arg(folder.path().join("covers.db")).env("COVER_API_KEY", "key").output()?;
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr)?;
    assert!(said.contains("pass the path of a table"), "{said}");
    Ok(())
}

fn batch(service: &Service, ledger: &Path, table: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_batch"));
    command.arg(ledger).arg(table).env("COVER_API_KEY", service.sandbox.key()).env("COVER_API_URL", &service.url);
    command
}

fn output(mut command: impl std::borrow::BorrowMut<Command>) -> Result<String> {
    let output = command.borrow_mut().stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8(output.stdout)?;
    assert!(output.status.success(), "{}: {text}", output.status);
    Ok(text)
}
