//! Waiting for a permit, and holding it.

use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::queue::{Ticket, Waiter};
use super::{Given, Kind, RateLimit, State, UNTAKEN, Verdict};

/// What a permit is wanted for, and when.
#[derive(Debug, Clone)]
pub(crate) struct PermitRequest {
    kind: Kind,
    is_paid: bool,
    earliest: Instant,
    step: Option<Duration>,
    task: u64,
    /// From then on it comes before all others; and how long it waits then.
    urgent: Option<(Instant, Duration)>,
}

impl PermitRequest {
    /// For a POST.
    pub(crate) fn send(earliest: Instant) -> Self {
        Self { kind: Kind::Send, is_paid: true, earliest, step: None, task: 0, urgent: None }
    }

    /// For a look at something that costs nothing.
    pub(crate) fn look(earliest: Instant) -> Self {
        Self { is_paid: false, ..Self::send(earliest) }
    }

    /// For a poll in a row of polls, `step` after the last one and at the deadline at the latest.
    pub(crate) fn poll(task: &str, earliest: Instant, step: Duration, deadline: Instant) -> Self {
        let urgent = Some((deadline, step));
        let earliest = earliest.min(deadline);
        Self { kind: Kind::Poll, is_paid: false, earliest, step: Some(step), task: number(task), urgent }
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

/// Why there is no permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    /// Nothing is left to pay with.
    NoCredits,
    /// There is none in time.
    Late,
}

impl RateLimit {
    pub(crate) fn acquire(self: &Arc<Self>, request: PermitRequest) -> Acquire {
        Acquire { limit: Arc::clone(self), request, ticket: None, timer: None }
    }

    /// A permit for a poll at once; else after which time there may be one.
    pub(crate) fn try_acquire(self: &Arc<Self>, task: &str) -> Result<Permit, Option<Duration>> {
        let task = number(task);
        let given = self.change(|state, now| {
            let opens = state.budget.opens(now).ok_or(None)?;
            let at = state.budget.rests_until(task).map_or(opens, |until| until.max(opens));
            if at > now {
                return Err(Some(at - now));
            }
            Ok((now, state.budget.give(now, Some(task))))
        });
        given.map(|(at, probes)| Permit {
            limit: Arc::clone(self),
            at,
            probes,
            verdict: Verdict::Silence,
            is_unused: false,
        })
    }
}

/// Waits for a permit. The request is queued by the first poll of this.
#[must_use = "nothing is asked for before `.await`"]
#[derive(Debug)]
pub(crate) struct Acquire {
    limit: Arc<RateLimit>,
    request: PermitRequest,
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
        let (request, ticket) = (&self.request, &mut self.ticket);
        let limit = Arc::clone(&self.limit);
        let known = *ticket;
        let joined = limit.change(|state, now| known.unwrap_or_else(|| join(state, request, waker, now)));
        *ticket = Some(joined);
        let mut state = limit.state();
        if request.is_paid && state.no_credits {
            return Look::Denied(Denied::NoCredits);
        }
        if let Some(given) = state.given.remove(&joined) {
            *ticket = None;
            return Look::Mine(given);
        }
        let now = Instant::now();
        match request.urgent {
            Some((from, patience)) if now >= from + patience => Look::Denied(Denied::Late),
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
        let is_urgent = request.urgent.is_some_and(|(from, _)| now >= from);
        let mut later = now + self.budget.window().max(UNTAKEN);
        let start = self.start;
        let queue = self.queue(request.kind);
        if is_urgent && let Some(waiter) = queue.remove(ticket) {
            queue.push(ticket, Waiter { rank: start, ..waiter });
        }
        queue.ripen(now);
        if let Some(waiter) = queue.get_mut(ticket) {
            // Those who are not first look again soon after their time, lest the first is not polled any more.
            later = later.max(waiter.earliest.max(waiter.rank) + UNTAKEN);
            waiter.waker.clone_from(waker);
        }
        if let Some((from, patience)) = request.urgent {
            later = later.min(if is_urgent { from + patience } else { from });
        }
        if self.is_head(request.kind, ticket) {
            later = later.min(self.head_at(request.kind, now).unwrap_or(later));
        }
        later
    }
}

impl Future for Acquire {
    type Output = Result<Permit, Denied>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let later = match self.look(context.waker()) {
                Look::Mine(Given { at, probes, .. }) => {
                    let limit = Arc::clone(&self.limit);
                    return Poll::Ready(Ok(Permit { limit, at, probes, verdict: Verdict::Silence, is_unused: false }));
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
    verdict: Verdict,
    is_unused: bool,
}

impl Permit {
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
        let (at, probes, verdict) = (self.at, self.probes, self.verdict);
        if self.is_unused {
            self.limit.change(|state, _| state.budget.take_back(probes));
        } else {
            self.limit.change(|state, now| state.ended(now, at, probes, verdict));
        }
    }
}
