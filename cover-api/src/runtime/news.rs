//! What callbacks have said: of tasks, to those who wait for them, and of attempts whose task is not known.
//!
//! None of it is believed: it says when to look. Nothing that comes from the network makes this grow; its entries are of this
//! client's own attempts and waits.

use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::task::AtomicWaker;
use tokio::sync::Notify;

use super::unknown::Fingerprint;

/// So many attempts are remembered; the oldest goes first.
const MOST: usize = 1 << 16;
/// How much the last end counts for the share of callbacks that are lost.
const LAST: f64 = 1.0 / 8.0;

/// Tells attempts to send a request apart, in all processes and for ever. When it was made is part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct AttemptId(pub(crate) u128);

/// So many bits of an id are random; the others count seconds since 1970.
const RANDOM: u32 = 88;

impl AttemptId {
    pub(crate) fn new() -> Self {
        Self::at(SystemTime::now())
    }

    pub(crate) fn at(time: SystemTime) -> Self {
        let seconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        // The keys of the standard library's hash maps are random; that an id cannot be guessed is not asked for.
        let random = [(); 2].map(|()| u128::from(RandomState::new().hash_one(())));
        Self(u128::from(seconds) << RANDOM | (random[0] << 24 ^ random[1]) & ((1 << RANDOM) - 1))
    }

    /// How long ago it was made; nothing where that lies ahead.
    pub(crate) fn age(self) -> Duration {
        let made = Duration::from_secs(u64::try_from(self.0 >> RANDOM).unwrap_or_default());
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().saturating_sub(made)
    }
}

/// How far a task is said to be: not at all, at a stage, or at its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank(u32);

impl Rank {
    pub(crate) const NOTHING: Self = Self(0);
    pub(crate) const END: Self = Self(u32::MAX);

    pub(crate) fn running(stage: u32) -> Self {
        Self(stage.saturating_add(1).min(u32::MAX - 1))
    }

    /// The least that is further.
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// What callbacks have said.
#[derive(Debug, Default)]
pub(crate) struct Board(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    attempts: HashMap<AttemptId, Sent>,
    order: VecDeque<AttemptId>,
    tasks: HashMap<Box<str>, Told>,
    /// The share of ends that no callback told of, the later ones counting more.
    lost: f64,
}

/// An attempt that may have become a task.
#[derive(Debug)]
struct Sent {
    request: Fingerprint,
    is_on_its_way: bool,
    is_settling: bool,
    became: Became,
    changed: Arc<Notify>,
}

/// Which task an attempt became.
#[derive(Debug, Clone)]
enum Became {
    Nobody,
    /// A callback says so.
    Said(Box<str>, Rank),
    Known(Box<str>),
}

/// What callbacks have said of a task.
#[derive(Debug, Default)]
struct Told {
    rank: Rank,
    /// The attempt that it came of, where the service was given an address of ours.
    attempt: Option<AttemptId>,
    ears: Vec<Arc<Ear>>,
}

/// What became of the news in a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It is news of a task, and those who wait for it know.
    News,
    /// It says which task an attempt became: to be confirmed.
    Claim,
    Repeated,
    /// The attempt has become another task.
    OtherTask,
    /// Neither the attempt nor the task is known here.
    Nobody,
}

impl Board {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock leaves the state half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An attempt is about to be sent, with an address of its own.
    pub(crate) fn sends(&self, attempt: AttemptId, request: Fingerprint) {
        self.remember(attempt, request, true);
    }

    /// An attempt of an earlier process may have become a task.
    pub(crate) fn recalls(&self, attempt: AttemptId, request: Fingerprint) {
        self.remember(attempt, request, false);
    }

    fn remember(&self, attempt: AttemptId, request: Fingerprint, is_on_its_way: bool) {
        let mut state = self.state();
        if state.order.len() == MOST
            && let Some(oldest) = state.order.pop_front()
        {
            state.forget(oldest);
        }
        let (became, changed) = (Became::Nobody, Arc::default());
        state.attempts.insert(attempt, Sent { request, is_on_its_way, is_settling: false, became, changed });
        state.order.push_back(attempt);
    }

