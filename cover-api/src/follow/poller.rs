//! One wait for a task: when it polls, and what an answer means for it.

use std::pin::pin;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::time::{Instant, timeout_at};

use super::answer::Polled;
use super::poll::{conclude, poll};
use super::update::{Item, Update};
use crate::account::Account;
use crate::error::{Error, Failure, Kind, WaitStats};
use crate::events;
use crate::handle::TaskHandle;
use crate::inbox::{Listener, Rank};
use crate::rate_limit::{Denied, Permit, PermitRequest};
use crate::schedule::backoff;
use crate::service::Service;
use crate::snapshot::{Progress, Snapshot};

/// How long after its timeout a wait ends at the latest: its last poll may take that long.
const GRACE: Duration = Duration::from_millis(500);
/// Number of failures in a row after which polls are as rare as where the service refuses the key.
const REFUSED: u32 = 7;
/// Longer than any wait, and safe to add to any instant.
const FAR: Duration = Duration::from_secs(30 * 365 * 86_400);

/// A wait under way. Many are held for long, so that what is rare stands on the heap.
pub(super) struct Poller<S: Service> {
    account: Arc<Account>,
    handle: TaskHandle<S>,
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
    /// Since when the task is done without output.
    done_since: Option<Box<Instant>>,
    /// Since when the service does not know the task any more that it knew before.
    gone_since: Option<Box<Instant>>,
    /// Polls in a row that failed.
    failures: u32,
    /// What the last of them said.
    last_failure: Option<Box<str>>,
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
            None => Self::Snapshot(Box::new(snapshot.to_keep())),
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

impl<S: Service> Poller<S> {
    /// `stages`: whether more is wanted than the end. Otherwise, a task that was only just created is not polled at once. Neither is
    /// one whose callbacks are expected.
    pub(super) fn new(account: Arc<Account>, handle: TaskHandle<S>, timeout: Duration, stages: bool) -> Self {
        let started = Instant::now();
        let listener = account.link.as_ref().map(|link| Box::new(link.inbox.listen(handle.id())));
        let mut poller = Self {
            account,
            handle,
            started,
            timeout: u64::try_from(timeout.min(FAR).as_nanos()).unwrap_or(u64::MAX),
            earliest: started,
            told: Rank::NOTHING,
            stages,
            confirms: false,
            listener,
            done_since: None,
            gone_since: None,
            failures: 0,
            last_failure: None,
            seen: Counts::default(),
            last: Last::Nothing,
        };
        if poller.is_expecting() || (!stages && poller.is_fresh()) {
            poller.earliest += poller.pause();
        }
        poller
    }

    fn timeout(&self) -> Duration {
        Duration::from_nanos(self.timeout)
    }

    /// When the wait is over, whatever a poll in flight does.
    pub(super) fn end(&self) -> Instant {
        self.started + self.timeout() + GRACE
    }

