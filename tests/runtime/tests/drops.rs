//! A `send` may be dropped anywhere: the service creates at most one task for the purchase, and the same `send` afterwards says
//! what became of it.
//!
//! A purchase is sent, and the future is dropped after so many polls, for every number until it would have been ready; or after
//! a random time. Then the same is sent again: in the same process, in another process while the first lives, and in a new
//! process after the first has ended.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use cover_api::ledger::{Ledger, MemoryLedger, SqliteLedger};
use cover_api::runtime::Sending;
use cover_api::sandbox::Sandbox;
use cover_api::{Client, CoverRequest, NonCustom, UploadCover};
use cover_runtime_tests::gate::{ADDRESS, Came, Gate, Reply, SECRET, Slow, poll_then_drop, within};
use cover_runtime_tests::{Outcome, called, chance, request, runs};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{sleep, timeout};

type Fails = Box<dyn std::error::Error>;

/// Whatever is waited for in these tests comes before.
const AGES: Duration = Duration::from_secs(30);
/// No `send` needs as many polls.
const MOST_POLLS: usize = 500;

/// One way to buy: what is the same on every run of it.
#[derive(Debug, Clone)]
struct Case {
    has_key: bool,
    is_called_back: bool,
    /// How the first POST fares. Every other one is fine.
    reply: Reply,
    /// How long a task stays at each stage.
    stage: Duration,
}

impl Case {
    /// Every way. `late`: how late a reply is that is late.
    fn all(late: Duration, stage: Duration) -> Vec<Self> {
        let mut all = Vec::new();
        for has_key in [true, false] {
            for is_called_back in [true, false] {
                let lost_late = Reply::Lost(504, "<html>late</html>".to_owned(), late);
                for reply in [Reply::Good, Reply::Refused, Reply::Late(late), Reply::lost(), lost_late] {
                    all.push(Self { has_key, is_called_back, reply, stage });
                }
            }
        }
        all
    }

    fn request(&self) -> CoverRequest<NonCustom> {
        if self.is_called_back { called(ADDRESS, 17) } else { request("17") }
    }

    fn send(&self, client: &Client) -> Sending<UploadCover> {
        let sending = client.send(&self.request());
        if self.has_key { sending.key("order-17") } else { sending }
    }
}

/// The service, and what stands before it.
struct Service {
    sandbox: Sandbox,
    gate: Gate,
}

impl Service {
    async fn start(case: &Case) -> Result<Self, Fails> {
        let sandbox = Sandbox::builder().stage_every(case.stage).without_rate_limit().start().await?;
        let gate = Gate::new(&sandbox).then(case.reply.clone());
        Ok(Self { sandbox, gate })
    }

    /// A client, to which callbacks come from now on.
    fn client(&self, ledger: impl Ledger) -> Result<Client, Fails> {
        let builder = Client::builder(self.sandbox.key()).transport(self.gate.router()).ledger(ledger);
        let builder = builder.callbacks(ADDRESS, SECRET).rate_limit(1_000, Duration::ZERO);
        let client = builder.poll_every(Duration::from_millis(5), Duration::from_millis(5)).build()?;
        self.sandbox.deliver_to(client.callbacks()?.router());
        Ok(client)
    }
}

/// Sends the purchase again, after it was dropped, and checks what came of it. `is_new`: the process that sent it has ended.
#[expect(clippy::match_same_arms, reason = "it reads as a table")]
async fn send_again(case: &Case, service: &Service, client: &Client, is_new: bool) -> Result<Came, Fails> {
    let ended = async {
        loop {
            let result = case.send(client).await;
            // What the process that has ended had queued for the ledger may still be written.
            if !is_new || Came::of(&result) != Came::InProgress {
                return result;
            }
            sleep(Duration::from_millis(1)).await;
        }
    };
    let result = within(AGES, "the same send again", ended).await;
    let (came, posts, created) = (Came::of(&result), service.gate.posts().len(), service.sandbox.created());
    let unknown = client.unknown().await?;
    let said = format!("{case:?}: {result:?}; {posts} POSTs; created: {created:?}; unknown: {unknown:?}");
    assert!(created.len() <= 1, "paid twice: {said}");
    if let Ok(task) = &result {
        assert_eq!(
            created.first().map(|created| &*created.id),
            Some(task.id()),
            "not the task of the purchase: {said}"
        );
    }
    let is_right = match (&case.reply, came) {
        // The first was refused, and this one was not; or the first never arrived.
        (Reply::Refused, Came::Posted) => posts == 2,
        (Reply::Refused, Came::Refused) => posts == 1,
        // The process ended before the refusal was known.
        (Reply::Refused, Came::Unknown) => posts == 1 && is_new,
        (Reply::Good | Reply::Late(_), Came::Posted | Came::Existing) => posts == 1,
        (Reply::Good | Reply::Late(_), Came::Unknown) => posts == 1 && is_new,
        (Reply::Lost(..), Came::Unknown) => posts == 1,
        // A callback told of the task before.
        (Reply::Lost(..), Came::Existing | Came::Posted) => posts == 1 && case.is_called_back,
        _ => false,
    };
    assert!(is_right, "{came:?} for {said}");
    Ok(came)
}

