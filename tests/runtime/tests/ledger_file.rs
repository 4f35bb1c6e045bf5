//! A ledger that cannot be opened, written or relied on: an error that names the file and the cause, and no POST. A ledger that
//! fails after the POST: the outcome is returned, and written down as soon as that is possible.

mod process;

use std::error::Error;
use std::future::ready;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use cover_api::Client;
use cover_api::ledger::{
    Attempt, AttemptId, AttemptState, Entry, EntryId, Filter, Fingerprint, Ledger, LedgerError, Local, MemoryLedger,
    Purchase, Rows, SqliteLedger, Transacted, Work,
};
use cover_api::sandbox::{Answer, Sandbox};
use cover_runtime_tests::{Outcome, chance, request};
use process::{ACCOUNT, Habits, Service, entries, lock_file, paying};
use rusqlite::Connection;
use tokio::time::{sleep, timeout};

/// Why a file is not opened. The error must name it.
async fn refusal(path: &Path) -> process::Result<String> {
    let error = SqliteLedger::open(path).await.err().ok_or("it was opened")?.to_string();
    assert!(error.starts_with(&format!("the ledger `{}` ", path.display())), "{error}");
    Ok(error)
}

/// A client of a sandbox in this process.
fn client(sandbox: &Sandbox, ledger: impl Ledger) -> Result<Client, cover_api::Error> {
    Client::builder(sandbox.key()).transport(sandbox.router()).account(ACCOUNT).ledger(ledger).build()
}

/// What a send ends with that the ledger did not allow. The error must name the file, and nothing was sent.
async fn unrecorded(client: &Client, path: &Path) -> process::Result<String> {
    let error = client.send(&request("bad")).key("bad").await.err().ok_or("it was sent")?;
    assert!(error.is_ledger() && error.is_not_sent() && !error.may_have_been_charged(), "{error:?}");
    assert!(error.to_string().starts_with("nothing was sent: the ledger could not be "), "{error}");
    let cause = error.source().ok_or("it has no cause")?.to_string();
    assert!(cause.starts_with(&format!("the ledger `{}` ", path.display())), "{cause}");
    Ok(cause)
}

/// A ledger with one purchase.
async fn filled(path: &Path) -> Outcome {
    let sandbox = Sandbox::start().await?;
    let client = client(&sandbox, SqliteLedger::open(path).await?)?;
    client.send(&request("good")).key("good").await?;
    Ok(())
}

#[tokio::test]
async fn places_where_no_ledger_can_be_are_refused() -> Outcome {
    let folder = tempfile::tempdir()?;
    let missing = folder.path().join("not/there/covers.db");
    assert!(refusal(&missing).await?.ends_with("its directory does not exist"));
    // Root may write anywhere but there.
    assert!(refusal(Path::new("/proc/covers.db")).await?.contains("it cannot be created: "));
    assert!(refusal(folder.path()).await?.ends_with("it is a directory"));
    assert_eq!(std::fs::read_dir(folder.path())?.count(), 0, "nothing is left behind");
    Ok(())
}

#[tokio::test]
async fn files_that_are_no_whole_ledger_are_refused_and_stay_as_they_are() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("covers.db");
    filled(&path).await?;
    let whole = std::fs::read(&path)?;
    let (half, most) = (whole[..whole.len() / 2].to_vec(), whole[..whole.len() - 1].to_vec());
    for (bytes, cause) in [
        (Vec::new(), "it is an empty file"),
        (whole[..100].to_vec(), "is not a ledger, or is damaged: "),
        (half, "was cut off"),
        (most, "was cut off"),
        (b"order,prompt\n".repeat(1_000), "it is not a database"),
        (vec![0; 8_192], "is not a ledger, or is damaged: "),
    ] {
        std::fs::write(&path, &bytes)?;
        let error = refusal(&path).await?;
        assert!(error.contains(cause), "{error}");
        assert!(std::fs::read(&path)? == bytes, "it was changed: {error}");
    }
    std::fs::write(&path, whole)?;
    SqliteLedger::open(&path).await?;
    Ok(())
}

