//! A dropped send creates at most one task, and the same send afterwards reports what became of it.
//!
//! The future is dropped after every possible number of polls, or after a random time.

mod direct;
mod processes;

use std::collections::BTreeMap;
use std::time::Duration;

use cover_api::ledger::{Ledger, MemoryLedger, SqliteLedger};
use cover_api::runtime::{Credits, Sending, SpendLimit};
use cover_api::sandbox::Sandbox;
use cover_api::{Client, CoverRequest, NonCustom, UploadCover};
use cover_testkit::gate::{ADDRESS, Came, Gate, Reply, SECRET, Slow, poll_then_drop, within};
use cover_testkit::{Outcome, Result, chance, request, request_with_callback, runs};
use tokio::time::{sleep, timeout};

use crate::common::{PATIENCE, in_memory_folder};

/// No `send` needs as many polls.
const MOST_POLLS: usize = 500;

/// One way to buy.
#[derive(Debug, Clone)]
struct Case {
    has_key: bool,
    has_callback: bool,
    /// What happens to the first POST. Every other one succeeds.
    reply: Reply,
    /// Time that a task stays at each stage.
    stage: Duration,
}

impl Case {
    /// Returns every way. `late` is the delay of late replies.
    fn all(late: Duration, stage: Duration) -> Vec<Self> {
        let mut all = Vec::new();
        for has_key in [true, false] {
            for has_callback in [true, false] {
                let lost_late = Reply::Lost(504, "<html>late</html>".to_owned(), late);
                for reply in [Reply::Good, Reply::Refused, Reply::Late(late), Reply::lost(), lost_late] {
                    all.push(Self { has_key, has_callback, reply, stage });
                }
            }
        }
        all
    }

    fn request(&self) -> CoverRequest<NonCustom> {
        if self.has_callback { request_with_callback(ADDRESS, 17) } else { request("17") }
    }

    fn send(&self, client: &Client) -> Sending<UploadCover> {
        let sending = client.send(&self.request());
        if self.has_key { sending.key("order-17") } else { sending }
    }
}

/// The service, and the gate in front of it.
struct Service {
    sandbox: Sandbox,
    gate: Gate,
}

impl Service {
    async fn start(case: &Case) -> Result<Self> {
        let sandbox = Sandbox::builder().stage_every(case.stage).without_rate_limit().start().await?;
        let gate = Gate::new(&sandbox).then(case.reply.clone());
        Ok(Self { sandbox, gate })
    }

    /// Returns a client, which receives the callbacks from now on.
    fn client(&self, ledger: impl Ledger) -> Result<Client> {
        let limit = one_purchase(&ledger);
        let builder =
            Client::builder(self.sandbox.key()).transport(self.gate.router()).ledger(ledger).spend_limit(limit);
        let builder = builder.callbacks(ADDRESS, SECRET).rate_limit(1_000, Duration::ZERO);
        let client = builder.poll_every(Duration::from_millis(5), Duration::from_millis(5)).build()?;
        self.sandbox.deliver_to(client.callbacks()?.router());
        Ok(client)
    }
}

/// Returns a limit of a single purchase. A drop that left something spent and nothing bought would end all further sends.
fn one_purchase(ledger: &impl Ledger) -> SpendLimit {
    let price = Credits::from(12);
    if ledger.is_durable() {
        SpendLimit::per_period(price, Duration::from_secs(24 * 60 * 60))
    } else {
        SpendLimit::per_process(price)
    }
}

