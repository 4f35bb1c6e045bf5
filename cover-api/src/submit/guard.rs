//! Settles an attempt whatever happens to its task, and tells its caller.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use tokio::time::sleep;

use super::count::{count_duplicate, count_final};
use super::outcome::{Ended, Previous, Report};
use super::retry;
use crate::account::Account;
use crate::attempt::{Handoff, Stop};
use crate::callback_link::CallbackLink;
use crate::error::{BodySent, Failure, Kind, Recovery, Seen};
use crate::events;
use crate::ledger::{AttemptId, EntryId, LedgerError, Local, Settled, Settlement, settle};

/// Tries to withdraw an intent: about five minutes.
const MOST_WITHDRAWALS: u32 = 15;

/// An attempt under way. Where its task is dropped, it is settled by what is known then.
pub(super) struct Guard {
    pub(super) id: AttemptId,
    /// Known once the intent is.
    pub(super) entry: Option<EntryId>,
    pub(super) account: Arc<Account>,
    stop: Arc<Stop>,
    result: Arc<Handoff<Ended>>,
    settlement: Option<Settlement>,
    /// The attempt of the same send before this one.
    pub(super) previous: Previous,
    is_called_back: bool,
    is_begun: bool,
    /// Whether the caller was told.
    pub(super) is_reported: bool,
}

impl Guard {
    pub(super) fn new(
        account: Arc<Account>,
        stop: Arc<Stop>,
        result: Arc<Handoff<Ended>>,
        previous: Previous,
        is_called_back: bool,
    ) -> Self {
        Self {
            id: AttemptId::new(),
            entry: None,
            account,
            stop,
            result,
            settlement: None,
            previous,
            is_called_back,
            is_begun: false,
            is_reported: false,
        }
    }

    /// What recovers the attempt where its outcome is unknown.
    pub(super) fn recovery(&self) -> Recovery {
        Recovery { operation: &self.account.api.id, attempt: self.id, is_called_back: self.is_called_back }
    }

    /// The attempt is about to be recorded.
    pub(super) fn begin(&mut self) {
        self.is_begun = true;
        self.account.ledger.local().begin(self.id);
        if let Some(link) = self.account.link.as_ref().filter(|_| self.is_called_back) {
            link.inbox.sends(self.id);
        }
    }

    /// The attempt is settled, or was not recorded.
    pub(super) fn finish(&mut self) {
        self.account.ledger.local().finish(self.id);
        self.finished();
    }

    fn finished(&mut self) {
        self.is_begun = false;
        if self.entry.is_none() {
            self.forget_callbacks();
        }
    }

    pub(super) fn forget_callbacks(&self) {
        if let Some(link) = &self.account.link {
            link.inbox.failed(self.id);
        }
    }

    /// Tells the caller; counts what it would have counted where it has left.
    pub(super) fn end(&mut self, ended: Ended) {
        if std::mem::replace(&mut self.is_reported, true) {
            return;
        }
        if let Err(ended) = self.result.finish(ended) {
            count_final(&self.account, &ended);
        }
    }

    /// Waits for the reply. Where a callback tells of the task before that, and a poll has confirmed it, the caller is told at
    /// once; the reply is awaited all the same, since it outranks a callback.
    pub(super) async fn until_reply<R>(&mut self, reply: impl Future<Output = R>, link: Option<&CallbackLink>) -> R {
        let reply = pin!(reply);
        let Some(link) = link else { return reply.await };
        match select(reply, pin!(link.inbox.found(self.id))).await {
            Either::Left((reply, _)) => reply,
            Either::Right((task, reply)) => {
                if let Some((task, entry)) = task.zip(self.entry) {
                    self.account.counters.tasks.add();
                    self.end(Ended::Claimed { entry, task: task.into() });
                }
                reply.await
            }
        }
    }

    /// Settles the attempt, then tells the caller. Where the ledger fails, the caller is told and settling goes on.
    pub(super) async fn settle(&mut self, report: Report, link: Option<&CallbackLink>) {
        let settlement = report.outcome.settlement();
        self.settlement = Some(settlement.clone());
        let settled = self.try_settle(settlement.clone()).await;
        let report = self.conclude(report, settled.as_ref().ok(), link);
        self.end(Ended::Settled(Box::new(report)));
        match settled {
            Ok(_) => self.finish(),
            Err(error) => {
                events::ledger_failed("outcome", &error);
                self.settle_until_done(settlement).await;
            }
        }
    }

    /// It is in the ledger's queue when this returns, whether or not the result is awaited.
    fn try_settle(&self, settlement: Settlement) -> impl Future<Output = Result<Settled, LedgerError>> + use<> {
        let id = self.id;
        self.account.ledger.run(move |rows| settle(rows, id, &settlement))
    }

    /// Tries until the ledger takes it, or the client has been shut down for long enough.
    async fn settle_until_done(&mut self, settlement: Settlement) {
        let _unsettled = Unsettled::new(Arc::clone(&self.account));
        self.try_often(settlement, u32::MAX).await;
    }

    /// Withdraws an intent that the ledger did not confirm, and that may be there nevertheless. Nothing was posted, so that
    /// after some time the entry may as well be unknown.
    pub(super) async fn withdraw(&mut self) {
        let evidence = "the ledger did not confirm the intent, so that nothing was sent".to_owned();
        let settlement = Settlement::NotCreated { evidence };
        self.settlement = Some(settlement.clone());
        self.try_often(settlement, MOST_WITHDRAWALS).await;
    }

    async fn try_often(&mut self, settlement: Settlement, most: u32) {
        for number in 1..=most {
            let pause = pin!(sleep(retry::settle_pause(number)));
            if let Either::Right(_) = select(pause, pin!(self.account.tracker.over())).await {
                break;
            }
            match self.try_settle(settlement.clone()).await {
                Ok(settled) => {
                    count_duplicate(&self.account, &settlement, &settled);
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
            // It is over once the ledger has looked at this, and not before: who looks sooner waits for it.
            let (id, account) = (self.id, Arc::clone(&self.account));
            let over = Over { local: Arc::clone(self.account.ledger.local()), id };
            drop(self.account.ledger.run(move |rows| {
                let settled = settle(rows, id, &settlement)?;
                count_duplicate(&account, &settlement, &settled);
                drop(over);
                Ok(())
            }));
            self.finished();
        }
        let failure = match sent {
            BodySent::Nothing => Failure::new(Kind::Interrupted),
            _ => Failure::new(Kind::OutcomeUnknown(Seen::Interrupted)).with_recovery(self.recovery()),
        };
        let previous = self.previous.take();
        self.end(Ended::NotPosted(failure, previous));
    }
}

/// Counts an outcome as unsettled until it is dropped.
struct Unsettled(Arc<Account>);

impl Unsettled {
    fn new(account: Arc<Account>) -> Self {
        account.counters.unsettled.add();
        Self(account)
    }
}

impl Drop for Unsettled {
    fn drop(&mut self) {
        self.0.counters.unsettled.take_off();
    }
}

/// Ends an attempt in this process when it is dropped.
struct Over {
    local: Arc<Local>,
    id: AttemptId,
}

impl Drop for Over {
    fn drop(&mut self) {
        self.local.finish(self.id);
    }
}
