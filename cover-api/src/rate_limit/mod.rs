//! One rate limit for all requests of a key: who may send next, and when.
//!
//! No task drives it. Each poll of a waiter hands out the available permits.

mod budget;
mod permit;
mod queue;

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use cover_spec::wire;
use tokio::time::Instant;

use budget::Budget;
use queue::{Queue, Ticket, Waiter};

pub(crate) use budget::Verdict;
pub(crate) use permit::{Denied, Permit, PermitRequest};

/// A permit that its waiter has not taken after this time goes to the next waiter, since the first is not being polled.
const UNTAKEN: Duration = Duration::from_secs(1);

/// What a permit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A POST, or a look at the credits.
    Send,
    Poll,
}

/// The rate limit of an API key.
#[derive(Debug)]
pub(crate) struct RateLimit {
    state: Mutex<State>,
}

impl RateLimit {
    pub(crate) fn new(limit: wire::Pace) -> Self {
        Self { state: Mutex::new(State::new(limit)) }
    }

    /// Keeps to another limit as well: the stricter of the two.
    pub(crate) fn tighten(&self, limit: wire::Pace) {
        self.change(|state, _| state.budget.tighten(limit));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock leaves the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, and wakes afterwards whom that concerns.
    fn change<T>(&self, change: impl FnOnce(&mut State, Instant) -> T) -> T {
        let now = Instant::now();
        let mut state = self.state();
        let changed = change(&mut state, now);
        state.give_out(now);
        let wake = std::mem::take(&mut state.wake);
        drop(state);
        wake.into_iter().for_each(Waker::wake);
        changed
    }

    /// Lets sends go on that were stopped for want of credits.
    pub(crate) fn credits_seen(&self) {
        self.change(|state, _| state.no_credits = false);
    }

    /// Are sends stopped for want of credits?
    pub(crate) fn has_no_credits(&self) -> bool {
        self.state().no_credits
    }

    /// Number of waiters.
    pub(crate) fn waiting(&self) -> usize {
        let state = self.state();
        state.sends.len() + state.polls.len()
    }

    /// By which factor those who would each poll at this step are slowed where there are so many; at least 1.
    #[expect(clippy::cast_precision_loss, reason = "a few digits less do not matter")]
    pub(crate) fn load(&self, waiting: usize, step: Duration) -> f64 {
        let spacing = self.state().budget.spacing().as_secs_f64();
        (waiting as f64 * spacing / step.as_secs_f64().max(1e-9)).max(1.0)
    }

    /// The time that each of an even row of requests has.
    pub(crate) fn spacing(&self) -> Duration {
        self.state().budget.spacing()
    }

    /// How many requests may be on their way at once.
    pub(crate) fn places(&self) -> usize {
        self.state().budget.places()
    }

    /// 1, or more after the service has asked for fewer requests.
    pub(crate) fn slowness(&self) -> f64 {
        self.state().budget.slowness()
    }
}

/// A permit that was given, and not yet taken.
#[derive(Debug)]
struct Given {
    at: Instant,
    probes: bool,
    kind: Kind,
    waiter: Waiter,
}

#[derive(Debug)]
struct State {
    budget: Budget,
    sends: Queue,
    polls: Queue,
    given: HashMap<Ticket, Given>,
    /// What was given, in that order; some of it was taken since.
    order: VecDeque<(Instant, Ticket)>,
    tickets: Ticket,
    /// The kind that was given the last permit; where both kinds wait, the other one is next.
    last: Kind,
    no_credits: bool,
    /// Before the time of any who waits.
    start: Instant,
    /// How many polls in a million seconds those who wait would make if each were alone.
    demand: u64,
    /// Whom to wake once the lock is free.
    wake: Vec<Waker>,
}

impl State {
    fn new(limit: wire::Pace) -> Self {
        Self {
            budget: Budget::new(limit),
            sends: Queue::default(),
            polls: Queue::default(),
            given: HashMap::new(),
            order: VecDeque::new(),
            tickets: 0,
            last: Kind::Poll,
            no_credits: false,
            start: Instant::now(),
            demand: 0,
            wake: Vec::new(),
        }
    }

    fn queue(&mut self, kind: Kind) -> &mut Queue {
        match kind {
            Kind::Send => &mut self.sends,
            Kind::Poll => &mut self.polls,
        }
    }

    fn join(&mut self, kind: Kind, waiter: Waiter) -> Ticket {
        self.tickets += 1;
        self.demand += demand(&waiter);
        let ticket = self.tickets;
        self.queue(kind).push(ticket, waiter);
        ticket
    }

    fn leave(&mut self, kind: Kind, ticket: Ticket) {
        if let Some(waiter) = self.queue(kind).remove(ticket) {
            self.demand -= demand(&waiter);
            self.wake_heads();
        } else if let Some(given) = self.given.remove(&ticket) {
            self.budget.take_back(given.probes);
        }
    }

