//! From a request to its task: attempts, until one has an outcome.

use std::fmt;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::future::{Either, select};
use tokio::time::Instant;
use tracing::{Instrument, debug, info, info_span, warn};

use super::called::{Letter, Posted};
use super::client::Inner;
use super::envelope::{self, Envelope};
use super::error::{Kind, Seen};
use super::facts::{self, NoReply};
use super::ledger::{Note, Standing};
use super::pace::{Ask, Denied, Slot};
use super::submit::{self, Submitted};
use super::unknown::Fingerprint;
use super::wait::Boxed;
use super::wire::{Answer, End};
use super::written::{Trace, Traced};
use super::{Attempt, Client, CodeMeaning, Error, Service, Task, TaskHandle, Written};

/// After the first failure to connect, the next attempt follows within this time; after each further one, twice that.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const MOST_PAUSE: Duration = Duration::from_secs(30);

/// A request on its way. It is sent when this is first polled.
///
/// Where it is dropped before it gives a result, the request may have been charged: its outcome is unknown.
#[must_use = "nothing is sent before `.await`"]
pub struct Sending<S: Service>(Stage<S>);

enum Stage<S: Service> {
    Ready(Box<Submission<S>>),
    Busy(Boxed<Result<Task<S>, Error<S>>>),
    Over,
}

/// What is to be sent.
struct Submission<S: Service> {
    client: Client<S>,
    body: Result<Bytes, serde_json::Error>,
    label: Option<String>,
    may_charge_twice: bool,
}

impl<S: Service> Sending<S> {
    pub(super) fn new(client: Client<S>, body: Result<Vec<u8>, serde_json::Error>, may_charge_twice: bool) -> Self {
        let body = body.map(Bytes::from);
        Self(Stage::Ready(Box::new(Submission { client, body, label: None, may_charge_twice })))
    }

    /// What you call this request: it stands in the journal as it is given, beside what became of the request.
    #[cfg(feature = "journal")]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        if let Stage::Ready(submission) = &mut self.0 {
            submission.label = Some(label.into());
        }
        self
    }
}

impl<S: Service> Future for Sending<S> {
    type Output = Result<Task<S>, Error<S>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            match &mut self.0 {
                Stage::Busy(busy) => return busy.as_mut().poll(context),
                Stage::Over => return Poll::Pending,
                Stage::Ready(_) => {}
            }
            if let Stage::Ready(submission) = std::mem::replace(&mut self.0, Stage::Over) {
                let span = info_span!("send", service = %S::api().id);
                self.0 = Stage::Busy(Box::pin(submission.run().instrument(span)));
            }
        }
    }
}

impl<S: Service> Submission<S> {
    async fn run(self) -> Result<Task<S>, Error<S>> {
        let Self { client, body, label, may_charge_twice } = self;
        let body = body.map_err(|error| Error::new(Kind::Unwritable).with_source(error))?;
        let fingerprint = Fingerprint::of(&body);
        let unknown = &client.inner().unknown;
        if may_charge_twice {
            unknown.forget(fingerprint);
        } else if unknown.has(fingerprint) {
            return Err(Error::new(Kind::OutcomeUnknown(Seen::Before)));
        }
        let mut note = Note { service: &S::api().id, label, fingerprint, entry: None, attempt: None };
        let result = attempts(&client, &body, &mut note).await;
        conclude(&client, fingerprint, &result);
        match result {
            #[cfg(feature = "callback")]
            Err(error) => error.or_found(fingerprint).await,
            result => result,
        }
    }
}

/// Attempts, until one has an outcome or no other may follow.
async fn attempts<S: Service>(client: &Client<S>, body: &Bytes, note: &mut Note) -> Result<Task<S>, Error<S>> {
    let (most, within) = client.inner().tries;
    let letter = Letter::new(S::api(), client.inner().called.as_ref(), body.clone());
    let (mut number, mut began, mut earliest) = (1, None, Instant::now());
    loop {
        let slot = client.inner().pace.turn(Ask::send(earliest)).await.map_err(stopped)?;
        let began = *began.get_or_insert_with(Instant::now);
        let error = match attempt(client, &letter, note, number, slot).await {
            Ok(task) => return Ok(task),
            Err(error) => error,
        };
        let pause = pause(&error, number).filter(|pause| number < most && began.elapsed() + *pause <= within);
        let Some(pause) = pause else { return Err(error) };
        debug!(%error, ?pause, "nothing was created, it is sent again");
        client.inner().counters.resent.add();
        earliest = Instant::now() + pause;
        number += 1;
    }
}

