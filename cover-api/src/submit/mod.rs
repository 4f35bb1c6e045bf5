//! One paid POST: from a request to the task that it became.
//!
//! [`send`] asks the ledger whether the purchase may be posted, and makes attempts until one has an outcome. Each attempt is
//! an [`exchange`](exchange::Exchange) that runs in a task of its own, so that a caller that is dropped loses nothing: see the
//! table there. What a dropped `send` leaves behind:
//!
//! | dropped while waiting for | what is left |
//! |---|---|
//! | the ledger's answer, or another attempt of the same purchase | nothing |
//! | its own attempt, nothing handed over | the attempt is revoked; the entry is ready, or was never recorded |
//! | its own attempt, bytes handed over | the attempt goes on; its task is undelivered, and the next equal send returns it |
//! | the pause before the next attempt | the entry is ready, and nothing runs |

#[cfg(feature = "callback")]
mod claim;
mod conclude;
mod count;
mod evidence;
mod exchange;
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

use futures_util::future::select;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{Instrument, Span};

use crate::account::Account;
use crate::attempt::{Handoff, Stop};
use crate::error::{BodySent, Failure, Kind, KnownTask, Recovery, Seen, Setup};
use crate::events;
use crate::ledger::{Entry, EntryId, Purchase, Standing, Terms, look_up};
use count::{count_final, count_not_posted, count_report};
use exchange::Exchange;
use guard::Guard;
use outcome::{Ended, Outcome, Report};

#[cfg(feature = "callback")]
pub(crate) use claim::{Claim, MOST_LOOKUPS};
pub(crate) use outcome::Placed;
pub(crate) use outgoing::OutgoingBody;
pub(crate) use recover::{knows, recover};

/// What is to be bought.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) purchase: Purchase,
    pub(crate) body: OutgoingBody,
}

/// What the caller of a send accepts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Options {
    pub(crate) after_failure: bool,
    pub(crate) may_charge_twice: bool,
    pub(crate) timeout: Option<Duration>,
}

/// Sends a request, unless the ledger knows that it became a task, or that it may have.
pub(crate) async fn send(account: Arc<Account>, order: Arc<Order>, options: Options) -> Result<Placed, Failure> {
    if Handle::try_current().is_err() {
        return Err(Failure::setup(Setup::NoRuntime));
    }
    let terms = Terms { after_failure: options.after_failure, consent: None };
    let give_up = options.timeout.and_then(|after| Some((Instant::now().checked_add(after)?, after)));
    let may_charge_twice = options.may_charge_twice;
    let uncounted = Uncounted { account: Arc::clone(&account), report: None };
    let (at, number, first) = (None, 0, None);
    let mut send = Send { account, order, terms, may_charge_twice, give_up, at, number, first, uncounted };
    let placed = send.run().await?;
    // Nothing is awaited from here on, so that nobody can be dropped in between.
    send.account.deliver(placed.entry, &placed.task);
    if !placed.was_posted {
        send.account.counters.existing.add();
    }
    Ok(placed)
}

/// A send under way.
struct Send {
    account: Arc<Account>,
    order: Arc<Order>,
    terms: Terms,
    may_charge_twice: bool,
    give_up: Option<(Instant, Duration)>,
    /// The entry that it belongs to, once that is known.
    at: Option<EntryId>,
    /// How many attempts it has made.
    number: u32,
    /// When the first of them began.
    first: Option<Instant>,
    uncounted: Uncounted,
}

/// What a standing means for a send.
enum Step {
    Post,
    Wait,
    LookAgain,
    Return(Placed),
}

impl Send {
    async fn run(&mut self) -> Result<Placed, Failure> {
        loop {
            if let Some(placed) = self.until_postable().await? {
                self.uncounted.report = None;
                return Ok(placed);
            }
            match self.attempt().await? {
                Ended::Refused(previous) => {
                    self.number -= 1;
                    self.uncounted.report = previous;
                }
                Ended::Claimed { entry, task } => return Ok(placed(entry, task)),
                Ended::NotPosted(failure, previous) => return Err(self.not_posted(failure, previous)),
                Ended::Settled(report) => {
                    (self.at, self.first) = (Some(report.entry), self.first.or(Some(report.begun)));
                    if !self.may_follow(report.pause) {
                        count_report(&self.account, &report);
                        return report.result();
                    }
                    self.pause(report).await?;
                }
            }
        }
    }

    /// Looks the purchase up until it may be posted; the task where it became one.
    async fn until_postable(&mut self) -> Result<Option<Placed>, Failure> {
        let local = Arc::clone(self.account.ledger.local());
        loop {
            let settled = local.next_settlement();
            let (order, at, terms) = (Arc::clone(&self.order), self.at, self.terms);
            let standing = self.account.ledger.run(move |rows| look_up(rows, &order.purchase, at, terms));
            let standing = self.within(standing, false).await?;
            let standing = standing.map_err(|error| Failure::new(Kind::Unrecorded).with_source(error))?;
            match self.step(standing)? {
                Step::Post => return Ok(None),
                Step::Return(placed) => return Ok(Some(placed)),
                Step::LookAgain => {}
                Step::Wait => self.within(settled, true).await?,
            }
        }
    }

    /// The result of a future, unless the caller's timeout passes first.
    async fn within<T>(&self, future: impl Future<Output = T>, goes_on: bool) -> Result<T, Failure> {
        let Some((at, after)) = self.give_up else { return Ok(future.await) };
        timeout_at(at, future).await.map_err(|_| Failure::new(Kind::GaveUp { after, goes_on }))
    }

