//! Waiting for a permit, and holding it.

use std::future::{Future, poll_fn};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::queue::{Ticket, Waiter};
use super::state::{Granted, State};
use super::{QueueKind, RateLimit, TAKE_WITHIN, Verdict, WATCHERS};
use crate::events::{self, Purpose};

/// A request for a permit: its purpose and its time.
#[derive(Debug, Clone)]
pub(crate) struct PermitRequest {
    kind: QueueKind,
    purpose: Purpose,
    earliest: Instant,
    step: Option<Duration>,
    task: u64,
    /// From this time on, it has priority over all other waiters.
    urgent_from: Option<Instant>,
    /// At this time, it is given up.
    until: Option<Instant>,
}

impl PermitRequest {
    /// Requests a permit for a POST.
    pub(crate) fn send(earliest: Instant) -> Self {
        Self {
            kind: QueueKind::Send,
            purpose: Purpose::Send,
            earliest,
            step: None,
            task: 0,
            urgent_from: None,
            until: None,
        }
    }

    /// Requests a permit for a request for the credits.
    pub(crate) fn credits(earliest: Instant) -> Self {
        Self { purpose: Purpose::Credits, ..Self::send(earliest) }
    }

    /// Requests a permit for an upload, which costs no credits.
    pub(crate) fn upload(earliest: Instant) -> Self {
        Self { purpose: Purpose::Upload, ..Self::send(earliest) }
    }

    /// Requests a permit for a request that buys nothing.
    pub(crate) fn fetch(earliest: Instant) -> Self {
        Self { purpose: Purpose::Fetch, ..Self::send(earliest) }
    }

    /// Requests a permit for a cancel, which comes before all waiting sends and polls.
    pub(crate) fn cancel(earliest: Instant) -> Self {
        Self { kind: QueueKind::Cancel, purpose: Purpose::Cancel, ..Self::send(earliest) }
    }

    /// Requests a permit for one of a series of polls, `step` after the last one.
    pub(crate) fn poll(task: &str, earliest: Instant, step: Duration) -> Self {
        Self {
            kind: QueueKind::Poll,
            purpose: Purpose::Poll,
            step: Some(step),
            task: number(task),
            ..Self::send(earliest)
        }
    }

    /// Gives it priority over all others of its kind from this time on.
    pub(crate) fn urgent_from(self, time: Instant) -> Self {
        Self { urgent_from: Some(time), ..self }
    }

    /// Gives it up at this time.
    pub(crate) fn until(self, time: Instant) -> Self {
        Self { until: Some(time), ..self }
    }

    /// Marks it as a single request, which is not slowed for the sake of others.
    pub(crate) fn single(self) -> Self {
        Self { step: None, ..self }
    }
}

/// Returns a number that stands for a task.
fn number(task: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    task.hash(&mut hasher);
    hasher.finish()
}

/// Why a permit is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    /// The account has no credits left.
    NoCredits,
    /// The request's time ended before it got a permit.
    Late,
}

impl RateLimit {
    pub(crate) fn acquire(self: &Arc<Self>, request: PermitRequest) -> Acquire {
        Acquire { limit: Arc::clone(self), request, queued_since: None, ticket: None, timer: None }
    }

    /// Returns a permit for a poll at once, or the time after which there may be one.
    ///
    /// Queued waiters come first. If they leave no place free, one is kept for a task that was refused, until a second after the
    /// returned time. Up to a quarter of the places are kept in this way.
    pub(crate) fn try_acquire(self: &Arc<Self>, task: &str) -> Result<Permit, Option<Duration>> {
        let task = number(task);
        let (granted, lease_number) = self.change(|state, now| (state.grant_at_once(task, now), state.lease_number()));
        granted.map(|(at, probes)| Permit::new(Arc::clone(self), at, probes, Some(task), lease_number))
    }

