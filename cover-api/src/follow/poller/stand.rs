//! Whether a wait may still poll, since another process may have adopted its task.

use super::Poller;
use crate::error::{Error, Failure, Kind};
use crate::events;
use crate::ledger::may_wait;
use crate::service::Service;

impl<S: Service> Poller<S> {
    /// Returns whether no other process has adopted the task, as far as this process can know without asking the ledger. It is true
    /// for a wait that never was the one that the ledger knows.
    pub(super) fn is_waiter(&self) -> bool {
        let Some(known) = self.presence else { return true };
        let current = self.operation.account.ledger.local().presence().current();
        current == Some(known) && !self.has_handed_over()
    }

    /// Returns whether the client was shut down, so that other processes may adopt the task at any time.
    pub(super) fn has_handed_over(&self) -> bool {
        self.operation.account.tracker.is_closed()
    }

    /// Waits until this process is present, and asks the ledger whether another process has adopted the task.
    pub(super) async fn ask_ledger(&mut self) -> Result<(), Error<S>> {
        let (ledger, waits_on) = (&self.operation.account.ledger, !self.has_handed_over());
        let current = ledger.local().presence().returned().await;
        let (account, api, task) =
            (self.operation.account.name.clone(), self.operation.api, self.handle.id().to_owned());
        let asked = ledger.run(move |rows| may_wait(rows, &account, &api.id, &task, waits_on)).await;
        match asked {
            Ok(true) => {
                self.presence = Some(current);
                Ok(())
            }
            Ok(false) => {
                events::adopted_elsewhere(self.handle.id());
                Err(Error::new(Kind::Adopted))
            }
            Err(error) => Err(Failure::new(Kind::Ledger).with_source(error).into()),
        }
    }
}