fn stopped<S: Service>(denied: Denied) -> Error<S> {
    match denied {
        Denied::NoCredits => Error::new(Kind::Stopped),
        Denied::Late => Error::new(Kind::NoTurn(None)),
    }
}

/// When the next attempt may begin; `None`: never.
fn pause<S: Service>(error: &Error<S>, number: u32) -> Option<Duration> {
    let after = error.resend_after()?;
    if error.is_not_sent() { Some(full_jitter(number, random())) } else { Some(after) }
}

/// Anything up to a time that doubles with each attempt; `random` is from 0 to 1.
fn full_jitter(number: u32, random: f64) -> Duration {
    let most = FIRST_PAUSE.saturating_mul(1 << (number - 1).min(16)).min(MOST_PAUSE);
    most.mul_f64(random.clamp(0.0, 1.0))
}

/// From 0 to 1. The keys of the standard library's hash maps are random, which is enough to keep senders apart.
#[expect(clippy::cast_precision_loss, reason = "a few bits less do not matter")]
fn random() -> f64 {
    RandomState::new().hash_one(()) as f64 / u64::MAX as f64
}

/// One POST.
async fn attempt<S: Service>(
    client: &Client<S>,
    letter: &Letter<'_>,
    note: &mut Note,
    number: u32,
    mut slot: Slot,
) -> Result<Task<S>, Error<S>> {
    let inner = client.inner();
    let (body, posted) = letter.write(note.fingerprint);
    note.attempt = posted.map(|posted| posted.id);
    if let Err(error) = inner.ledger.write(note, Standing::Sending { attempt: number }).await {
        if let Some(posted) = posted {
            posted.board.failed(posted.id);
        }
        return Err(Error::new(Kind::NotNoted).with_source(error));
    }

    let (traced, trace) = Traced::new(body);
    let mut watch = Watch { inner, fingerprint: note.fingerprint, trace: &trace, posted, is_over: false };
    let (started, begun) = (SystemTime::now(), Instant::now());
    inner.counters.posts.add();
    let reply = inner.wire.post(client.address(&S::api().submit.path), &inner.auth, traced);
    let reply = reply_or_task(reply, posted).await;
    watch.is_over = true;

    let status = if let Either::Left(Ok(answer)) = &reply { Some(answer.status) } else { None };
    let attempt = Attempt { number, started, took: begun.elapsed(), written: trace.written(), status };
    let result = match reply {
        Either::Left(Ok(answer)) => replied(client, answer, &mut slot),
        Either::Left(Err(error)) => Err(match facts::judge(&*error, attempt.written) {
            NoReply::NotSent { again } => Error::new(Kind::NotSent).with_resend(again.then_some(Duration::ZERO)),
            NoReply::Unknown => Error::new(Kind::OutcomeUnknown(Seen::Nothing)),
        }
        .with_source(error)),
        Either::Right(task) => Ok(Task::new(client.clone(), TaskHandle::created_at(task.into(), started))),
    };
    drop(slot);
    let result = match posted {
        Some(posted) => told(client, posted, result).await,
        None => result,
    };
    let result = result.map_err(|error| error.with_attempt(attempt));
    if let Err(error) = inner.ledger.write(note, standing(&result)).await {
        // What is there says that it was being sent: after a crash it counts as unknown, which is safe.
        warn!(%error, "the outcome of a request was not written down");
    }
    result
}

/// The reply, or the task where a callback tells of it before that, and a poll confirms it.
async fn reply_or_task<R>(reply: impl Future<Output = R>, posted: Option<Posted<'_>>) -> Either<R, Box<str>> {
    let Some(Posted { board, id }) = posted else { return Either::Left(reply.await) };
    match select(pin!(reply), pin!(board.found(id))).await {
        Either::Left((reply, _)) => Either::Left(reply),
        Either::Right((Some(task), _)) => Either::Right(task),
        Either::Right((None, reply)) => Either::Left(reply.await),
    }
}

/// Tells the board what came of an attempt, and takes what callbacks have said of it in the meantime.
async fn told<S: Service>(
    client: &Client<S>,
    Posted { board, id }: Posted<'_>,
    result: Result<Task<S>, Error<S>>,
) -> Result<Task<S>, Error<S>> {
    let error = match result {
        Ok(task) => {
            board.became(id, task.id());
            return Ok(task);
        }
        Err(error) => error,
    };
    match error.handle() {
        Some(handle) => {
            board.became(id, handle.id());
        }
        None if error.is_outcome_unknown() => {
            if let Some(task) = board.settled(id).await {
                return Ok(client.found(id, task));
            }
            return Err(error.with_sought(client, id));
        }
        None => board.failed(id),
    }
    Err(error)
}