    /// Nothing came of the attempt.
    pub(crate) fn failed(&self, attempt: AttemptId) {
        self.state().forget(attempt);
    }

    /// Nobody knows what came of the attempt.
    pub(crate) fn unknown(&self, attempt: AttemptId) {
        if let Some(sent) = self.state().attempts.get_mut(&attempt) {
            sent.is_on_its_way = false;
        }
    }

    /// The attempt became this task: by its reply, or since a poll has confirmed what a callback said.
    pub(crate) fn became(&self, attempt: AttemptId, task: &str) {
        let mut state = self.state();
        let Some(sent) = state.attempts.get_mut(&attempt) else { return };
        let rank = match &sent.became {
            Became::Said(said, rank) if **said == *task => *rank,
            _ => Rank::NOTHING,
        };
        (sent.became, sent.is_on_its_way) = (Became::Known(task.into()), false);
        let changed = Arc::clone(&sent.changed);
        let told = state.tasks.entry(task.into()).or_default();
        (told.attempt, told.rank) = (Some(attempt), told.rank.max(rank));
        changed.notify_waiters();
    }

    /// A callback for the attempt says that this task is so far.
    pub(crate) fn tell(&self, attempt: AttemptId, task: &str, rank: Rank) -> Heard {
        let mut state = self.state();
        match state.attempts.get_mut(&attempt) {
            Some(Sent { became: Became::Known(known), .. }) if **known != *task => return Heard::OtherTask,
            Some(Sent { became: Became::Known(_), .. }) | None => {}
            Some(sent) => return sent.say(task, rank),
        }
        match state.tasks.get_mut(task) {
            Some(told) if told.rank >= rank => Heard::Repeated,
            Some(told) => {
                told.rank = rank;
                told.ears.iter().for_each(|ear| ear.hear(rank));
                Heard::News
            }
            None => Heard::Nobody,
        }
    }

    /// The task that callbacks say the attempt became, and whether its reply is still awaited; `None` where it is known.
    pub(crate) fn said(&self, attempt: AttemptId) -> Option<(Box<str>, bool)> {
        let state = self.state();
        let sent = state.attempts.get(&attempt)?;
        match &sent.became {
            Became::Said(task, _) => Some((task.clone(), sent.is_on_its_way)),
            _ => None,
        }
    }

    /// What was said of the attempt cannot be confirmed: the next callback may say it again.
    pub(crate) fn not_confirmed(&self, attempt: AttemptId) {
        if let Some(sent) = self.state().attempts.get_mut(&attempt) {
            (sent.became, sent.is_settling) = (Became::Nobody, false);
            sent.changed.notify_waiters();
        }
    }

    /// The attempt that became this task.
    pub(crate) fn of_task(&self, task: &str) -> Option<AttemptId> {
        self.state().tasks.get(task)?.attempt
    }

    /// The request of an attempt.
    pub(crate) fn request(&self, attempt: AttemptId) -> Option<Fingerprint> {
        self.state().attempts.get(&attempt).map(|sent| sent.request)
    }

    /// The task that the attempt became, once that is known; `None` where the attempt is forgotten.
    pub(crate) async fn found(&self, attempt: AttemptId) -> Option<Box<str>> {
        self.watch(attempt, true).await
    }

    /// The task that the attempt became, once what callbacks have said so far is confirmed; `None` where it is not, or nothing
    /// was said.
    pub(crate) async fn settled(&self, attempt: AttemptId) -> Option<Box<str>> {
        self.watch(attempt, false).await
    }

    async fn watch(&self, attempt: AttemptId, is_patient: bool) -> Option<Box<str>> {
        loop {
            let changed;
            let change = {
                let state = self.state();
                let sent = state.attempts.get(&attempt)?;
                match &sent.became {
                    Became::Known(task) => return Some(task.clone()),
                    Became::Nobody if !is_patient => return None,
                    _ => {}
                }
                changed = Arc::clone(&sent.changed);
                changed.notified()
            };
            change.await;
        }
    }

