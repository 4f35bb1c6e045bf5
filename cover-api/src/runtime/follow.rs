//! Following a task: when to poll it, and what an answer means for the wait.

use std::pin::pin;
use std::task::Waker;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::time::Instant;

use super::poll::Polled;
use super::update::{Item, Update};
use super::{Error, Service, Snapshot, Task, WaitStats};
use crate::error::{Failure, Kind};
use crate::inbox::{Listener, Rank};
use crate::rate_limit::{Denied, Permit, PermitRequest};
use crate::snapshot::Progress;

/// Polls in a row that may fail before a wait gives up. Answers that only ask for patience do not count.
const MOST_FAILURES: u32 = 8;
/// As good as never, and safe to add to any instant.
const FAR: Duration = Duration::from_secs(30 * 365 * 86_400);

/// A wait under way. Many are held for long, so that what is rare stands on the heap.
pub(super) struct Follow<S: Service> {
    task: Task<S>,
    started: Instant,
    /// In nanoseconds after that.
    timeout: u64,
    /// Before when no poll is made.
    earliest: Instant,
    /// How far the task was when that was last told.
    told: Rank,
    /// Whether stages are wanted, and not only the end.
    stages: bool,
    /// Whether the next poll is to confirm what a callback said.
    confirms: bool,
    /// What callbacks say.
    listener: Option<Box<Listener>>,
    /// Since when the task is done without audio.
    done_since: Option<Box<Instant>>,
    /// Polls in a row that failed.
    failures: u32,
    seen: Counts,
    last: Last<S>,
}

/// What is counted of polls.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    polls: u32,
    failed: u32,
    not_known: u32,
}

/// What the last answer said of the task. Most say no more than a status, and many wait: that is kept in little room.
enum Last<S: Service> {
    Nothing,
    /// By its place among those that the spec lists.
    Status(u16),
    Snapshot(Box<Snapshot<S>>),
}

impl<S: Service> Last<S> {
    fn new(snapshot: &Snapshot<S>) -> Self {
        match snapshot.bare_status() {
            Some(place) => Self::Status(place),
            None => Self::Snapshot(Box::new(snapshot.clone())),
        }
    }

    fn snapshot(&self) -> Option<Snapshot<S>> {
        match self {
            Self::Nothing => None,
            Self::Status(place) => Some(Snapshot::bare(*place)),
            Self::Snapshot(snapshot) => Some((**snapshot).clone()),
        }
    }
}

impl<S: Service> Follow<S> {
    /// `stages`: is more wanted than the end? Otherwise, what has only just been sent is not polled at once. Nor is it polled
    /// at once where callbacks are expected.
    pub(super) fn new(task: Task<S>, timeout: Duration, stages: bool) -> Self {
        let started = Instant::now();
        let account = task.client().account();
        let listener = account.link.as_ref().map(|link| Box::new(link.inbox.listen(task.id())));
        let mut follow = Self {
            started,
            timeout: u64::try_from(timeout.min(FAR).as_nanos()).unwrap_or(u64::MAX),
            earliest: started,
            told: Rank::NOTHING,
            stages,
            confirms: false,
            listener,
            done_since: None,
            failures: 0,
            seen: Counts::default(),
            last: Last::Nothing,
            task,
        };
        if follow.is_expecting() || (!stages && follow.is_fresh()) {
            follow.earliest += follow.pause();
        }
        follow
    }

    fn timeout(&self) -> Duration {
        Duration::from_nanos(self.timeout)
    }

    /// Whether its task was created too recently for a poll to bring anything.
    fn is_fresh(&self) -> bool {
        self.task.age().is_some_and(|age| age < self.task.client().account().schedule.every[0])
    }

    fn is_expecting(&self) -> bool {
        self.listener.as_ref().is_some_and(|listener| listener.is_expecting())
    }

    /// The least that is news.
    fn least(&self) -> Rank {
        if self.stages { self.told.next() } else { Rank::END }
    }

    /// Takes what callbacks have said, if that is news: it is to be confirmed at once.
    pub(super) fn hear(&mut self) -> bool {
        let least = self.least();
        let has_news = self.listener.as_mut().is_some_and(|listener| listener.take(least));
        if has_news {
            (self.earliest, self.confirms) = (self.earliest.min(Instant::now()), true);
        }
        has_news
    }

    /// Whom callbacks are to wake. Whoever sets it must look by [`hear`](Self::hear) afterwards.
    pub(super) fn wakes(&self, waker: impl FnOnce() -> Waker) {
        if let Some(listener) = &self.listener {
            listener.wakes(&waker());
        }
    }

    /// Polls until there is something to tell.
    pub(super) async fn next(&mut self) -> Item<S> {
        loop {
            if let Some(item) = self.once().await {
                return item;
            }
        }
    }

    /// Makes the next poll once it has a permit, and returns what there is to tell of it.
    pub(super) async fn once(&mut self) -> Option<Item<S>> {
        let item = match self.poll().await {
            Some(polled) => self.observe(polled)?,
            None => self.at_timeout(),
        };
        if is_end(&item)
            && let Some(last) = self.last.snapshot()
        {
            self.task.conclude(&last);
        }
        Some(item)
    }