#[tokio::test]
async fn a_ledger_of_a_later_version_is_refused_also_while_it_is_in_use() -> Outcome {
    let (folder, sandbox) = (tempfile::tempdir()?, Sandbox::start().await?);
    let path = folder.path().join("covers.db");
    let client = client(&sandbox, SqliteLedger::open(&path).await?)?;
    client.send(&request("good")).key("good").await?;
    Connection::open(&path)?.execute_batch("UPDATE ledger_meta SET version = 9, least_version = 9")?;
    let cause = unrecorded(&client, &path).await?;
    assert!(cause.contains("a later version of this crate (schema 9)"), "{cause}");
    assert!(refusal(&path).await?.contains("a later version of this crate (schema 9)"));
    let error = client.unknown().await.err().ok_or("it was read")?;
    assert!(error.is_ledger() && !error.may_have_been_charged(), "{error:?}");
    assert_eq!(sandbox.submits(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_that_another_process_keeps_locked_is_waited_for_and_then_refused() -> Outcome {
    let (folder, sandbox) = (tempfile::tempdir()?, Sandbox::start().await?);
    let path = folder.path().join("covers.db");
    let client = client(&sandbox, SqliteLedger::open(&path).await?)?;
    let locked = lock_file(&path, Duration::from_secs(1))?;
    let since = Instant::now();
    let (opened, sent) = tokio::join!(refusal(&path), unrecorded(&client, &path));
    let cause = "it is locked: another process has been writing for too long";
    assert!(opened?.contains(cause) && sent?.contains(cause));
    assert!(since.elapsed() > Duration::from_secs(9), "it is waited for");
    assert_eq!(sandbox.submits(), 0);
    // A lock that ends in time is waited for.
    let later = tokio::spawn(async move { client.send(&request("good")).key("good").await });
    sleep(Duration::from_millis(500)).await;
    drop(locked);
    assert!(later.await??.was_posted());
    assert_eq!(sandbox.submits(), 1);
    Ok(())
}

/// The POST is under way while another process locks the file for longer than anybody waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outcome_that_comes_while_the_file_is_locked_is_written_down_later() -> Outcome {
    let (mut chance, folder) = (chance(), tempfile::tempdir()?);
    let path = folder.path().join("covers.db");
    let service = Service::start(Habits { takes: 0..1, refuses: 0.0 }, &mut chance).await?;
    let client = service.client(ACCOUNT, &path).await?;
    let replies = service.hold_replies().await;
    let sending = {
        let client = client.clone();
        tokio::spawn(async move { client.send(&request("late")).key("late").await })
    };
    assert!(service.until_arrived(1).await);
    let locked = lock_file(&path, Duration::from_secs(1))?;
    drop(replies);
    let task = sending.await??;
    assert!(task.was_posted(), "the outcome is returned");
    assert_eq!(client.stats().unsettled, 1);
    assert_eq!(entries(&path)?["late"].state, "posting");
    drop(locked);
    // The pause before the next try, and the turn of what was queued meanwhile.
    until(|| client.stats().unsettled == 0).await;
    assert_eq!(entries(&path)?["late"].task.as_deref(), Some(task.id()));
    let again = client.send(&request("late")).key("late").await?;
    assert_eq!((again.id(), again.was_posted(), service.arrived()), (task.id(), false, 1));
    Ok(())
}

async fn until(done: impl Fn() -> bool) {
    let since = Instant::now();
    while !done() {
        assert!(since.elapsed() < Duration::from_secs(25), "it takes for ever");
        sleep(Duration::from_millis(5)).await;
    }
}

/// A limit on the size of files, by which a child finds no room at some point in its work.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_room_nothing_more_is_posted_and_the_ledger_knows_all_that_was() -> Outcome {
    const KEYS: usize = 400;
    let mut chance = chance();
    let service = Service::start(Habits { takes: 0..5, refuses: 0.0 }, &mut chance).await?;
    // In KiB: not even the index of the log, the tables alone, a few transactions, and many of them.
    for room in [20, 60, 200, 700] {
        let folder = tempfile::tempdir()?;
        let (path, name, before) = (folder.path().join("covers.db"), format!("room-{room}"), service.arrived());
        SqliteLedger::open(&path).await?;
        let paying = paying(&service, &path, &name, 0..KEYS);
        let mut shell = std::process::Command::new("bash");
        // Without the trap, the signal would kill it.
        shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {room}; exec \"$0\" \"$@\"")]);
        shell.arg(paying.get_program()).args(paying.get_args()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = shell.spawn()?;
        // What is not settled is tried again for ever, but the process ends with its batch.
        let output = tokio::task::spawn_blocking(move || child.wait_with_output()).await??;
        service.until_idle().await;
        let (text, errors) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
        let refused = text.lines().filter(|line| line.contains("\tledger\t")).count();
        let sent = text.lines().filter(|line| line.contains("\tsent\t")).count();
        println!("{:?}", text.lines().find(|line| line.contains("\tledger\t")));
        println!(
            "{room} KiB: {} POSTs, {sent} sent, {refused} refused by the ledger; {errors}",
            service.arrived() - before
        );
        if output.status.success() {
            assert_eq!(sent + refused, KEYS, "{text}");
            assert!(refused > 0, "it had room enough");
            let named = |line: &str| line.contains(&*path.to_string_lossy()) && line.contains("nothing was sent");
            assert!(text.lines().filter(|line| line.contains("\tledger\t")).all(named), "{text}");
        } else {
            // It had no room even to be opened.
            assert!(service.arrived() == before && errors.contains(&*path.to_string_lossy()), "{errors}");
        }
        let keys = process::keys(&name, 0..KEYS);
        let client = service.client(ACCOUNT, &path).await?;
        client.unknown().await?;
        let ends = service.check(&path, &keys)?;
        println!("  {ends:?}");
        service.resolve_all(&client, &keys).await?;
        process::run(&mut process::paying(&service, &path, &name, 0..KEYS))?;
        assert_eq!(service.check(&path, &keys)?.tasks, KEYS);
    }
    Ok(())
}

