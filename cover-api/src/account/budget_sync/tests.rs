use std::path::Path;
use std::time::SystemTime;

use cover_spec::tables::RateLimitSpec;
use tokio::time::{Instant, sleep};

use super::*;
use crate::ledger::SqliteLedger;
use crate::rate_limit::{Denied, Permit, PermitRequest, Verdict};

const ID: BudgetId = BudgetId([7; 32]);
const MILLI: Duration = Duration::from_millis(1);
const WINDOW: Duration = Duration::from_millis(400);
const LONGEST: Duration = Duration::from_secs(2);

/// A process with a rate limit of its own, which it shares through the ledger.
struct Process {
    limit: Arc<RateLimit>,
    ledger: LedgerHandle,
    shared: Arc<SharedBudget>,
}

impl Process {
    async fn start(path: &Path, requests: u32, per: Duration) -> Self {
        let ledger = LedgerHandle::new(Arc::new(SqliteLedger::open(path).await.unwrap()));
        let limit = Arc::new(RateLimit::new(RateLimitSpec { requests, per, task_every: Duration::ZERO }));
        let shared = SharedBudget::start(ID, ledger.clone(), Arc::clone(&limit), LONGEST);
        Self { limit, ledger, shared }
    }

    async fn permit(&self) -> Result<Permit, Denied> {
        self.limit.acquire(PermitRequest::send(Instant::now())).await
    }

    /// Sends a request that is answered in this way.
    async fn send(&self, verdict: Verdict) {
        self.permit().await.unwrap().answered(verdict);
    }

    /// Returns the places that each process holds.
    async fn shares(&self) -> Vec<u32> {
        let shares = self.ledger.run(|rows| rows.shares(&ID)).await.unwrap();
        shares.iter().map(|share| share.held).collect()
    }

    /// Sends requests until this time, two at once. Returns when each was answered.
    fn greedy(&self, until: Instant) -> impl Future<Output = Vec<Instant>> + use<> {
        let send = |limit: Arc<RateLimit>| async move {
            let mut sent = Vec::new();
            while Instant::now() < until {
                limit.acquire(PermitRequest::send(Instant::now())).await.unwrap().answered(Verdict::Fine);
                sent.push(Instant::now());
            }
            sent
        };
        let both = [tokio::spawn(send(Arc::clone(&self.limit))), tokio::spawn(send(Arc::clone(&self.limit)))];
        async move {
            let mut all = Vec::new();
            for one in both {
                all.extend(one.await.unwrap());
            }
            all
        }
    }
}

async fn two(requests: u32, per: Duration) -> (tempfile::TempDir, Process, Process) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("covers.db");
    (folder, Process::start(&path, requests, per).await, Process::start(&path, requests, per).await)
}

/// Waits until a condition holds.
async fn until(mut holds: impl AsyncFnMut() -> bool) -> bool {
    for _ in 0..500 {
        if holds().await {
            return true;
        }
        sleep(10 * MILLI).await;
    }
    false
}

#[tokio::test]
async fn two_processes_together_keep_the_limit_and_share_it_equally() {
    let (_folder, one, other) = two(10, WINDOW).await;
    let begun = Instant::now();
    let (first, second) = (one.greedy(begun + 10 * WINDOW), other.greedy(begun + 10 * WINDOW));
    let (first, second) = (first.await, second.await);
    let mut all: Vec<Instant> = first.iter().chain(&second).copied().collect();
    all.sort();
    for pair in all.windows(11) {
        assert!(pair[10] - pair[0] >= WINDOW, "11 requests in {:?}", pair[10] - pair[0]);
    }
    let settled = |sent: &[Instant]| sent.iter().filter(|at| **at >= begun + 3 * WINDOW).count();
    let (first, second) = (settled(&first), settled(&second));
    assert!(first + second >= 55, "{first} and {second} of 70");
    assert!(first.abs_diff(second) <= 14, "{first} and {second}");
}

