//! The same purchase is sent again in another process: while the first lives, or after it has ended.

use std::path::Path;
use std::time::Duration;

use cover_api::UploadCover;
use cover_api::ledger::SqliteLedger;
use cover_api::runtime::Sending;
use cover_testkit::gate::{Came, poll_then_drop, within};
use cover_testkit::{Outcome, Result, chance, runs};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{sleep, timeout};

use crate::common::{PATIENCE, in_memory_folder};

use super::{Case, LATE, MOST_POLLS, STAGE, STEP, Seen, Service, check_seen, note, send_again};

/// The first process is alive, and its exchange may continue.
#[tokio::test]
async fn another_process_does_not_post_what_a_dropped_send_may_have_posted() -> Outcome {
    let (mut chance, mut seen) = (chance(), Seen::new());
    let directory = in_memory_folder()?;
    let cases = Case::all(LATE, STAGE);
    for number in 0..runs(300) {
        let case = &cases[chance.usize(0..cases.len())];
        let service = Service::start(case).await?;
        let path = directory.path().join(format!("{number}.db"));
        let first = service.client(SqliteLedger::open(&path).await?)?;
        let second = service.client(SqliteLedger::open(&path).await?)?;
        let time = Duration::from_micros(chance.u64(0..20_000));
        if timeout(time, case.send(&first)).await.is_ok() {
            continue;
        }
        let result = within(PATIENCE, "another process", case.send(&second)).await;
        let came = Came::of(&result);
        note(&mut seen, case, came);
        assert!(!matches!(came, Came::Other | Came::NotSent), "{case:?}: {result:?}");
        // The second process sees the result once the first exchange has ended.
        let settles = async {
            while Came::of(&case.send(&second).await) == Came::InProgress {
                sleep(Duration::from_millis(2)).await;
            }
        };
        within(Duration::from_secs(20), "the end of the first exchange", settles).await;
        let created = service.sandbox.created();
        // Without a key, a task that was delivered to the second process may be a second purchase.
        let most = if case.has_key || !matches!(came, Came::Posted | Came::Existing) { 1 } else { 2 };
        assert!(created.len() <= most, "{case:?}: {result:?}; {created:?}");
    }
    check_seen(&seen, &[("Late", Came::InProgress)]);
    Ok(())
}

/// Returns a runtime that stands for a process: everything on it ends with it.
pub fn new_process() -> std::io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Returns a runtime for services, which outlive the processes that use them.
pub fn services() -> std::io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(1).enable_all().build()
}

/// Runs a first process until its send is dropped, ends it, and sends again in a second process.
fn in_two_processes(
    case: &Case,
    service: &Service,
    path: &Path,
    dropped: impl AsyncFnOnce(Sending<UploadCover>) -> bool,
) -> Result<Option<Came>> {
    let first = new_process()?;
    let was_ready = first.block_on(async {
        let client = service.client(SqliteLedger::open(path).await?)?;
        Ok::<_, Box<dyn std::error::Error>>(dropped(case.send(&client)).await)
    })?;
    drop(first);
    if was_ready {
        return Ok(None);
    }
    let second = new_process()?;
    second.block_on(async {
        let client = service.client(SqliteLedger::open(path).await?)?;
        let came = send_again(case, service, &client, true).await?;
        if came == Came::Unknown && !case.has_callback {
            assert_eq!(client.unknown().await?.len(), 1);
        }
        Ok(Some(came))
    })
}

#[test]
fn a_send_that_ends_with_its_process_after_any_number_of_polls_is_not_bought_again() -> Outcome {
    let (services, directory, mut seen, mut number) = (services()?, in_memory_folder()?, Seen::new(), 0);
    for case in Case::all(LATE, STAGE) {
        for polls in 0..=MOST_POLLS {
            assert_ne!(polls, MOST_POLLS, "it does not end: {case:?}");
            number += 1;
            let service = services.block_on(Service::start(&case))?;
            let path = directory.path().join(format!("{number}.db"));
            let dropped = async |sending| poll_then_drop(sending, polls, 0, STEP).await.is_some();
            match in_two_processes(&case, &service, &path, dropped)? {
                Some(came) => note(&mut seen, &case, came),
                None => break,
            }
        }
    }
    check_seen(&seen, &[("Good", Came::Posted), ("Late", Came::Unknown), ("Late", Came::Posted)]);
    Ok(())
}

#[test]
fn a_send_that_ends_with_its_process_at_any_time_is_not_bought_again() -> Outcome {
    let (services, directory, mut seen, mut chance) = (services()?, in_memory_folder()?, Seen::new(), chance());
    let cases = Case::all(LATE, STAGE);
    for number in 0..runs(300) {
        let case = &cases[chance.usize(0..cases.len())];
        let service = services.block_on(Service::start(case))?;
        let path = directory.path().join(format!("{number}.db"));
        let time = Duration::from_micros(chance.u64(0..20_000));
        let dropped = async |sending: Sending<UploadCover>| timeout(time, sending).await.is_ok();
        if let Some(came) = in_two_processes(case, &service, &path, dropped)? {
            note(&mut seen, case, came);
        }
    }
    check_seen(&seen, &[("Late", Came::Unknown)]);
    Ok(())
}
