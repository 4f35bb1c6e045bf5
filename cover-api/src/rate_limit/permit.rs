//! Waiting for a permit, and holding it.

use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::queue::{Ticket, Waiter};
use super::state::{Given, State};
use super::{Kind, RateLimit, UNTAKEN, Verdict, WATCHERS};
use crate::events::{self, Purpose};

/// What a permit is wanted for, and when.
#[derive(Debug, Clone)]
pub(crate) struct PermitRequest {
    kind: Kind,
    purpose: Purpose,
    earliest: Instant,
    step: Option<Duration>,
    task: u64,
    /// From then on it comes before all others.
    urgent_from: Option<Instant>,
    /// Then it is given up.
    until: Option<Instant>,
}

impl PermitRequest {
    /// For a POST.
    pub(crate) fn send(earliest: Instant) -> Self {
        Self { kind: Kind::Send, purpose: Purpose::Send, earliest, step: None, task: 0, urgent_from: None, until: None }
    }

    /// For a look at something that costs nothing.
    pub(crate) fn look(earliest: Instant) -> Self {
        Self { purpose: Purpose::Credits, ..Self::send(earliest) }
    }

    /// For a poll in a row of polls, `step` after the last one.
    pub(crate) fn poll(task: &str, earliest: Instant, step: Duration) -> Self {
        Self { kind: Kind::Poll, purpose: Purpose::Poll, step: Some(step), task: number(task), ..Self::send(earliest) }
    }

    /// From then on, it comes before all others of its kind.
    pub(crate) fn urgent_from(self, time: Instant) -> Self {
        Self { urgent_from: Some(time), ..self }
    }

    /// Then, it is given up.
    pub(crate) fn until(self, time: Instant) -> Self {
        Self { until: Some(time), ..self }
    }

    /// Not one in a row: nothing is to be gained from others going first.
    pub(crate) fn alone(self) -> Self {
        Self { step: None, ..self }
    }
}

/// A number that tells tasks apart.
fn number(task: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    task.hash(&mut hasher);
    hasher.finish()
}

/// Why a permit is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    /// Nothing is left to pay with.
    NoCredits,
    /// It would come too late.
    Late,
}

impl RateLimit {
    pub(crate) fn acquire(self: &Arc<Self>, request: PermitRequest) -> Acquire {
        Acquire { limit: Arc::clone(self), request, asked: None, ticket: None, timer: None }
    }

    /// A permit for a poll at once; else after which time there may be one.
    ///
    /// Those that are queued come first. Where they leave no place free, one is kept for a task that was refused until a second
    /// after the time that is returned, in up to a quarter of the places.
    pub(crate) fn try_acquire(self: &Arc<Self>, task: &str) -> Result<Permit, Option<Duration>> {
        let task = number(task);
        let given = self.change(|state, now| state.give_at_once(task, now));
        given.map(|(at, probes)| Permit::new(Arc::clone(self), at, probes, Some(task)))
    }
}

/// Waits for a permit. The request is queued by the first poll of this.
#[must_use = "nothing is asked for before `.await`"]
#[derive(Debug)]
pub(crate) struct Acquire {
    limit: Arc<RateLimit>,
    request: PermitRequest,
    /// When it was first asked for.
    asked: Option<Instant>,
    ticket: Option<Ticket>,
    timer: Option<Pin<Box<Sleep>>>,
}

/// What a look at the rate limit gave.
enum Look {
    Mine(Given),
    Denied(Denied),
    /// When to look again.
    Later(Instant),
}

impl Acquire {
    fn look(&mut self, waker: &Waker) -> Look {
        self.asked.get_or_insert_with(Instant::now);
        let (request, ticket) = (&self.request, &mut self.ticket);
        let limit = Arc::clone(&self.limit);
        let known = *ticket;
        let joined = limit.change(|state, now| known.unwrap_or_else(|| join(state, request, waker, now)));
        *ticket = Some(joined);
        let mut state = limit.state();
        if request.purpose == Purpose::Send && state.no_credits {
            return Look::Denied(Denied::NoCredits);
        }
        if let Some(given) = state.given.remove(&joined) {
            *ticket = None;
            return Look::Mine(given);
        }
        let now = Instant::now();
        match request.until {
            Some(until) if now >= until => Look::Denied(Denied::Late),
            _ => Look::Later(state.wait(request, joined, waker, now)),
        }
    }
}

fn join(state: &mut State, request: &PermitRequest, waker: &Waker, now: Instant) -> Ticket {
    let earliest = request.earliest.max(now);
    let rank = request.step.map_or(earliest, |step| state.rank(earliest, step));
    state.join(request.kind, Waiter { earliest, rank, step: request.step, task: request.task, waker: waker.clone() })
}

