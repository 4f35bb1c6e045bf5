//! Who waits, who was given a permit, and who is next.

use std::collections::{HashMap, VecDeque};
use std::task::Waker;
use std::time::Duration;

use cover_spec::wire;
use tokio::time::Instant;

use super::budget::{Budget, Verdict};
use super::queue::{Queue, Ticket, Waiter};
use super::{Kind, UNTAKEN, WATCHERS};

/// Permits that the queues are given for each that is kept for a permit at once.
const QUEUED_FIRST: u32 = 2;

/// A permit that was given, and not yet taken.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) at: Instant,
    pub(super) probes: bool,
    pub(super) kind: Kind,
    pub(super) waiter: Waiter,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) budget: Budget,
    pub(super) sends: Queue,
    pub(super) polls: Queue,
    pub(super) given: HashMap<Ticket, Given>,
    /// What was given, in that order; some of it was taken since.
    pub(super) order: VecDeque<(Instant, Ticket)>,
    pub(super) tickets: Ticket,
    /// The kind that was given the last permit; where both kinds wait, the other one is next.
    pub(super) last: Kind,
    /// Tasks whose poll was refused a permit at once, in the order of their refusal, and until when a place is kept for each.
    pub(super) refused: Vec<(u64, Instant)>,
    /// Permits that the queues were given, less twice those that were given at once.
    pub(super) credit: u32,
    pub(super) no_credits: bool,
    /// Before the time of any who waits.
    pub(super) start: Instant,
    /// How many polls in a million seconds those who wait would make if each were alone.
    pub(super) demand: u64,
    /// Whom to wake once the lock is free.
    pub(super) wake: Vec<Waker>,
}

impl State {
    pub(super) fn new(limit: wire::Pace) -> Self {
        Self {
            budget: Budget::new(limit),
            sends: Queue::default(),
            polls: Queue::default(),
            given: HashMap::new(),
            order: VecDeque::new(),
            tickets: 0,
            last: Kind::Poll,
            refused: Vec::new(),
            credit: 0,
            no_credits: false,
            start: Instant::now(),
            demand: 0,
            wake: Vec::new(),
        }
    }

    pub(super) fn queue(&mut self, kind: Kind) -> &mut Queue {
        match kind {
            Kind::Send => &mut self.sends,
            Kind::Poll => &mut self.polls,
        }
    }

    pub(super) fn join(&mut self, kind: Kind, waiter: Waiter) -> Ticket {
        self.tickets += 1;
        self.demand += demand(&waiter);
        let ticket = self.tickets;
        self.queue(kind).push(ticket, waiter);
        ticket
    }

    pub(super) fn leave(&mut self, kind: Kind, ticket: Ticket) {
        if let Some(waiter) = self.queue(kind).remove(ticket) {
            self.demand -= demand(&waiter);
            self.wake_heads();
        } else if let Some(given) = self.given.remove(&ticket) {
            self.budget.take_back(given.probes);
        }
    }

    /// Rank of a waiter that wants a permit every `step`: the more there are to serve, the later, so that all
    /// are slowed by the same factor.
    pub(super) fn rank(&self, earliest: Instant, step: Duration) -> Instant {
        #[expect(clippy::cast_precision_loss, reason = "a few digits less do not matter")]
        let polls_per_second = self.demand as f64 / 1e6;
        let load = (polls_per_second * self.budget.spacing().as_secs_f64()).clamp(1.0, 1e6);
        earliest + step.min(MOST_STEP).mul_f64(load - 1.0)
    }

    /// Hands out the available permits.
    pub(super) fn give_out(&mut self, now: Instant) {
        self.budget.tidy(now);
        self.reclaim(now);
        let mut is_other_head = false;
        while self.opens(now, None).is_some_and(|at| at <= now) {
            let Some(kind) = self.next_kind(now) else { break };
            let Some((ticket, waiter)) = self.queue(kind).pop_ready() else { break };
            let poll = (kind == Kind::Poll).then_some(waiter.task);
            if let Some(until) = poll.and_then(|task| self.budget.rests_until(task)).filter(|until| *until > now) {
                self.polls.push(ticket, Waiter { earliest: until, ..waiter });
                is_other_head = true;
                continue;
            }
            self.demand -= demand(&waiter);
            let probes = self.budget.give(now, poll);
            self.wake.push(waiter.waker.clone());
            self.given.insert(ticket, Given { at: now, probes, kind, waiter });
            self.order.push_back((now, ticket));
            self.last = kind;
            self.credit = self.credit.saturating_add(1).min(2 * self.most_kept());
            is_other_head = true;
        }
        if is_other_head {
            self.wake_heads();
        }
    }