    /// Makes the next poll once it has a permit; `None` after the timeout.
    async fn poll(&mut self) -> Option<Result<Polled<S>, Error<S>>> {
        if self.is_over() {
            return None;
        }
        let permit = self.acquire().await.ok()?;
        // On the heap only while it is on its way: most of the time a wait holds no more than its place in the queue.
        Some(Box::pin(self.task.poll_with(permit)).await)
    }

    /// How many requests of its key may be on their way at once.
    pub(super) fn places(&self) -> usize {
        self.task.client().account().rate_limit.places()
    }

    /// Before when there is nothing to do.
    pub(super) fn earliest(&self) -> Instant {
        self.earliest.min(self.started + self.timeout())
    }

    /// When its next poll is due where so many others wait: all are slowed by the same factor.
    pub(super) fn due(&self, waiting: usize) -> Instant {
        if self.confirms {
            return self.earliest;
        }
        let step = self.pause();
        let slower = self.task.client().account().rate_limit.load(waiting, step) - 1.0;
        (self.earliest + step.min(FAR / 1_000).mul_f64(slower.min(1_000.0))).min(self.started + self.timeout())
    }

    /// Waits until the next poll may be made, at the timeout at the latest.
    async fn acquire(&mut self) -> Result<Permit, Denied> {
        let timeout = self.started + self.timeout();
        loop {
            self.hear();
            let request = PermitRequest::poll(self.task.id(), self.earliest, self.pause(), timeout);
            let request = if self.confirms { request.alone() } else { request };
            let permit = self.task.client().account().rate_limit.acquire(request);
            let Some(listener) = &self.listener else { return permit.await };
            if let Either::Left((permit, _)) = select(permit, pin!(listener.news(self.least()))).await {
                return permit;
            }
        }
    }

    fn pause(&self) -> Duration {
        let (schedule, age) = (&self.task.client().account().schedule, self.task.age());
        let pause = match self.listener.as_ref().filter(|listener| listener.is_expecting()) {
            Some(listener) => schedule.pause_with_callbacks(age, listener.lost()),
            None => schedule.pause(age),
        };
        pause.min(FAR)
    }

    /// Whether the poll at the timeout was made.
    fn is_over(&self) -> bool {
        self.seen.polls > 0 && self.started.elapsed() >= self.timeout()
    }

    fn at_timeout(&self) -> Item<S> {
        match self.last.snapshot() {
            // Only its audio is late: it is the task's result, whatever it lacks.
            Some(last) if last.is_done() => Ok(Update::Stage(last)),
            _ => Err(self.ended(Error::new(Kind::Timeout(self.timeout())))),
        }
    }

    /// What there is to tell after a poll, if anything.
    fn observe(&mut self, polled: Result<Polled<S>, Error<S>>) -> Option<Item<S>> {
        self.seen.polls += 1;
        self.confirms = false;
        self.earliest = Instant::now() + self.pause();
        match polled {
            Ok(Polled::Snapshot(snapshot)) => {
                self.failures = 0;
                self.last = Last::new(&snapshot);
                self.judge(snapshot)
            }
            Ok(Polled::NoSuchTask(failure)) => {
                self.seen.not_known += 1;
                let age = self.task.age().unwrap_or_else(|| self.started.elapsed());
                (age >= S::api().poll.patience).then(|| {
                    self.task.client().account().lose(self.task.id());
                    Err(self.ended(failure.into()))
                })
            }
            Err(error) => Some(self.failed(error)),
        }
    }

    /// What there is to tell of a snapshot, if anything.
    fn judge(&mut self, snapshot: Snapshot<S>) -> Option<Item<S>> {
        let is_news = match snapshot.progress() {
            Progress::Running(stage) => stage.map_or(Rank::NOTHING, Rank::running) > self.told,
            Progress::Done => snapshot.has_output() || self.has_settled(),
            Progress::Failed => {
                let message = snapshot.error_message.clone();
                return Some(Err(self.ended(Failure::new(Kind::Failed).with_message(message).into())));
            }
        };
        if let Progress::Running(Some(stage)) = snapshot.progress() {
            self.told = self.told.max(Rank::running(stage));
        }
        is_news.then_some(Ok(Update::Stage(snapshot)))
    }

    /// Whether a task that is done without output was given the time that the spec allows for it.
    fn has_settled(&mut self) -> bool {
        let since = **self.done_since.get_or_insert_with(|| Box::new(Instant::now()));
        since.elapsed() >= S::api().poll.settle || self.started.elapsed() >= self.timeout()
    }

    /// A poll that failed ends the wait only if the next cannot do better, or too many have failed.
    fn failed(&mut self, error: Error<S>) -> Item<S> {
        self.seen.failed += 1;
        self.task.client().account().counters.failed_polls.add();
        self.failures += u32::from(!error.is_about_rate());
        let error = error.with_handle(Some(self.task.handle()));
        if error.is_transient() && self.failures <= MOST_FAILURES {
            Ok(Update::PollFailed(error))
        } else {
            Err(self.ended(error))
        }
    }

