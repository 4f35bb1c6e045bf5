//! Sends to an operation that answers at once are dropped, or end with their process. The answer is paid for once, and the same
//! send afterwards returns it.

use std::path::Path;
use std::time::Duration;

use cover_api::ledger::{Ledger, MemoryLedger, SqliteLedger};
use cover_api::runtime::Sending;
use cover_api::sandbox::Sandbox;
use cover_testkit::gate::{Came, Gate, Reply, Slow, poll_then_drop, within};
use cover_testkit::{Outcome, Result, chance, runs};
use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};

use super::processes::{new_process, services};
use super::{Case, EVERY_END, LATE, MOST_POLLS, STEP, Seen, Service, check_seen, note};
use crate::answers_at_once::style::{Answer, Client, Error, Styles};
use crate::answers_at_once::{SPEC, request};
use crate::common::{PATIENCE, SECOND, in_memory_folder};

/// Returns every way to buy. There are no callbacks.
fn cases(late: Duration) -> Vec<Case> {
    Case::all(late, SECOND).into_iter().filter(|case| !case.has_callback).collect()
}

async fn start(case: &Case) -> Result<Service> {
    let sandbox = Sandbox::builder().spec(SPEC).credits(u32::MAX).without_rate_limit().start().await?;
    let gate = Gate::new(&sandbox).then(case.reply.clone());
    Ok(Service { sandbox, gate })
}

fn client(service: &Service, ledger: impl Ledger) -> Result<Client> {
    let builder = Client::builder(service.sandbox.key()).transport(service.gate.router()).ledger(ledger);
    Ok(builder.rate_limit(1_000, Duration::ZERO).build()?)
}

async fn on_file(service: &Service, path: &Path) -> Result<Client> {
    client(service, SqliteLedger::open(path).await?)
}

fn send(case: &Case, client: &Client) -> Sending<Styles> {
    let sending = client.send(&request());
    if case.has_key { sending.key("order-17") } else { sending }
}

fn came(result: &std::result::Result<Answer, Error>) -> Came {
    match result {
        Ok(answer) if answer.was_posted() => Came::Posted,
        Ok(_) => Came::Existing,
        Err(error) => Came::of_error(error),
    }
}

/// Sends the purchase again after it was dropped, and checks the result. `is_new`: the process that sent it first has ended.
#[expect(clippy::match_same_arms, reason = "it reads as a table")]
async fn send_again(case: &Case, service: &Service, client: &Client, is_new: bool) -> Result<Came> {
    let ended = async {
        loop {
            let result = send(case, client).await;
            // The ledger may still be writing what the ended process had queued.
            if !is_new || came(&result) != Came::InProgress {
                return result;
            }
            sleep(Duration::from_millis(1)).await;
        }
    };
    let result = within(PATIENCE, "the same send again", ended).await;
    let (again, posts, charged) = (came(&result), service.gate.posts().len(), service.sandbox.tasks());
    let unknown = client.unknown().await?;
    let said = format!("{case:?}: {result:?}; {posts} POSTs, {charged} charged; unknown: {unknown:?}");
    assert!(charged <= 1, "bought twice: {said}");
    let is_right = match (&case.reply, again) {
        // The first POST was refused and this one was not, or the first never arrived.
        (Reply::Refused, Came::Posted) => posts == 2,
        (Reply::Refused, Came::Refused) => posts == 1,
        (Reply::Good | Reply::Late(_), Came::Posted | Came::Existing) => posts == 1,
        // The process ended before the reply was known.
        (Reply::Refused | Reply::Good | Reply::Late(_), Came::Unknown) => posts == 1 && is_new,
        (Reply::Lost(..), Came::Unknown) => posts == 1,
        _ => false,
    };
    assert!(is_right, "{again:?} for {said}");
    assert_eq!(unknown.len(), usize::from(again == Came::Unknown), "an unknown outcome is listed: {said}");
    assert_eq!(client.unfinished().all().await?.len(), 0, "what was returned is delivered: {said}");
    if let Ok(answer) = result {
        let kept = send(case, client).await?;
        assert_eq!(kept.was_posted(), !case.has_key, "a key is one purchase, and without one it is over: {said}");
        assert!(!case.has_key || kept.json() == answer.json(), "{said}");
        assert_eq!(service.sandbox.tasks(), if case.has_key { 1 } else { 2 }, "{said}");
    }
    if again == Came::Unknown {
        assert_eq!(came(&send(case, client).await), Came::Unknown, "{said}");
        assert_eq!(service.gate.posts().len(), posts, "it is not sent again: {said}");
    }
    Ok(again)
}

