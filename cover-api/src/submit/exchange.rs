//! One attempt, owned by one spawned Tokio task: permit, intent, POST, settlement.
//!
//! At each `.await`, the task can be dropped with its runtime, or the process can die. The ledger then contains:
//!
//! | while waiting for | state in the ledger | because |
//! |---|---|---|
//! | the permit | no entry | nothing was recorded |
//! | the intent | posting, then ready or unknown | the guard settles by the body; after a crash it is unknown |
//! | the first byte, for more than half of the lease | posting, then ready | the body revokes itself |
//! | the reply | posting, then unknown | it is ready only if no byte was handed over |
//! | the settlement | the settled state | the ledger runs it whether or not it is awaited |

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cover_spec::answers::max_answer;
use futures_util::future::{Either, select};
use tokio::time::{Instant, sleep_until};

use super::guard::Guard;
use super::outcome::{AttemptEnd, AttemptReport, Outcome};
use super::{Order, evidence, reply, retry};
use crate::account::Operation;
use crate::attempt::{Revoked, SentBody, Stop, Tracked};
use crate::callback_link::CallbackLink;
use crate::error::{AttemptDetails, Failure, Kind, KnownTask};
use crate::events::{self, Purpose};
use crate::ledger::{Charge, EntryId, Intended, Overrun, TaskSource, Terms, intend};
use crate::rate_limit::{Denied, Permit, PermitRequest};
use crate::transport::envelope;

/// Everything that one attempt needs.
pub(super) struct Exchange {
    pub(super) operation: Arc<Operation>,
    pub(super) order: Arc<Order>,
    pub(super) terms: Terms,
    /// The entry of the send, once it has one.
    pub(super) at: Option<EntryId>,
    /// The number of the attempt within its send, counted from 1.
    pub(super) number: u32,
    /// When the first attempt of the send began.
    pub(super) first: Option<Instant>,
    pub(super) stop: Arc<Stop>,
    /// Created before the task is first polled, since a runtime that ends may never poll it.
    pub(super) guard: Guard,
    /// Lists the attempt in the tracker while it is under way.
    pub(super) tracked: Option<Tracked>,
}

impl Exchange {
    /// Runs the attempt to its end, whether or not the caller still waits.
    pub(super) async fn run(mut self) {
        match self.permit().await {
            Ok(permit) => self.record(permit).await,
            Err(failure) => {
                let previous = self.guard.previous.take();
                self.guard.end(AttemptEnd::NotPosted(failure, previous));
            }
        }
    }

    /// Waits for a permit, unless the send is given up or its retry window closes first.
    async fn permit(&self) -> Result<Permit, Failure> {
        let permit = self.operation.account.rate_limit.acquire(PermitRequest::send(Instant::now()));
        let last =
            self.first.filter(|_| self.number > 1).map(|first| first.checked_add(self.operation.account.retry_window));
        let closes = async {
            match last.flatten() {
                Some(last) => sleep_until(last).await,
                None => std::future::pending().await,
            }
        };
        let (mut stopped, mut closes) = (pin!(self.stop.revoked()), pin!(closes));
        match select(permit, select(&mut stopped, &mut closes)).await {
            Either::Left((Ok(permit), _)) => Ok(permit),
            Either::Left((Err(Denied::NoCredits), _)) => Err(Failure::new(Kind::Stopped)),
            Either::Left((Err(Denied::Late), _)) | Either::Right((Either::Right(_), _)) => {
                Err(Failure::new(Kind::NoPermit(None)))
            }
            Either::Right((Either::Left(_), _)) => Err(revoked(&self.operation, self.stop.why())),
        }
    }

    /// Records the intent, and posts only once it is durable.
    async fn record(&mut self, permit: Permit) {
        let id = self.guard.id;
        let account = &self.operation.account;
        let lease = account.lease;
        // Other processes measure the lease from the intent on, which is recorded later than this.
        self.stop.begin_within(lease / 2);
        self.guard.begin();
        let (order, at, terms) = (Arc::clone(&self.order), self.at, self.terms);
        let charge = Charge { price: order.price, limits: account.ledger.local().spend_limits(&account.name) };
        let intended =
            account.ledger.run(move |rows| intend(rows, &order.purchase, at, terms, &charge, id, lease)).await;
        match intended {
            Ok(Intended::Recorded { entry, .. }) => {
                self.guard.entry = Some(entry);
                self.guard.previous = None;
                self.post(permit, entry).await;
            }
            Ok(Intended::Refused(_)) => {
                permit.unused();
                self.guard.finish();
                let previous = self.guard.previous.take();
                self.guard.end(AttemptEnd::Refused(previous));
            }
            Ok(Intended::OverLimit(overrun)) => {
                permit.unused();
                self.guard.finish();
                let (previous, failure) = (self.guard.previous.take(), Failure::new(self.over_limit(overrun)));
                self.guard.end(AttemptEnd::NotPosted(failure, previous));
            }
            Err(error) => {
                permit.unused();
                let previous = self.guard.previous.take();
                self.guard.end(AttemptEnd::NotPosted(Failure::new(Kind::Unrecorded).with_source(error), previous));
                // A shutdown need not wait for this attempt.
                self.tracked = None;
                self.guard.withdraw().await;
            }
        }
    }

