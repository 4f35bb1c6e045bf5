//! Several processes on one ledger, and a process whose runtime is shut down: nothing is bought twice.

use std::time::Duration;

use cover_testkit::ledger_file::entries;
use cover_testkit::process::{Process, Said, run};
use cover_testkit::service::{Ends, Habits, Service};
use cover_testkit::{ACCOUNT, Outcome, chance, runs};

use crate::{keys, paying};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_buy_the_same_keys_once() -> Outcome {
    const KEYS: usize = 200;
    let (mut chance, folder) = (chance(), tempfile::tempdir()?);
    let ledger = folder.path().join("covers.db");
    let service = Service::start(Habits { takes: 0..30, refuses: 0.0, breaks: 0.0 }, &mut chance).await?;
    let keys = keys("both", 0..KEYS);
    let start = || Process::start(&mut paying(&service, &ledger, "both", 0..KEYS));
    let (one, other) = (start()?, start()?);
    let (one, other) = (one.finish()?, other.finish()?);

    let (mut in_progress, mut existing) = (0, 0);
    for key in keys.keys() {
        let words = [&*one[key].0, &*other[key].0];
        assert_eq!(words.iter().filter(|word| **word == "sent").count(), 1, "{key}: {words:?}");
        in_progress += words.iter().filter(|word| **word == "in progress").count();
        existing += words.iter().filter(|word| **word == "existing").count();
    }
    assert_eq!(in_progress + existing, KEYS, "{one:?}, {other:?}");
    let of = |said: &Said| said.values().filter(|(word, _)| word == "sent").count();
    println!(
        "{} sent by one, {} by the other; {in_progress} refused as in progress, {existing} returned",
        of(&one),
        of(&other)
    );
    assert!(of(&one) > 0 && of(&other) > 0, "both have worked");
    assert_eq!(service.arrived(), KEYS);
    assert_eq!(service.check(&ledger, &keys)?, Ends { tasks: KEYS, ..Ends::default() });

    // Afterwards, each process gets the same tasks.
    let again = run(&mut paying(&service, &ledger, "both", 0..KEYS))?;
    let tasks = entries(&ledger)?;
    for key in keys.keys() {
        assert_eq!(again[key], ("existing".to_owned(), tasks[key].task.clone().ok_or("it has no task")?));
    }
    assert_eq!(service.arrived(), KEYS);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_refused_while_another_process_posts_it_and_its_task_returned_afterwards() -> Outcome {
    let (mut chance, folder) = (chance(), tempfile::tempdir()?);
    let ledger = folder.path().join("covers.db");
    let service = Service::start(Habits { takes: 0..1, refuses: 0.0, breaks: 0.0 }, &mut chance).await?;
    let client = service.client(ACCOUNT, &ledger).await?;
    let request = cover_testkit::request("one-0");

    let replies = service.hold_replies().await;
    let posting = Process::start(&mut paying(&service, &ledger, "one", 0..1))?;
    assert!(service.until_arrived(1).await);
    for _ in 0..3 {
        let error = client.send(&request).key("one-0").await.err().ok_or("it is sent again")?;
        assert!(error.is_in_progress() && error.may_have_been_charged(), "{error:?}");
    }
    // The key of another process is in progress, and is not listed.
    let error = client.find("one-0").await.err().ok_or("it is found")?;
    assert!(error.is_in_progress() && error.may_have_been_charged(), "{error:?}");
    assert_eq!(client.unknown().await?, [], "what another process posts is not unknown");
    assert!(client.unfinished().all().await?.is_empty());
    let said = run(&mut paying(&service, &ledger, "one", 0..1))?;
    assert_eq!(said["one-0"].0, "in progress");
    drop(replies);

    let sent = posting.finish()?;
    let task = client.send(&request).key("one-0").await?;
    assert_eq!(("sent", task.id()), (&*sent["one-0"].0, &*sent["one-0"].1));
    assert!(!task.was_posted());
    assert_eq!(client.find("one-0").await?.ok_or("it is not found")?.id(), task.id());
    assert_eq!(service.arrived(), 1);
    Ok(())
}

/// The process is killed before the reply comes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_unknown_once_the_process_that_posts_it_is_killed() -> Outcome {
    let (mut chance, folder) = (chance(), tempfile::tempdir()?);
    let ledger = folder.path().join("covers.db");
    let service = Service::start(Habits { takes: 0..1, refuses: 0.0, breaks: 0.0 }, &mut chance).await?;
    let client = service.client(ACCOUNT, &ledger).await?;
    let request = cover_testkit::request("one-0");

    let replies = service.hold_replies().await;
    let posting = Process::start_silently(&mut paying(&service, &ledger, "one", 0..1))?;
    assert!(service.until_arrived(1).await);
    let error = client.send(&request).key("one-0").await.err().ok_or("it is sent again")?;
    assert!(error.is_in_progress(), "{error:?}");
    posting.kill()?;
    let error = client.send(&request).key("one-0").await.err().ok_or("it is sent again")?;
    assert!(error.is_outcome_unknown(), "{error:?}");
    assert_eq!(client.unknown().await?.len(), 1);
    drop(replies);
    let keys = keys("one", 0..1);
    assert_eq!(service.resolve_all(&client, &keys).await?, (1, 0));
    assert!(!client.send(&request).key("one-0").await?.was_posted());
    assert_eq!(service.arrived(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_key_of_a_shut_down_runtime_is_ready_unknown_or_a_task() -> Outcome {
    const KEYS: usize = 60;
    let (mut chance, shutdowns, folder) = (chance(), runs(20), tempfile::tempdir()?);
    let ledger = folder.path().join("covers.db");
    let service = Service::start(Habits { takes: 0..40, refuses: 0.0, breaks: 0.0 }, &mut chance).await?;
    let mut all = keys("", 0..0);
    for number in 0..shutdowns {
        let (name, micros) = (format!("run-{number}"), chance.u64(0..150_000));
        all.extend(keys(&name, 0..KEYS));
        let mut process = std::process::Command::new(env!("CARGO_BIN_EXE_shutting_down"));
        process.arg(&service.url).arg(&ledger).arg(&name).args([KEYS.to_string(), micros.to_string()]);
        run(&mut process)?;
    }
    service.until_idle().await;
    let ends = service.check(&ledger, &all)?;
    println!("{shutdowns} runtimes, {} keys, {} POSTs: {ends:?}", all.len(), service.arrived());
    assert!(ends.ready > 0 && ends.unknown > 0 && ends.running > 0 && ends.tasks == ends.running, "{ends:?}");
    let posts = service.posts();
    for (key, entry) in entries(&ledger)?.iter().filter(|(_, entry)| entry.state == "ready") {
        assert!(!posts.contains_key(key), "{key} has arrived: {entry:?}");
    }

    // This is another process.
    let client = service.client(ACCOUNT, &ledger).await?;
    let mut unfinished: Vec<String> =
        client.unfinished().all().await?.iter().map(|task| task.id().to_owned()).collect();
    let mut running: Vec<String> = entries(&ledger)?.into_values().filter_map(|entry| entry.task).collect();
    unfinished.sort();
    running.sort();
    assert_eq!(unfinished, running);
    assert_eq!(client.unknown().await?.len(), ends.unknown);

    service.behave();
    service.resolve_all(&client, &all).await?;
    for number in 0..shutdowns {
        run(&mut paying(&service, &ledger, &format!("run-{number}"), 0..KEYS))?;
    }
    assert_eq!(service.check(&ledger, &all)?, Ends { tasks: all.len(), ..Ends::default() });
    assert_eq!(service.sandbox.tasks(), all.len());
    assert!(client.unfinished().all().await?.is_empty(), "all were waited for");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_process_that_ends_leaves_no_files_behind() -> Outcome {
    let (mut chance, folder) = (chance(), tempfile::tempdir()?);
    let ledger = folder.path().join("covers.db");
    let service = Service::start(Habits { takes: 0..1, refuses: 0.0, breaks: 0.0 }, &mut chance).await?;
    run(&mut paying(&service, &ledger, "idle", 0..5))?;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let left: Vec<_> = std::fs::read_dir(folder.path())?.filter_map(|file| Some(file.ok()?.file_name())).collect();
    assert_eq!(left, ["covers.db"], "no holder, and no log");
    Ok(())
}