    fn step(&mut self, standing: Standing) -> Result<Step, Failure> {
        match standing {
            Standing::Ready(at) => {
                self.at = at;
                Ok(Step::Post)
            }
            Standing::Posting { entry, here: true } => {
                self.at = Some(entry.id);
                Ok(Step::Wait)
            }
            Standing::Posting { here: false, .. } => Err(Failure::new(Kind::InProgress)),
            Standing::Unknown(_, attempt) if self.may_charge_twice && self.terms.consent.is_none() => {
                self.terms.consent = Some(attempt.id);
                Ok(Step::LookAgain)
            }
            Standing::Unknown(_, attempt) => {
                let is_called_back = self.order.body.is_called_back();
                let recovery = Recovery { operation: &self.account.api.id, attempt: attempt.id, is_called_back };
                Err(Failure::new(Kind::OutcomeUnknown(Seen::Before)).with_recovery(recovery))
            }
            Standing::Task(entry) => {
                Ok(Step::Return(existing(&entry).expect("the rules refuse an entry that lacks its task")))
            }
            Standing::OtherRequest(entry) => {
                let task = existing(&entry).map(|placed| KnownTask { id: placed.task, created: placed.created });
                Err(Failure::new(Kind::KeyConflict).with_task(task))
            }
        }
    }

    /// Makes one attempt in a task of its own, and waits for its end.
    async fn attempt(&mut self) -> Result<Ended, Failure> {
        let (stop, result) = (Arc::new(Stop::new()), Arc::new(Handoff::new()));
        let key = self.order.purchase.key.as_deref();
        let Some(tracked) = self.account.tracker.track(key, &stop) else {
            return Ok(Ended::NotPosted(Failure::new(Kind::ShutDown), self.uncounted.report.take()));
        };
        self.number += 1;
        // From here on, the attempt counts the one before it, too.
        let (previous, is_called_back) = (self.uncounted.report.take(), self.order.body.is_called_back());
        let (account, body_stop) = (Arc::clone(&self.account), Arc::clone(&stop));
        let exchange = Exchange {
            account: Arc::clone(&self.account),
            order: Arc::clone(&self.order),
            terms: self.terms,
            at: self.at,
            number: self.number,
            first: self.first,
            stop: Arc::clone(&stop),
            guard: Guard::new(account, body_stop, Arc::clone(&result), previous, is_called_back),
            tracked: Some(tracked),
        };
        tokio::spawn(exchange.run().instrument(Span::current()));
        let waiting = Waiting { account: Arc::clone(&self.account), stop, result };
        let ended = poll_fn(|context| waiting.result.poll_take(context));
        match self.within(ended, true).await {
            Err(_) => waiting.give_up(self.give_up.map_or(Duration::ZERO, |(_, after)| after)),
            ended => ended,
        }
    }

    fn may_follow(&self, pause: Option<Duration>) -> bool {
        let elapsed = self.first.map_or(Duration::ZERO, |first| first.elapsed());
        let is_in_time = |pause: Duration| elapsed.saturating_add(pause) <= self.account.retry_window;
        self.number < self.account.max_attempts && pause.is_some_and(is_in_time)
    }

    /// Waits until the attempt after this one may begin. Nothing runs in the meantime.
    async fn pause(&mut self, report: Box<Report>) -> Result<(), Failure> {
        let pause = report.pause.unwrap_or_default();
        events::retry(self.number, pause);
        self.uncounted.report = Some(report);
        let account = Arc::clone(&self.account);
        self.within(select(pin!(sleep(pause)), pin!(account.tracker.closed())), false).await?;
        Ok(())
    }

    /// Why nothing was posted; where only the retry window has closed, why the attempt before failed.
    fn not_posted(&self, failure: Failure, previous: Option<Box<Report>>) -> Failure {
        if let (Kind::NoPermit(_), Some(previous)) = (&failure.kind, previous) {
            count_report(&self.account, &previous);
            return previous.result().err().unwrap_or(failure);
        }
        count_not_posted(&self.account, &failure);
        failure
    }
}

/// An attempt after which another one may follow. Where none does, it is counted as the last.
struct Uncounted {
    account: Arc<Account>,
    report: Option<Box<Report>>,
}

impl Drop for Uncounted {
    fn drop(&mut self) {
        if let Some(report) = &self.report {
            count_report(&self.account, report);
        }
    }
}

/// The caller's side of an attempt. Dropped before the end, it revokes what was not handed over.
struct Waiting {
    account: Arc<Account>,
    stop: Arc<Stop>,
    result: Arc<Handoff<Ended>>,
}

impl Waiting {
    /// The caller's timeout has passed.
    fn give_up(self, after: Duration) -> Result<Ended, Failure> {
        let goes_on = self.stop.revoke() != BodySent::Nothing;
        // It may have ended in this very moment.
        self.result.leave().ok_or_else(|| Failure::new(Kind::GaveUp { after, goes_on }))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.stop.revoke();
        if let Some(ended) = self.result.leave() {
            count_final(&self.account, &ended);
        }
    }
}

/// The task of an entry that was there before.
fn existing(entry: &Entry) -> Option<Placed> {
    let created = entry.attempt.and_then(|attempt| SystemTime::now().checked_sub(attempt.age()));
    let has_ended = entry.state.has_ended();
    entry.task.clone().map(|task| Placed { entry: entry.id, task, created, was_posted: false, has_ended })
}

/// A task that this send has created.
fn placed(entry: EntryId, task: String) -> Placed {
    Placed { entry, task, created: Some(SystemTime::now()), was_posted: true, has_ended: false }
}

impl Report {
    /// What the send returns where no other attempt follows.
    fn result(self) -> Result<Placed, Failure> {
        match self.outcome {
            Outcome::Task(task, _) => Ok(placed(self.entry, task)),
            Outcome::Refused(failure) | Outcome::NotSent(failure) | Outcome::Unknown { failure, .. } => Err(failure),
        }
    }
}