/// Once callbacks have told of the task, an outcome is not unknown any more.
async fn callbacks_reveal(case: &Case, service: &Service, client: &Client) -> Outcome {
    sleep(8 * case.stage).await;
    let task = within(AGES, "the same send once callbacks came", case.send(client)).await?;
    let created = service.sandbox.created();
    assert_eq!((created.len(), task.was_posted(), task.id()), (1, false, &*created[0].id));
    assert_eq!(service.gate.posts().len(), 1);
    Ok(())
}

/// Every send is counted, and none twice.
async fn check_counts(case: &Case, service: &Service, client: &Client) {
    let posts = service.gate.posts().len() as u64;
    let known = || client.stats().tasks + client.stats().refused + client.stats().unknown;
    // Whoever looks into the ledger may see a task a moment before it is counted.
    for _ in 0..100 {
        if known() < posts {
            sleep(Duration::from_millis(1)).await;
        }
    }
    let (stats, known) = (client.stats(), known());
    assert_eq!((stats.waiting, stats.unsettled, stats.duplicates), (0, 0, 0), "{stats:?}");
    assert_eq!(known, posts, "every POST that arrived is counted once, in one way: {stats:?}");
    assert!(stats.posts <= known + stats.not_sent, "every POST that was begun is counted: {stats:?}");
    if matches!(case.reply, Reply::Good | Reply::Late(_)) {
        assert_eq!((stats.tasks, stats.unknown, stats.refused), (1, 0, 0), "{stats:?}");
    }
}

/// How often each end was seen, by the way the POST fared.
type Seen = BTreeMap<(String, Came), usize>;

fn note(seen: &mut Seen, case: &Case, came: Came) {
    let reply = format!("{:?}", case.reply);
    let name = reply.split('(').next().unwrap_or_default().to_owned();
    *seen.entry((name, came)).or_default() += 1;
}

