//! Sends one paid POST: from a request to its task.
//!
//! [`send`] asks the ledger whether the purchase may be posted, and makes attempts until one has an outcome. Each attempt is an
//! [`exchange`](exchange::Exchange) that runs in its own Tokio task, so that dropping the caller loses nothing. A dropped `send`
//! leaves the following behind:
//!
//! | dropped while waiting for | left behind |
//! |---|---|
//! | the ledger, or another attempt of the same purchase | nothing |
//! | its own attempt, no byte handed over | a revoked attempt; the entry is ready, or was never recorded |
//! | its own attempt, bytes handed over | the attempt continues; the next equal send returns its task |
//! | the pause before the next attempt | a ready entry; nothing runs |

mod answer;
#[cfg(feature = "callback")]
pub(crate) mod claim;
mod conclude;
mod count;
mod evidence;
mod exchange;
mod fetch;
mod guard;
mod outcome;
mod outgoing;
mod recover;
mod reply;
mod retry;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use cover_spec::rules::Violations;
use cover_spec::tables::Credits;
use futures_util::future::select;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{Instrument, Span};

use crate::account::{Account, Operation};
use crate::attempt::{Handoff, Stop};
use crate::error::{BodySent, Evidence, Failure, Kind, KnownTask, OtherRequest, Recovery, Setup};
use crate::events;
use crate::ledger::{
    self, Attempt, AttemptId, Bought, Entry, EntryId, EntryState, Purchase, PurchaseState, Terms, look_up,
};
use count::{count_final, count_not_posted, count_report};
use exchange::Exchange;
use guard::Guard;
use outcome::{AttemptEnd, AttemptReport, Outcome};

pub(crate) use answer::{Answered, Purchased, hand_over, read};
pub(crate) use fetch::fetch;
pub(crate) use outcome::PurchasedTask;
pub(crate) use outgoing::OutgoingRequest;
pub(crate) use recover::{knows, recover};

/// How many tasks of a key may fail before it is posted no more, if the caller does not say it.
const MAX_FAILURES: u32 = 3;

/// A purchase and its request.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) purchase: Purchase,
    pub(crate) request: OutgoingRequest,
    /// The price of the request, if the spec has one.
    pub(crate) price: Option<Credits>,
    /// Recordings that are too long for the request, so that it must not be posted.
    pub(crate) too_long: Option<Violations>,
}

/// What the caller of a send accepts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SendOptions {
    pub(crate) after_failure: bool,
    pub(crate) max_failures: Option<u32>,
    pub(crate) may_charge_twice: bool,
    pub(crate) timeout: Option<Duration>,
}

/// Sends a request, unless the ledger says that it became a task or may have become one.
pub(crate) async fn send(
    operation: Arc<Operation>,
    order: Arc<Order>,
    options: SendOptions,
) -> Result<Purchased, Failure> {
    if Handle::try_current().is_err() {
        return Err(Failure::setup(Setup::NoRuntime));
    }
    let max_failures = options.after_failure.then(|| options.max_failures.unwrap_or(MAX_FAILURES));
    let terms = Terms { max_failures, consent: None };
    let give_up = options.timeout.and_then(|after| Some((Instant::now().checked_add(after)?, after)));
    let may_charge_twice = options.may_charge_twice;
    let uncounted = UncountedReport { account: Arc::clone(&operation.account), report: None };
    let (at, presence, number, first) = (None, 0, 0, None);
    let mut send = Send { operation, order, terms, may_charge_twice, give_up, at, presence, number, first, uncounted };
    let placed = send.run().await?;
    if !placed.was_posted {
        send.operation.account.counters.existing.add();
    }
    // Nothing is awaited from here on, so the future cannot be dropped in between.
    hand_over(&send.operation, placed)
}

/// A send under way.
struct Send {
    operation: Arc<Operation>,
    order: Arc<Order>,
    terms: Terms,
    may_charge_twice: bool,
    give_up: Option<(Instant, Duration)>,
    /// The entry of the send, once it is known.
    at: Option<EntryId>,
    /// The presence of this process before its last attempt.
    presence: u32,
    /// Number of attempts so far.
    number: u32,
    /// When the first attempt began.
    first: Option<Instant>,
    uncounted: UncountedReport,
}