/// A ledger that can be told to fail.
#[derive(Debug, Clone)]
struct Failing {
    inner: MemoryLedger,
    state: Arc<Mutex<(u32, Fails)>>,
}

/// When it fails. The first transaction is number 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fails {
    Never,
    /// From this transaction on, nothing of which is run.
    From(u32),
    /// From this transaction on, each of which is committed, but not confirmed.
    UnconfirmedFrom(u32),
    /// Each transaction that writes what became of an attempt.
    Settling,
}

impl Failing {
    fn new() -> Self {
        Self { inner: MemoryLedger::new(), state: Arc::new(Mutex::new((0, Fails::Never))) }
    }

    fn set(&self, fails: Fails) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = (0, fails);
    }
}

fn broken() -> LedgerError {
    LedgerError::unavailable("the disk is on fire").at(Path::new("/somewhere/covers.db"))
}

impl Ledger for Failing {
    fn transact(&self, work: Work) -> Transacted {
        let (number, fails) = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.0 += 1;
            *state
        };
        match fails {
            Fails::From(first) if number >= first => Box::pin(ready(Err(broken()))),
            Fails::UnconfirmedFrom(first) if number >= first => {
                let committed = self.inner.transact(work);
                Box::pin(async move { committed.await.and(Err(broken())) })
            }
            Fails::Settling => self.inner.transact(Box::new(move |rows| work(&mut NoSettlement(rows)))),
            _ => self.inner.transact(work),
        }
    }

    fn local(&self) -> &Arc<Local> {
        self.inner.local()
    }
}

/// Rows to which nothing of an attempt can be written but that it is posting.
struct NoSettlement<'a>(&'a mut dyn Rows);

