//! Waiting for a task: polls with pauses between them, until the task is done or the deadline has passed.

use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use tokio::time::{Instant, sleep_until};

use super::error::Kind;
use super::poll::{Polled, Progress};
use super::{Error, Service, Snapshot, Task};

/// So many polls in a row may fail before a wait gives up.
const MOST_MISSES: u32 = 8;
/// As good as never, and safe to add to any instant.
const FAR: Duration = Duration::from_secs(30 * 365 * 86_400);

/// A wait for a task. Awaiting it gives the task once it is done.
#[must_use = "nothing is awaited before `.await` or `.updates()`"]
pub struct Wait<S: Service> {
    task: Task<S>,
    deadline: Duration,
}

impl<S: Service> Wait<S> {
    pub(super) fn new(task: Task<S>) -> Self {
        Self { task, deadline: S::api().poll.deadline }
    }

    /// How long to wait, from now on; the spec says it otherwise. The last poll falls on it.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The stages as they come: each once, none after a later one, the last when the task is done.
    ///
    /// ```no_run
    /// # async fn example(task: cover_api::Task) -> Result<(), cover_api::Error> {
    /// let mut updates = task.wait().updates();
    /// while let Some(snapshot) = updates.next().await {
    ///     println!("{}", snapshot?.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn updates(self) -> Updates<S> {
        Updates { state: State::Ready(Box::new(Follow::new(self.task, self.deadline))) }
    }
}

impl<S: Service> IntoFuture for Wait<S> {
    type Output = Result<Snapshot<S>, Error<S>>;
    type IntoFuture = Boxed<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let mut follow = Follow::new(self.task, self.deadline);
        Box::pin(async move {
            loop {
                let snapshot = follow.next().await?;
                if snapshot.is_done() {
                    return Ok(snapshot);
                }
            }
        })
    }
}

/// The stages of a task as they come. A [`Stream`]; without any helpers, [`Updates::next`] gives the items, too.
///
/// It ends after the task is done, or after an error.
#[must_use = "nothing is polled before `.next()`"]
pub struct Updates<S: Service> {
    state: State<S>,
}

enum State<S: Service> {
    Ready(Box<Follow<S>>),
    Busy(Boxed<(Box<Follow<S>>, Item<S>)>),
    Over,
}

/// A future on the heap.
pub(super) type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

type Item<S> = Result<Snapshot<S>, Error<S>>;

impl<S: Service> Updates<S> {
    /// The next stage; `None` after the last. A future that is dropped loses nothing: the next one goes on.
    pub async fn next(&mut self) -> Option<Item<S>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<S: Service> Stream for Updates<S> {
    type Item = Item<S>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut busy = match std::mem::replace(&mut self.state, State::Over) {
            State::Over => return Poll::Ready(None),
            State::Busy(busy) => busy,
            State::Ready(mut follow) => Box::pin(async move {
                let item = follow.next().await;
                (follow, item)
            }),
        };
        match busy.as_mut().poll(context) {
            Poll::Pending => {
                self.state = State::Busy(busy);
                Poll::Pending
            }
            Poll::Ready((follow, item)) => {
                if item.as_ref().is_ok_and(|snapshot| !snapshot.is_done()) {
                    self.state = State::Ready(follow);
                }
                Poll::Ready(Some(item))
            }
        }
    }
}

/// A wait under way.
struct Follow<S: Service> {
    task: Task<S>,
    started: Instant,
    deadline: Duration,
    /// When the next poll is due; `None` before the first.
    due: Option<Instant>,
    /// The last stage that was told.
    told: Option<u32>,
    /// Since when the task is done without audio.
    done_since: Option<Instant>,
    misses: u32,
    last: Option<Snapshot<S>>,
}

impl<S: Service> Follow<S> {
    fn new(task: Task<S>, deadline: Duration) -> Self {
        let (told, done_since, last) = (None, None, None);
        let deadline = deadline.min(FAR);
        Self { task, started: Instant::now(), deadline, due: None, told, done_since, misses: 0, last }
    }

    /// Polls until there is something to tell.
    async fn next(&mut self) -> Item<S> {
        loop {
            if self.is_over() {
                return self.at_deadline();
            }
            self.pause().await;
            let polled = self.task.poll_once().await;
            if let Some(item) = self.observe(polled) {
                return item;
            }
        }
    }

