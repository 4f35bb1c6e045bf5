//! The waiters, the permits that were granted to them, and the order in which permits are granted.

use std::collections::{HashMap, VecDeque};
use std::task::Waker;
use std::time::Duration;

use cover_spec::tables::RateLimitSpec;
use tokio::time::Instant;

use super::budget::Budget;
use super::queue::{Queue, Ticket, Waiter};
use super::share::News;
use super::{QueueKind, TAKE_WITHIN, Verdict, WATCHERS};

/// Number of permits for the queues before one is held back for polls that do not wait.
const QUEUED_FIRST: u32 = 2;

/// A permit that was granted and that its waiter has not taken yet.
#[derive(Debug)]
pub(super) struct Granted {
    pub(super) at: Instant,
    pub(super) probes: bool,
    pub(super) kind: QueueKind,
    pub(super) waiter: Waiter,
    pub(super) lease_number: u64,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) budget: Budget,
    pub(super) cancels: Queue,
    pub(super) sends: Queue,
    pub(super) polls: Queue,
    pub(super) granted: HashMap<Ticket, Granted>,
    /// The grants in order. Some of them have been taken since.
    pub(super) grant_order: VecDeque<(Instant, Ticket)>,
    pub(super) last_ticket: Ticket,
    /// The queue of the last grant to a send or a poll. If both queues have waiters, the other one is next.
    pub(super) last_kind: QueueKind,
    /// Whether a cancel has not taken its permit, so that a send or a poll comes before the next one.
    pub(super) cancel_missed: bool,
    /// Tasks whose poll was refused a permit, in order, and until when a place is kept for each.
    pub(super) kept_places: Vec<(u64, Instant)>,
    /// Number of permits granted to the queues, less twice those granted at once.
    pub(super) queue_credit: u32,
    pub(super) no_credits: bool,
    /// Earlier than the time of any waiter.
    pub(super) start: Instant,
    /// Number of polls that the waiters would make in a million seconds if each were alone.
    pub(super) demand: u64,
    /// Wakers to call after the lock is released.
    pub(super) to_wake: Vec<Waker>,
}

impl State {
    pub(super) fn new(limit: RateLimitSpec) -> Self {
        Self {
            budget: Budget::new(limit),
            cancels: Queue::default(),
            sends: Queue::default(),
            polls: Queue::default(),
            granted: HashMap::new(),
            grant_order: VecDeque::new(),
            last_ticket: 0,
            last_kind: QueueKind::Poll,
            cancel_missed: false,
            kept_places: Vec::new(),
            queue_credit: 0,
            no_credits: false,
            start: Instant::now(),
            demand: 0,
            to_wake: Vec::new(),
        }
    }

    pub(super) fn queue(&mut self, kind: QueueKind) -> &mut Queue {
        match kind {
            QueueKind::Cancel => &mut self.cancels,
            QueueKind::Send => &mut self.sends,
            QueueKind::Poll => &mut self.polls,
        }
    }

    pub(super) fn join(&mut self, kind: QueueKind, waiter: Waiter) -> Ticket {
        self.last_ticket += 1;
        self.demand += demand(&waiter);
        let ticket = self.last_ticket;
        self.queue(kind).push(ticket, waiter);
        ticket
    }

    pub(super) fn leave(&mut self, kind: QueueKind, ticket: Ticket) {
        if let Some(waiter) = self.queue(kind).remove(ticket) {
            self.demand -= demand(&waiter);
            self.wake_heads();
        } else if let Some(granted) = self.granted.remove(&ticket) {
            self.budget.return_unused(granted.probes);
        }
    }

    /// Returns the rank of a waiter that wants a permit every `step`. It grows with the demand, so that all waiters are slowed
    /// by the same factor.
    pub(super) fn rank(&self, earliest: Instant, step: Duration) -> Instant {
        #[expect(clippy::cast_precision_loss, reason = "a few digits less do not matter")]
        let polls_per_second = self.demand as f64 / 1e6;
        let load = (polls_per_second * self.budget.spacing().as_secs_f64()).clamp(1.0, 1e6);
        earliest + step.min(MAX_STEP).mul_f64(load - 1.0)
    }

