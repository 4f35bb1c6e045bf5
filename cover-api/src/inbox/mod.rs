//! What callbacks have said: of tasks, to those who wait for them, and of attempts whose task is not known.
//!
//! None of it is believed: it says when to look. Nothing that comes from the network makes this grow; its entries are of this
//! client's own attempts and waits.

mod listener;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::attempt_id::AttemptId;
use listener::Ear;

pub(crate) use listener::Listener;

/// So many attempts are remembered; the oldest goes first.
const MOST: usize = 1 << 16;
/// How much the last end counts for the share of callbacks that are lost.
const LAST: f64 = 1.0 / 8.0;

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
#[derive(Default)]
pub(crate) struct Inbox(Mutex<State>);

#[derive(Default)]
struct State {
    attempts: HashMap<AttemptId, Sent>,
    order: VecDeque<AttemptId>,
    tasks: HashMap<Box<str>, Told>,
    /// The share of ends that no callback told of, the later ones counting more.
    lost: f64,
}

/// An attempt that may have become a task.
struct Sent {
    is_on_its_way: bool,
    /// Whether its reply has come and says nothing of a task, or never will.
    is_reply_over: bool,
    became: Became,
    changed: Arc<Notify>,
}

/// Which task an attempt became.
#[derive(Clone)]
enum Became {
    Nobody,
    /// A callback says so.
    Said(Box<str>, Rank),
    Known(Box<str>),
}

/// What callbacks have said of a task.
#[derive(Default)]
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

impl Heard {
    /// Its name in events.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Claim => "claim",
            Self::Repeated => "repeated",
            Self::OtherTask => "other_task",
            Self::Nobody => "nobody",
        }
    }
}

impl Inbox {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock leaves the state half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An attempt is about to be sent, with an address of its own.
    pub(crate) fn sends(&self, attempt: AttemptId) {
        self.remember(attempt, true);
    }

    /// An attempt of an earlier process may have become a task.
    pub(crate) fn recalls(&self, attempt: AttemptId) {
        self.remember(attempt, false);
    }

    fn remember(&self, attempt: AttemptId, is_on_its_way: bool) {
        let mut state = self.state();
        if state.attempts.contains_key(&attempt) {
            return;
        }
        if state.order.len() == MOST
            && let Some(oldest) = state.order.pop_front()
        {
            state.forget(oldest);
        }
        let (became, changed) = (Became::Nobody, Arc::default());
        state.attempts.insert(attempt, Sent { is_on_its_way, is_reply_over: !is_on_its_way, became, changed });
        state.order.push_back(attempt);
    }

    /// Nothing came of the attempt.
    pub(crate) fn failed(&self, attempt: AttemptId) {
        self.state().forget(attempt);
    }

    /// Nobody knows what came of the attempt, and that is remembered: whoever settles it sets that right. The task, where it
    /// was settled just now.
    pub(crate) fn unknown(&self, attempt: AttemptId) -> Option<Box<str>> {
        let mut state = self.state();
        let sent = state.attempts.get_mut(&attempt)?;
        sent.is_on_its_way = false;
        if let Became::Known(task) = &sent.became { Some(task.clone()) } else { None }
    }

    /// The reply of the attempt has come without a task, or never will.
    pub(crate) fn reply_ended(&self, attempt: AttemptId) {
        if let Some(sent) = self.state().attempts.get_mut(&attempt) {
            sent.is_reply_over = true;
            sent.changed.notify_waiters();
        }
    }

    /// Waits until the reply of the attempt can tell nothing of its task any more.
    pub(crate) async fn reply_over(&self, attempt: AttemptId) {
        loop {
            let changed;
            let change = {
                let state = self.state();
                let Some(sent) = state.attempts.get(&attempt).filter(|sent| !sent.is_reply_over) else { return };
                if !sent.is_on_its_way {
                    return;
                }
                changed = Arc::clone(&sent.changed);
                changed.notified()
            };
            change.await;
        }
    }

