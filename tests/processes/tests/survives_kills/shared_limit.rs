//! Processes that share a rate limit through a ledger in a file or a database: the service never sees more requests in a window than
//! the limit allows, whatever happens to the processes, and each gets its part.
//!
//! `COVER_RUNS=600 cargo test -p cover-process-tests shared_limit::` goes on for ten minutes.

use std::collections::HashMap;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::header::USER_AGENT;
use axum::middleware::from_fn;
use cover_api::Client;
use cover_api::ledger::PostgresLedger;
use cover_api::sandbox::Sandbox;
use cover_testkit::ledger_file::lock_file;
use cover_testkit::postgres::{Postgres, Stop, connect};
use cover_testkit::process::{Process, Signals};
use cover_testkit::{Outcome, Result, runs};
use tokio::time::sleep;

/// Half of the lease of a place is this and a window.
const LONGEST: Duration = Duration::from_secs(1);

fn lease(window: Duration) -> Duration {
    2 * (LONGEST + window)
}

/// A new ledger for several processes.
enum Place {
    File(tempfile::TempDir),
    Database(String),
}

impl Place {
    fn file() -> Result<Self> {
        Ok(Self::File(tempfile::tempdir()?))
    }

    /// `None` if PostgreSQL is not installed.
    async fn database(name: &str) -> Result<Option<Self>> {
        let Some(server) = Postgres::shared()? else { return Ok(None) };
        Ok(Some(Self::Database(server.database(name).await?)))
    }

    fn address(&self) -> String {
        match self {
            Self::File(folder) => folder.path().join("covers.db").display().to_string(),
            Self::Database(url) => url.clone(),
        }
    }

    /// Returns whether a process keeps the others from changing their shares.
    async fn is_locked(&self) -> Result<bool> {
        Ok(match self {
            Self::File(_) => lock_file(self.address().as_ref(), Duration::from_millis(20)).is_err(),
            Self::Database(url) => {
                connect(url).await?.batch_execute("SELECT id FROM budgets FOR UPDATE NOWAIT").await.is_err()
            }
        })
    }
}

/// The arrivals at a service, each with the name of the process.
#[derive(Clone, Default)]
struct Arrivals(Arc<Mutex<Vec<(Instant, String)>>>);

