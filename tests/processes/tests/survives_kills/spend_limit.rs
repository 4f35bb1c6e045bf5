//! Processes that share a ledger and a limit of what they spend in a period never exceed it.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use cover_testkit::ledger_file::entries;
use cover_testkit::process::{Process, Said, run};
use cover_testkit::service::{Habits, Service};
use cover_testkit::{ACCOUNT, Outcome, chance, runs};
use tokio::time::sleep;

use crate::{keys, paying};

/// The price of a cover.
const PRICE: usize = 12;

/// Lets a process buy no more than this number of covers, together with all others.
fn limited(mut command: Command, covers: usize) -> Command {
    // Less than another cover costs is left over.
    command.arg((covers * PRICE + PRICE - 1).to_string());
    command
}

fn count(said: &Said, word: &str) -> usize {
    said.values().filter(|(said, _)| said == word).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_with_one_limit_spend_all_of_it_and_no_more() -> Outcome {
    const KEYS: usize = 60;
    const MOST: usize = 70;
    let (mut chance, folder) = (chance(), tempfile::tempdir()?);
    let ledger = folder.path().join("covers.db");
    // What is refused by the service is not spent.
    let service = Service::start(Habits { takes: 0..30, refuses: 0.2, breaks: 0.0 }, &mut chance).await?;
    let start = |name: &str| Process::start(&mut limited(paying(&service, &ledger, name, 0..KEYS), MOST));
    let (one, other) = (start("one")?, start("other")?);
    let (one, other) = (one.finish()?, other.finish()?);
    let sum = |word: &str| count(&one, word) + count(&other, word);
    println!("{} sent, {} refused, {} over the limit", sum("sent"), sum("refused"), sum("limit"));
    assert_eq!(sum("sent") + sum("refused") + sum("limit"), 2 * KEYS, "{one:?}, {other:?}");
    assert!(service.sandbox.tasks() <= MOST && service.sandbox.tasks() == sum("sent"));
    assert!(count(&one, "sent") > 0 && count(&other, "sent") > 0, "both have worked");

    // A later process spends what is left, and no more. A refusal would free its price after the other keys were answered.
    service.behave();
    let said = run(&mut limited(paying(&service, &ledger, "late", 0..2 * MOST), MOST))?;
    assert_eq!(service.sandbox.tasks(), MOST, "{said:?}");
    assert!(said.values().all(|(word, text)| word != "limit" || text.contains("12 credits, and 840 of 851 credits")));
    let over = said.iter().filter(|(_, (word, _))| word == "limit");
    let entries = entries(&ledger)?;
    assert!(over.clone().count() > 0 && over.clone().all(|(key, _)| !entries.contains_key(key)), "nothing is recorded");

    // With a wider limit, the rest is bought.
    run(&mut limited(paying(&service, &ledger, "late", 0..2 * MOST), 1_000))?;
    assert_eq!(service.sandbox.tasks() - sum("sent"), 2 * MOST);
    Ok(())
}

/// What a killed process may have been charged for stays spent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_processes_leave_no_more_to_spend_than_they_left() -> Outcome {
    const MOST: usize = 40;
    let (mut chance, folder) = (chance(), tempfile::tempdir()?);
    for round in 0..runs(6) {
        let ledger = folder.path().join(format!("covers-{round}.db"));
        let service = Service::start(Habits { takes: 0..30, refuses: 0.1, breaks: 0.0 }, &mut chance).await?;
        let name = |number: usize| format!("kill-{number}");
        for number in 0..2 {
            let killed = Process::start_silently(&mut limited(paying(&service, &ledger, &name(number), 0..500), MOST))?;
            assert!(service.until_arrived(1).await, "it makes POSTs");
            sleep(Duration::from_millis(chance.u64(0..30))).await;
            // Dropping it kills it.
            drop(killed);
        }
        run(&mut limited(paying(&service, &ledger, "last", 0..500), MOST))?;
        service.until_idle().await;
        assert!(service.sandbox.tasks() <= MOST, "{} were bought", service.sandbox.tasks());

        // Once it is known what became of all, exactly the limit can be bought.
        service.behave();
        let client = service.client(ACCOUNT, &ledger).await?;
        let all: BTreeMap<_, _> = (0..2).flat_map(|number| keys(&name(number), 0..500)).collect();
        service.resolve_all(&client, &all).await?;
        run(&mut limited(paying(&service, &ledger, "rest", 0..500), MOST))?;
        assert_eq!(service.sandbox.tasks(), MOST);
    }
    Ok(())
}