    fn ended(&self, error: Error<S>) -> Error<S> {
        let Counts { polls, failed, not_known } = self.seen;
        let stats = WaitStats::new(polls, failed, not_known, self.started.elapsed());
        error.with_wait(self.task.handle(), stats).with_last(self.last.snapshot())
    }
}

/// Whether the task has ended.
fn is_end<S: Service>(item: &Item<S>) -> bool {
    match item {
        Ok(Update::Stage(snapshot)) => snapshot.is_done(),
        Ok(Update::PollFailed(_)) => false,
        Err(error) => error.is_failed(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tokio::time::advance;

    use super::*;
    use crate::transport::envelope::{self, Envelope};
    use crate::{Client, TaskHandle, UploadCover};

    const MINUTE: Duration = Duration::from_secs(60);

    fn follow(timeout: Duration) -> Follow<UploadCover> {
        let handle: TaskHandle =
            serde_json::from_value(json!({ "service": UploadCover::api().id, "task": "1" })).unwrap();
        Follow::new(Client::new("key").unwrap().resume(handle), timeout, true)
    }

    fn answer(code: u32, data: &Value) -> Result<Polled<UploadCover>, Error<UploadCover>> {
        let body = json!({ "code": code, "data": data }).to_string();
        let envelope = Envelope::read(UploadCover::api(), 200, body.as_bytes()).unwrap();
        Polled::read(UploadCover::api(), envelope, |message| message).map_err(|envelope| {
            let known = envelope::code(UploadCover::api(), envelope.code);
            Failure::new(Kind::Refused).with_code(envelope.code, known, None).into()
        })
    }

    fn status(name: &str) -> Result<Polled<UploadCover>, Error<UploadCover>> {
        answer(200, &json!({ "status": name }))
    }

    fn is_silent(item: Option<&Item<UploadCover>>) -> bool {
        matches!(item, None | Some(Ok(Update::PollFailed(_))))
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_is_not_known_is_waited_for_a_minute_and_no_longer() {
        let mut follow = follow(10 * MINUTE);
        assert!(follow.observe(answer(404, &Value::Null)).is_none());
        advance(Duration::from_secs(59)).await;
        assert!(follow.observe(answer(422, &Value::Null)).is_none());
        advance(Duration::from_secs(1)).await;
        let error = follow.observe(answer(404, &Value::Null)).unwrap().unwrap_err();
        assert!(error.is_not_found() && error.handle().is_some(), "{error:?}");
        assert_eq!(error.wait_stats(), Some(WaitStats::new(3, 0, 3, MINUTE)));
    }

    #[tokio::test(start_paused = true)]
    async fn success_without_audio_is_given_a_minute_for_it() {
        let late = json!({ "status": "SUCCESS", "response": { "sunoData": [{ "id": "a", "audioUrl": null }] } });
        let mut follow = follow(10 * MINUTE);
        assert!(follow.observe(answer(200, &late)).is_none());
        advance(MINUTE).await;
        let Some(Ok(Update::Stage(cover))) = follow.observe(answer(200, &late)) else { panic!("not done") };
        assert!(cover.is_done() && !cover.has_output(), "{cover:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn success_without_audio_is_the_result_at_the_timeout() {
        let mut follow = follow(MINUTE / 2);
        assert!(follow.observe(status("SUCCESS")).is_none());
        advance(MINUTE / 2).await;
        assert!(follow.is_over());
        assert!(matches!(follow.at_timeout(), Ok(Update::Stage(cover)) if cover.is_done()));
    }

    #[tokio::test(start_paused = true)]
    async fn failures_are_told_and_end_the_wait_only_when_too_many_come_in_a_row() {
        let mut follow = follow(10 * MINUTE);
        for _ in 0..3 {
            for _ in 0..MOST_FAILURES {
                assert!(matches!(follow.observe(answer(500, &Value::Null)), Some(Ok(Update::PollFailed(_)))));
            }
            assert!(follow.observe(status("GENERATING")).is_none());
        }
        for _ in 0..MOST_FAILURES {
            assert!(is_silent(follow.observe(answer(500, &Value::Null)).as_ref()));
        }
        let error = follow.observe(answer(500, &Value::Null)).unwrap().unwrap_err();
        assert_eq!(
            (error.code(), error.wait_stats().map(|stats| stats.failed)),
            (Some(500), Some(4 * MOST_FAILURES + 1))
        );
        assert!(error.handle().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn answers_that_only_ask_for_patience_end_no_wait() {
        let mut follow = follow(10 * MINUTE);
        for _ in 0..100 {
            for code in [405, 430, 455] {
                assert!(matches!(follow.observe(answer(code, &Value::Null)), Some(Ok(Update::PollFailed(_)))));
            }
        }
    }
}
