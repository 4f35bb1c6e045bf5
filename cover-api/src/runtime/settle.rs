//! Requests whose outcome is unknown become known tasks, once a callback says so and a poll confirms it.

use tokio::time::{Duration, Instant, sleep};
use tracing::{debug, info};

use super::news::{AttemptId, Heard, Rank};
use super::pace::Ask;
use super::poll::Polled;
use super::unknown::Fingerprint;
use super::{Client, Service};

/// What callbacks say of an attempt is asked of the service so often; then the next callback may say it again.
const MOST_ASKED: u32 = 8;
/// A reply that is on its way is given so long to say it itself, which costs no poll.
const REPLY: Duration = Duration::from_secs(2);

/// What callbacks say of an attempt, and is not confirmed. When this is dropped, the next callback may say it again.
pub(crate) struct Unsettled<S: Service> {
    client: Client<S>,
    attempt: AttemptId,
}

impl<S: Service> Drop for Unsettled<S> {
    fn drop(&mut self) {
        if let Some(called) = &self.client.inner().called {
            called.board.not_confirmed(self.attempt);
        }
    }
}

impl<S: Service> Client<S> {
    pub(crate) fn unsettled(&self, attempt: AttemptId) -> Unsettled<S> {
        Unsettled { client: self.clone(), attempt }
    }

    pub(crate) fn keeps_a_journal(&self) -> bool {
        self.inner().ledger.is_kept()
    }

    /// Sets right what was written and remembered of a request whose outcome was unknown.
    pub(super) async fn set_right(&self, request: Fingerprint, attempt: AttemptId, task: &str) {
        let inner = self.inner();
        inner.unknown.found(request);
        inner.ledger.found(&S::api().id, attempt, task).await;
        inner.counters.found.add();
        info!(%task, "a callback told which task a request became");
    }

    /// Does the service know the task?
    async fn knows(&self, task: &str, attempt: AttemptId) -> bool {
        let task = self.found(attempt, task.into());
        let now = Instant::now();
        let ask = Ask::poll(task.id(), now, Duration::ZERO, now + S::api().poll.deadline).alone();
        let Ok(slot) = self.inner().pace.turn(ask).await else { return false };
        matches!(task.poll_with(slot).await, Ok(Polled::Snapshot(_)))
    }
}

impl<S: Service> Unsettled<S> {
    /// A callback for an attempt that this process does not know: a journal may, and not know what came of it.
    pub(crate) async fn recall(&self, task: &str, rank: Rank) {
        let (inner, service, attempt) = (self.client.inner(), &S::api().id, self.attempt);
        let Some(called) = &inner.called else { return };
        // A flood of old callbacks must not keep the disk busy: the service tries again.
        let Ok(place) = called.lookups.try_acquire() else { return };
        let lost = inner.ledger.lost(service, attempt).await;
        drop(place);
        let Some(request) = lost else { return };
        called.board.recalls(attempt, request);
        if called.board.tell(attempt, task, rank, |_| ()) == Heard::Claim {
            self.settle().await;
        }
    }

    /// Asks whether an attempt became the task that a callback named, and sets right what was written of it.
    pub(crate) async fn settle(&self) {
        let (client, attempt) = (&self.client, self.attempt);
        let Some(called) = &client.inner().called else { return };
        let board = &called.board;
        if board.said(attempt).is_some_and(|(_, is_on_its_way)| is_on_its_way) {
            sleep(REPLY).await;
        }
        for _ in 0..MOST_ASKED {
            let Some((task, _)) = board.said(attempt) else { return };
            if client.knows(&task, attempt).await {
                // Where the reply is still awaited, its send takes the task from the board.
                if let Some(request) = board.became(attempt, &task) {
                    client.set_right(request, attempt, &task).await;
                }
                return;
            }
            debug!(%task, "a callback names this task, and the service does not confirm it");
            sleep(client.inner().rhythm.every[0]).await;
        }
    }
}