#[tokio::test]
async fn an_idle_process_returns_all_places_and_the_task_ends() {
    let (_folder, one, other) = two(10, WINDOW).await;
    assert_eq!(one.limit.stats().places, 0);
    one.send(Verdict::Fine).await;
    assert!(one.limit.stats().places > 1, "it has some to spare");
    let returned = async || one.shares().await.is_empty();
    assert!(until(returned).await, "{:?}", one.shares().await);
    assert_eq!(one.limit.stats().places, 0);
    for _ in 0..10 {
        other.send(Verdict::Fine).await;
    }
    assert_eq!((other.limit.stats().places, other.shares().await), (10, vec![10]));
}

#[tokio::test]
async fn a_process_that_ends_leaves_only_places_that_are_taken_for_a_window() {
    let (_folder, one, other) = two(2, WINDOW).await;
    one.send(Verdict::Fine).await;
    let Process { shared, ledger, .. } = one;
    let sent = Instant::now();
    drop((shared, ledger));
    other.send(Verdict::Fine).await;
    assert!(sent.elapsed() < WINDOW, "one place was free at once: {:?}", sent.elapsed());
    other.send(Verdict::Fine).await;
    assert!(sent.elapsed() >= WINDOW && sent.elapsed() < LONGEST, "{:?}", sent.elapsed());
}

#[tokio::test]
async fn a_process_that_shares_again_keeps_its_places_though_it_returned_them_before() {
    let (folder, one, _other) = two(4, WINDOW).await;
    one.send(Verdict::Fine).await;
    let Process { limit, ledger, shared } = one;
    // What returns the places runs later than the next share begins.
    let file = rusqlite::Connection::open(folder.path().join("covers.db")).unwrap();
    file.execute_batch("BEGIN IMMEDIATE").unwrap();
    let held: u32 = file.query_row("SELECT held FROM budget_shares", [], |row| row.get(0)).unwrap();
    drop(shared);
    let shared = SharedBudget::start(ID, ledger.clone(), Arc::clone(&limit), LONGEST);
    file.execute_batch("ROLLBACK").unwrap();
    let again = Process { limit, ledger, shared };
    assert_eq!(again.shares().await, [held]);
}

#[tokio::test]
async fn a_lease_whose_answer_was_lost_is_extended_by_the_next_question() {
    let (_folder, one, _other) = two(10, WINDOW).await;
    // This limit is asked for by hand.
    let limit = Arc::new(RateLimit::new(RateLimitSpec { requests: 10, per: WINDOW, task_every: Duration::ZERO }));
    limit.share(StartAsking(Arc::new(|| false)));
    let permit = limit.acquire(PermitRequest::send(Instant::now()));
    tokio::pin!(permit);
    assert!(tokio::time::timeout(MILLI, &mut permit).await.is_err(), "it has no place");
    let share = async || {
        let ask = limit.ask().unwrap();
        let asked = ask.clone();
        let grant = one.ledger.run(move |rows| share_budget(rows, &ID, &asked, 100 * LONGEST)).await;
        (ask, grant.unwrap())
    };
    assert!(share().await.1.is_renewed);
    let (ask, grant) = share().await;
    assert!(grant.is_renewed, "this process knows of no lease");
    limit.granted(&ask, &grant);
    assert!(!share().await.1.is_renewed, "it has just begun");
}

#[tokio::test]
async fn a_pause_holds_for_all_and_one_process_checks_whether_it_is_over() {
    let (_folder, one, other) = two(10, WINDOW).await;
    one.send(Verdict::Maintenance(2 * WINDOW)).await;
    let paused = Instant::now();
    let told = async || other.ledger.run(|rows| rows.budget(&ID)).await.unwrap().needs_probe;
    assert!(until(told).await);
    let (first, second) = (one.permit(), other.permit());
    tokio::pin!(first, second);
    // One of them gets a permit, and the other waits for what becomes of it.
    let probe = tokio::select! {
        permit = &mut first => permit,
        permit = &mut second => permit,
    };
    assert!(paused.elapsed() + 5 * MILLI >= 2 * WINDOW, "{:?}", paused.elapsed());
    sleep(2 * WINDOW).await;
    let waiting = [&one, &other].iter().map(|process| process.limit.stats().waiting).sum::<usize>();
    assert_eq!(waiting, 1);
    probe.unwrap().answered(Verdict::Fine);
    let resumed = Instant::now();
    let third = one.permit();
    let fourth = other.permit();
    let _both = tokio::join!(third, fourth);
    assert!(resumed.elapsed() < LONGEST, "{:?}", resumed.elapsed());
}

