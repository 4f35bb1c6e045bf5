//! Turns an unknown outcome into a known task after a callback has named it and a poll has confirmed it.

use std::pin::pin;
use std::sync::Arc;

use futures_util::future::select;
use tokio::time::{Duration, sleep};

use super::recover::{claim, knows};
use crate::account::Operation;
use crate::events;
use crate::inbox::{CallbackEffect, Rank};
use crate::ledger::{AttemptId, PassedOn, Settled, pass_on};

/// Number of polls that try to confirm a claim. After that, the next callback may claim again.
const MAX_POLLS: u32 = 8;
/// Time that a pending reply is given to name the task itself, which costs no poll.
const REPLY: Duration = Duration::from_secs(2);

/// A callback that is not only for the inbox: it makes a claim, or the attempt is not one of this client.
pub(crate) struct Claim {
    operation: Arc<Operation>,
    attempt: AttemptId,
    /// Whether the inbox holds the claim until it is confirmed. After this is dropped, the next callback may claim again.
    is_pending: bool,
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(link) = self.operation.link.as_ref().filter(|_| self.is_pending) {
            link.inbox.drop_claim(self.attempt);
        }
    }
}

impl Claim {
    pub(crate) fn new(operation: Arc<Operation>, attempt: AttemptId, is_pending: bool) -> Self {
        Self { operation, attempt, is_pending }
    }

    /// Does the work that the callback leaves. It names this task, and says how far the task is.
    pub(crate) async fn follow_up(mut self, task: &str, rank: Rank) {
        if self.is_pending || self.look_up_unlisted(task, rank).await {
            self.confirm().await;
        }
    }

    /// Handles a callback for an attempt that this process did not send. The process that waits for its task is told. If the ledger
    /// does not know what the attempt became, this process finds out, since the other one may have ended. Returns whether the claim
    /// is to be confirmed.
    async fn look_up_unlisted(&mut self, task: &str, rank: Rank) -> bool {
        let Some(PassedOn::Open { awaits_reply }) = self.pass_on(task, rank).await else { return false };
        let (Some(link), id) = (&self.operation.link, self.attempt) else { return false };
        link.inbox.add_recalled(id);
        self.is_pending = link.inbox.receive(id, task, rank, |_| ()) == CallbackEffect::Claim;
        if self.is_pending && awaits_reply {
            sleep(REPLY).await;
            if let Some(PassedOn::Told | PassedOn::Nothing) = self.pass_on(task, rank).await {
                // Its further callbacks are not for this process.
                link.inbox.forget(id);
                return false;
            }
        }
        self.is_pending
    }

    /// Tells the process that waits for the task of the attempt, unless that is this one. `None` if the ledger cannot be asked.
    async fn pass_on(&self, task: &str, rank: Rank) -> Option<PassedOn> {
        let link = self.operation.link.as_ref()?;
        // If too many are queued, the next callback or a poll makes up for it.
        let lookup = link.inbox.begin_lookup().await?;
        let (id, named, rank) = (self.attempt, task.to_owned(), rank.number());
        let passed = self.operation.account.ledger.run(move |rows| pass_on(rows, id, &named, rank)).await;
        drop(lookup);
        let passed =
            passed.inspect_err(|error| events::ledger_failed("look-up of a callback's attempt", error)).ok()?;
        if passed == PassedOn::Told {
            events::callbacks::passed_on(task);
        }
        Some(passed)
    }

    /// Polls whether the attempt became the task that a callback named, and records the answer.
    async fn confirm(&self) {
        let (operation, attempt) = (&self.operation, self.attempt);
        let Some(link) = &operation.link else { return };
        if link.inbox.pending_claim(attempt).is_some_and(|(_, is_on_its_way)| is_on_its_way) {
            select(pin!(sleep(REPLY)), pin!(link.inbox.wait_for_reply(attempt))).await;
        }
        for _ in 0..MAX_POLLS {
            let Some((task, _)) = link.inbox.pending_claim(attempt) else { return };
            if knows(operation, &task, Some(attempt)).await {
                return self.record(&task).await;
            }
            events::callbacks::not_confirmed(&task);
            sleep(operation.schedule.every[0]).await;
        }
    }

    async fn record(&self, task: &str) {
        let (operation, attempt) = (&self.operation, self.attempt);
        let Some(link) = &operation.link else { return };
        match claim(operation, attempt, task).await {
            Ok(Settled::Recorded(_) | Settled::Duplicate(_)) => {
                // While the reply is awaited, the send itself takes the task from the inbox.
                if link.inbox.confirm(attempt, task) {
                    operation.account.counters.recovered.add();
                    events::recovered(task);
                }
                self.tell_sender(task).await;
            }
            Ok(Settled::Contradicted | Settled::Missing) => {
                events::contradicted("callback", task);
            }
            Err(error) => events::ledger_failed("task of a callback", &error),
        }
    }

    /// Tells the process that sent the attempt what it became, if that is another one that waits.
    async fn tell_sender(&self, task: &str) {
        let Some(link) = self.operation.link.as_ref().filter(|link| !link.inbox.is_own(self.attempt)) else { return };
        if self.pass_on(task, link.inbox.rank_of(task)).await == Some(PassedOn::Told) {
            // Its further callbacks are for that process.
            link.inbox.forget(self.attempt);
        }
    }
}