/// What the state of the purchase means for the send.
enum NextStep {
    Post,
    /// Wait for the end of an attempt. `goes_on`: whether its outcome is that of this send.
    Wait {
        goes_on: bool,
    },
    LookAgain,
    Return(PurchasedTask),
}

impl Send {
    async fn run(&mut self) -> Result<PurchasedTask, Failure> {
        loop {
            if let Some(placed) = self.until_postable().await? {
                self.uncounted.report = None;
                return Ok(placed);
            }
            if let Some(too_long) = &self.order.too_long {
                return Err(Failure::new(Kind::TooLong).with_source(too_long.clone()));
            }
            match self.attempt().await? {
                AttemptEnd::Refused(previous) => {
                    self.number -= 1;
                    self.uncounted.report = previous;
                }
                AttemptEnd::Claimed { entry, task } => return Ok(self.placed(entry, task, None)),
                AttemptEnd::NotPosted(failure, previous) => return Err(self.not_posted(failure, previous)),
                AttemptEnd::Settled(report) => {
                    (self.at, self.first) = (Some(report.entry), self.first.or(Some(report.begun)));
                    if !self.may_follow(report.pause) {
                        count_report(&self.operation.account, &report);
                        return self.result(*report);
                    }
                    self.pause(report).await?;
                }
            }
        }
    }

    /// Waits until the purchase may be posted. Returns its task if it became one.
    async fn until_postable(&mut self) -> Result<Option<PurchasedTask>, Failure> {
        let local = Arc::clone(self.operation.account.ledger.local());
        loop {
            let (settled, written) = (local.next_settlement(), local.written_tasks());
            let (order, at, terms) = (Arc::clone(&self.order), self.at, self.terms);
            let standing = self.operation.account.ledger.run(move |rows| {
                let standing = look_up(rows, &order.purchase, at, terms)?;
                // A caller that receives the answer may delete it, so it is read together with the state.
                let bought = match &standing {
                    PurchaseState::Task(entry) => ledger::bought(rows, entry)?,
                    _ => Bought::Task,
                };
                Ok((standing, bought))
            });
            let standing = self.within(standing, false).await?;
            let unrecorded = |error| Failure::new(Kind::Unrecorded).with_source(error);
            let (standing, bought) = standing.map_err(unrecorded)?;
            if standing.task().is_some_and(|task| written.contains(task)) {
                // This process knew more about the task than the ledger when it looked.
                self.within(settled, false).await?;
                continue;
            }
            match self.step(standing, bought)? {
                NextStep::Post => return Ok(None),
                NextStep::Return(placed) => return Ok(Some(placed)),
                NextStep::LookAgain => {}
                NextStep::Wait { goes_on } => self.within(settled, goes_on).await?,
            }
        }
    }

    /// Returns the result of a future, or an error if the caller's timeout passes first.
    async fn within<T>(&self, future: impl Future<Output = T>, goes_on: bool) -> Result<T, Failure> {
        let Some((at, after)) = self.give_up else { return Ok(future.await) };
        timeout_at(at, future).await.map_err(|_| Failure::new(Kind::GaveUp { after, goes_on }))
    }

    fn step(&mut self, standing: PurchaseState, bought: Bought) -> Result<NextStep, Failure> {
        match standing {
            PurchaseState::Ready(at) => {
                self.at = at;
                Ok(NextStep::Post)
            }
            PurchaseState::Posting { entry, here: true } if entry.purchase.key == self.order.purchase.key => {
                self.at = Some(entry.id);
                Ok(NextStep::Wait { goes_on: true })
            }
            // An equal purchase without a key. If its body was revoked, its attempt charges nothing and ends soon.
            PurchaseState::Posting { entry, here: true } if !self.may_post(&entry) => {
                Ok(NextStep::Wait { goes_on: false })
            }
            PurchaseState::Posting { .. } => Err(Failure::new(Kind::InProgress)),
            PurchaseState::Unknown(_, attempt) if self.may_charge_twice && self.terms.consent.is_none() => {
                self.terms.consent = Some(attempt.id);
                Ok(NextStep::LookAgain)
            }
            PurchaseState::Unknown(_, attempt) => {
                let failure = Failure::new(Kind::OutcomeUnknown(self.why_unknown(&attempt)));
                Err(failure.with_recovery(self.recovery(attempt.id)))
            }
            PurchaseState::Task(entry) => {
                let placed = existing(&entry, bought);
                Ok(NextStep::Return(placed.expect("the rules refuse an entry that lacks its task")))
            }
            PurchaseState::Exhausted { entry, failures } => {
                let limit = self.terms.max_failures.unwrap_or_default().max(1);
                let failure = Failure::new(Kind::TooManyFailures { failures, limit });
                Err(failure.with_task(self.known_task(&entry)))
            }
            PurchaseState::OtherRequest(entry) => Err(self.conflict(&entry)),
        }
    }