    fn over_limit(&self, overrun: Overrun) -> Kind {
        let Overrun { limit, spent, price } = overrun;
        match price {
            Some(price) => Kind::OverLimit { price, spent, limit: limit.credits, period: limit.period },
            None => Kind::NoPrice(&self.operation.api.id),
        }
    }

    async fn post(&mut self, permit: Permit, entry: EntryId) {
        let (started, begun) = (SystemTime::now(), Instant::now());
        let operation = Arc::clone(&self.operation);
        let link = operation.link.as_deref().filter(|_| self.order.request.is_called_back());
        let (outcome, status) = self.outcome(permit, link).await;
        let outcome = match (outcome, link) {
            (outcome @ Outcome::Unknown { .. }, Some(link)) => {
                link.inbox.mark_reply_ended(self.guard.id);
                match link.inbox.wait_for_claim(self.guard.id).await {
                    Some(task) => Outcome::Task(task.into(), TaskSource::Claim),
                    None => outcome,
                }
            }
            (outcome, _) => outcome,
        };
        let attempt = AttemptDetails::new(self.number, started, begun.elapsed(), self.stop.revoke(), status);
        let report = self.report(entry, outcome, attempt, begun);
        self.guard.settle(report, link).await;
    }

    /// Sends the POST. Returns its outcome, decided by the reply or by the error of the connection, and the HTTP status.
    async fn outcome(&mut self, mut permit: Permit, link: Option<&CallbackLink>) -> (Outcome, Option<u16>) {
        let (operation, stop) = (Arc::clone(&self.operation), Arc::clone(&self.stop));
        if let Err(why) = stop.check() {
            permit.unused();
            return (Outcome::NotSent(revoked(&operation, why)), None);
        }
        if permit.is_void() {
            permit.unused();
            return (Outcome::NotSent(Failure::new(Kind::NoPermit(None)).with_resend(Some(Duration::ZERO))), None);
        }
        let written = self.order.request.write(&operation, self.guard.id);
        let (head, bytes) = match written {
            Ok(written) => written,
            Err(failure) => {
                permit.unused();
                return (Outcome::NotSent(failure), None);
            }
        };
        let body = match SentBody::new(bytes, Arc::clone(&stop)) {
            Ok(body) => body,
            Err(why) => {
                permit.unused();
                return (Outcome::NotSent(revoked(&operation, why)), None);
            }
        };
        operation.account.counters.posts.add();
        if self.number > 1 {
            operation.account.counters.resent.add();
        }
        let begun = Instant::now();
        let reply = operation.account.transport.submit(head, body, max_answer(operation.api));
        let mut reply = pin!(self.guard.await_reply(reply, link));
        let reply = poll_fn(|context| {
            // If the first byte was handed over, it stays so, and the reply is awaited.
            if permit.is_void() {
                stop.revoke();
            }
            reply.as_mut().poll(context)
        });
        let answer = match select(reply, pin!(stop.revoked())).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => return (Outcome::NotSent(revoked(&operation, stop.why())), None),
        };
        let sent = stop.revoke();
        let took = begun.elapsed();
        match answer {
            Ok(answer) => {
                let read = envelope::read(operation.api, &answer);
                permit.answered(operation.verdict(&answer, &read));
                let status = answer.status;
                events::exchange(Purpose::Send, took, Some(status), read.as_ref().ok().map(|envelope| envelope.code));
                (reply::judge(operation.api, answer, &read, sent), Some(status))
            }
            Err(error) => {
                events::exchange(Purpose::Send, took, None, None);
                (evidence::judge(error, sent), None)
            }
        }
    }

    fn report(&self, entry: EntryId, outcome: Outcome, attempt: AttemptDetails, begun: Instant) -> AttemptReport {
        let recovery = self.guard.recovery();
        let with = |failure: Failure| failure.with_attempt(attempt.clone()).with_host(&self.operation.base);
        let outcome = match outcome {
            Outcome::Refused(failure) => Outcome::Refused(with(failure)),
            Outcome::NotSent(failure) => Outcome::NotSent(with(failure)),
            Outcome::Unknown { failure, hint } => {
                let task = hint.clone().map(|id| KnownTask {
                    operation: &self.operation.api.id,
                    id,
                    created: Some(attempt.started),
                });
                Outcome::Unknown { failure: with(failure).with_recovery(recovery).with_task(task), hint }
            }
            created @ (Outcome::Task(..) | Outcome::Answer(_)) => created,
        };
        let pause = match &outcome {
            Outcome::Refused(failure) | Outcome::NotSent(failure) => retry::pause(failure, self.number),
            _ => None,
        };
        AttemptReport { id: self.guard.id, entry, outcome, attempt, begun, pause }
    }
}

/// Returns why a revoked attempt was not sent. Another attempt may follow one that was late.
fn revoked(operation: &Operation, why: Revoked) -> Failure {
    match why {
        _ if operation.account.tracker.is_closed() => Failure::new(Kind::ShutDown),
        Revoked::Stopped => Failure::new(Kind::NotSent),
        Revoked::Late(_) => Failure::new(Kind::NotSent).with_resend(Some(Duration::ZERO)).with_source(why),
    }
}