/// A send that is dropped at every place ends in all of these ways, or the places were not reached.
fn check_seen(seen: &Seen, expected: &[(&str, Came)]) {
    println!("{seen:?}");
    for (reply, came) in expected {
        assert!(seen.contains_key(&((*reply).to_owned(), *came)), "never seen: {reply} {came:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn dropped_after_any_number_of_polls_with_a_ledger_in_memory() -> Outcome {
    let mut seen = Seen::new();
    for case in Case::all(Duration::from_secs(20), Duration::from_secs(40)) {
        for polls in 0..=MOST_POLLS {
            assert_ne!(polls, MOST_POLLS, "it never ends: {case:?}");
            let service = Service::start(&case).await?;
            let client = service.client(Slow(MemoryLedger::new()))?;
            let first = poll_then_drop(case.send(&client), polls, 60, Duration::from_secs(5)).await;
            if first.is_some() {
                break;
            }
            let came = send_again(&case, &service, &client, false).await?;
            note(&mut seen, &case, came);
            check_counts(&case, &service, &client).await;
            if came == Came::Unknown && case.is_called_back {
                callbacks_reveal(&case, &service, &client).await?;
            }
        }
    }
    check_seen(
        &seen,
        &[
            ("Good", Came::Posted),
            ("Good", Came::Existing),
            ("Refused", Came::Posted),
            ("Refused", Came::Refused),
            ("Late", Came::Posted),
            ("Late", Came::Existing),
            ("Lost", Came::Unknown),
        ],
    );
    Ok(())
}

/// The same, where the send is queued for a permit at first.
#[tokio::test(start_paused = true)]
async fn dropped_at_any_time_with_a_ledger_in_memory() -> Outcome {
    let (mut chance, mut seen) = (chance(), Seen::new());
    let cases = Case::all(Duration::from_secs(20), Duration::from_secs(40));
    for _ in 0..runs(1_000) {
        let case = &cases[chance.usize(0..cases.len())];
        let service = Service::start(case).await?;
        let builder = Client::builder(service.sandbox.key()).transport(service.gate.router());
        let builder = builder.callbacks(ADDRESS, SECRET).ledger(Slow(MemoryLedger::new()));
        let client = builder.rate_limit(1, Duration::from_secs(10)).build()?;
        service.sandbox.deliver_to(client.callbacks()?.router());
        if chance.bool() {
            // Takes the only permit for 10 s.
            client.credits().await?;
        }
        let time = Duration::from_millis(chance.u64(0..35_000));
        // By the caller, or by the send itself.
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
        if came == Came::Unknown && case.is_called_back {
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
/// Real time of a step: long enough for the ledger's thread to come a step further.
const STEP: Duration = Duration::from_micros(300);

/// Where files of ledgers are, in memory where that is possible: what is proved here does not depend on the disk.
fn place() -> std::io::Result<tempfile::TempDir> {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())
}

#[tokio::test]
async fn dropped_after_any_number_of_polls_with_a_ledger_in_a_file() -> Outcome {
    let (mut seen, mut chance) = (Seen::new(), chance());
    let directory = place()?;
    let mut number = 0;
    for case in Case::all(LATE, STAGE) {
        let mut polls = 0;
        loop {
            assert!(polls < MOST_POLLS, "it never ends: {case:?}");
            number += 1;
            let service = Service::start(&case).await?;
            let path = directory.path().join(format!("{number}.db"));
            let client = service.client(SqliteLedger::open(&path).await?)?;
            if poll_then_drop(case.send(&client), polls, 0, STEP).await.is_some() {
                break;
            }
            // Where a callback is to tell what a lost reply does not, each run takes the two seconds that a reply is given.
            let is_told = case.is_called_back && matches!(case.reply, Reply::Lost(..));
            if is_told && polls > 40 {
                break;
            }
            polls += chance.usize(if is_told { 10..=20 } else { 1..=2 });
            let came = send_again(&case, &service, &client, false).await?;
            note(&mut seen, &case, came);
            check_counts(&case, &service, &client).await;
            if came == Came::Unknown && case.is_called_back {
                callbacks_reveal(&case, &service, &client).await?;
            }
        }
    }
    check_seen(&seen, &[("Good", Came::Posted), ("Late", Came::Existing), ("Refused", Came::Refused)]);
    Ok(())
}

/// Another process asks while the first is alive, and its exchange may go on.
#[tokio::test]
async fn another_process_never_posts_what_a_dropped_send_may_have_posted() -> Outcome {
    let (mut chance, mut seen) = (chance(), Seen::new());
    let directory = place()?;
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
        let result = within(AGES, "another process", case.send(&second)).await;
        let came = Came::of(&result);
        note(&mut seen, case, came);
        assert!(!matches!(came, Came::Other | Came::NotSent), "{case:?}: {result:?}");
        // Once the first exchange has ended, both know the same.
        let settles = async {
            while Came::of(&case.send(&second).await) == Came::InProgress {
                sleep(Duration::from_millis(2)).await;
            }
        };
        within(Duration::from_secs(20), "the end of the first exchange", settles).await;
        let created = service.sandbox.created();
        // Without a key, a task that the second process was given is a purchase of its own.
        let most = if case.has_key || !matches!(came, Came::Posted | Came::Existing) { 1 } else { 2 };
        assert!(created.len() <= most, "{case:?}: {result:?}; {created:?}");
    }
    check_seen(&seen, &[("Late", Came::InProgress)]);
    Ok(())
}

/// A process: a runtime that ends with everything that is on it.
fn process() -> std::io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Runs the first process until its send is dropped, then ends it; sends again in a new one.
fn in_two_processes(
    case: &Case,
    service: &Service,
    path: &Path,
    dropped: impl AsyncFnOnce(Sending<UploadCover>) -> bool,
) -> Result<Option<Came>, Fails> {
    let first = process()?;
    let was_ready = first.block_on(async {
        let client = service.client(SqliteLedger::open(path).await?)?;
        Ok::<_, Fails>(dropped(case.send(&client)).await)
    })?;
    drop(first);
    if was_ready {
        return Ok(None);
    }
    let second = process()?;
    second.block_on(async {
        let client = service.client(SqliteLedger::open(path).await?)?;
        let came = send_again(case, service, &client, true).await?;
        if came == Came::Unknown && !case.is_called_back {
            assert_eq!(client.unknown().await?.len(), 1);
        }
        Ok(Some(came))
    })
}

#[test]
fn dropped_with_its_process_after_any_number_of_polls() -> Outcome {
    let services = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let (directory, mut seen, mut number) = (place()?, Seen::new(), 0);
    for case in Case::all(LATE, STAGE) {
        for polls in 0..=MOST_POLLS {
            assert_ne!(polls, MOST_POLLS, "it never ends: {case:?}");
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
fn dropped_with_its_process_at_any_time() -> Outcome {
    let services = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let (directory, mut seen, mut chance) = (place()?, Seen::new(), chance());
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
