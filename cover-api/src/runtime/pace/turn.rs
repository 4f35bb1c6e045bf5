//! Waiting for one's turn, and having it.

use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::queue::{Ticket, Waiter};
use super::{Given, Kind, Pace, State, UNTAKEN, Verdict};

/// What a turn is wanted for, and when.
#[derive(Debug, Clone)]
pub(in crate::runtime) struct Ask {
    kind: Kind,
    is_paid: bool,
    earliest: Instant,
    step: Option<Duration>,
    task: u64,
    /// From then on it comes before all others; and how long it waits then.
    urgent: Option<(Instant, Duration)>,
}

impl Ask {
    /// For a POST.
    pub(in crate::runtime) fn send(earliest: Instant) -> Self {
        Self { kind: Kind::Send, is_paid: true, earliest, step: None, task: 0, urgent: None }
    }

    /// For a look at something that costs nothing.
    pub(in crate::runtime) fn look(earliest: Instant) -> Self {
        Self { is_paid: false, ..Self::send(earliest) }
    }

    /// For a poll in a row of polls, `step` after the last one and at the deadline at the latest.
    pub(in crate::runtime) fn poll(task: &str, earliest: Instant, step: Duration, deadline: Instant) -> Self {
        let urgent = Some((deadline, step));
        let earliest = earliest.min(deadline);
        Self { kind: Kind::Poll, is_paid: false, earliest, step: Some(step), task: number(task), urgent }
    }

    /// Not one in a row: nothing is to be gained from others going first.
    pub(in crate::runtime) fn alone(self) -> Self {
        Self { step: None, ..self }
    }
}

/// What tells tasks apart in the pace.
fn number(task: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    task.hash(&mut hasher);
    hasher.finish()
}

/// Why there is no turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::runtime) enum Denied {
    /// Nothing is left to pay with.
    NoCredits,
    /// There is none in time.
    Late,
}

impl Pace {
    pub(in crate::runtime) fn turn(self: &Arc<Self>, ask: Ask) -> Turn {
        Turn { pace: Arc::clone(self), ask, ticket: None, timer: None }
    }

    /// A turn for a poll at once, or when there may be one.
    pub(in crate::runtime) fn turn_now(self: &Arc<Self>, task: &str) -> Result<Slot, Option<Duration>> {
        let task = number(task);
        let given = self.change(|state, now| {
            let opens = state.budget.opens(now).ok_or(None)?;
            let at = state.budget.rests_until(task).map_or(opens, |until| until.max(opens));
            if at > now {
                return Err(Some(at - now));
            }
            Ok((now, state.budget.give(now, Some(task))))
        });
        given.map(|(at, probes)| Slot { pace: Arc::clone(self), at, probes, verdict: Verdict::Silence })
    }
}

/// Waits until it is one's turn. What was asked for counts from the first poll of this on.
#[must_use = "nothing is asked for before `.await`"]
#[derive(Debug)]
pub(in crate::runtime) struct Turn {
    pace: Arc<Pace>,
    ask: Ask,
    ticket: Option<Ticket>,
    timer: Option<Pin<Box<Sleep>>>,
}

/// What a look at the pace gave.
enum Look {
    Mine(Given),
    Denied(Denied),
    /// When to look again.
    Later(Instant),
}

impl Turn {
    fn look(&mut self, waker: &Waker) -> Look {
        let (ask, ticket) = (&self.ask, &mut self.ticket);
        let pace = Arc::clone(&self.pace);
        let known = *ticket;
        let joined = pace.change(|state, now| known.unwrap_or_else(|| join(state, ask, waker, now)));
        *ticket = Some(joined);
        let mut state = pace.state();
        if ask.is_paid && state.no_credits {
            return Look::Denied(Denied::NoCredits);
        }
        if let Some(given) = state.given.remove(&joined) {
            *ticket = None;
            return Look::Mine(given);
        }
        let now = Instant::now();
        match ask.urgent {
            Some((from, patience)) if now >= from + patience => Look::Denied(Denied::Late),
            _ => Look::Later(state.wait(ask, joined, waker, now)),
        }
    }
}

fn join(state: &mut State, ask: &Ask, waker: &Waker, now: Instant) -> Ticket {
    let earliest = ask.earliest.max(now);
    let rank = ask.step.map_or(earliest, |step| state.rank(earliest, step));
    state.join(ask.kind, Waiter { earliest, rank, step: ask.step, task: ask.task, waker: waker.clone() })
}

impl State {
    /// Leaves word whom to wake, and says when to look again.
    fn wait(&mut self, ask: &Ask, ticket: Ticket, waker: &Waker, now: Instant) -> Instant {
        let is_urgent = ask.urgent.is_some_and(|(from, _)| now >= from);
        let mut later = now + self.budget.window().max(UNTAKEN);
        let start = self.start;
        let queue = self.queue(ask.kind);
        if is_urgent && let Some(waiter) = queue.remove(ticket) {
            queue.push(ticket, Waiter { rank: start, ..waiter });
        }
        queue.ripen(now);
        if let Some(waiter) = queue.get_mut(ticket) {
            // Those who are not first look again soon after their time, lest the first is not polled any more.
            later = later.max(waiter.earliest.max(waiter.rank) + UNTAKEN);
            waiter.waker.clone_from(waker);
        }
        if let Some((from, patience)) = ask.urgent {
            later = later.min(if is_urgent { from + patience } else { from });
        }
        if self.is_head(ask.kind, ticket) {
            later = later.min(self.head_at(ask.kind, now).unwrap_or(later));
        }
        later
    }
}

impl Future for Turn {
    type Output = Result<Slot, Denied>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let later = match self.look(context.waker()) {
                Look::Mine(Given { at, probes, .. }) => {
                    let pace = Arc::clone(&self.pace);
                    return Poll::Ready(Ok(Slot { pace, at, probes, verdict: Verdict::Silence }));
                }
                Look::Denied(denied) => return Poll::Ready(Err(denied)),
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

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            let kind = self.ask.kind;
            self.pace.change(|state, _| state.leave(kind, ticket));
        }
    }
}

/// The right to send one request. It counts against the pace until a window after this is dropped.
#[derive(Debug)]
pub(in crate::runtime) struct Slot {
    pace: Arc<Pace>,
    at: Instant,
    probes: bool,
    verdict: Verdict,
}

impl Slot {
    /// What the answer said of the pace; without it, that none came.
    pub(in crate::runtime) fn answered(&mut self, verdict: Verdict) {
        self.verdict = verdict;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let (at, probes, verdict) = (self.at, self.probes, self.verdict);
        self.pace.change(|state, now| state.ended(now, at, probes, verdict));
    }
}