    /// Returns a permit as [`try_acquire`](Self::try_acquire) does. If other processes may have places to spare, it asks them first.
    pub(crate) async fn try_acquire_shared(self: &Arc<Self>, task: &str) -> Result<Permit, Option<Duration>> {
        let asked = self.asked();
        let refused = match self.try_acquire(task) {
            Ok(permit) => return Ok(permit),
            Err(refused) => refused,
        };
        if !self.may_get_more() || timeout(ASK_WITHIN, asked).await.is_err() {
            return Err(refused);
        }
        self.try_acquire(task)
    }
}

/// Time that a poll that does not wait gives other processes to answer.
const ASK_WITHIN: Duration = Duration::from_secs(5);

/// Waits for a permit. Its first poll adds the request to the queue.
#[must_use = "a permit is only requested by `.await`"]
#[derive(Debug)]
pub(crate) struct Acquire {
    limit: Arc<RateLimit>,
    request: PermitRequest,
    /// When it was first polled.
    queued_since: Option<Instant>,
    ticket: Option<Ticket>,
    timer: Option<Pin<Box<Sleep>>>,
}

/// The result of a check of the rate limit.
enum Check {
    Ready(Granted),
    Denied(Denied),
    /// Check again at this time.
    Later(Instant),
}

impl Acquire {
    fn check(&mut self, waker: &Waker) -> Check {
        self.queued_since.get_or_insert_with(Instant::now);
        let (request, ticket) = (&self.request, &mut self.ticket);
        let limit = Arc::clone(&self.limit);
        let known = *ticket;
        let joined = limit.change(|state, now| known.unwrap_or_else(|| join(state, request, waker, now)));
        *ticket = Some(joined);
        let mut state = limit.state();
        if request.purpose == Purpose::Send && state.is_stopped(Instant::now()) {
            return Check::Denied(Denied::NoCredits);
        }
        if let Some(granted) = state.granted.remove(&joined) {
            *ticket = None;
            return Check::Ready(granted);
        }
        let now = Instant::now();
        match request.until {
            Some(until) if now >= until => Check::Denied(Denied::Late),
            _ => Check::Later(state.wait(request, joined, waker, now)),
        }
    }
}

fn join(state: &mut State, request: &PermitRequest, waker: &Waker, now: Instant) -> Ticket {
    let earliest = request.earliest.max(now);
    let rank = request.step.map_or(earliest, |step| state.rank(earliest, step));
    state.join(request.kind, Waiter { earliest, rank, step: request.step, task: request.task, waker: waker.clone() })
}

impl State {
    /// Stores the waker, and returns when to check again.
    fn wait(&mut self, request: &PermitRequest, ticket: Ticket, waker: &Waker, now: Instant) -> Instant {
        let is_urgent = request.urgent_from.is_some_and(|from| now >= from);
        let mut later = now + self.budget.window().max(TAKE_WITHIN);
        let start = self.start;
        let queue = self.queue(request.kind);
        if is_urgent && let Some(waiter) = queue.remove(ticket) {
            queue.push(ticket, Waiter { rank: start, ..waiter });
        }
        queue.ripen(now);
        if let Some(waiter) = queue.get_mut(ticket) {
            // The others check again soon after their time, in case the first waiter is no longer polled.
            later = later.max(waiter.earliest.max(waiter.rank) + TAKE_WITHIN);
            waiter.waker.clone_from(waker);
        }
        let place = queue.first(WATCHERS).position(|(other, _)| other == ticket);
        if let Some(place) = place.and_then(|place| u32::try_from(place).ok()) {
            later = later.min(self.watch(request.kind, place, now).unwrap_or(later));
        }
        let urgent_from = request.urgent_from.filter(|_| !is_urgent);
        later.min(urgent_from.unwrap_or(later)).min(request.until.unwrap_or(later))
    }

    /// Returns when one of the first waiters in a queue checks again. The first does so as soon as it may have a permit, the others
    /// a little later each, in case those before them are no longer polled.
    fn watch(&self, kind: QueueKind, place: u32, now: Instant) -> Option<Instant> {
        let at = self.head_at(kind, now).map(|at| at.max(now) + TAKE_WITHIN * place);
        let reclaim = self.grant_order.front().map(|(at, _)| *at + TAKE_WITHIN);
        // A grant that its waiter does not take goes to the next one.
        at.into_iter().chain(reclaim).min()
    }
}