    /// What there is to tell after a poll, if anything.
    fn observe(&mut self, polled: Result<Polled<S>, Error<S>>) -> Option<Item<S>> {
        match polled {
            Ok(Polled::Snapshot(snapshot)) => {
                self.misses = 0;
                self.last = Some(snapshot.clone());
                self.judge(snapshot)
            }
            Ok(Polled::NoSuchTask(..)) if self.started.elapsed() < S::api().poll.patience => None,
            Ok(Polled::NoSuchTask(code, message)) => {
                Some(Err(self.ended(Error::new(Kind::NoSuchTask).with_code(code, message))))
            }
            Err(error) => self.missed(error),
        }
    }

    /// Has the poll at the deadline been made?
    fn is_over(&self) -> bool {
        self.due.is_some() && self.started.elapsed() >= self.deadline
    }

    fn at_deadline(&self) -> Item<S> {
        match &self.last {
            // Only its audio is late: it is the task's result, whatever it lacks.
            Some(last) if last.is_done() => Ok(last.clone()),
            _ => Err(self.ended(Error::new(Kind::Deadline(self.deadline)))),
        }
    }

    /// Sleeps until the next poll is due, at the deadline at the latest. Before the first it does not sleep.
    async fn pause(&mut self) {
        if let Some(due) = self.due {
            sleep_until(due.min(self.started + self.deadline)).await;
        }
        self.due = Some(Instant::now() + spread(self.task.client().every(), random()));
    }

    /// What there is to tell of a snapshot, if anything.
    fn judge(&mut self, snapshot: Snapshot<S>) -> Option<Item<S>> {
        let is_news = match snapshot.progress() {
            Progress::Running(stage) => stage > self.told,
            Progress::Done => snapshot.has_audio() || self.has_settled(),
            Progress::Failed => {
                let message = snapshot.error_message.clone();
                return Some(Err(self.ended(Error::new(Kind::Failed).with_message(message))));
            }
        };
        if let Progress::Running(Some(stage)) = snapshot.progress() {
            self.told = self.told.max(Some(stage));
        }
        is_news.then_some(Ok(snapshot))
    }

    /// Was a task that is done without audio given the time that the spec allows for it?
    fn has_settled(&mut self) -> bool {
        let since = *self.done_since.get_or_insert_with(Instant::now);
        since.elapsed() >= S::api().poll.settle || self.started.elapsed() >= self.deadline
    }

    /// A poll that failed ends the wait only if the next cannot do better, or too many have failed.
    fn missed(&mut self, error: Error<S>) -> Option<Item<S>> {
        self.misses += 1;
        if !error.is_transient() || self.misses > MOST_MISSES {
            return Some(Err(self.ended(error)));
        }
        if let Some(after) = error.slow_down() {
            self.due = self.due.max(Some(Instant::now() + after));
        }
        None
    }

    fn ended(&self, error: Error<S>) -> Error<S> {
        error.with_handle(Some(self.task.handle())).with_last(self.last.clone())
    }
}

/// A time between the least and the most; `random` is from 0 to 1.
fn spread(every: [Duration; 2], random: f64) -> Duration {
    let [least, most] = every.map(|time| time.min(FAR));
    least + most.saturating_sub(least).mul_f64(random.clamp(0.0, 1.0))
}

/// From 0 to 1. The keys of the standard library's hash maps are random, which is enough to keep waits apart.
#[expect(clippy::cast_precision_loss, reason = "a few bits less do not matter")]
fn random() -> f64 {
    RandomState::new().hash_one(()) as f64 / u64::MAX as f64
}

impl<S: Service> fmt::Debug for Wait<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").field("task", &self.task).field("deadline", &self.deadline).finish()
    }
}