    /// Returns why the outcome of an earlier attempt stands in the way. A consent has no effect while the attempt may still be sent.
    fn why_unknown(&self, attempt: &Attempt) -> Evidence {
        match self.terms.consent {
            Some(id) if id == attempt.id => Evidence::MayBeSent(attempt.may_be_sent_for(SystemTime::now())),
            _ => Evidence::EarlierAttempt,
        }
    }

    fn may_post(&self, entry: &Entry) -> bool {
        let local = self.operation.account.ledger.local();
        entry.attempt.is_some_and(|attempt| local.may_post(attempt))
    }

    /// Returns the failure of a key that belongs to another request, and what became of that.
    fn conflict(&self, entry: &Entry) -> Failure {
        let failure = |other| Failure::new(Kind::KeyConflict(other));
        match (entry.state, entry.attempt) {
            (EntryState::Posting, _) => failure(OtherRequest::InProgress),
            (EntryState::Unknown, Some(attempt)) => {
                failure(OtherRequest::Unknown).with_recovery(self.recovery(attempt))
            }
            _ => {
                let is_failed = entry.state == EntryState::Failed;
                let other = if is_failed { OtherRequest::Failed } else { OtherRequest::Bought };
                failure(other).with_task(self.known_task(entry))
            }
        }
    }

    /// Returns the task of an entry, unless the operation answers at once.
    fn known_task(&self, entry: &Entry) -> Option<KnownTask> {
        let placed = existing(entry, Bought::Task).filter(|_| self.operation.api.poll.is_some())?;
        Some(KnownTask { operation: &self.operation.api.id, id: placed.task, created: placed.created })
    }

    fn recovery(&self, attempt: AttemptId) -> Recovery {
        Recovery { operation: &self.operation.api.id, attempt, is_called_back: self.order.request.is_called_back() }
    }

    /// Makes one attempt in its own Tokio task, and waits for its end.
    async fn attempt(&mut self) -> Result<AttemptEnd, Failure> {
        let (stop, result) = (Arc::new(Stop::new()), Arc::new(Handoff::new()));
        let key = self.order.purchase.key.as_deref();
        let Some(tracked) = self.operation.account.tracker.track(key, &stop) else {
            return Ok(AttemptEnd::NotPosted(Failure::new(Kind::ShutDown), self.uncounted.report.take()));
        };
        self.number += 1;
        self.presence = self.operation.account.ledger.local().presence().number();
        // From here on, the attempt also counts the previous one.
        let previous = self.uncounted.report.take();
        let (operation, order, body_stop) = (Arc::clone(&self.operation), Arc::clone(&self.order), Arc::clone(&stop));
        let exchange = Exchange {
            operation: Arc::clone(&self.operation),
            order: Arc::clone(&self.order),
            terms: self.terms,
            at: self.at,
            number: self.number,
            first: self.first,
            stop: Arc::clone(&stop),
            guard: Guard::new(operation, order, body_stop, Arc::clone(&result), previous),
            tracked: Some(tracked),
        };
        tokio::spawn(exchange.run().instrument(Span::current()));
        let waiting = AttemptWaiter { account: Arc::clone(&self.operation.account), stop, result };
        let ended = poll_fn(|context| waiting.result.poll_take(context));
        match self.within(ended, true).await {
            Err(_) => waiting.give_up(self.give_up.map_or(Duration::ZERO, |(_, after)| after)),
            ended => ended,
        }
    }