/// What a reply says, of the request and of the pace.
fn replied<S: Service>(client: &Client<S>, answer: Answer, slot: &mut Slot) -> Result<Task<S>, Error<S>> {
    let read = Envelope::of(S::api(), &answer);
    slot.answered(envelope::verdict(S::api(), &answer, &read));
    let Answer { status, retry_after, bytes, end } = answer;
    let (kind, code, task) = match submit::judge(S::api(), status, &bytes, read) {
        Submitted::Task(id) => return Ok(Task::new(client.clone(), TaskHandle::created_now(id))),
        Submitted::Refused(code) => (Kind::Refused, code, None),
        Submitted::Throttled(status) => {
            let rest = retry_after.unwrap_or(S::api().pace.window);
            return Err(Error::new(Kind::Refused)
                .with_meaning(status, CodeMeaning::RateLimited)
                .with_resend(Some(rest)));
        }
        Submitted::Redirected(status) => return Err(Error::new(Kind::Redirected(status))),
        Submitted::StoppedByProxy => return Err(Error::new(Kind::NotSent)),
        Submitted::Unknown { seen, code, task } => (Kind::OutcomeUnknown(seen), code, task),
    };
    let mut error = Error::new(kind).with_handle(task.map(TaskHandle::new));
    if let Some((code, message)) = code {
        error = error.with_code(code, client.fit(message));
    }
    if let End::Broken(source) = end {
        error = error.with_source(source);
    }
    Err(error)
}

fn standing<S: Service>(result: &Result<Task<S>, Error<S>>) -> Standing {
    match result {
        Ok(task) => Standing::Running { task: task.id().to_owned() },
        // The reply is broken, but the task is there.
        Err(error) => match error.handle() {
            Some(handle) => Standing::Running { task: handle.id().to_owned() },
            None if error.is_outcome_unknown() => Standing::Unknown,
            None => Standing::NotSent,
        },
    }
}

/// Counts what a request came to, and remembers it where that is not known.
fn conclude<S: Service>(client: &Client<S>, request: Fingerprint, result: &Result<Task<S>, Error<S>>) {
    let counters = &client.inner().counters;
    match result {
        Ok(task) => {
            counters.tasks.add();
            info!(task = %task.id(), "the task was created");
        }
        Err(error) if error.is_outcome_unknown() => {
            counters.unknown.add();
            client.inner().unknown.add(request);
            warn!(%error, "nobody knows whether it was charged");
        }
        Err(error) if error.is_not_sent() || error.is_setup() || error.attempt().is_none() => {
            counters.not_sent.add();
            info!(%error, "it was not sent");
        }
        Err(error) => {
            counters.refused.add();
            info!(%error, "nothing was created");
        }
    }
}

/// Sees to it that a request whose sending is dropped half way is not forgotten.
struct Watch<'a> {
    inner: &'a Inner,
    fingerprint: Fingerprint,
    trace: &'a Trace,
    posted: Option<Posted<'a>>,
    is_over: bool,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if !self.is_over && self.trace.written() != Written::Nothing {
            self.inner.unknown.add(self.fingerprint);
            self.inner.counters.unknown.add();
            if let Some(posted) = self.posted {
                posted.board.unknown(posted.id);
            }
            warn!("dropped half way: nobody knows whether it was charged");
        }
    }
}

impl<S: Service> fmt::Debug for Sending<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_have_an_end() {
        let most: Vec<u128> = (1..=8).map(|number| full_jitter(number, 1.0).as_millis()).collect();
        assert_eq!(most, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
        assert_eq!(full_jitter(5, 0.0), Duration::ZERO);
        assert_eq!(full_jitter(u32::MAX, 0.5), MOST_PAUSE / 2);
    }

    #[test]
    fn random_numbers_differ_and_stay_within_bounds() {
        let numbers: Vec<f64> = (0..100).map(|_| random()).collect();
        assert!(numbers.iter().all(|number| (0.0..=1.0).contains(number)));
        assert!(numbers.windows(2).any(|pair| (pair[0] - pair[1]).abs() > 0.01));
    }
}