    /// Grants the available permits to waiters.
    pub(super) fn grant_available(&mut self, now: Instant) {
        self.budget.tidy(now);
        self.reclaim(now);
        let mut is_other_head = false;
        while let Some(kind) = self.next_kind(now) {
            let Some((ticket, waiter)) = self.queue(kind).pop_ready() else { break };
            let poll = (kind == QueueKind::Poll).then_some(waiter.task);
            if let Some(until) = poll.and_then(|task| self.budget.rests_until(task)).filter(|until| *until > now) {
                self.polls.push(ticket, Waiter { earliest: until, ..waiter });
                is_other_head = true;
                continue;
            }
            self.demand -= demand(&waiter);
            let probes = self.budget.grant(now, poll);
            self.to_wake.push(waiter.waker.clone());
            self.granted.insert(ticket, Granted { at: now, probes, kind, waiter, lease_number: self.lease_number() });
            self.grant_order.push_back((now, ticket));
            if kind != QueueKind::Cancel {
                (self.last_kind, self.cancel_missed) = (kind, false);
            }
            self.queue_credit = self.queue_credit.saturating_add(1).min(2 * self.most_kept());
            is_other_head = true;
        }
        if is_other_head {
            self.wake_heads();
        }
    }

    /// Returns when a permit may be granted to the queues, or at once for this task. `None` means that this depends on answers that
    /// have not arrived. Places that are kept for tasks refused before this one stay free.
    fn opens_at(&self, now: Instant, task: Option<u64>) -> Option<Instant> {
        let most = if self.queue_credit < QUEUED_FIRST { 0 } else { self.most_kept() as usize };
        let before = self.kept_places.iter().take_while(|(other, _)| Some(*other) != task);
        let kept_until: Vec<Instant> =
            before.map(|(_, until)| *until).filter(|until| *until > now).take(most).collect();
        let (kept, lapses) = (kept_until.len(), kept_until.into_iter().min());
        let lapsed = lapses.and_then(|until| Some(self.budget.opens_at(now, 0)?.max(until)));
        self.budget.opens_at(now, kept).into_iter().chain(lapsed).min()
    }

    /// Returns the largest number of places that are kept for tasks whose poll was refused.
    fn most_kept(&self) -> u32 {
        (self.budget.own_places() / 4).max(1)
    }

    /// Grants a permit for a poll of this task at once, or returns after which time there may be one.
    pub(super) fn grant_at_once(&mut self, task: u64, now: Instant) -> Result<(Instant, bool), Option<Duration>> {
        self.grant_available(now);
        let opens_at = self.opens_at(now, Some(task));
        let at = opens_at.map(|opens_at| self.budget.rests_until(task).map_or(opens_at, |until| until.max(opens_at)));
        if at.is_some_and(|at| at <= now) {
            self.kept_places.retain(|(other, _)| *other != task);
            self.queue_credit = self.queue_credit.saturating_sub(QUEUED_FIRST);
            return Ok((now, self.budget.grant(now, Some(task))));
        }
        let wait = at.map(|at| at - now);
        self.keep_place(task, now, now + wait.unwrap_or(self.budget.window()) + TAKE_WITHIN);
        Err(wait)
    }

    fn keep_place(&mut self, task: u64, now: Instant, until: Instant) {
        self.kept_places.retain(|(_, until)| *until > now);
        if let Some((_, kept_until)) = self.kept_places.iter_mut().find(|(other, _)| *other == task) {
            *kept_until = until;
        } else if self.kept_places.len() < self.most_kept() as usize {
            self.kept_places.push((task, until));
        }
    }

    /// Chooses the queue that gets a permit now. Cancels come first, and may take places that are kept for polls.
    fn next_kind(&mut self, now: Instant) -> Option<QueueKind> {
        self.cancels.ripen(now);
        let may_cancel = self.cancels.has_ready() && self.budget.opens_at(now, 0).is_some_and(|at| at <= now);
        let cancel = may_cancel.then_some(QueueKind::Cancel);
        if self.cancel_missed { self.send_or_poll(now).or(cancel) } else { cancel.or_else(|| self.send_or_poll(now)) }
    }

    /// Chooses between sends and polls. They alternate if both wait.
    fn send_or_poll(&mut self, now: Instant) -> Option<QueueKind> {
        if self.opens_at(now, None).is_none_or(|at| at > now) {
            return None;
        }
        self.sends.ripen(now);
        self.polls.ripen(now);
        let send = self.sends.has_ready();
        let poll = self.polls.has_ready() && self.budget.next_poll().is_none_or(|at| at <= now);
        match (send, poll) {
            (true, true) if self.last_kind == QueueKind::Send => Some(QueueKind::Poll),
            (true, _) => Some(QueueKind::Send),
            (false, true) => Some(QueueKind::Poll),
            (false, false) => None,
        }
    }