    /// Whether its task was created too recently for a poll to bring anything.
    fn is_fresh(&self) -> bool {
        self.handle.age().is_some_and(|age| age < self.account.schedule.every[0])
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

    /// Sets whom callbacks wake. Call [`hear`](Self::hear) afterwards, since a callback may have come just before.
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

    /// Makes the next poll once it has a permit, and returns its update, if it has any.
    pub(super) async fn once(&mut self) -> Option<Item<S>> {
        let item = match self.poll().await {
            Some(polled) => self.observe(polled)?,
            None => Err(self.timed_out()),
        };
        if is_end(&item)
            && let Some(last) = self.last.snapshot()
        {
            conclude(&self.account, &self.handle, &last);
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
        let polled = Box::pin(timeout_at(self.end(), poll(&self.account, &self.handle, permit))).await;
        if polled.is_err() {
            self.seen.polls += 1;
        }
        polled.ok()
    }

    /// How many requests of its key may be on their way at once.
    pub(super) fn places(&self) -> usize {
        self.account.rate_limit.places()
    }

    /// Before when there is nothing to do.
    pub(super) fn earliest(&self) -> Instant {
        self.earliest.min(self.started + self.timeout())
    }

    /// When its next poll is due where this many wait in all: all are slowed by the same factor.
    pub(super) fn due(&self, waiting: usize) -> Instant {
        if self.confirms {
            return self.earliest;
        }
        let step = self.pause();
        let slower = self.account.rate_limit.load(waiting, step) - 1.0;
        (self.earliest + step.min(FAR / 1_000).mul_f64(slower.min(1_000.0))).min(self.started + self.timeout())
    }

    /// Waits until the next poll may be made, at the timeout at the latest.
    async fn acquire(&mut self) -> Result<Permit, Denied> {
        loop {
            self.hear();
            let (step, last) = (self.pause(), self.started + self.timeout());
            // The last poll goes first, so that the wait ends with what is known then.
            let urgent = last - step.min(self.timeout() / 2);
            let request = PermitRequest::poll(self.handle.id(), self.earliest.min(last), step);
            let request = request.urgent_from(urgent).until(self.end());
            let request = if self.confirms { request.alone() } else { request };
            let permit = self.account.rate_limit.acquire(request);
            let Some(listener) = &self.listener else { return permit.await };
            if let Either::Left((permit, _)) = select(permit, pin!(listener.news(self.least()))).await {
                return permit;
            }
        }
    }

    fn pause(&self) -> Duration {
        let (schedule, age) = (&self.account.schedule, self.handle.age());
        let pause = match self.listener.as_ref().filter(|listener| listener.is_expecting()) {
            Some(listener) => schedule.pause_with_callbacks(age, listener.lost()),
            None => schedule.pause(age),
        };
        backoff(pause, self.failures).min(FAR)
    }

    /// Whether the poll at the timeout was made.
    fn is_over(&self) -> bool {
        self.seen.polls > 0 && self.started.elapsed() >= self.timeout()
    }

    /// Why the wait ends once its timeout has passed.
    pub(super) fn timed_out(&mut self) -> Error<S> {
        let kind = match self.last.snapshot() {
            Some(last) if last.is_done() => Kind::NoOutput,
            _ => Kind::Timeout { after: self.timeout(), last_failure: self.last_failure.take().map(String::from) },
        };
        self.ended(Error::new(kind))
    }

    /// The update that a poll makes, if any.
    fn observe(&mut self, polled: Result<Polled<S>, Error<S>>) -> Option<Item<S>> {
        self.seen.polls += 1;
        self.confirms = false;
        let item = match polled {
            Ok(Polled::Snapshot(snapshot)) => {
                self.succeeded();
                (self.last, self.gone_since) = (Last::new(&snapshot), None);
                self.judge(snapshot)
            }
            Ok(Polled::NoSuchTask(failure)) => {
                self.succeeded();
                self.not_known(failure)
            }
            // An id that cannot be asked about never can.
            Err(error) if error.is_setup() => Some(Err(self.ended(error))),
            Err(error) => Some(Ok(self.failed(error))),
        };
        self.earliest = Instant::now() + self.pause();
        item
    }

    fn succeeded(&mut self) {
        (self.failures, self.last_failure) = (0, None);
    }

    /// The update that a snapshot makes, if any.
    fn judge(&mut self, snapshot: Snapshot<S>) -> Option<Item<S>> {
        let is_news = match snapshot.progress() {
            Progress::Running(stage) => stage.map_or(Rank::NOTHING, Rank::running) > self.told,
            Progress::Done if snapshot.has_output() => true,
            // Its output may be late.
            Progress::Done => return self.has_settled().then(|| Err(self.ended(Error::new(Kind::NoOutput)))),
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
        since.elapsed() >= S::api().poll.settle
    }

    /// The service does not know the task, which means "not yet" for a while.
    fn not_known(&mut self, failure: Failure) -> Option<Item<S>> {
        self.seen.not_known += 1;
        let age = match &self.last {
            Last::Nothing => self.handle.age().unwrap_or_else(|| self.started.elapsed()),
            // It was known, so that a single answer may come from a server that is behind.
            _ => self.gone_since.get_or_insert_with(|| Box::new(Instant::now())).elapsed(),
        };
        (age >= S::api().poll.patience).then(|| {
            self.account.lose(self.handle.id());
            Err(self.ended(failure.into()))
        })
    }

    /// A poll that failed says nothing of the task, so that the wait goes on, with growing pauses.
    fn failed(&mut self, error: Error<S>) -> Update<S> {
        self.seen.failed += 1;
        self.account.counters.failed_polls.add();
        if !error.is_about_rate() {
            self.failures = self.failures.saturating_add(1);
        }
        if error.is_unauthorized() || error.is_insufficient_credits() {
            self.failures = self.failures.max(REFUSED);
        }
        events::poll_failed(self.handle.id(), &error);
        self.last_failure = Some(error.to_string().into());
        Update::PollFailed(error.with_handle(Some(self.handle.clone())))
    }

    fn ended(&self, error: Error<S>) -> Error<S> {
        let Counts { polls, failed, not_known } = self.seen;
        let stats = WaitStats::new(polls, failed, not_known, self.started.elapsed());
        error.with_wait(self.handle.clone(), stats).with_last(self.last.snapshot())
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
    use std::sync::LazyLock;
    use std::time::SystemTime;

    use serde_json::{Value, json};
    use tokio::time::advance;

    use super::*;
    use crate::transport::envelope::Envelope;
    use crate::{Client, Status, TaskHandle, UploadCover};

    const MINUTE: Duration = Duration::from_secs(60);

    static CLIENT: LazyLock<Client> = LazyLock::new(|| Client::new("key").unwrap());

    fn poller(timeout: Duration) -> Poller<UploadCover> {
        let handle: TaskHandle =
            serde_json::from_value(json!({ "service": UploadCover::api().id, "task": "1" })).unwrap();
        Poller::new(Arc::clone(CLIENT.account()), handle, timeout, true)
    }

    fn answer(code: u32, data: &Value) -> Result<Polled<UploadCover>, Error<UploadCover>> {
        let body = json!({ "code": code, "data": data }).to_string();
        let envelope = Envelope::read(UploadCover::api(), 200, body.as_bytes()).unwrap();
        Ok(Polled::read(CLIENT.account(), "1", envelope)?)
    }

    fn status(name: &str) -> Result<Polled<UploadCover>, Error<UploadCover>> {
        answer(200, &json!({ "status": name }))
    }

    fn silence() -> Error<UploadCover> {
        Error::new(Kind::NoAnswer)
    }

    /// How long the wait pauses after this answer.
    fn pause_after(poller: &mut Poller<UploadCover>, polled: Result<Polled<UploadCover>, Error<UploadCover>>) -> u64 {
        let item = poller.observe(polled);
        assert!(!matches!(item, Some(Err(_))), "{item:?}");
        (poller.earliest - Instant::now()).as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_is_not_known_is_waited_for_a_minute_and_no_longer() {
        let mut poller = poller(10 * MINUTE);
        assert!(poller.observe(answer(404, &Value::Null)).is_none());
        advance(Duration::from_secs(59)).await;
        assert!(poller.observe(answer(422, &Value::Null)).is_none());
        advance(Duration::from_secs(1)).await;
        let error = poller.observe(answer(404, &Value::Null)).unwrap().unwrap_err();
        assert!(error.is_not_found() && error.handle().is_some(), "{error:?}");
        assert_eq!(error.wait_stats(), Some(WaitStats::new(3, 0, 3, MINUTE)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_was_known_is_gone_only_after_a_minute_of_such_answers() {
        let mut poller = poller(60 * MINUTE);
        assert!(matches!(poller.observe(status("PENDING")), Some(Ok(Update::Stage(_)))));
        advance(30 * MINUTE).await;
        assert!(poller.observe(answer(404, &Value::Null)).is_none());
        advance(MINUTE / 2).await;
        assert!(poller.observe(status("PENDING")).is_none(), "one server was behind");
        advance(MINUTE).await;
        assert!(poller.observe(answer(404, &Value::Null)).is_none());
        advance(MINUTE).await;
        assert!(poller.observe(answer(404, &Value::Null)).unwrap().is_err_and(|error| error.is_not_found()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_keeps_no_answer_of_a_task_that_goes_on() {
        let mut poller = poller(MINUTE);
        let tracks = json!([{ "id": "a", "audioUrl": "" }]);
        poller.observe(answer(200, &json!({ "status": "TEXT_SUCCESS", "response": { "sunoData": tracks } })));
        let error = poller.timed_out();
        let last = error.last_snapshot().unwrap();
        assert_eq!((last.tracks.len(), last.json()), (1, &Value::Null));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_is_done_without_output_is_given_a_minute_for_it() {
        let late = json!({ "status": "SUCCESS", "response": { "sunoData": [{ "id": "a", "audioUrl": null }] } });
        let mut poller = poller(10 * MINUTE);
        assert!(poller.observe(answer(200, &late)).is_none());
        advance(MINUTE).await;
        let error = poller.observe(answer(200, &late)).unwrap().unwrap_err();
        assert!(error.is_output_missing() && error.handle().is_some() && !error.is_timeout(), "{error}");
        let last = error.last_snapshot().unwrap();
        assert!(last.is_done() && !last.has_output() && last.tracks.len() == 1);
        assert_eq!(last.json()["data"], late);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_is_done_without_output_at_the_timeout_has_not_timed_out() {
        let mut poller = poller(MINUTE / 2);
        assert!(poller.observe(status("SUCCESS")).is_none());
        advance(MINUTE / 2).await;
        assert!(poller.is_over());
        let error = poller.timed_out();
        assert!(error.is_output_missing() && !error.is_timeout(), "{error}");
        assert_eq!(error.last_snapshot().unwrap().json()["data"]["status"], "SUCCESS");
    }

    #[tokio::test(start_paused = true)]
    async fn failed_polls_end_no_wait_and_its_pauses_grow_to_a_minute() {
        let mut poller = poller(24 * 60 * MINUTE);
        let pauses: Vec<u64> = (0..6).map(|_| pause_after(&mut poller, Err(silence()))).collect();
        assert_eq!(pauses, [10, 20, 40, 60, 60, 60]);
        for _ in 0..1_000 {
            assert_eq!(pause_after(&mut poller, answer(500, &Value::Null)), 60);
        }
        assert_eq!(pause_after(&mut poller, status("GENERATING")), 10, "the next outage begins anew");
        assert_eq!(pause_after(&mut poller, Err(silence())), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_is_refused_is_told_and_tried_again_once_a_minute() {
        for code in [401, 429] {
            let mut poller = poller(10 * MINUTE);
            let Some(Ok(Update::PollFailed(error))) = poller.observe(answer(code, &Value::Null)) else {
                panic!("{code} ended the wait")
            };
            assert!(error.is_unauthorized() || error.is_insufficient_credits(), "{error}");
            assert_eq!(poller.earliest - Instant::now(), MINUTE);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn answers_that_only_ask_for_patience_make_no_pause_longer() {
        let mut poller = poller(10 * MINUTE);
        for code in [405, 430, 455] {
            assert_eq!(pause_after(&mut poller, answer(code, &Value::Null)), 10);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_error_of_a_timeout_says_what_the_last_poll_said() {
        let mut poller = poller(MINUTE);
        assert!(poller.observe(answer(500, &Value::Null)).is_some());
        let text = poller.timed_out().to_string();
        assert!(text.contains("after 60s") && text.contains("code 500"), "{text}");
        assert!(poller.observe(status("GENERATING")).is_none());
        let error = poller.timed_out();
        assert!(error.is_timeout() && !error.is_output_missing(), "{error:?}");
        let text = error.to_string();
        assert!(!text.contains("500") && text.contains("status GENERATING"), "{text}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_counts_the_polls_and_how_many_of_them_failed() {
        let mut poller = poller(MINUTE);
        for polled in [Err(silence()), status("PENDING"), Err(silence()), answer(404, &Value::Null)] {
            poller.observe(polled);
        }
        advance(MINUTE).await;
        assert_eq!(poller.timed_out().wait_stats(), Some(WaitStats::new(4, 2, 1, MINUTE)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_is_over_after_its_timeout_and_at_least_one_poll() {
        let mut poller = poller(MINUTE);
        assert_eq!(poller.end() - Instant::now(), MINUTE + GRACE);
        advance(MINUTE).await;
        assert!(!poller.is_over(), "one poll is made after all");
        assert!(poller.observe(status("GENERATING")).is_none());
        assert!(poller.is_over());
        let mut poller = self::poller(MINUTE);
        assert!(poller.observe(status("GENERATING")).is_none());
        advance(Duration::from_millis(59_999)).await;
        assert!(!poller.is_over());
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_just_sent_is_not_polled_at_once_unless_stages_are_wanted() {
        let first_poll = |age, stages| {
            let created = SystemTime::now() - Duration::from_secs(age);
            let handle = TaskHandle::created_at("1".to_owned(), created);
            let poller = Poller::<UploadCover>::new(Arc::clone(CLIENT.account()), handle, 10 * MINUTE, stages);
            poller.earliest - Instant::now()
        };
        assert!(first_poll(1, false) > Duration::from_secs(10));
        assert_eq!(first_poll(1, true), Duration::ZERO);
        assert_eq!(first_poll(11, false), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_poll_is_due_at_the_timeout_and_where_many_wait_all_are_slowed() {
        let mut poller = poller(5 * MINUTE);
        let started = Instant::now();
        assert!(poller.observe(status("GENERATING")).is_none());
        assert_eq!(poller.places(), 20);
        // A request every half second for each that waits.
        for (waiting, due) in [(1, 10), (20, 10), (40, 20), (200, 100), (100_000, 300)] {
            assert_eq!((poller.due(waiting) - started).as_secs(), due, "{waiting}");
        }
        poller.confirms = true;
        assert_eq!(poller.due(200), poller.earliest(), "what a callback said is confirmed at once");
        let mut short = self::poller(Duration::from_secs(5));
        assert!(short.observe(status("GENERATING")).is_none());
        assert_eq!(short.earliest() - started, Duration::from_secs(5));
    }

    /// What a poll that is told of says; `None` where nothing is told.
    fn told(poller: &mut Poller<UploadCover>, data: &Value) -> Option<Status> {
        match poller.observe(answer(200, data))? {
            Ok(Update::Stage(snapshot)) => Some(snapshot.status),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn each_stage_is_told_once_and_none_after_a_later_one() {
        let mut poller = poller(10 * MINUTE);
        let mut told = |status: &str| told(&mut poller, &json!({ "status": status }));
        let names = ["GENERATING", "PENDING", "PENDING", "FIRST_SUCCESS", "TEXT_SUCCESS", "PENDING", "FIRST_SUCCESS"];
        let stages = names.map(&mut told);
        let (pending, first) = (Some(Status::Pending), Some(Status::FirstSuccess));
        assert_eq!(stages, [None, pending, None, first, None, None, None]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_is_done_with_output_is_told_at_once_and_has_ended() {
        let track = json!([{ "id": "a", "audioUrl": "https://a.example/1.mp3" }]);
        let done = json!({ "status": "SUCCESS", "response": { "sunoData": track } });
        let item = poller(MINUTE).observe(answer(200, &done)).unwrap();
        assert!(matches!(&item, Ok(Update::Stage(snapshot)) if snapshot.has_output()), "{item:?}");
        assert!(is_end(&item));
        for running in [status("PENDING"), Err(silence())] {
            assert!(!is_end(&poller(MINUTE).observe(running).unwrap()));
        }
        assert!(is_end(&poller(MINUTE).observe(status("SENSITIVE_WORD_ERROR")).unwrap()));
        assert!(!is_end::<UploadCover>(&Err(poller(MINUTE).timed_out())), "the task goes on after a timeout");
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_task_ends_the_wait() {
        let mut poller = poller(MINUTE);
        let error = poller.observe(status("GENERATE_AUDIO_FAILED")).unwrap().unwrap_err();
        assert!(error.is_failed(), "{error}");
    }
}
