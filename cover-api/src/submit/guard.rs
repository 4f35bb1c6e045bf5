//! Settles an attempt even if its Tokio task is dropped, and gives the caller the result.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use tokio::time::sleep;

use super::count::{count_duplicate, count_final};
use super::outcome::{AttemptEnd, AttemptReport, Previous};
use super::{Order, retry};
use crate::account::{Account, Operation};
use crate::attempt::{Handoff, Stop};
use crate::callback_link::CallbackLink;
use crate::error::{BodySent, Evidence, Failure, Kind, Recovery};
use crate::events;
use crate::ledger::{AttemptId, EntryId, LedgerError, Local, Rows, Settled, Settlement, settle, settle_posted};

/// Number of tries to withdraw an intent, which take about five minutes.
const MAX_WITHDRAWALS: u32 = 15;

/// Number of looks for an intent that is not there. A store may commit it after the connection was lost.
const MAX_LOOKS: u32 = 4;

/// An attempt under way. If its task is dropped, the guard settles it by what is known then.
pub(super) struct Guard {
    pub(super) id: AttemptId,
    /// Known once the intent is recorded.
    pub(super) entry: Option<EntryId>,
    pub(super) operation: Arc<Operation>,
    /// What was bought, in case that the ledger loses the attempt. `None` once the caller has the task: the ledger may then have
    /// forgotten it.
    order: Option<Arc<Order>>,
    stop: Arc<Stop>,
    result: Arc<Handoff<AttemptEnd>>,
    settlement: Option<Settlement>,
    /// The previous attempt of the same send.
    pub(super) previous: Previous,
    is_called_back: bool,
    is_begun: bool,
    /// Whether the caller has a result.
    pub(super) is_reported: bool,
}

impl Guard {
    pub(super) fn new(
        operation: Arc<Operation>,
        order: Arc<Order>,
        stop: Arc<Stop>,
        result: Arc<Handoff<AttemptEnd>>,
        previous: Previous,
    ) -> Self {
        Self {
            id: AttemptId::new(),
            entry: None,
            operation,
            is_called_back: order.request.is_called_back(),
            order: Some(order),
            stop,
            result,
            settlement: None,
            previous,
            is_begun: false,
            is_reported: false,
        }
    }

    /// Returns the data to recover the attempt if its outcome is unknown.
    pub(super) fn recovery(&self) -> Recovery {
        Recovery { operation: &self.operation.api.id, attempt: self.id, is_called_back: self.is_called_back }
    }

    /// Registers the attempt before its intent is recorded.
    pub(super) fn begin(&mut self) {
        self.is_begun = true;
        self.operation.account.ledger.local().begin(self.id, Some(Arc::clone(&self.stop)));
        if let Some(link) = self.operation.link.as_deref().filter(|_| self.is_called_back) {
            link.inbox.add_sending(self.id);
            self.operation.read_messages();
        }
    }

    /// Unregisters the attempt after it was settled, or was not recorded.
    pub(super) fn finish(&mut self) {
        self.operation.account.ledger.local().finish(self.id);
        self.finished();
    }

    fn finished(&mut self) {
        self.is_begun = false;
        if self.entry.is_none() {
            self.forget_callbacks();
        }
    }

    pub(super) fn forget_callbacks(&self) {
        if let Some(link) = &self.operation.link {
            link.inbox.forget(self.id);
        }
    }

    /// Gives the caller the result, or counts it if the caller has left.
    pub(super) fn end(&mut self, ended: AttemptEnd) {
        if std::mem::replace(&mut self.is_reported, true) {
            return;
        }
        if let Err(ended) = self.result.finish(ended) {
            count_final(&self.operation.account, &ended);
        }
    }

    /// Waits for the reply. If a confirmed callback names the task first, the caller gets it at once. The reply is still awaited,
    /// since it outranks a callback.
    pub(super) async fn await_reply<R>(&mut self, reply: impl Future<Output = R>, link: Option<&CallbackLink>) -> R {
        let reply = pin!(reply);
        let Some(link) = link else { return reply.await };
        match select(reply, pin!(link.inbox.wait_for_task(self.id))).await {
            Either::Left((reply, _)) => reply,
            Either::Right((task, reply)) => {
                if let Some((task, entry)) = task.zip(self.entry) {
                    self.operation.account.counters.tasks.add();
                    self.end(AttemptEnd::Claimed { entry, task: task.into() });
                    self.order = None;
                }
                reply.await
            }
        }
    }