    /// Takes back grants whose waiter has not taken them in time. They go to the next waiters.
    fn reclaim(&mut self, now: Instant) {
        while let Some((at, ticket)) = self.grant_order.front().copied() {
            let is_taken = self.granted.get(&ticket).is_none_or(|granted| granted.at != at);
            if !is_taken && at + TAKE_WITHIN > now {
                return;
            }
            self.grant_order.pop_front();
            if is_taken {
                continue;
            }
            let Some(Granted { probes, kind, waiter, .. }) = self.granted.remove(&ticket) else { continue };
            self.budget.return_unused(probes);
            self.demand += demand(&waiter);
            self.cancel_missed |= kind == QueueKind::Cancel;
            let later = now + TAKE_WITHIN;
            self.queue(kind).push(ticket, Waiter { earliest: later, rank: later, ..waiter });
        }
    }

    /// Returns when the head of a queue may get a permit. `None` means that this depends on answers that have not arrived.
    pub(super) fn head_at(&self, kind: QueueKind, now: Instant) -> Option<Instant> {
        let opens_at = if kind == QueueKind::Cancel { self.budget.opens_at(now, 0) } else { self.opens_at(now, None) }?;
        match kind {
            QueueKind::Cancel => self.cancels.head().map(|(_, waiter)| waiter.earliest.max(opens_at)),
            QueueKind::Send => self.sends.head().map(|(_, waiter)| waiter.earliest.max(opens_at)),
            QueueKind::Poll => {
                let (_, waiter) = self.polls.head()?;
                let spaced = self.budget.next_poll().unwrap_or(now);
                Some(waiter.earliest.max(opens_at).max(spaced))
            }
        }
    }

    /// Returns the number of requests that wait for a place now or will within a window, up to the number of places.
    pub(super) fn waiting(&self, now: Instant) -> usize {
        let (until, most) = (now + self.budget.window(), self.budget.places());
        let queued = [&self.cancels, &self.sends, &self.polls].into_iter().map(|queue| queue.due(until, most));
        let kept = self.kept_places.iter().filter(|(_, until)| *until > now).count();
        (queued.sum::<usize>() + kept).min(most)
    }

    /// Returns the number of the current lease of a shared limit.
    pub(super) fn lease_number(&self) -> u64 {
        self.budget.shared().map_or(0, |share| share.lease_number)
    }

    /// Returns whether the places of an earlier lease may have gone to other processes.
    pub(super) fn is_void(&self, lease_number: u64, now: Instant) -> bool {
        self.budget.shared().is_some_and(|share| share.lease_number != lease_number || share.is_over(now))
    }

    /// Returns whether sends are stopped, as far as is known within a window.
    pub(super) fn is_stopped(&self, now: Instant) -> bool {
        self.no_credits && self.budget.is_informed(now)
    }

    /// Returns whether the other processes should be asked now, since this one has news or needs theirs.
    pub(super) fn should_ask(&self, now: Instant) -> bool {
        let Some(share) = self.budget.shared() else { return false };
        let is_in_doubt = self.no_credits && self.sends.len() > 0 && !self.budget.is_informed(now);
        share.has_news() || is_in_doubt || self.budget.is_short(now, self.waiting(now))
    }

    /// Wakes the heads of all queues, since they may get a permit earlier than they know.
    pub(super) fn wake_heads(&mut self) {
        let queues = [&self.cancels, &self.sends, &self.polls];
        let heads = queues.into_iter().flat_map(|queue| queue.first(WATCHERS));
        self.to_wake.extend(heads.map(|(_, waiter)| waiter.waker.clone()));
    }

    pub(super) fn ended(&mut self, now: Instant, granted: Instant, probes: bool, verdict: Verdict) {
        self.budget.ended(now, granted, probes, verdict);
        if verdict == Verdict::NoCredits && !self.no_credits {
            self.budget.tell(|news| News { has_credits: Some(false), ..news });
            self.stop_sends();
        }
        self.wake_heads();
    }

    /// Stops sends, since no credits are left.
    pub(super) fn stop_sends(&mut self) {
        self.no_credits = true;
        self.to_wake.extend(self.sends.wakers().cloned());
    }
}

/// Bound for pauses, so that sums of times do not overflow.
const MAX_STEP: Duration = Duration::from_secs(86_400);

/// Returns the number of polls in a million seconds.
fn demand(waiter: &Waiter) -> u64 {
    let micros = |step: Duration| u64::try_from(step.as_micros()).unwrap_or(u64::MAX).max(1);
    waiter.step.map_or(0, |step| 1_000_000_000_000 / micros(step))
}