impl Future for Acquire {
    type Output = Result<Permit, Denied>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let later = match self.check(context.waker()) {
                Check::Ready(Granted { at, probes, lease_number, .. }) => {
                    let limit = Arc::clone(&self.limit);
                    events::permit(self.request.purpose, self.waited());
                    let task = (self.request.kind == QueueKind::Poll).then_some(self.request.task);
                    return Poll::Ready(Ok(Permit::new(limit, at, probes, task, lease_number)));
                }
                Check::Denied(denied) => {
                    self.leave();
                    return Poll::Ready(Err(denied));
                }
                Check::Later(later) => later,
            };
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(later)));
            if timer.deadline() != later {
                timer.as_mut().reset(later);
            }
            if timer.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
        }
    }
}

impl Acquire {
    /// Returns how long the permit was waited for since it was wanted.
    fn waited(&self) -> Duration {
        self.queued_since.max(Some(self.request.earliest)).map_or(Duration::ZERO, |wanted| Instant::now() - wanted)
    }

    fn leave(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            let kind = self.request.kind;
            self.limit.change(|state, _| state.leave(kind, ticket));
        }
    }
}

impl Drop for Acquire {
    fn drop(&mut self) {
        self.leave();
    }
}

/// The right to send one request. It counts against the rate limit until one window after it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    limit: Arc<RateLimit>,
    at: Instant,
    probes: bool,
    /// The task, if the request is a poll.
    task: Option<u64>,
    verdict: Verdict,
    is_unused: bool,
    /// The number of the lease that its place belongs to, if the limit is shared.
    lease_number: u64,
}

impl Permit {
    fn new(limit: Arc<RateLimit>, at: Instant, probes: bool, task: Option<u64>, lease_number: u64) -> Self {
        Self { limit, at, probes, task, verdict: Verdict::Silence, is_unused: false, lease_number }
    }

    /// Returns whether its place may have gone to another process, such as after this one was suspended. Nothing must be sent then.
    pub(crate) fn is_void(&self) -> bool {
        self.limit.state().is_void(self.lease_number, Instant::now())
    }

    /// Runs a request as long as the place is this process's own. Returns `None` if it no longer is, and does not poll the request again.
    pub(crate) async fn hold<R>(&self, request: impl Future<Output = R>) -> Option<R> {
        let mut request = pin!(request);
        let hold = |context: &mut Context<'_>| {
            if self.is_void() { Poll::Ready(None) } else { request.as_mut().poll(context).map(Some) }
        };
        poll_fn(hold).await
    }

    /// Records what the answer means for the rate limit. Without this call, the request counts as unanswered.
    pub(crate) fn answered(&mut self, verdict: Verdict) {
        self.verdict = verdict;
    }

    /// Returns the permit unused. Nothing was sent, so it does not count.
    pub(crate) fn unused(mut self) {
        self.is_unused = true;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let (at, probes, task, verdict) = (self.at, self.probes, self.task, self.verdict);
        if self.is_unused {
            self.limit.change(|state, _| state.budget.return_unused(probes));
        } else {
            let stats = self.limit.change(|state, now| {
                let had_credits = !state.no_credits;
                // The poll may have reached the service at any time up to now.
                if let Some(task) = task {
                    state.budget.start_rest(now, task);
                }
                state.ended(now, at, probes, verdict);
                (state.budget.slowness(), had_credits)
            });
            report(verdict, probes, stats);
        }
    }
}

/// Reports events of the rate limit.
fn report(verdict: Verdict, probes: bool, (slowness, had_credits): (f64, bool)) {
    match verdict {
        Verdict::TooMany(pause) | Verdict::Maintenance(pause) => events::pause(pause, slowness),
        Verdict::NoCredits if had_credits => events::credits_gone(),
        Verdict::Fine if probes => events::resumed(),
        Verdict::Fine | Verdict::NoCredits | Verdict::Silence => {}
    }
}