impl Rows for NoSettlement<'_> {
    fn now(&self) -> SystemTime {
        self.0.now()
    }

    fn holder(&self) -> &str {
        self.0.holder()
    }

    fn is_alive(&mut self, attempt: &Attempt) -> Result<bool, LedgerError> {
        self.0.is_alive(attempt)
    }

    fn entry(&mut self, id: EntryId) -> Result<Option<Entry>, LedgerError> {
        self.0.entry(id)
    }

    fn entry_by_key(&mut self, account: &str, operation: &str, key: &str) -> Result<Option<Entry>, LedgerError> {
        self.0.entry_by_key(account, operation, key)
    }

    fn open_entries(
        &mut self,
        account: &str,
        operation: &str,
        fingerprint: &Fingerprint,
    ) -> Result<Vec<Entry>, LedgerError> {
        self.0.open_entries(account, operation, fingerprint)
    }

    fn attempt(&mut self, id: AttemptId) -> Result<Option<Attempt>, LedgerError> {
        self.0.attempt(id)
    }

    fn attempt_by_task(&mut self, account: &str, operation: &str, task: &str) -> Result<Option<Attempt>, LedgerError> {
        self.0.attempt_by_task(account, operation, task)
    }

    fn insert_entry(&mut self, entry: &Entry) -> Result<EntryId, LedgerError> {
        self.0.insert_entry(entry)
    }

    fn update_entry(&mut self, entry: &Entry) -> Result<(), LedgerError> {
        self.0.update_entry(entry)
    }

    fn put_attempt(&mut self, attempt: &Attempt, purchase: &Purchase) -> Result<(), LedgerError> {
        match attempt.state {
            AttemptState::Posting => self.0.put_attempt(attempt, purchase),
            _ => Err(broken()),
        }
    }

    fn entries(
        &mut self,
        account: &str,
        operation: &str,
        filter: Filter,
        after: EntryId,
        limit: usize,
    ) -> Result<Vec<Entry>, LedgerError> {
        self.0.entries(account, operation, filter, after, limit)
    }

    fn duplicates(&mut self, account: &str, operation: &str) -> Result<Vec<Attempt>, LedgerError> {
        self.0.duplicates(account, operation)
    }

    fn purge(&mut self, account: &str, operation: &str, before: SystemTime) -> Result<u64, LedgerError> {
        self.0.purge(account, operation, before)
    }
}