    /// The attempt became this task: by its reply, or since a poll has confirmed what a callback said. Returns whether its
    /// outcome was unknown, as its caller was told.
    pub(crate) fn became(&self, attempt: AttemptId, task: &str) -> bool {
        let mut state = self.state();
        let Some(sent) = state.attempts.get_mut(&attempt) else { return false };
        let was_unknown = !sent.is_on_its_way && !matches!(sent.became, Became::Known(_));
        let rank = match &sent.became {
            Became::Said(said, rank) if **said == *task => *rank,
            _ => Rank::NOTHING,
        };
        (sent.became, sent.is_on_its_way) = (Became::Known(task.into()), false);
        let changed = Arc::clone(&sent.changed);
        let told = state.tasks.entry(task.into()).or_default();
        (told.attempt, told.rank) = (Some(attempt), told.rank.max(rank));
        changed.notify_waiters();
        was_unknown
    }

    /// A callback for the attempt says that this task is so far. `first` is called before anybody is awake.
    pub(crate) fn tell(&self, attempt: AttemptId, task: &str, rank: Rank, first: impl FnOnce(Heard)) -> Heard {
        let mut state = self.state();
        let heard = state.hear(attempt, task, rank);
        first(heard);
        if heard == Heard::News
            && let Some(told) = state.tasks.get(task)
        {
            told.ears.iter().for_each(|ear| ear.hear(rank));
        }
        heard
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

    /// What was said of the attempt is not confirmed, if it is not: the next callback may say it again.
    pub(crate) fn not_confirmed(&self, attempt: AttemptId) {
        let mut state = self.state();
        let said = state.attempts.get_mut(&attempt).filter(|sent| matches!(sent.became, Became::Said(..)));
        if let Some(sent) = said {
            sent.became = Became::Nobody;
            sent.changed.notify_waiters();
        }
    }

    /// The attempt that became this task.
    pub(crate) fn of_task(&self, task: &str) -> Option<AttemptId> {
        self.state().tasks.get(task)?.attempt
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
        let ear = Arc::new(Ear::new(told.rank));
        told.ears.push(Arc::clone(&ear));
        Listener::new(Arc::clone(self), task, ear, told.attempt.is_some())
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
    fn hear(&mut self, attempt: AttemptId, task: &str, rank: Rank) -> Heard {
        match self.attempts.get_mut(&attempt) {
            Some(Sent { became: Became::Known(known), .. }) if **known != *task => return Heard::OtherTask,
            Some(Sent { became: Became::Known(_), .. }) | None => {}
            Some(sent) => return sent.say(task, rank),
        }
        match self.tasks.get_mut(task) {
            Some(told) if told.rank >= rank => Heard::Repeated,
            Some(told) => {
                told.rank = rank;
                Heard::News
            }
            None => Heard::Nobody,
        }
    }

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
        // What was said before is being confirmed, and whoever does that takes what is said last.
        let heard = if matches!(self.became, Became::Said(..)) { Heard::Repeated } else { Heard::Claim };
        match &mut self.became {
            Became::Said(said, far) if **said == *task => *far = (*far).max(rank),
            became => *became = Became::Said(task.into(), rank),
        }
        heard
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const STAGE: Rank = Rank(2);

    fn inbox() -> (Arc<Inbox>, AttemptId) {
        let (inbox, attempt) = (Arc::new(Inbox::default()), AttemptId::new());
        inbox.sends(attempt);
        (inbox, attempt)
    }

    fn size(inbox: &Inbox) -> (usize, usize) {
        let state = inbox.state();
        (state.attempts.len(), state.tasks.len())
    }

    #[test]
    fn news_are_what_is_further_than_all_before() {
        let (inbox, attempt) = inbox();
        inbox.became(attempt, "t");
        let listener = inbox.listen("t");
        assert!(listener.is_expecting());
        for (rank, heard) in [
            (STAGE, Heard::News),
            (STAGE, Heard::Repeated),
            (Rank::running(0), Heard::Repeated),
            (Rank::END, Heard::News),
            (STAGE, Heard::Repeated),
            (Rank::END, Heard::Repeated),
        ] {
            assert_eq!(inbox.tell(attempt, "t", rank, |_| ()), heard, "{rank:?}");
        }
        assert_eq!(inbox.tell(attempt, "other", Rank::END, |_| ()), Heard::OtherTask);
    }

    #[test]
    fn a_listener_takes_each_news_once_and_only_from_where_it_counts() {
        let (inbox, attempt) = inbox();
        inbox.became(attempt, "t");
        inbox.tell(attempt, "t", STAGE, |_| ());
        let (mut stages, mut end) = (inbox.listen("t"), inbox.listen("t"));
        assert!(stages.take(Rank::NOTHING.next()) && !stages.take(Rank::NOTHING.next()), "also what came before");
        assert!(!end.has(Rank::END));
        inbox.tell(attempt, "t", Rank::END, |_| ());
        assert!(stages.take(STAGE.next()) && end.take(Rank::END) && !end.take(Rank::END));
        assert!(!end.is_expecting());
    }

    #[test]
    fn what_is_said_before_the_reply_is_kept_for_the_wait() {
        let (inbox, attempt) = inbox();
        assert_eq!(inbox.tell(attempt, "t", Rank::END, |_| ()), Heard::Claim);
        assert_eq!(inbox.tell(attempt, "t", Rank::END, |_| ()), Heard::Repeated);
        assert_eq!(inbox.said(attempt), Some(("t".into(), true)));
        inbox.became(attempt, "t");
        assert_eq!(inbox.said(attempt), None);
        assert!(inbox.listen("t").has(Rank::END));
    }

    #[test]
    fn a_claim_that_is_not_confirmed_counts_for_nothing() {
        let (inbox, attempt) = inbox();
        assert_eq!(inbox.tell(attempt, "lie", Rank::END, |_| ()), Heard::Claim);
        inbox.not_confirmed(attempt);
        assert_eq!(inbox.tell(attempt, "t", STAGE, |_| ()), Heard::Claim);
        inbox.became(attempt, "t");
        inbox.not_confirmed(attempt);
        assert_eq!(inbox.of_task("t"), Some(attempt));
        assert!(!inbox.listen("lie").has(Rank::NOTHING.next()));
    }

    #[test]
    fn what_strangers_say_leaves_nothing_and_what_is_over_goes() {
        let (inbox, attempt) = inbox();
        for number in 0..100 {
            assert_eq!(inbox.tell(AttemptId::new(), &number.to_string(), Rank::END, |_| ()), Heard::Nobody);
        }
        assert_eq!(size(&inbox), (1, 0));
        inbox.became(attempt, "t");
        let listener = inbox.listen("t");
        assert_eq!(size(&inbox), (1, 1));
        inbox.ended("t");
        drop(listener);
        assert_eq!(size(&inbox), (0, 0));
        let failed = AttemptId::new();
        inbox.sends(failed);
        inbox.failed(failed);
        drop(inbox.listen("elsewhere"));
        assert_eq!(size(&inbox), (0, 0));
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let inbox = Inbox::default();
        for number in 0..MOST + 100 {
            let attempt = AttemptId(number as u128);
            inbox.sends(attempt);
            inbox.became(attempt, &number.to_string());
        }
        assert_eq!(size(&inbox), (MOST, MOST));
        assert_eq!(inbox.of_task("99"), None);
        assert_eq!(inbox.of_task("100"), Some(AttemptId(100)));
    }

    #[test]
    fn the_share_that_is_lost_is_learnt_from_ends() {
        let inbox = Arc::new(Inbox::default());
        let end = |is_told: bool| {
            let attempt = AttemptId::new();
            inbox.sends(attempt);
            inbox.became(attempt, "t");
            if is_told {
                inbox.tell(attempt, "t", Rank::END, |_| ());
            }
            inbox.ended("t");
            inbox.lost()
        };
        assert!(end(true) < 0.001);
        assert!((0.12..0.13).contains(&end(false)), "an eighth");
        let after = |ends: u32, is_told: bool| (0..ends).fold(0.0, |_, _| end(is_told));
        assert!(after(50, false) > 0.99 && after(50, true) < 0.01);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_a_task_to_be_found_is_woken_or_told_that_it_is_forgotten() {
        let (inbox, attempt) = inbox();
        let found = tokio::spawn({
            let inbox = Arc::clone(&inbox);
            async move { inbox.found(attempt).await }
        });
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!found.is_finished());
        inbox.became(attempt, "t");
        assert_eq!(found.await.unwrap(), Some("t".into()));
        assert_eq!(inbox.found(AttemptId::new()).await, None);
        let other = AttemptId::new();
        inbox.sends(other);
        assert_eq!(inbox.settled(other).await, None, "nothing was said");
    }
}