    /// When a permit may be given to the queues, or at once for this task; `None` where that depends on answers that have not
    /// come. Places that are kept for tasks that were refused before this one stay free.
    fn opens(&self, now: Instant, task: Option<u64>) -> Option<Instant> {
        let most = if self.credit < QUEUED_FIRST { 0 } else { self.most_kept() as usize };
        let before = self.refused.iter().take_while(|(other, _)| Some(*other) != task);
        let kept_until: Vec<Instant> =
            before.map(|(_, until)| *until).filter(|until| *until > now).take(most).collect();
        let (kept, lapses) = (kept_until.len(), kept_until.into_iter().min());
        let lapsed = lapses.and_then(|until| Some(self.budget.opens(now, 0)?.max(until)));
        self.budget.opens(now, kept).into_iter().chain(lapsed).min()
    }

    /// Most places that are kept for tasks whose poll was refused.
    fn most_kept(&self) -> u32 {
        u32::try_from(self.budget.places() / 4).unwrap_or(u32::MAX).max(1)
    }

    /// Gives a permit for a poll of this task at once, or says after which time there may be one.
    pub(super) fn give_at_once(&mut self, task: u64, now: Instant) -> Result<(Instant, bool), Option<Duration>> {
        self.give_out(now);
        let opens = self.opens(now, Some(task));
        let at = opens.map(|opens| self.budget.rests_until(task).map_or(opens, |until| until.max(opens)));
        if at.is_some_and(|at| at <= now) {
            self.refused.retain(|(other, _)| *other != task);
            self.credit = self.credit.saturating_sub(QUEUED_FIRST);
            return Ok((now, self.budget.give(now, Some(task))));
        }
        let wait = at.map(|at| at - now);
        self.keep_place(task, now, now + wait.unwrap_or(self.budget.window()) + UNTAKEN);
        Err(wait)
    }

    fn keep_place(&mut self, task: u64, now: Instant, until: Instant) {
        self.refused.retain(|(_, until)| *until > now);
        if let Some((_, kept_until)) = self.refused.iter_mut().find(|(other, _)| *other == task) {
            *kept_until = until;
        } else if self.refused.len() < self.most_kept() as usize {
            self.refused.push((task, until));
        }
    }

    /// Sends and polls alternate where both wait.
    fn next_kind(&mut self, now: Instant) -> Option<Kind> {
        self.sends.ripen(now);
        self.polls.ripen(now);
        let send = self.sends.has_ready();
        let poll = self.polls.has_ready() && self.budget.next_poll().is_none_or(|at| at <= now);
        match (send, poll) {
            (true, true) if self.last == Kind::Send => Some(Kind::Poll),
            (true, _) => Some(Kind::Send),
            (false, true) => Some(Kind::Poll),
            (false, false) => None,
        }
    }

    /// Turns that nobody took are given to others first.
    fn reclaim(&mut self, now: Instant) {
        while let Some((at, ticket)) = self.order.front().copied() {
            let is_taken = self.given.get(&ticket).is_none_or(|given| given.at != at);
            if !is_taken && at + UNTAKEN > now {
                return;
            }
            self.order.pop_front();
            if is_taken {
                continue;
            }
            let Some(Given { probes, kind, waiter, .. }) = self.given.remove(&ticket) else { continue };
            self.budget.take_back(probes);
            self.demand += demand(&waiter);
            let later = now + UNTAKEN;
            self.queue(kind).push(ticket, Waiter { earliest: later, rank: later, ..waiter });
        }
    }

    /// When the head of a queue may get a permit; `None` where that depends on answers that have not come.
    pub(super) fn head_at(&self, kind: Kind, now: Instant) -> Option<Instant> {
        let opens = self.opens(now, None)?;
        match kind {
            Kind::Send => self.sends.head().map(|(_, waiter)| waiter.earliest.max(opens)),
            Kind::Poll => {
                let (_, waiter) = self.polls.head()?;
                let spaced = self.budget.next_poll().unwrap_or(now);
                Some(waiter.earliest.max(opens).max(spaced))
            }
        }
    }

    /// The first of each queue look at the time anew: it may be earlier than they thought.
    pub(super) fn wake_heads(&mut self) {
        let heads = self.sends.first(WATCHERS).chain(self.polls.first(WATCHERS));
        self.wake.extend(heads.map(|(_, waiter)| waiter.waker.clone()));
    }

    pub(super) fn ended(&mut self, now: Instant, given: Instant, probes: bool, verdict: Verdict) {
        self.budget.ended(now, given, probes, verdict);
        if verdict == Verdict::NoCredits && !self.no_credits {
            self.no_credits = true;
            self.wake.extend(self.sends.wakers().cloned());
        }
        self.wake_heads();
    }
}

/// Longer pauses count as this one, so that no sum of times leaves the clock.
const MOST_STEP: Duration = Duration::from_secs(86_400);

/// Polls in a million seconds.
fn demand(waiter: &Waiter) -> u64 {
    let micros = |step: Duration| u64::try_from(step.as_micros()).unwrap_or(u64::MAX).max(1);
    waiter.step.map_or(0, |step| 1_000_000_000_000 / micros(step))
}
