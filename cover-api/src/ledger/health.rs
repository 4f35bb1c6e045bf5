//! Whether a ledger works, as far as its last transaction tells.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::LedgerError;

/// The time since which a ledger fails, or `None` while it works.
#[derive(Debug, Default)]
pub(super) struct Health(Mutex<Option<Instant>>);

impl Health {
    fn since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of how a transaction ended. A refusal by a rule is not a failure of the ledger.
    pub(super) fn note(&self, done: &Result<(), LedgerError>) {
        let has_failed = done.as_ref().is_err_and(LedgerError::is_of_the_store);
        let mut since = self.since();
        *since = if has_failed { since.or_else(|| Some(Instant::now())) } else { None };
    }

    pub(super) fn failing_for(&self) -> Option<Duration> {
        self.since().map(|since| since.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_ledger_fails_from_its_first_failure_until_a_transaction_succeeds() {
        let (health, second) = (Health::default(), Duration::from_secs(1));
        assert_eq!(health.failing_for(), None);
        for waited in 0..3 {
            health.note(&Err(LedgerError::unavailable("it is away")));
            assert_eq!(health.failing_for(), Some(waited * second));
            tokio::time::advance(second).await;
        }
        health.note(&Ok(()));
        assert_eq!(health.failing_for(), None);
    }

    #[test]
    fn a_refusal_is_no_failure_of_the_ledger() {
        let health = Health::default();
        for refusal in [LedgerError::refused("no"), LedgerError::not_a_ledger("a row is damaged")] {
            health.note(&Err(refusal));
            assert_eq!(health.failing_for(), None);
        }
    }
}
