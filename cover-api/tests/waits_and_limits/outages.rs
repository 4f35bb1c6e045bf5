//! Outages of minutes and hours under paused time: waits survive them, the rate limit holds, and every permit is returned.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use axum::middleware::{Next, from_fn};
use cover_api::{Client, Task, Update};
use cover_testkit::simulated::{BUDGET, Simulated};
use cover_testkit::{Outcome, chance, request, runs};
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// What the service answers during an outage.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Disorder {
    BadGateway,
    Silence,
    Unauthorized,
    NoCredits,
    Nonsense,
    OtherTask,
    ServerError,
    /// A request to pause for a day.
    RetryAfterADay,
}

impl Disorder {
    const ALL: [Self; 8] = [
        Self::BadGateway,
        Self::Silence,
        Self::Unauthorized,
        Self::NoCredits,
        Self::Nonsense,
        Self::OtherTask,
        Self::ServerError,
        Self::RetryAfterADay,
    ];

    async fn answer(self) -> Response<Body> {
        let envelope = |text: &'static str| Response::new(Body::from(text));
        match self {
            Self::BadGateway => status(502, None),
            Self::Silence => std::future::pending().await,
            Self::Unauthorized => envelope(r#"{"code":401,"msg":"bad key","data":null}"#),
            Self::NoCredits => envelope(r#"{"code":429,"msg":"no credits","data":null}"#),
            Self::Nonsense => envelope(r#"{"code":200,"data":[[],"#),
            Self::OtherTask => envelope(r#"{"code":200,"data":{"taskId":"another","status":"SUCCESS"}}"#),
            Self::ServerError => envelope(r#"{"code":500,"msg":"sorry","data":null}"#),
            Self::RetryAfterADay => status(503, Some("86400")),
        }
    }
}

fn status(status: u16, retry_after: Option<&str>) -> Response<Body> {
    let response = Response::builder().status(status);
    let response = match retry_after {
        Some(time) => response.header("retry-after", time),
        None => response,
    };
    response.body(Body::from("<html>sorry</html>")).expect("it is well formed")
}

/// A service with outages.
#[derive(Clone, Default)]
struct Disorders(Arc<Mutex<Vec<(Instant, Instant, Disorder)>>>);

impl Disorders {
    fn add(&self, from: Instant, time: Duration, disorder: Disorder) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((from, from + time, disorder));
    }

    fn now(&self) -> Option<Disorder> {
        let now = Instant::now();
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|(from, until, _)| *from <= now && now < *until).map(|(.., disorder)| *disorder)
    }

    fn around(&self, service: &Simulated) -> Router {
        let (disorders, router, service) = (self.clone(), service.router(), service.clone());
        let step = move |request: Request, next: Next| {
            let (disorders, service) = (disorders.clone(), service.clone());
            async move {
                match disorders.now() {
                    Some(disorder) => {
                        service.count();
                        disorder.answer().await
                    }
                    None => next.run(request).await,
                }
            }
        };
        // The layer also sees requests that match no route.
        Router::new().fallback_service(router).layer(from_fn(step))
    }
}

fn client(disorders: &Disorders, service: &Simulated) -> Result<Client, cover_api::Error> {
    let client = Client::builder("key").transport(disorders.around(service));
    client.expected_duration(40 * SECOND..=240 * SECOND).build()
}

/// Checks that no request is in flight, and that no permit is held one window later.
async fn assert_all_permits_are_back(client: &Client) {
    // The service may have slowed the client down to windows of sixteen times the length.
    sleep(3 * MINUTE).await;
    let stats = client.stats();
    assert_eq!((stats.permits, stats.queued), (0, 0), "{stats:?}");
}

#[tokio::test(start_paused = true)]
async fn no_outage_of_two_minutes_ends_a_wait() -> Outcome {
    for disorder in Disorder::ALL {
        let (service, disorders) = (Simulated::new(150.0..151.0, chance()), Disorders::default());
        let client = client(&disorders, &service)?;
        let task = client.send(&request("x")).await?;
        disorders.add(Instant::now() + 5 * SECOND, 2 * MINUTE, disorder);
        let started = Instant::now();
        let cover = task.wait().await.map_err(|error| format!("{disorder:?}: {error}"))?;
        assert!(cover.has_output());
        let late = started.elapsed().saturating_sub(150 * SECOND);
        assert!(late <= 6 * MINUTE, "{disorder:?}: {late:?} after its task was done");
        assert_all_permits_are_back(&client).await;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn each_failed_poll_is_reported_and_counted() -> Outcome {
    for disorder in Disorder::ALL {
        let (service, disorders) = (Simulated::new(600.0..601.0, chance()), Disorders::default());
        let client = client(&disorders, &service)?;
        let task = client.send(&request("x")).await?;
        disorders.add(Instant::now(), 5 * MINUTE, disorder);
        let (mut failed, mut updates) = (0, task.wait().timeout(HOUR).updates());
        while let Some(update) = updates.next().await {
            match update? {
                Update::PollFailed(error) => {
                    failed += 1;
                    assert_eq!(error.handle(), Some(&task.handle()), "{error}");
                    assert_eq!(error.is_unauthorized(), disorder == Disorder::Unauthorized, "{error}");
                    assert_eq!(error.is_insufficient_credits(), disorder == Disorder::NoCredits, "{error}");
                }
                Update::Stage(_) => {}
                _ => return Err("an update of an unknown kind".into()),
            }
        }
        assert!((1..=15).contains(&failed), "{failed} polls in five minutes, {disorder:?}");
        assert_eq!(client.stats().failed_polls, failed);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_endless_outage_ends_waits_at_their_timeout_with_its_cause() -> Outcome {
    for disorder in Disorder::ALL {
        let (service, disorders) = (Simulated::new(10.0..11.0, chance()), Disorders::default());
        let client = client(&disorders, &service)?;
        let task = client.send(&request("x")).await?;
        disorders.add(Instant::now(), 100 * HOUR, disorder);
        let started = Instant::now();
        let error = task.wait().timeout(10 * MINUTE).await.expect_err("it never answers");
        let waited = started.elapsed();
        assert!((10 * MINUTE..=10 * MINUTE + SECOND).contains(&waited), "{disorder:?}: {waited:?}");
        assert!(error.is_timeout() && error.handle().is_some(), "{error}");
        assert!(error.to_string().contains("the last poll failed"), "{disorder:?}: {error}");
        assert!(error.wait_stats().is_some_and(|stats| stats.failed > 0));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_requested_pause_of_a_day_is_cut_to_minutes_before_one_request_probes() -> Outcome {
    let (service, disorders) = (Simulated::new(10.0..11.0, chance()), Disorders::default());
    let client = client(&disorders, &service)?;
    let tasks: Vec<Task> =
        futures_util::future::try_join_all((0..10).map(|n| client.send(&request(&n.to_string())))).await?;
    disorders.add(Instant::now(), 21 * MINUTE, Disorder::RetryAfterADay);
    let waits: Vec<_> = tasks.iter().map(|task| tokio::spawn(task.wait().timeout(HOUR).into_future())).collect();
    let before = service.requests();
    sleep(MINUTE).await;
    assert!(client.stats().pause.is_some_and(|left| left > 3 * MINUTE && left <= 5 * MINUTE), "{:?}", client.stats());
    let first = service.requests() - before;
    sleep(16 * MINUTE).await;
    let later = service.requests() - before - first;
    assert!((3..=4).contains(&later), "{later} requests in sixteen minutes");
    for wait in waits {
        assert!(wait.await??.has_output());
    }
    assert_all_permits_are_back(&client).await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_pause_can_be_shortened_and_lifted() -> Outcome {
    let (service, disorders) = (Simulated::new(10.0..11.0, chance()), Disorders::default());
    let client = Client::builder("key").transport(disorders.around(&service)).max_pause(90 * SECOND).build()?;
    let task = client.send(&request("1")).await?;
    disorders.add(Instant::now(), SECOND, Disorder::RetryAfterADay);
    assert!(task.poll().await.is_err());
    assert_eq!(client.stats().pause, Some(90 * SECOND));
    assert!(task.poll().await.is_err_and(|error| error.is_rate_limited()));
    sleep(2 * SECOND).await;
    let started = Instant::now();
    let waiting = tokio::spawn(client.send(&request("2")));
    sleep(SECOND).await;
    client.resume_sends();
    waiting.await??;
    assert_eq!(started.elapsed(), SECOND);
    assert_eq!(client.stats().pause, None);
    Ok(())
}

/// Hundreds of tasks during hours of random outages.
#[tokio::test(start_paused = true)]
async fn hundreds_of_waits_survive_hours_of_outages_within_the_rate_limit() -> Outcome {
    let mut chance = chance();
    for _ in 0..runs(3) {
        let (service, disorders) = (Simulated::new(40.0..7_200.0, chance.fork()), Disorders::default());
        let client = client(&disorders, &service)?;
        let handles: Vec<_> = (0..300).map(|number| (number.to_string(), request(&number.to_string()))).collect();
        let mut batch = client.send_all(handles).and_wait().timeout(24 * HOUR);
        let mut at = Instant::now() + 5 * MINUTE;
        while at < Instant::now() + 3 * HOUR {
            let time = SECOND * chance.u32(1..1_500);
            disorders.add(at, time, Disorder::ALL[chance.usize(..Disorder::ALL.len())]);
            at += time + SECOND * chance.u32(1..600);
        }
        while batch.next().await.is_some() {}
        let report = batch.report();
        assert_eq!((report.done, report.failed, report.open), (300, 0, 0), "{report}");
        assert!(service.seen().most_in_window <= BUDGET.0, "{:?}", service.seen());
        assert_all_permits_are_back(&client).await;
    }
    Ok(())
}
