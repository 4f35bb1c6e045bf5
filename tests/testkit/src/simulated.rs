//! A simulated service in this process: tasks finish after some time, and its rate limit is not announced. Under paused time,
//! hours take milliseconds.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};
use tower_service::Service;

/// Number of requests that the service takes in each window, and the window.
pub const BUDGET: (usize, Duration) = (20, Duration::from_secs(10));

/// A simulated service. Clones are the same service.
#[derive(Debug, Clone)]
pub struct Simulated(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    chance: fastrand::Rng,
    takes: Range<f64>,
    tasks: HashMap<String, Task>,
    /// Times of the requests in the last window.
    recent: VecDeque<Instant>,
    limited: bool,
    most: usize,
    refused: usize,
    polls: usize,
    requests: usize,
    /// Router that receives callbacks, and the share of them that is lost.
    tells: Option<(Router, f64)>,
}

#[derive(Debug)]
struct Task {
    done: Instant,
    known: Option<Instant>,
}

/// What the service measured.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Mean time from the end of a task to the answer that reports it, in seconds.
    pub delay: f64,
    /// Polls per task, including refused ones.
    pub polls: f64,
    /// Largest number of requests in a window.
    pub most_in_window: usize,
    /// Requests that were refused by the rate limit.
    pub refused: usize,
}

impl Simulated {
    /// Returns a service whose tasks take between `takes.start` and `takes.end` seconds, uniformly distributed.
    #[must_use]
    pub fn new(takes: Range<f64>, chance: fastrand::Rng) -> Self {
        let (tasks, recent) = (HashMap::new(), VecDeque::new());
        let (limited, most, refused, polls, requests, tells) = (true, 0, 0, 0, 0, None);
        Self(Arc::new(Mutex::new(Inner {
            chance,
            takes,
            tasks,
            recent,
            limited,
            most,
            refused,
            polls,
            requests,
            tells,
        })))
    }

    /// Returns a service without a rate limit.
    #[must_use]
    pub fn unlimited(takes: Range<f64>, chance: fastrand::Rng) -> Self {
        let service = Self::new(takes, chance);
        service.inner().limited = false;
        service
    }

    /// Sends a callback to this router when a task is done. `lost` is the share of callbacks that get lost.
    pub fn tells(&self, router: Router, lost: f64) {
        self.inner().tells = Some((router, lost));
    }

    /// Returns the number of polls.
    #[must_use]
    pub fn polls(&self) -> usize {
        self.inner().polls
    }

    /// Counts a request that another handler answers.
    pub fn count(&self) {
        self.inner().is_within_budget();
    }

    /// Returns the number of requests, including refused ones.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.inner().requests
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a task without a request, and returns its id.
    #[must_use]
    pub fn start(&self) -> String {
        self.inner().start()
    }

    /// Returns the router to give to `ClientBuilder::transport`.
    pub fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    /// Polls without HTTP. Returns whether the task is done, or `None` if the rate limit refuses the poll.
    #[must_use]
    pub fn poll(&self, id: &str) -> Option<bool> {
        let mut inner = self.inner();
        inner.polls += 1;
        if !inner.is_within_budget() {
            return None;
        }
        let now = Instant::now();
        let task = inner.tasks.get_mut(id)?;
        let is_done = task.done <= now;
        if is_done {
            task.known.get_or_insert(now);
        }
        Some(is_done)
    }

    /// Returns what the service has measured so far.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "there are not that many tasks")]
    pub fn seen(&self) -> Seen {
        let inner = self.inner();
        let count = inner.tasks.len() as f64;
        let delays = inner.tasks.values().filter_map(|task| Some(task.known?.duration_since(task.done).as_secs_f64()));
        Seen {
            delay: delays.sum::<f64>() / count,
            polls: inner.polls as f64 / count,
            most_in_window: inner.most,
            refused: inner.refused,
        }
    }
}

impl Simulated {
    /// Sends a callback once the task is done.
    async fn tell(&self, id: &str, request: Request) {
        let (router, done) = {
            let mut inner = self.inner();
            let Some((router, lost)) = inner.tells.clone() else { return };
            if inner.chance.f64() < lost {
                return;
            }
            (router, inner.tasks.get(id).map(|task| task.done))
        };
        let bytes = to_bytes(request.into_body(), 1 << 20).await.unwrap_or_default();
        let request: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let (Some(address), Some(done)) = (request["callBackUrl"].as_str(), done) else { return };
        let body = json!({ "code": 200, "data": { "callbackType": "complete", "task_id": id } }).to_string();
        let post = Request::post(address).header("content-type", "application/json").body(Body::from(body));
        let (Ok(post), mut router) = (post, router) else { return };
        tokio::spawn(async move {
            sleep_until(done).await;
            let Ok(answer) = router.call(post).await;
            assert!(answer.status().is_success(), "{answer:?}");
        });
    }
}

impl Inner {
    fn start(&mut self) -> String {
        let takes = self.takes.start + (self.takes.end - self.takes.start) * self.chance.f64();
        let id = format!("task-{}", self.tasks.len());
        self.tasks.insert(id.clone(), Task { done: Instant::now() + Duration::from_secs_f64(takes), known: None });
        id
    }

    fn is_within_budget(&mut self) -> bool {
        self.requests += 1;
        if !self.limited {
            return true;
        }
        let (budget, window) = BUDGET;
        let now = Instant::now();
        while self.recent.front().is_some_and(|at| *at + window <= now) {
            self.recent.pop_front();
        }
        self.recent.push_back(now);
        self.most = self.most.max(self.recent.len());
        let is_within = self.recent.len() <= budget;
        if !is_within {
            self.recent.pop_back();
            self.refused += 1;
        }
        is_within
    }
}

async fn answer(State(simulated): State<Simulated>, request: Request) -> String {
    let envelope = |code: u32, data: Value| json!({ "code": code, "msg": "", "data": data }).to_string();
    if request.method() == Method::POST {
        if !simulated.inner().is_within_budget() {
            return envelope(405, Value::Null);
        }
        let id = simulated.start();
        simulated.tell(&id, request).await;
        return envelope(200, json!({ "taskId": id }));
    }
    let id = request.uri().query().and_then(|query| query.strip_prefix("taskId=")).unwrap_or_default();
    match simulated.poll(id) {
        None => envelope(405, Value::Null),
        Some(false) => envelope(200, json!({ "status": "PENDING" })),
        Some(true) => {
            let tracks = json!([{ "id": "1", "audioUrl": "https://storage.example.com/1.mp3" }]);
            envelope(200, json!({ "status": "SUCCESS", "response": { "sunoData": tracks } }))
        }
    }
}
