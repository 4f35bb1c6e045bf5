//! Shares a rate limit with the processes that use the same ledger.
//!
//! A task asks for places while this process wants or holds some. Without an answer for half of its lease, the process sends
//! nothing more.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::time::{sleep_until, timeout_at};

use crate::events;
use crate::ledger::{BudgetId, LedgerHandle, Rows, leave_budget, share_budget};
use crate::rate_limit::{NextAsk, Questions, RateLimit, StartAsking};

/// A rate limit that is shared through a ledger for as long as this lives.
pub(crate) struct SharedBudget {
    id: BudgetId,
    ledger: LedgerHandle,
    rate_limit: Arc<RateLimit>,
    questions: Questions,
    /// Longest time from a permit to the arrival of its request at the service.
    longest_request: Duration,
}

impl SharedBudget {
    pub(crate) fn start(
        id: BudgetId,
        ledger: LedgerHandle,
        rate_limit: Arc<RateLimit>,
        longest_request: Duration,
    ) -> Arc<Self> {
        Arc::new_cyclic(|weak: &Weak<Self>| {
            let weak = Weak::clone(weak);
            let start = move || {
                let (Ok(runtime), Some(shared)) = (Handle::try_current(), weak.upgrade()) else { return false };
                let asking = Asking { shared: Arc::downgrade(&shared), has_ended: false };
                runtime.spawn(ask_on(asking, shared.rate_limit.wanted()));
                true
            };
            let questions = rate_limit.share(StartAsking(Arc::new(start)));
            Self { id, ledger, rate_limit, questions, longest_request }
        })
    }

    /// Asks the other processes once. Returns when to ask again, or `None` if there is nothing more to ask.
    async fn ask(&self) -> Option<NextAsk> {
        let ask = self.rate_limit.ask()?;
        let (id, asked, longest_request) = (self.id, ask.clone(), self.longest_request);
        let grant = self.ledger.run(move |rows| share_budget(rows, &id, &asked, longest_request)).await;
        Some(match grant {
            Ok(grant) => self.rate_limit.granted(&ask, &grant),
            Err(error) => {
                events::ledger_failed("share of the rate limit", &error);
                self.rate_limit.not_granted()
            }
        })
    }
}

impl Drop for SharedBudget {
    fn drop(&mut self) {
        let (taken, has_requests) = self.rate_limit.unshare(&self.questions);
        let longest = if has_requests { self.longest_request } else { Duration::ZERO };
        let (id, rate_limit) = (self.id, Arc::clone(&self.rate_limit));
        let leave = move |rows: &mut dyn Rows| leave_budget(rows, &id, taken, longest, || rate_limit.is_shared());
        drop(self.ledger.run(leave));
    }
}

/// The task that asks. When its runtime ends, another one can take its place.
struct Asking {
    shared: Weak<SharedBudget>,
    /// Whether it is known that the task has ended.
    has_ended: bool,
}

impl Drop for Asking {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.upgrade().filter(|_| !self.has_ended) {
            shared.rate_limit.stop_asking();
        }
    }
}

async fn ask_on(mut asking: Asking, wanted: Arc<Notify>) {
    loop {
        let Some(shared) = asking.shared.upgrade() else { return };
        let Some(next) = shared.ask().await else {
            asking.has_ended = true;
            return;
        };
        // While the task waits, the ledger can be closed.
        drop(shared);
        timeout_at(next.latest, wanted.notified()).await.ok();
        sleep_until(next.earliest).await;
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests;