impl Arrivals {
    /// Starts the service and returns its address.
    async fn start(&self, sandbox: &Sandbox) -> Result<String> {
        let all = self.clone();
        let router =
            sandbox.router().layer(from_fn(move |request: axum::extract::Request, next: axum::middleware::Next| {
                let name = request.headers().get(USER_AGENT).and_then(|name| name.to_str().ok()).unwrap_or_default();
                all.0.lock().unwrap_or_else(PoisonError::into_inner).push((Instant::now(), name.to_owned()));
                next.run(request)
            }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(url)
    }

    fn all(&self) -> Vec<(Instant, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Checks that no window has more than this many.
    fn check(&self, most: usize, window: Duration) {
        let all = self.all();
        for (one, beyond) in all.iter().zip(all.iter().skip(most)) {
            let within = beyond.0 - one.0;
            assert!(within >= window, "{} requests within {within:?}, from {one:?} to {beyond:?}", most + 1);
        }
    }

    /// Returns how many arrived from one time to another, by process.
    fn within(&self, from: Instant, to: Instant) -> HashMap<String, usize> {
        let mut counts = HashMap::new();
        for (_, name) in self.all().into_iter().filter(|(at, _)| (from..to).contains(at)) {
            *counts.entry(name).or_default() += 1;
        }
        counts
    }

    /// Returns the part of a limit that was used from one time to another: how long the limit takes for a number of requests, by how
    /// long they took.
    ///
    /// Requests come in bursts, one in each window and the time of an answer. A count between two arbitrary times would have a burst
    /// more or less. So it is a multiple of the limit that is timed, from each request to the one that is this many later.
    fn used(&self, from: Instant, to: Instant, most: usize, window: Duration) -> Result<f64> {
        let times: Vec<Instant> =
            self.all().into_iter().map(|(at, _)| at).filter(|at| (from..to).contains(at)).collect();
        let windows = times.len().saturating_sub(1) / most;
        let pairs = times.iter().zip(times.iter().skip(windows * most));
        let took: Duration = pairs.clone().map(|(one, other)| *other - *one).sum();
        let needed = window * u32::try_from(windows * pairs.count())?;
        Ok(if windows == 0 { 0.0 } else { needed.as_secs_f64() / took.as_secs_f64() })
    }

    /// Waits until a request of each process has arrived since then.
    async fn until_seen(&self, from: Instant, names: &[String]) -> bool {
        for _ in 0..2_000 {
            let counts = self.within(from, Instant::now());
            if names.iter().all(|name| counts.contains_key(name)) {
                return true;
            }
            sleep(Duration::from_millis(10)).await;
        }
        false
    }
}

fn greedy(url: &str, place: &Place, name: &str, most: usize, [window, time]: [Duration; 2]) -> Result<Process> {
    greedy_with(LONGEST, url, place, name, most, [window, time])
}

/// Starts a process whose requests may take this long.
fn greedy_with(
    longest: Duration,
    url: &str,
    place: &Place,
    name: &str,
    most: usize,
    [window, time]: [Duration; 2],
) -> Result<Process> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_greedy"));
    let millis = |time: Duration| time.as_millis().to_string();
    command.arg(url).arg(place.address()).arg(name).arg(most.to_string());
    Process::start_silently(command.args([millis(window), millis(longest), millis(time)]))
}

async fn sandbox() -> Result<Sandbox> {
    Ok(Sandbox::builder().credits(u32::MAX).without_rate_limit().start().await?)
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("process-{number}")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_processes_on_one_file_use_the_limit_in_equal_parts_and_never_more() -> Outcome {
    use_in_equal_parts(Place::file()?).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_processes_on_one_database_use_the_limit_in_equal_parts_and_never_more() -> Outcome {
    let Some(place) = Place::database("eight").await? else { return Ok(()) };
    use_in_equal_parts(place).await
}

async fn use_in_equal_parts(place: Place) -> Outcome {
    const MOST: usize = 20;
    let time = Duration::from_secs(runs(8) as u64);
    // Beside a short window, the time counts in which a busy machine answers a request: 100 ms and more.
    let (seconds, least) = if time < Duration::from_secs(60) { (1, 0.8) } else { (5, 0.95) };
    let window = Duration::from_secs(seconds);
    let (arrivals, sandbox, names) = (Arrivals::default(), sandbox().await?, names(8));
    let begun = Instant::now();
    let url = arrivals.start(&sandbox).await?;
    let start = |name: &String| greedy(&url, &place, name, MOST, [window, time + 60 * window]);
    let mut processes = names.iter().map(start).collect::<Result<Vec<Process>>>()?;
    assert!(arrivals.until_seen(begun, &names).await, "each gets a place");
    sleep(2 * window).await;

    let from = Instant::now();
    sleep(time).await;
    let (counts, used) = (arrivals.within(from, from + time), arrivals.used(from, from + time, MOST, window)?);
    println!("{used:.3} of the limit is used in {time:?}: {counts:?}");
    assert!(used >= least, "{used:.3} of the limit is used");
    let (few, many) = (counts.values().min().ok_or("none")?, counts.values().max().ok_or("none")?);
    assert!(counts.len() == 8 && *many <= 2 * few, "{counts:?}");

    // The places of a killed process go to the others after its lease.
    processes.pop().ok_or("none")?.kill()?;
    sleep(lease(window) + 2 * window).await;
    let from = Instant::now();
    sleep(6 * window).await;
    let to = Instant::now();
    let (counts, used) = (arrivals.within(from, to), arrivals.used(from, to, MOST, window)?);
    println!("after the kill, {used:.3} of the limit is used: {counts:?}");
    assert!(counts.len() == 7 && used >= least, "{used:.3}: {counts:?}");
    drop(processes);
    arrivals.check(MOST, window);
    Ok(())
}

/// Its holder's file shows that a process has ended, so its places are not kept for a lease of minutes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_places_of_a_killed_process_on_a_file_are_free_after_a_window_and_seconds() -> Outcome {
    const MOST: usize = 10;
    const WINDOW: Duration = Duration::from_secs(1);
    const LATE: Duration = Duration::from_secs(5);
    let minutes = Duration::from_secs(300);
    let (arrivals, sandbox, place, names) = (Arrivals::default(), sandbox().await?, Place::file()?, names(2));
    let url = arrivals.start(&sandbox).await?;
    let start = |name: &String| greedy_with(minutes, &url, &place, name, MOST, [WINDOW, minutes]);
    let begun = Instant::now();
    let killed = start(&names[0])?;
    assert!(arrivals.until_seen(begun, &names[..1]).await, "the first gets places");
    sleep(2 * WINDOW).await;

    killed.kill()?;
    let _other = start(&names[1])?;
    sleep(LATE + 4 * WINDOW).await;
    let from = Instant::now();
    sleep(5 * WINDOW).await;
    let (to, all) = (Instant::now(), MOST * 5);
    let sent = arrivals.within(from, to).get(&names[1]).copied().unwrap_or_default();
    assert!(sent * 10 >= all * 6, "{sent} of {all}");
    arrivals.check(MOST, WINDOW);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_on_a_file_sends_nothing_with_places_that_it_lost_while_it_was_suspended() -> Outcome {
    suspend_beyond_the_lease(Place::file()?).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_on_a_database_sends_nothing_with_places_that_it_lost_while_it_was_suspended() -> Outcome {
    let Some(place) = Place::database("suspended").await? else { return Ok(()) };
    suspend_beyond_the_lease(place).await
}

async fn suspend_beyond_the_lease(place: Place) -> Outcome {
    const MOST: usize = 12;
    const WINDOW: Duration = Duration::from_secs(1);
    let stops = runs(20).div_ceil(10);
    let (arrivals, sandbox, names) = (Arrivals::default(), sandbox().await?, names(3));
    let begun = Instant::now();
    let url = arrivals.start(&sandbox).await?;
    let time = 20 * WINDOW + (lease(WINDOW) + 10 * WINDOW) * u32::try_from(stops)?;
    let start = |name: &String| greedy(&url, &place, name, MOST, [WINDOW, time]);
    let processes = names.iter().map(start).collect::<Result<Vec<Process>>>()?;
    assert!(arrivals.until_seen(begun, &names).await, "each gets a place");
    let mut signals = Signals::new()?;
    for stop in 0..stops {
        // Each stop is in another part of a window.
        sleep(2 * WINDOW + WINDOW * u32::try_from(stop * 137 % 1_000)? / 1_000).await;
        let suspended = &processes[stop % 3];
        signals.stop(suspended)?;
        // A process suspended within a transaction would lock all others out.
        while place.is_locked().await? {
            signals.resume(suspended)?;
            sleep(Duration::from_millis(1)).await;
            signals.stop(suspended)?;
        }
        sleep(lease(WINDOW) + WINDOW).await;
        let from = Instant::now();
        sleep(2 * WINDOW).await;
        let counts = arrivals.within(from, from + 2 * WINDOW);
        assert!(
            counts.len() == 2 && counts.values().sum::<usize>() * 10 >= 2 * MOST * 7,
            "the others have its places: {counts:?}"
        );
        signals.resume(suspended)?;
        let resumed = Instant::now();
        sleep(3 * WINDOW).await;
        let counts = arrivals.within(resumed, resumed + 3 * WINDOW);
        assert_eq!(counts.len(), 3, "it has its part again: {counts:?}");
    }
    drop(processes);
    arrivals.check(MOST, WINDOW);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_database_places_are_used_for_half_of_their_lease_and_then_nothing_is_sent() -> Outcome {
    const MOST: u32 = 12;
    const WINDOW: Duration = Duration::from_secs(1);
    let Some(server) = Postgres::start()? else { return Ok(()) };
    let place = Place::Database(server.database("outages").await?);
    let (arrivals, sandbox, names) = (Arrivals::default(), sandbox().await?, names(3));
    let begun = Instant::now();
    let url = arrivals.start(&sandbox).await?;
    let hows = [Stop::Fast, Stop::Kill, Stop::Immediate];
    let stops = hows.into_iter().cycle().take(runs(10).div_ceil(10));
    let time = Duration::from_secs(60) + 20 * lease(WINDOW) * u32::try_from(stops.clone().count())?;
    let start = |name: &String| greedy(&url, &place, name, MOST as usize, [WINDOW, time]);
    let processes = names.iter().map(start).collect::<Result<Vec<Process>>>()?;
    let client = Client::builder("sandbox-key").base_url(&url).account("tests").rate_limit(MOST, WINDOW);
    let client =
        client.timeouts(LONGEST / 2, LONGEST / 2).ledger(PostgresLedger::connect(&place.address()).await?).build()?;
    assert!(arrivals.until_seen(begun, &names).await, "each gets a place");
    for how in stops {
        client.credits().await?;
        server.stop(how)?;
        let stopped = Instant::now();
        // A request that began in the last moment needs some time to arrive.
        sleep(lease(WINDOW) / 2 + WINDOW / 4).await;
        let silent = Instant::now();
        let waiting = tokio::spawn({
            let client = client.clone();
            async move { client.credits().await.is_ok() }
        });
        sleep(lease(WINDOW)).await;
        assert_eq!((client.stats().places, client.stats().queued), (0, 1), "it says so");
        assert!(!arrivals.within(stopped, silent).is_empty(), "places are used without the database");
        assert_eq!(arrivals.within(silent, Instant::now()), HashMap::new(), "{how:?}");

        server.start_again()?;
        let started = Instant::now();
        assert!(waiting.await?, "it goes on");
        assert!(arrivals.until_seen(started, &names).await, "all go on: {how:?}");
        assert!(client.stats().places > 0);
        println!("{how:?}: all go on after {:?}", started.elapsed());
    }
    drop(processes);
    arrivals.check(MOST as usize, WINDOW);
    Ok(())
}