    /// What callbacks say of a task, from now on and so far.
    pub(crate) fn listen(self: &Arc<Self>, task: &str) -> Listener {
        let mut state = self.state();
        let told = state.tasks.entry(task.into()).or_default();
        let ear = Arc::new(Ear { rank: AtomicU32::new(told.rank.0), waker: AtomicWaker::new() });
        told.ears.push(Arc::clone(&ear));
        Listener {
            board: Arc::clone(self),
            task: task.into(),
            ear,
            taken: Rank::NOTHING,
            is_expected: told.attempt.is_some(),
        }
    }

    /// A task has ended, as a poll has seen.
    pub(crate) fn ended(&self, task: &str) {
        let mut state = self.state();
        let Some(told) = state.tasks.get_mut(task) else { return };
        if let Some(attempt) = told.attempt.take() {
            let was_lost = if told.rank < Rank::END { 1.0 } else { 0.0 };
            state.lost += (was_lost - state.lost) * LAST;
            state.attempts.remove(&attempt);
        }
        state.tidy(task);
    }

    /// The share of callbacks that are lost, as far as was seen.
    pub(crate) fn lost(&self) -> f64 {
        self.state().lost
    }

    fn leave(&self, task: &str, ear: &Arc<Ear>) {
        let mut state = self.state();
        if let Some(told) = state.tasks.get_mut(task) {
            told.ears.retain(|other| !Arc::ptr_eq(other, ear));
        }
        state.tidy(task);
    }
}

impl State {
    fn forget(&mut self, attempt: AttemptId) {
        let Some(sent) = self.attempts.remove(&attempt) else { return };
        sent.changed.notify_waiters();
        if let Became::Known(task) = sent.became {
            if let Some(told) = self.tasks.get_mut(&*task) {
                told.attempt = None;
            }
            self.tidy(&task);
        }
    }

    /// A task that nobody waits for and nothing is expected of is forgotten.
    fn tidy(&mut self, task: &str) {
        if self.tasks.get(task).is_some_and(|told| told.attempt.is_none() && told.ears.is_empty()) {
            self.tasks.remove(task);
        }
    }
}

impl Sent {
    fn say(&mut self, task: &str, rank: Rank) -> Heard {
        match &mut self.became {
            Became::Said(said, far) if **said == *task => *far = (*far).max(rank),
            became => *became = Became::Said(task.into(), rank),
        }
        if std::mem::replace(&mut self.is_settling, true) { Heard::Repeated } else { Heard::Claim }
    }
}

/// What one wait has heard, and whom to wake.
#[derive(Debug)]
struct Ear {
    rank: AtomicU32,
    waker: AtomicWaker,
}

impl Ear {
    fn hear(&self, rank: Rank) {
        self.rank.fetch_max(rank.0, Ordering::AcqRel);
        self.waker.wake();
    }
}

/// Listens to what callbacks say of one task.
#[derive(Debug)]
pub(crate) struct Listener {
    board: Arc<Board>,
    task: Box<str>,
    ear: Arc<Ear>,
    /// What was heard and acted upon.
    taken: Rank,
    is_expected: bool,
}

impl Listener {
    /// Is a callback to be expected that tells of the end?
    pub(crate) fn is_expecting(&self) -> bool {
        self.is_expected && self.taken < Rank::END
    }

    pub(crate) fn lost(&self) -> f64 {
        self.board.lost()
    }

    /// Is there news at or beyond `least` that was not taken?
    pub(crate) fn has(&self, least: Rank) -> bool {
        self.ear.rank.load(Ordering::Acquire) >= least.max(self.taken.next()).0 && self.taken < Rank::END
    }

    /// Takes news at or beyond `least`, if there is any.
    pub(crate) fn take(&mut self, least: Rank) -> bool {
        let has = self.has(least);
        if has {
            self.taken = Rank(self.ear.rank.load(Ordering::Acquire));
        }
        has
    }

    /// Whom to wake. Look for news afterwards: it may have come in between.
    pub(crate) fn wakes(&self, waker: &Waker) {
        self.ear.waker.register(waker);
    }

    /// Until there is news at or beyond `least`.
    pub(crate) async fn news(&self, least: Rank) {
        poll_fn(|context| {
            self.wakes(context.waker());
            if self.has(least) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.board.leave(&self.task, &self.ear);
    }
}