/// Sends the purchase again after it was dropped, and checks the result. `is_new`: the process that sent it first has ended.
#[expect(clippy::match_same_arms, reason = "it reads as a table")]
async fn send_again(case: &Case, service: &Service, client: &Client, is_new: bool) -> Result<Came> {
    let ended = async {
        loop {
            let result = case.send(client).await;
            // The ledger may still be writing what the ended process had queued.
            if !is_new || Came::of(&result) != Came::InProgress {
                return result;
            }
            sleep(Duration::from_millis(1)).await;
        }
    };
    let result = within(PATIENCE, "the same send again", ended).await;
    let (came, posts, created) = (Came::of(&result), service.gate.posts().len(), service.sandbox.created());
    let unknown = client.unknown().await?;
    let said = format!("{case:?}: {result:?}; {posts} POSTs; created: {created:?}; unknown: {unknown:?}");
    assert!(created.len() <= 1, "bought twice: {said}");
    if let Ok(task) = &result {
        assert_eq!(
            created.first().map(|created| &*created.id),
            Some(task.id()),
            "not the task of the purchase: {said}"
        );
    }
    let is_right = match (&case.reply, came) {
        // The first POST was refused and this one was not, or the first never arrived.
        (Reply::Refused, Came::Posted) => posts == 2,
        (Reply::Refused, Came::Refused) => posts == 1,
        // The process ended before the refusal was known.
        (Reply::Refused, Came::Unknown) => posts == 1 && is_new,
        (Reply::Good | Reply::Late(_), Came::Posted | Came::Existing) => posts == 1,
        (Reply::Good | Reply::Late(_), Came::Unknown) => posts == 1 && is_new,
        (Reply::Lost(..), Came::Unknown) => posts == 1,
        // A callback had revealed the task.
        (Reply::Lost(..), Came::Existing | Came::Posted) => posts == 1 && case.has_callback,
        _ => false,
    };
    assert!(is_right, "{came:?} for {said}");
    Ok(came)
}

/// Checks that callbacks settle an unknown outcome.
async fn callbacks_reveal(case: &Case, service: &Service, client: &Client) -> Outcome {
    sleep(8 * case.stage).await;
    let task = within(PATIENCE, "the same send after the callbacks", case.send(client)).await?;
    let created = service.sandbox.created();
    assert_eq!((created.len(), task.was_posted(), task.id()), (1, false, &*created[0].id));
    assert_eq!(service.gate.posts().len(), 1);
    Ok(())
}

/// Checks that each send is counted once.
async fn check_counts(case: &Case, service: &Service, client: &Client) {
    let posts = service.gate.posts().len() as u64;
    let known = || client.stats().tasks + client.stats().refused + client.stats().unknown;
    // A task may be in the ledger a moment before it is counted.
    for _ in 0..100 {
        if known() < posts {
            sleep(Duration::from_millis(1)).await;
        }
    }
    let (stats, known) = (client.stats(), known());
    assert_eq!((stats.queued, stats.unsettled, stats.duplicates), (0, 0, 0), "{stats:?}");
    assert_eq!(known, posts, "each POST that arrived is counted once: {stats:?}");
    assert!(stats.posts <= known + stats.not_sent, "each POST that was started is counted: {stats:?}");
    if matches!(case.reply, Reply::Good | Reply::Late(_)) {
        assert_eq!((stats.tasks, stats.unknown, stats.refused), (1, 0, 0), "{stats:?}");
    }
}

/// Number of results by what happened to the POST.
type Seen = BTreeMap<(String, Came), usize>;

fn note(seen: &mut Seen, case: &Case, came: Came) {
    let reply = format!("{:?}", case.reply);
    let name = reply.split('(').next().unwrap_or_default().to_owned();
    *seen.entry((name, came)).or_default() += 1;
}

/// How the sends after a drop end if it is made at every poll, for each reply.
const EVERY_END: &[(&str, Came)] = &[
    ("Good", Came::Posted),
    ("Good", Came::Existing),
    ("Refused", Came::Posted),
    ("Refused", Came::Refused),
    ("Late", Came::Posted),
    ("Late", Came::Existing),
    ("Lost", Came::Unknown),
];