    /// Rank of a waiter that wants a permit every `step`: the more there are to serve, the later, so that all
    /// are slowed by the same factor.
    fn rank(&self, earliest: Instant, step: Duration) -> Instant {
        #[expect(clippy::cast_precision_loss, reason = "a few digits less do not matter")]
        let polls_per_second = self.demand as f64 / 1e6;
        let load = (polls_per_second * self.budget.spacing().as_secs_f64()).clamp(1.0, 1e6);
        earliest + step.min(MOST_STEP).mul_f64(load - 1.0)
    }

    /// Hands out the available permits.
    fn give_out(&mut self, now: Instant) {
        self.budget.tidy(now);
        self.reclaim(now);
        let mut is_other_head = false;
        while self.budget.opens(now).is_some_and(|at| at <= now) {
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
            is_other_head = true;
        }
        if is_other_head {
            self.wake_heads();
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
    fn head_at(&self, kind: Kind, now: Instant) -> Option<Instant> {
        let opens = self.budget.opens(now)?;
        match kind {
            Kind::Send => self.sends.head().map(|(_, waiter)| waiter.earliest.max(opens)),
            Kind::Poll => {
                let (_, waiter) = self.polls.head()?;
                let spaced = self.budget.next_poll().unwrap_or(now);
                Some(waiter.earliest.max(opens).max(spaced))
            }
        }
    }

    fn is_head(&self, kind: Kind, ticket: Ticket) -> bool {
        let head = if kind == Kind::Send { self.sends.head() } else { self.polls.head() };
        head.is_some_and(|(head, _)| head == ticket)
    }

    /// The heads look at the time anew: it may be earlier than they thought.
    fn wake_heads(&mut self) {
        let heads = [self.sends.head(), self.polls.head()];
        self.wake.extend(heads.into_iter().flatten().map(|(_, waiter)| waiter.waker.clone()));
    }

    fn ended(&mut self, now: Instant, given: Instant, probes: bool, verdict: Verdict) {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::time::{sleep, timeout};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const FAR: Duration = Duration::from_secs(100_000);

    fn limit(requests: u32, window: Duration) -> Arc<RateLimit> {
        Arc::new(RateLimit::new(wire::Pace { requests, window, task_every: Duration::ZERO }))
    }

    fn poll(task: usize, step: Duration) -> PermitRequest {
        let now = Instant::now();
        PermitRequest::poll(&task.to_string(), now, step, now + FAR)
    }

    /// The most that began within any window.
    fn most(times: &[Instant], window: Duration) -> usize {
        let within = |from: &Instant| times.iter().filter(|at| *at >= from && **at < *from + window).count();
        times.iter().map(within).max().unwrap_or_default()
    }

    #[tokio::test(start_paused = true)]
    async fn no_window_sees_more_than_its_share_however_many_ask_and_however_slow_answers_are() {
        let limit = limit(20, 10 * SECOND);
        let asked = (0..500_usize).map(|number| {
            let limit = Arc::clone(&limit);
            tokio::spawn(async move {
                let request =
                    if number.is_multiple_of(3) { PermitRequest::send(Instant::now()) } else { poll(number, SECOND) };
                let mut permit = limit.acquire(request).await.unwrap();
                let at = Instant::now();
                sleep(Duration::from_millis(37 * (number as u64 % 50))).await;
                permit.answered(Verdict::Fine);
                at
            })
        });
        let mut times = Vec::new();
        for asked in asked.collect::<Vec<_>>() {
            times.push(asked.await.unwrap());
        }
        assert_eq!(most(&times, 10 * SECOND), 20);
        let spent = *times.iter().max().unwrap() - *times.iter().min().unwrap();
        assert!(spent < 10 * SECOND * 500 / 20 * 5 / 4, "{spent:?}: the budget is used");
    }

    /// How long each waiter waited for its permits while 200 with these steps wanted them for hours.
    async fn waits(step: impl Fn(usize) -> Duration) -> Vec<Vec<Duration>> {
        let limit = limit(20, 10 * SECOND);
        let end = Instant::now() + 10_000 * SECOND;
        let waits = (0..200_usize).map(|number| {
            let (limit, step) = (Arc::clone(&limit), step(number));
            tokio::spawn(async move {
                let mut waits = Vec::new();
                while Instant::now() < end {
                    let asked = Instant::now();
                    let request = PermitRequest::poll(&number.to_string(), asked + step, step, asked + FAR);
                    limit.acquire(request).await.unwrap().answered(Verdict::Fine);
                    waits.push(asked.elapsed());
                }
                waits
            })
        });
        let mut all = Vec::new();
        for wait in waits.collect::<Vec<_>>() {
            all.push(wait.await.unwrap());
        }
        all
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_as_often_waits_as_long() {
        let waits = waits(|_| 10 * SECOND).await;
        let (least, most) = bounds(&waits);
        // The budget has a permit for each in 100 s.
        assert!(least >= 90 * SECOND && most <= 110 * SECOND, "{least:?} to {most:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_three_times_as_often_waits_a_third_as_long_and_nobody_longer_than_that() {
        let waits = waits(|number| if number.is_multiple_of(2) { 10 * SECOND } else { 30 * SECOND }).await;
        let (often, seldom): (Vec<_>, Vec<_>) = (0..).zip(waits).partition(|(number, _)| number % 2 == 0);
        let of =
            |half: Vec<(usize, Vec<Duration>)>| bounds(&half.into_iter().map(|(_, waits)| waits).collect::<Vec<_>>());
        let ((least, most), (seldom_least, seldom_most)) = (of(often), of(seldom));
        assert!(
            seldom_most <= least * 4 && seldom_least >= most * 2,
            "{least:?} {most:?} {seldom_least:?} {seldom_most:?}"
        );
    }

    /// The least and the most, after everybody had a permit.
    fn bounds(waits: &[Vec<Duration>]) -> (Duration, Duration) {
        let settled = || waits.iter().flat_map(|waits| &waits[2..waits.len() - 1]).copied();
        (settled().min().unwrap(), settled().max().unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn sends_and_polls_take_turns_where_both_want_one() {
        let limit = limit(2, SECOND);
        let sends = (0..40).map(|_| (true, PermitRequest::send(Instant::now())));
        let polls = (0..40).map(|number| (false, poll(number, SECOND)));
        let order = Arc::new(Mutex::new(Vec::new()));
        let waits = sends.chain(polls).map(|(is_send, request)| {
            let (limit, order) = (Arc::clone(&limit), Arc::clone(&order));
            tokio::spawn(async move {
                limit.acquire(request).await.unwrap().answered(Verdict::Fine);
                order.lock().unwrap().push(is_send);
            })
        });
        for wait in waits.collect::<Vec<_>>() {
            wait.await.unwrap();
        }
        let order = order.lock().unwrap();
        let sends = order[..40].iter().filter(|is_send| **is_send).count();
        assert!((18..=24).contains(&sends), "{sends} of the first 40: {order:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_due_at_its_deadline_comes_before_all_others_or_is_told_that_it_is_late() {
        let limit = limit(1, 10 * SECOND);
        let now = Instant::now();
        for number in 0..100 {
            let limit = Arc::clone(&limit);
            let request = poll(number, SECOND);
            tokio::spawn(async move { limit.acquire(request).await.unwrap().answered(Verdict::Fine) });
        }
        let request = PermitRequest::poll("urgent", now, 10 * SECOND, now + 55 * SECOND);
        let wait = limit.acquire(request.clone()).await;
        assert!(wait.is_ok() && now.elapsed() < 66 * SECOND, "{:?}", now.elapsed());
        let _kept = wait;
        assert!(matches!(limit.acquire(request).await, Err(Denied::Late)), "{:?}", now.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_not_polled_any_more_holds_up_nobody() {
        let limit = limit(1, SECOND);
        let mut forgotten: Vec<_> = (0..3).map(|number| Box::pin(limit.acquire(poll(number, SECOND)))).collect();
        for wait in &mut forgotten {
            // Those after the first have a place in the queue now.
            let _ = timeout(Duration::ZERO, wait).await;
        }
        let started = Instant::now();
        for number in 10..13 {
            limit.acquire(poll(number, SECOND)).await.unwrap().answered(Verdict::Fine);
        }
        assert!(started.elapsed() < 60 * SECOND, "{:?}", started.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn no_credits_stop_sends_that_wait_and_those_that_come_until_some_are_seen() {
        let limit = limit(1, SECOND);
        let mut first = limit.acquire(PermitRequest::send(Instant::now())).await.unwrap();
        let waits = tokio::spawn({
            let limit = Arc::clone(&limit);
            async move { limit.acquire(PermitRequest::send(Instant::now())).await.err() }
        });
        sleep(SECOND).await;
        first.answered(Verdict::NoCredits);
        drop(first);
        assert_eq!(waits.await.unwrap(), Some(Denied::NoCredits));
        assert!(matches!(limit.acquire(PermitRequest::send(Instant::now())).await, Err(Denied::NoCredits)));
        limit.acquire(PermitRequest::look(Instant::now())).await.unwrap().answered(Verdict::Fine);
        limit.credits_seen();
        assert!(limit.acquire(PermitRequest::send(Instant::now())).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_rests_holds_up_no_other() {
        let nine = wire::Pace { requests: 9, window: Duration::ZERO, task_every: 10 * SECOND };
        let limit = Arc::new(RateLimit::new(nine));
        limit.acquire(poll(1, SECOND)).await.unwrap().answered(Verdict::Fine);
        let started = Instant::now();
        let of = |task: usize, after| PermitRequest::poll(&task.to_string(), started + after, SECOND, started + FAR);
        let waits = [(1, Duration::ZERO), (2, 2 * SECOND)].map(|(task, after)| {
            let (limit, request) = (Arc::clone(&limit), of(task, after));
            tokio::spawn(async move {
                limit.acquire(request).await.unwrap().answered(Verdict::Fine);
                started.elapsed().as_secs()
            })
        });
        let [first, second] = waits;
        assert_eq!((second.await.unwrap(), first.await.unwrap()), (2, 10));
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_leaves_nothing_behind() {
        let limit = limit(3, SECOND);
        for number in 0..100 {
            let _ = timeout(Duration::from_millis(10), limit.acquire(poll(number, SECOND))).await;
        }
        let state = limit.state();
        assert_eq!((state.polls.len(), state.given.len(), state.demand), (0, 0, 0));
    }
}