#[tokio::test(start_paused = true)]
async fn whichever_transaction_fails_first_one_key_is_one_task() -> Outcome {
    let mut tasks = 0;
    for first in 1..=6 {
        for fails in [Fails::From(first), Fails::UnconfirmedFrom(first)] {
            let (sandbox, ledger) = (Sandbox::start().await?, Failing::new());
            let client = client(&sandbox, ledger.clone())?;
            ledger.set(fails);
            let sent = client.send(&request("one")).key("one").await;
            match &sent {
                Ok(task) => {
                    assert!(task.was_posted() && sandbox.tasks() == 1, "{fails:?}");
                    tasks += 1;
                }
                Err(error) => {
                    assert!(error.is_ledger() && error.is_not_sent() && sandbox.submits() == 0, "{fails:?}: {error:?}");
                    let cause = error.source().ok_or("it has no cause")?.to_string();
                    assert_eq!(cause, "the ledger `/somewhere/covers.db` cannot be used: the disk is on fire");
                }
            }
            ledger.set(Fails::Never);
            // Where the one before is recorded, an equal send waits until it is settled.
            let again = client.send(&request("one")).key("one").await?;
            assert_eq!(again.was_posted(), sent.is_err(), "{fails:?}");
            assert!(sent.is_err() || sent.is_ok_and(|task| task.id() == again.id()), "{fails:?}");
            sleep(Duration::from_secs(1)).await;
            assert_eq!((sandbox.tasks(), client.stats().unsettled), (1, 0), "{fails:?}");
            assert!(client.unknown().await?.is_empty() && client.duplicates().await?.is_empty(), "{fails:?}");
        }
    }
    assert!(tasks > 4, "the ledger failed before and after the POST");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_outcome_is_returned_at_once_and_written_down_once_the_ledger_works_again() -> Outcome {
    for key in [Some("one"), None] {
        let (sandbox, ledger) = (Sandbox::start().await?, Failing::new());
        let client = client(&sandbox, ledger.clone())?;
        let (keyed, equal) = (request("one"), client.clone());
        let send = |client: &Client| match key {
            Some(key) => client.send(&keyed).key(key),
            None => client.send(&keyed),
        };
        ledger.set(Fails::Settling);
        let task = timeout(Duration::from_millis(400), send(&client)).await??;
        assert_eq!((task.was_posted(), client.stats().unsettled), (true, 1));
        assert_eq!((client.stats().posts, client.stats().tasks), (1, 1));

        let waiting = tokio::spawn(send(&equal));
        sleep(Duration::from_secs(600)).await;
        assert!(!waiting.is_finished(), "an equal send waits");
        assert_eq!((client.stats().unsettled, sandbox.submits()), (1, 1), "it goes on");

        ledger.set(Fails::Never);
        let later = timeout(Duration::from_secs(31), waiting).await???;
        assert_eq!((later.id(), later.was_posted()), (task.id(), false), "{key:?}");
        assert_eq!((client.stats().unsettled, sandbox.submits()), (0, 1));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_was_not_written_down_holds_an_equal_send_until_it_is() -> Outcome {
    let (sandbox, ledger) = (Sandbox::start().await?, Failing::new());
    let client = client(&sandbox, ledger.clone())?;
    sandbox.answer_submit(Answer::code(400));
    ledger.set(Fails::Settling);
    let error = client.send(&request("one")).key("one").await.err().ok_or("it was taken")?;
    assert!(error.is_refused() && client.stats().unsettled == 1, "{error:?}");
    let equal = client.clone();
    let waiting = tokio::spawn(async move { equal.send(&request("one")).key("one").await });
    sleep(Duration::from_secs(60)).await;
    assert!(!waiting.is_finished() && sandbox.submits() == 1);
    ledger.set(Fails::Never);
    assert!(waiting.await??.was_posted());
    assert_eq!((sandbox.submits(), sandbox.tasks(), client.stats().unsettled), (2, 1, 0));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_ends_what_cannot_be_written_down_and_it_is_unknown() -> Outcome {
    let (sandbox, ledger) = (Sandbox::start().await?, Failing::new());
    let old = client(&sandbox, ledger.clone())?;
    ledger.set(Fails::Settling);
    let task = old.send(&request("one")).key("one").await?;
    let since = tokio::time::Instant::now();
    let unfinished = old.shutdown(Duration::from_secs(5)).await;
    assert_eq!(unfinished.iter().map(|it| it.key.as_deref()).collect::<Vec<_>>(), [Some("one")]);
    assert_eq!(since.elapsed(), Duration::from_secs(5), "it is waited for that long");
    sleep(Duration::from_millis(1)).await;
    assert_eq!(old.stats().unsettled, 0, "nobody tries any more");
    let error = old.send(&request("two")).key("two").await.err().ok_or("it was sent")?;
    assert!(error.is_shut_down() && error.is_not_sent(), "{error:?}");

    ledger.set(Fails::Never);
    let new = client(&sandbox, ledger)?;
    let error = new.send(&request("one")).key("one").await.err().ok_or("it was sent again")?;
    assert!(error.is_outcome_unknown(), "{error:?}");
    let unknown = new.unknown().await?;
    assert_eq!(unknown.iter().map(|it| it.key.as_deref()).collect::<Vec<_>>(), [Some("one")]);
    new.resolve(&unknown[0], cover_api::ledger::Resolution::Task(task.id().to_owned())).await?;
    assert_eq!(new.send(&request("one")).key("one").await?.id(), task.id());
    assert_eq!(sandbox.submits(), 1);
    Ok(())
}