/// Checks that the drops led to each of these results, so that they reached every step of a send.
fn check_seen(seen: &Seen, expected: &[(&str, Came)]) {
    println!("{seen:?}");
    for (reply, came) in expected {
        assert!(seen.contains_key(&((*reply).to_owned(), *came)), "never seen: {reply} {came:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_send_dropped_after_any_number_of_polls_is_not_bought_again() -> Outcome {
    let mut seen = Seen::new();
    for case in Case::all(Duration::from_secs(20), Duration::from_secs(40)) {
        for polls in 0..=MOST_POLLS {
            assert_ne!(polls, MOST_POLLS, "it does not end: {case:?}");
            let service = Service::start(&case).await?;
            let client = service.client(Slow(MemoryLedger::new()))?;
            let first = poll_then_drop(case.send(&client), polls, 60, Duration::from_secs(5)).await;
            if first.is_some() {
                break;
            }
            let came = send_again(&case, &service, &client, false).await?;
            note(&mut seen, &case, came);
            check_counts(&case, &service, &client).await;
            if came == Came::Unknown && case.has_callback {
                callbacks_reveal(&case, &service, &client).await?;
            }
        }
    }
    check_seen(&seen, EVERY_END);
    Ok(())
}

/// The send may have to wait for a permit first.
#[tokio::test(start_paused = true)]
async fn a_send_dropped_at_any_time_is_not_bought_again() -> Outcome {
    let (mut chance, mut seen) = (chance(), Seen::new());
    let cases = Case::all(Duration::from_secs(20), Duration::from_secs(40));
    for _ in 0..runs(1_000) {
        let case = &cases[chance.usize(0..cases.len())];
        let service = Service::start(case).await?;
        let builder = Client::builder(service.sandbox.key()).transport(service.gate.router());
        let ledger = Slow(MemoryLedger::new());
        let builder = builder.callbacks(ADDRESS, SECRET).spend_limit(one_purchase(&ledger)).ledger(ledger);
        let client = builder.rate_limit(1, Duration::from_secs(10)).build()?;
        service.sandbox.deliver_to(client.callbacks()?.router());
        if chance.bool() {
            // Takes the only permit of 10 s.
            client.credits().await?;
        }
        let time = Duration::from_millis(chance.u64(0..35_000));
        // The caller gives up, or the send times out.
        let first = if chance.bool() {
            timeout(time, case.send(&client)).await.ok()
        } else {
            let result = case.send(&client).timeout(time).await;
            Some(result).filter(|result| !result.as_ref().is_err_and(cover_api::Error::is_timeout))
        };
        if first.is_some() {
            continue;
        }
        let came = send_again(case, &service, &client, false).await?;
        note(&mut seen, case, came);
        check_counts(case, &service, &client).await;
        if came == Came::Unknown && case.has_callback {
            callbacks_reveal(case, &service, &client).await?;
        }
    }
    check_seen(
        &seen,
        &[("Good", Came::Posted), ("Late", Came::Existing), ("Late", Came::Posted), ("Lost", Came::Unknown)],
    );
    Ok(())
}

const LATE: Duration = Duration::from_millis(12);

const STAGE: Duration = Duration::from_millis(10);

/// Real time of a step, long enough for a step of the ledger's thread.
const STEP: Duration = Duration::from_micros(300);

#[tokio::test]
async fn a_send_with_a_ledger_file_dropped_after_any_number_of_polls_is_not_bought_again() -> Outcome {
    let (mut seen, mut chance) = (Seen::new(), chance());
    let directory = in_memory_folder()?;
    let mut number = 0;
    for case in Case::all(LATE, STAGE) {
        let mut polls = 0;
        loop {
            assert!(polls < MOST_POLLS, "it does not end: {case:?}");
            number += 1;
            let service = Service::start(&case).await?;
            let path = directory.path().join(format!("{number}.db"));
            let client = service.client(SqliteLedger::open(&path).await?)?;
            if poll_then_drop(case.send(&client), polls, 0, STEP).await.is_some() {
                break;
            }
            // If a callback replaces a lost reply, each run waits two seconds for the reply.
            let is_revealed = case.has_callback && matches!(case.reply, Reply::Lost(..));
            if is_revealed && polls > 40 {
                break;
            }
            polls += chance.usize(if is_revealed { 10..=20 } else { 1..=2 });
            let came = send_again(&case, &service, &client, false).await?;
            note(&mut seen, &case, came);
            check_counts(&case, &service, &client).await;
            if came == Came::Unknown && case.has_callback {
                callbacks_reveal(&case, &service, &client).await?;
            }
        }
    }
    check_seen(&seen, &[("Good", Came::Posted), ("Late", Came::Existing), ("Refused", Came::Refused)]);
    Ok(())
}
