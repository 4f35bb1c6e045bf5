//! Requests whose outcome is unknown become known tasks, once a callback says so and a poll confirms it.

use tokio::time::{Duration, Instant, sleep};
use tracing::{debug, info};

use super::news::{AttemptId, Board, Heard, Rank};
use super::pace::Ask;
use super::poll::Polled;
use super::{Client, Service};

/// What callbacks say of an attempt is asked of the service so often; then the next callback may say it again.
const MOST_ASKED: u32 = 8;
/// A reply that is on its way is given so long to say it itself, which costs no poll.
const REPLY: Duration = Duration::from_secs(2);

impl<S: Service> Client<S> {
    pub(crate) fn keeps_a_journal(&self) -> bool {
        self.inner().ledger.is_kept()
    }

    /// A callback for an attempt that this process does not know: a journal may, and not know what came of it.
    pub(crate) async fn recall(&self, attempt: AttemptId, task: &str, rank: Rank) {
        let (inner, service) = (self.inner(), &S::api().id);
        let Some(called) = &inner.called else { return };
        // A flood of old callbacks must not keep the disk busy: the service tries again.
        let Ok(_place) = called.lookups.try_acquire() else { return };
        let Some(request) = inner.ledger.lost(service, attempt).await else { return };
        called.board.recalls(attempt, request);
        if called.board.tell(attempt, task, rank) == Heard::Claim {
            self.settle(attempt).await;
        }
    }

    /// Asks whether an attempt became the task that a callback named, and sets right what was written of it.
    pub(crate) async fn settle(&self, attempt: AttemptId) {
        let Some(called) = &self.inner().called else { return };
        let board = &called.board;
        if board.said(attempt).is_some_and(|(_, is_on_its_way)| is_on_its_way) {
            sleep(REPLY).await;
        }
        for _ in 0..MOST_ASKED {
            let Some((task, _)) = board.said(attempt) else { return };
            if self.is_known(&task, attempt).await {
                self.conclude(board, attempt, &task).await;
                return;
            }
            debug!(%task, "a callback names this task, and the service does not confirm it");
            sleep(self.inner().rhythm.every[0]).await;
        }
        board.not_confirmed(attempt);
    }

    /// Does the service know the task?
    async fn is_known(&self, task: &str, attempt: AttemptId) -> bool {
        let task = self.found(attempt, task.into());
        let now = Instant::now();
        let ask = Ask::poll(task.id(), now, Duration::ZERO, now + S::api().poll.deadline).alone();
        let Ok(slot) = self.inner().pace.turn(ask).await else { return false };
        matches!(task.poll_with(slot).await, Ok(Polled::Snapshot(_)))
    }

    async fn conclude(&self, board: &Board, attempt: AttemptId, task: &str) {
        let inner = self.inner();
        let request = board.request(attempt);
        board.became(attempt, task);
        inner.ledger.found(&S::api().id, attempt, task).await;
        if let Some(request) = request {
            inner.unknown.found(request);
        }
        inner.counters.found.add();
        info!(%task, "a callback told which task a request became");
    }
}