/// Checks that each send is counted once.
fn check_counts(client: &Client) {
    let stats = client.stats();
    let counts = (stats.queued, stats.unsettled, stats.duplicates, stats.permits);
    assert_eq!(counts, (0, 0, 0, 0), "{stats:?}");
    assert!(stats.answers + stats.refused + stats.unknown >= stats.posts - stats.not_sent, "{stats:?}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_whose_send_is_dropped_after_any_number_of_polls_is_not_bought_again() -> Outcome {
    let mut seen = Seen::new();
    for case in cases(20 * SECOND) {
        for polls in 0..=MOST_POLLS {
            assert_ne!(polls, MOST_POLLS, "it does not end: {case:?}");
            let service = start(&case).await?;
            let client = client(&service, Slow(MemoryLedger::new()))?;
            if poll_then_drop(send(&case, &client), polls, 60, 5 * SECOND).await.is_some() {
                break;
            }
            note(&mut seen, &case, send_again(&case, &service, &client, false).await?);
            check_counts(&client);
        }
    }
    check_seen(&seen, EVERY_END);
    Ok(())
}

#[tokio::test]
async fn an_answer_with_a_ledger_file_is_not_bought_again_after_any_number_of_polls() -> Outcome {
    let (directory, mut seen, mut number) = (in_memory_folder()?, Seen::new(), 0);
    for case in cases(LATE) {
        for polls in 0..=MOST_POLLS {
            assert_ne!(polls, MOST_POLLS, "it does not end: {case:?}");
            number += 1;
            let service = start(&case).await?;
            let client = on_file(&service, &directory.path().join(format!("{number}.db"))).await?;
            if poll_then_drop(send(&case, &client), polls, 0, STEP).await.is_some() {
                break;
            }
            note(&mut seen, &case, send_again(&case, &service, &client, false).await?);
            check_counts(&client);
        }
    }
    check_seen(&seen, &[("Good", Came::Posted), ("Late", Came::Existing), ("Refused", Came::Refused)]);
    Ok(())
}

/// Runs a first process until its send is dropped, ends it, and sends again in a second process.
fn in_two_processes(
    case: &Case,
    services: &Runtime,
    path: &Path,
    dropped: impl AsyncFnOnce(Sending<Styles>) -> bool,
) -> Result<Option<Came>> {
    let service = services.block_on(start(case))?;
    let first = new_process()?;
    let was_ready = first.block_on(async {
        let client = on_file(&service, path).await?;
        Ok::<_, Box<dyn std::error::Error>>(dropped(send(case, &client)).await)
    })?;
    drop(first);
    if was_ready {
        return Ok(None);
    }
    new_process()?.block_on(async {
        let client = on_file(&service, path).await?;
        Ok(Some(send_again(case, &service, &client, true).await?))
    })
}

#[test]
fn an_answer_is_not_bought_again_if_the_process_ends_after_any_number_of_polls() -> Outcome {
    let (services, directory, mut seen, mut number) = (services()?, in_memory_folder()?, Seen::new(), 0);
    for case in cases(LATE) {
        for polls in 0..=MOST_POLLS {
            assert_ne!(polls, MOST_POLLS, "it does not end: {case:?}");
            number += 1;
            let path = directory.path().join(format!("{number}.db"));
            let dropped = async |sending| poll_then_drop(sending, polls, 0, STEP).await.is_some();
            match in_two_processes(&case, &services, &path, dropped)? {
                Some(came) => note(&mut seen, &case, came),
                None => break,
            }
        }
    }
    check_seen(&seen, &[("Good", Came::Posted), ("Late", Came::Unknown), ("Late", Came::Posted)]);
    Ok(())
}

#[test]
fn an_answer_is_not_bought_again_if_the_process_ends_at_any_time() -> Outcome {
    let (services, directory, mut seen, mut chance) = (services()?, in_memory_folder()?, Seen::new(), chance());
    let cases = cases(LATE);
    for number in 0..runs(100) {
        let case = &cases[chance.usize(0..cases.len())];
        let path = directory.path().join(format!("{number}.db"));
        let time = Duration::from_micros(chance.u64(0..20_000));
        let dropped = async |sending: Sending<Styles>| timeout(time, sending).await.is_ok();
        if let Some(came) = in_two_processes(case, &services, &path, dropped)? {
            note(&mut seen, case, came);
        }
        std::fs::remove_file(&path)?;
    }
    check_seen(&seen, &[("Late", Came::Unknown)]);
    Ok(())
}

/// The answers of dropped sends are listed, and are not lost if the list is dropped as well.
#[tokio::test(start_paused = true)]
async fn a_list_of_answers_that_is_dropped_after_any_number_of_polls_loses_none() -> Outcome {
    let case = Case { has_key: false, has_callback: false, reply: Reply::Late(SECOND), stage: SECOND };
    for polls in 0..=MOST_POLLS {
        assert_ne!(polls, MOST_POLLS, "it does not end");
        let service = start(&case).await?;
        let client = client(&service, Slow(MemoryLedger::new()))?;
        let contents = ["rain", "sun", "snow"];
        for content in contents {
            service.gate.announce(Reply::Late(SECOND));
            let request = crate::answers_at_once::style::StyleRequest::builder().content(content).build()?;
            let sending = client.send(&request);
            assert!(timeout(SECOND / 2, sending).await.is_err(), "it is dropped before the reply");
            sleep(SECOND).await;
        }
        if poll_then_drop(client.unfinished().all(), polls, 60, SECOND).await.is_some() {
            assert!(polls > contents.len(), "it was dropped between the answers");
            break;
        }
        let answers = client.unfinished().all().await?;
        assert_eq!(answers.len(), contents.len(), "after {polls} polls");
        assert!(answers.iter().all(|answer| answer.style.is_some() && !answer.was_posted()), "{answers:?}");
        assert_eq!((client.unfinished().all().await?.len(), service.gate.posts().len()), (0, contents.len()));
    }
    Ok(())
}