    /// Settles the attempt, then gives the caller the result. If the ledger fails, settling continues after that.
    pub(super) async fn settle(&mut self, report: AttemptReport, link: Option<&CallbackLink>) {
        let settlement = report.outcome.settlement();
        self.settlement = Some(settlement.clone());
        let settled = self.try_settle(settlement.clone()).await;
        let report = self.conclude(report, settled.as_ref().ok(), link);
        self.end(AttemptEnd::Settled(Box::new(report)));
        match settled {
            Ok(_) => self.finish(),
            Err(error) => {
                events::ledger_failed("outcome", &error);
                self.settle_until_done(settlement).await;
            }
        }
    }

    /// Queues a settlement in the ledger. It is queued when this returns, whether or not the result is awaited.
    fn try_settle(&self, settlement: Settlement) -> impl Future<Output = Result<Settled, LedgerError>> + use<> {
        let rule = self.settling(settlement);
        self.operation.account.ledger.run(rule)
    }

    /// Returns the rule that records a settlement.
    fn settling(
        &self,
        settlement: Settlement,
    ) -> impl FnMut(&mut dyn Rows) -> Result<Settled, LedgerError> + Send + use<> {
        let (id, order) = (self.id, self.order.clone());
        move |rows| match &order {
            Some(order) => settle_posted(rows, id, &settlement, &order.purchase, order.price),
            None => settle(rows, id, &settlement),
        }
    }

    /// Retries until the ledger takes the outcome, or until a shutdown has waited long enough.
    async fn settle_until_done(&mut self, settlement: Settlement) {
        let _unsettled = UnsettledCount::new(Arc::clone(&self.operation.account));
        self.try_often(settlement, u32::MAX, 1).await;
    }

    /// Withdraws an intent that the ledger did not confirm but may have stored. Nothing was posted. If withdrawing fails for long,
    /// the entry becomes unknown.
    pub(super) async fn withdraw(&mut self) {
        let evidence = "the ledger did not confirm the intent, so that nothing was sent".to_owned();
        let settlement = Settlement::NotCreated { evidence };
        self.settlement = Some(settlement.clone());
        self.try_often(settlement, MAX_WITHDRAWALS, MAX_LOOKS).await;
    }

    /// Settles until the ledger does it, at most `most` times, or has found nothing to settle `looks` times.
    async fn try_often(&mut self, settlement: Settlement, most: u32, looks: u32) {
        for number in 1..=most {
            let pause = pin!(sleep(retry::settle_pause(number)));
            if let Either::Right(_) = select(pause, pin!(self.operation.account.tracker.over())).await {
                break;
            }
            match self.try_settle(settlement.clone()).await {
                Ok(Settled::Missing) if number < looks => {}
                Ok(settled) => {
                    count_duplicate(&self.operation.account, &settlement.task(self.id), &settled);
                    break;
                }
                Err(error) => events::ledger_failed("outcome", &error),
            }
        }
        self.finish();
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let sent = self.stop.revoke();
        if self.is_begun {
            let evidence = || "the task that sent it was dropped with its runtime, or panicked".to_owned();
            let settlement = self.settlement.take().unwrap_or_else(|| match sent {
                BodySent::Nothing => Settlement::NotCreated { evidence: evidence() },
                _ => Settlement::Unknown { hint: None, evidence: evidence() },
            });
            // The attempt is over only after the ledger has settled it, and drops this. Sends that look it up before that wait for it.
            let (id, account, task) = (self.id, Arc::clone(&self.operation.account), settlement.task(self.id));
            let settle = self.settling(settlement);
            let over = FinishOnDrop { local: Arc::clone(self.operation.account.ledger.local()), id };
            self.operation.account.ledger.queue(settle, move |settled| {
                let _over = over;
                if let Ok(settled) = settled {
                    count_duplicate(&account, &task, &settled);
                }
            });
            self.finished();
        }
        let failure = match sent {
            BodySent::Nothing => Failure::new(Kind::Interrupted),
            _ => Failure::new(Kind::OutcomeUnknown(Evidence::Interrupted)).with_recovery(self.recovery()),
        };
        let previous = self.previous.take();
        self.end(AttemptEnd::NotPosted(failure, previous));
    }
}

/// Counts an outcome as unsettled until it is dropped.
struct UnsettledCount(Arc<Account>);

impl UnsettledCount {
    fn new(account: Arc<Account>) -> Self {
        account.counters.unsettled.add();
        Self(account)
    }
}

impl Drop for UnsettledCount {
    fn drop(&mut self) {
        self.0.counters.unsettled.subtract();
    }
}

/// Unregisters an attempt when it is dropped.
struct FinishOnDrop {
    local: Arc<Local>,
    id: AttemptId,
}

impl Drop for FinishOnDrop {
    fn drop(&mut self) {
        self.local.finish(self.id);
    }
}