#[tokio::test]
async fn a_pause_that_one_process_ends_is_over_for_all() {
    let (_folder, one, other) = two(10, WINDOW).await;
    one.send(Verdict::Maintenance(Duration::from_secs(60))).await;
    let known = async || other.ledger.run(|rows| rows.budget(&ID)).await.unwrap().paused_until.is_some();
    assert!(until(known).await);
    let waiting = {
        let limit = Arc::clone(&other.limit);
        tokio::spawn(async move { limit.acquire(PermitRequest::send(Instant::now())).await.is_ok() })
    };
    assert!(until(async || other.limit.stats().pause.is_some()).await, "the other process knows of the pause");
    one.limit.resume();
    assert!(tokio::time::timeout(LONGEST, waiting).await.unwrap().unwrap());
}

#[tokio::test]
async fn sends_of_all_stop_without_credits_and_go_on_when_one_has_seen_some() {
    let (_folder, one, other) = two(10, WINDOW).await;
    one.send(Verdict::NoCredits).await;
    let stopped = async || other.ledger.run(|rows| rows.budget(&ID)).await.unwrap().no_credits;
    assert!(until(stopped).await);
    assert_eq!(other.permit().await.err(), Some(Denied::NoCredits));
    one.limit.credits_seen();
    let resumed = async || !other.ledger.run(|rows| rows.budget(&ID)).await.unwrap().no_credits;
    assert!(until(resumed).await);
    // What the other process knows is out of date after a window.
    sleep(WINDOW).await;
    assert!(other.permit().await.is_ok());
}

#[tokio::test]
async fn the_strictest_limit_holds_while_processes_with_different_ones_work() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("covers.db");
    let (strict, loose) = (Process::start(&path, 2, WINDOW).await, Process::start(&path, 10, WINDOW).await);
    let begun = Instant::now();
    let (first, second) = (strict.greedy(begun + 8 * WINDOW), loose.greedy(begun + 8 * WINDOW));
    let mut all = first.await;
    all.extend(second.await);
    // One that has begun alone goes on by its own limit for a window.
    all.retain(|at| *at >= begun + 4 * WINDOW);
    all.sort();
    assert!(all.len() >= 4, "{} requests", all.len());
    assert!(all.windows(3).all(|three| three[2] - three[0] >= WINDOW), "{all:?}");
}

#[tokio::test]
async fn without_the_ledger_places_are_used_for_half_of_the_lease() {
    let (folder, one, other) = two(4, WINDOW).await;
    one.send(Verdict::Fine).await;
    let asked = SystemTime::now();
    // Another connection keeps the file locked.
    let file = rusqlite::Connection::open(folder.path().join("covers.db")).unwrap();
    file.execute_batch("BEGIN IMMEDIATE").unwrap();
    let used = one.greedy(Instant::now() + 8 * WINDOW);
    assert!(until(async || one.limit.stats().places == 0).await, "it stops");
    let passed = asked.elapsed().unwrap();
    assert!(passed <= LONGEST + WINDOW + 50 * MILLI && passed >= LONGEST, "{passed:?}");
    sleep(WINDOW).await;
    assert_eq!(one.limit.stats().places, 0);
    file.execute_batch("ROLLBACK").unwrap();
    assert!(tokio::time::timeout(10 * LONGEST, used).await.unwrap().len() > 4);
    other.send(Verdict::Fine).await;
}
