//! Unknown outcomes become known tasks, once a callback names one and a poll confirms it.

use std::pin::pin;
use std::sync::Arc;

use futures_util::future::select;
use tokio::time::{Duration, sleep};

use super::recover::{claim, knows};
use crate::account::Account;
use crate::events;
use crate::inbox::{Heard, Rank};
use crate::ledger::{AttemptId, AttemptState, Settled};

/// What callbacks say of an attempt is asked of the service so often; then the next callback may say it again.
const MOST_ASKED: u32 = 8;
/// A reply that is on its way is given so long to say it itself, which costs no poll.
const REPLY: Duration = Duration::from_secs(2);
/// Attempts that are looked up in the ledger at once, so that a flood of old callbacks does not keep it busy.
pub(crate) const MOST_LOOKUPS: usize = 16;

/// What callbacks say of an attempt, and is not confirmed. When this is dropped, the next callback may say it again.
pub(crate) struct Claim {
    account: Arc<Account>,
    attempt: AttemptId,
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(link) = &self.account.link {
            link.inbox.not_confirmed(self.attempt);
        }
    }
}

impl Claim {
    pub(crate) fn new(account: Arc<Account>, attempt: AttemptId) -> Self {
        Self { account, attempt }
    }

    /// A callback for an attempt that this process does not know: the ledger may, and not know what came of it.
    pub(crate) async fn recall(&self, task: &str, rank: Rank) {
        let Some(link) = &self.account.link else { return };
        // The service tries again.
        let Ok(place) = link.lookups.try_acquire() else { return };
        let id = self.attempt;
        let attempt = self.account.ledger.run(move |rows| rows.attempt(id)).await;
        drop(place);
        let attempt = attempt.inspect_err(|error| events::ledger_failed("look-up of a callback's attempt", error));
        let is_open = |state| matches!(state, AttemptState::Posting | AttemptState::Unknown);
        if !attempt.ok().flatten().is_some_and(|attempt| is_open(attempt.state)) {
            return;
        }
        link.inbox.recalls(id);
        if link.inbox.tell(id, task, rank, |_| ()) == Heard::Claim {
            self.confirm().await;
        }
    }

    /// Asks whether an attempt became the task that a callback named, and writes that down.
    pub(crate) async fn confirm(&self) {
        let (account, attempt) = (&self.account, self.attempt);
        let Some(link) = &account.link else { return };
        if link.inbox.said(attempt).is_some_and(|(_, is_on_its_way)| is_on_its_way) {
            select(pin!(sleep(REPLY)), pin!(link.inbox.reply_over(attempt))).await;
        }
        for _ in 0..MOST_ASKED {
            let Some((task, _)) = link.inbox.said(attempt) else { return };
            if knows(account, &task, Some(attempt)).await {
                return self.write_down(&task).await;
            }
            events::not_confirmed(&task);
            sleep(account.schedule.every[0]).await;
        }
    }

    async fn write_down(&self, task: &str) {
        let (account, attempt) = (&self.account, self.attempt);
        let Some(link) = &account.link else { return };
        match claim(account, attempt, task).await {
            Ok(Settled::Recorded(_) | Settled::Duplicate(_)) => {
                // Where the reply is still awaited, its send takes the task from the inbox.
                if link.inbox.became(attempt, task) {
                    account.counters.found.add();
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
