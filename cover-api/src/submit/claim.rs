//! Turns an unknown outcome into a known task after a callback has named it and a poll has confirmed it.

use std::pin::pin;
use std::sync::Arc;

use futures_util::future::select;
use tokio::time::{Duration, sleep};

use super::recover::{claim, knows};
use crate::account::Operation;
use crate::events;
use crate::inbox::{CallbackEffect, Rank};
use crate::ledger::{AttemptId, AttemptState, Settled};

/// Number of polls that try to confirm a claim. After that, the next callback may claim again.
const MAX_POLLS: u32 = 8;
/// Time that a pending reply is given to name the task itself, which costs no poll.
const REPLY: Duration = Duration::from_secs(2);

/// A claim by a callback that is not confirmed yet. After it is dropped, the next callback may claim again.
pub(crate) struct Claim {
    operation: Arc<Operation>,
    attempt: AttemptId,
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(link) = &self.operation.link {
            link.inbox.drop_claim(self.attempt);
        }
    }
}

impl Claim {
    pub(crate) fn new(operation: Arc<Operation>, attempt: AttemptId) -> Self {
        Self { operation, attempt }
    }

    /// Handles a callback for an attempt that this process does not know. The ledger may know it, with an unknown outcome.
    pub(crate) async fn look_up_unlisted(&self, task: &str, rank: Rank) {
        let Some(link) = &self.operation.link else { return };
        // If there are too many look-ups, the service sends the callback again.
        let Some(lookup) = link.inbox.begin_lookup() else { return };
        let id = self.attempt;
        let attempt = self.operation.account.ledger.run(move |rows| rows.attempt(id)).await;
        drop(lookup);
        let attempt = attempt.inspect_err(|error| events::ledger_failed("look-up of a callback's attempt", error));
        let is_open = |state| matches!(state, AttemptState::Posting | AttemptState::Unknown);
        if !attempt.ok().flatten().is_some_and(|attempt| is_open(attempt.state)) {
            return;
        }
        link.inbox.add_recalled(id);
        if link.inbox.receive(id, task, rank, |_| ()) == CallbackEffect::Claim {
            self.confirm().await;
        }
    }

    /// Polls whether the attempt became the task that a callback named, and records the answer.
    pub(crate) async fn confirm(&self) {
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
            }
            Ok(Settled::Contradicted | Settled::Missing) => {
                events::contradicted("callback", task);
            }
            Err(error) => events::ledger_failed("task of a callback", &error),
        }
    }
}