impl State {
    /// Leaves word whom to wake, and says when to look again.
    fn wait(&mut self, request: &PermitRequest, ticket: Ticket, waker: &Waker, now: Instant) -> Instant {
        let is_urgent = request.urgent_from.is_some_and(|from| now >= from);
        let mut later = now + self.budget.window().max(UNTAKEN);
        let start = self.start;
        let queue = self.queue(request.kind);
        if is_urgent && let Some(waiter) = queue.remove(ticket) {
            queue.push(ticket, Waiter { rank: start, ..waiter });
        }
        queue.ripen(now);
        if let Some(waiter) = queue.get_mut(ticket) {
            // Those who are not first look again soon after their time, since the first may not be polled any more.
            later = later.max(waiter.earliest.max(waiter.rank) + UNTAKEN);
            waiter.waker.clone_from(waker);
        }
        let place = queue.first(WATCHERS).position(|(other, _)| other == ticket);
        if let Some(place) = place.and_then(|place| u32::try_from(place).ok()) {
            later = later.min(self.watch(request.kind, place, now).unwrap_or(later));
        }
        let urgent_from = request.urgent_from.filter(|_| !is_urgent);
        later.min(urgent_from.unwrap_or(later)).min(request.until.unwrap_or(later))
    }

    /// When one of the first in a queue looks again: the first as soon as it may have a permit, the others a little later each,
    /// in case those before them are not polled any more.
    fn watch(&self, kind: Kind, place: u32, now: Instant) -> Option<Instant> {
        let at = self.head_at(kind, now).map(|at| at.max(now) + UNTAKEN * place);
        let reclaim = self.order.front().map(|(at, _)| *at + UNTAKEN);
        // A permit that was given and not taken goes to the next.
        at.into_iter().chain(reclaim).min()
    }
}

impl Future for Acquire {
    type Output = Result<Permit, Denied>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let later = match self.look(context.waker()) {
                Look::Mine(Given { at, probes, .. }) => {
                    let limit = Arc::clone(&self.limit);
                    events::permit(self.request.purpose, self.waited());
                    let task = (self.request.kind == Kind::Poll).then_some(self.request.task);
                    return Poll::Ready(Ok(Permit::new(limit, at, probes, task)));
                }
                Look::Denied(denied) => {
                    self.leave();
                    return Poll::Ready(Err(denied));
                }
                Look::Later(later) => later,
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
    /// How long the permit was waited for, from when it was wanted.
    fn waited(&self) -> Duration {
        self.asked.max(Some(self.request.earliest)).map_or(Duration::ZERO, |wanted| Instant::now() - wanted)
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

/// The right to send one request. It counts against the rate limit until a window after this is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    limit: Arc<RateLimit>,
    at: Instant,
    probes: bool,
    /// The task that it polls.
    task: Option<u64>,
    verdict: Verdict,
    is_unused: bool,
}

impl Permit {
    fn new(limit: Arc<RateLimit>, at: Instant, probes: bool, task: Option<u64>) -> Self {
        Self { limit, at, probes, task, verdict: Verdict::Silence, is_unused: false }
    }

    /// Takes what the answer said of the rate limit. Without it, no answer came.
    pub(crate) fn answered(&mut self, verdict: Verdict) {
        self.verdict = verdict;
    }

    /// Returns it: nothing was sent, so that it counts against nothing.
    pub(crate) fn unused(mut self) {
        self.is_unused = true;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let (at, probes, task, verdict) = (self.at, self.probes, self.task, self.verdict);
        if self.is_unused {
            self.limit.change(|state, _| state.budget.take_back(probes));
        } else {
            let figures = self.limit.change(|state, now| {
                let had_credits = !state.no_credits;
                // Whenever the poll reached the service, the next one of the task comes late enough.
                if let Some(task) = task {
                    state.budget.rest(now, task);
                }
                state.ended(now, at, probes, verdict);
                (state.budget.slowness(), had_credits)
            });
            report(verdict, probes, figures);
        }
    }
}

/// Reports what an answer said of the rate limit.
fn report(verdict: Verdict, probes: bool, (slowness, had_credits): (f64, bool)) {
    match verdict {
        Verdict::TooMany(pause) | Verdict::Maintenance(pause) => events::pause(pause, slowness),
        Verdict::NoCredits if had_credits => events::credits_gone(),
        Verdict::Fine if probes => events::resumed(),
        Verdict::Fine | Verdict::NoCredits | Verdict::Silence => {}
    }
}