    fn may_follow(&self, pause: Option<Duration>) -> bool {
        let elapsed = self.first.map_or(Duration::ZERO, |first| first.elapsed());
        let is_in_time = |pause: Duration| elapsed.saturating_add(pause) <= self.operation.account.retry_window;
        self.number < self.operation.account.max_attempts && pause.is_some_and(is_in_time)
    }

    /// Waits until the next attempt may begin. Nothing runs in the meantime.
    async fn pause(&mut self, report: Box<AttemptReport>) -> Result<(), Failure> {
        let pause = report.pause.unwrap_or_default();
        events::retry(self.number, pause);
        self.uncounted.report = Some(report);
        let tracker = Arc::clone(&self.operation.account.tracker);
        self.within(select(pin!(sleep(pause)), pin!(tracker.closed())), false).await?;
        Ok(())
    }

    /// Returns why nothing was posted. If only the retry window has closed, it is the failure of the previous attempt.
    fn not_posted(&self, failure: Failure, previous: Option<Box<AttemptReport>>) -> Failure {
        if let (Kind::NoPermit(_), Some(previous)) = (&failure.kind, previous) {
            count_report(&self.operation.account, &previous);
            return self.result(*previous).err().unwrap_or(failure);
        }
        count_not_posted(&self.operation.account, &failure);
        failure
    }

    /// Returns the result of the send if no attempt follows this one.
    fn result(&self, report: AttemptReport) -> Result<PurchasedTask, Failure> {
        match report.outcome {
            Outcome::Task(task, _) => Ok(self.placed(report.entry, task, None)),
            Outcome::Answer(bytes) => Ok(self.placed(report.entry, report.id.to_string(), Some(bytes))),
            Outcome::Refused(failure) | Outcome::NotSent(failure) | Outcome::Unknown { failure, .. } => Err(failure),
        }
    }

    /// Returns a task that this send created, or an answer that it got.
    fn placed(&self, entry: EntryId, task: String, answer: Option<Bytes>) -> PurchasedTask {
        let (created, has_ended) = (Some(SystemTime::now()), answer.is_some());
        let bought = answer.map_or(Bought::Task, |bytes| Bought::Answer(Some(bytes)));
        let has_key = self.order.purchase.key.is_some();
        let presence = Some(self.presence);
        PurchasedTask { entry, task, created, was_posted: true, presence, has_ended, has_key, bought }
    }
}

/// An attempt that another one may follow. If none does, it is counted as the last.
struct UncountedReport {
    account: Arc<Account>,
    report: Option<Box<AttemptReport>>,
}

impl Drop for UncountedReport {
    fn drop(&mut self) {
        if let Some(report) = &self.report {
            count_report(&self.account, report);
        }
    }
}

/// The caller's side of an attempt. If it is dropped before the end, it revokes the body.
struct AttemptWaiter {
    account: Arc<Account>,
    stop: Arc<Stop>,
    result: Arc<Handoff<AttemptEnd>>,
}

impl AttemptWaiter {
    /// Gives up after the caller's timeout.
    fn give_up(self, after: Duration) -> Result<AttemptEnd, Failure> {
        let goes_on = self.stop.revoke() != BodySent::Nothing;
        // The attempt may have ended in the meantime.
        self.result.leave().ok_or_else(|| Failure::new(Kind::GaveUp { after, goes_on }))
    }
}

impl Drop for AttemptWaiter {
    fn drop(&mut self) {
        self.stop.revoke();
        if let Some(ended) = self.result.leave() {
            count_final(&self.account, &ended);
        }
    }
}

/// Returns the task of an entry that existed before.
pub(crate) fn existing(entry: &Entry, bought: Bought) -> Option<PurchasedTask> {
    let created = entry.attempt.and_then(|attempt| SystemTime::now().checked_sub(attempt.age()));
    let has_ended = entry.state.has_ended();
    let (has_key, entry, task) = (entry.purchase.key.is_some(), entry.id, entry.task.clone()?);
    Some(PurchasedTask { entry, task, created, was_posted: false, presence: None, has_ended, has_key, bought })
}