impl<S: Service> fmt::Debug for Updates<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Updates").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tokio::time::advance;

    use super::*;
    use crate::runtime::envelope::Envelope;
    use crate::{Client, TaskHandle, UploadCover};

    const MINUTE: Duration = Duration::from_secs(60);

    fn follow(deadline: Duration) -> Follow<UploadCover> {
        let handle: TaskHandle =
            serde_json::from_value(json!({ "service": UploadCover::api().id, "task": "1" })).unwrap();
        Follow::new(Client::new("key").unwrap().resume(handle), deadline)
    }

    fn answer(code: u32, data: &Value) -> Result<Polled<UploadCover>, Error<UploadCover>> {
        let body = json!({ "code": code, "data": data }).to_string();
        let envelope = Envelope::read(UploadCover::api(), 200, body.as_bytes()).unwrap();
        Polled::read(UploadCover::api(), envelope, |message| message)
            .map_err(|envelope| Error::new(Kind::Refused).with_code(envelope.code, None))
    }

    fn status(name: &str) -> Result<Polled<UploadCover>, Error<UploadCover>> {
        answer(200, &json!({ "status": name }))
    }

    /// The times of the polls until the deadline, while nothing happens.
    async fn polls(mut follow: Follow<UploadCover>) -> Vec<Duration> {
        let mut times = Vec::new();
        while !follow.is_over() {
            follow.pause().await;
            times.push(follow.started.elapsed());
            assert!(follow.observe(status("GENERATING")).is_none());
        }
        times
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_poll_comes_at_once_and_the_last_at_the_deadline() {
        let times = polls(follow(300 * MINUTE)).await;
        assert_eq!(times.first(), Some(&Duration::ZERO));
        let last = times.last().unwrap();
        assert!(*last >= 300 * MINUTE && *last < 300 * MINUTE + Duration::from_secs(1), "{last:?}");
        let [least, most] = UploadCover::api().poll.every;
        for pair in times[..times.len() - 1].windows(2) {
            let pause = pair[1].saturating_sub(pair[0]);
            assert!(pause >= least && pause <= most + Duration::from_millis(2), "{pause:?}");
        }
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
    }

    #[tokio::test(start_paused = true)]
    async fn success_without_audio_is_given_a_minute_for_it() {
        let late = json!({ "status": "SUCCESS", "response": { "sunoData": [{ "id": "a", "audioUrl": null }] } });
        let mut follow = follow(10 * MINUTE);
        assert!(follow.observe(answer(200, &late)).is_none());
        advance(MINUTE).await;
        let cover = follow.observe(answer(200, &late)).unwrap().unwrap();
        assert!(cover.is_done() && !cover.has_audio(), "{cover:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn success_without_audio_is_the_result_at_the_deadline() {
        let mut follow = follow(MINUTE / 2);
        follow.pause().await;
        assert!(follow.observe(status("SUCCESS")).is_none());
        advance(MINUTE / 2).await;
        assert!(follow.is_over());
        assert!(follow.at_deadline().unwrap().is_done());
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_that_wants_to_be_left_alone_is_left_alone() {
        let mut follow = follow(10 * MINUTE);
        follow.pause().await;
        assert!(follow.observe(answer(455, &Value::Null)).is_none());
        let before = Instant::now();
        follow.pause().await;
        assert!(before.elapsed() >= MINUTE, "{:?}", before.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn misses_end_the_wait_only_when_too_many_come_in_a_row() {
        let mut follow = follow(10 * MINUTE);
        for _ in 0..3 {
            for _ in 0..MOST_MISSES {
                assert!(follow.observe(answer(500, &Value::Null)).is_none());
            }
            assert!(follow.observe(status("GENERATING")).is_none());
        }
        for _ in 0..MOST_MISSES {
            assert!(follow.observe(answer(500, &Value::Null)).is_none());
        }
        assert_eq!(follow.observe(answer(500, &Value::Null)).unwrap().unwrap_err().code(), Some(500));
    }

    #[test]
    fn pauses_lie_between_the_least_and_the_most() {
        let every = [Duration::from_secs(10), Duration::from_secs(30)];
        assert_eq!(spread(every, 0.0), Duration::from_secs(10));
        assert_eq!(spread(every, 0.5), Duration::from_secs(20));
        assert_eq!(spread(every, 1.0), Duration::from_secs(30));
        assert_eq!(spread([Duration::MAX; 2], 1.0), FAR);
    }

    #[test]
    fn random_numbers_differ_and_stay_within_bounds() {
        let numbers: Vec<f64> = (0..100).map(|_| random()).collect();
        assert!(numbers.iter().all(|number| (0.0..=1.0).contains(number)));
        assert!(numbers.windows(2).any(|pair| (pair[0] - pair[1]).abs() > 0.01));
    }
}
