//! Reads what other processes say about callbacks that they received, and passes it on to the inbox.
//!
//! A task does so while the inbox has something to wait for. A message that gets lost costs nothing but time, since waits poll.

use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use futures_util::future::{Either, select};
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};

use super::Operation;
use crate::callback_link::CallbackLink;
use crate::events;
use crate::inbox::Rank;
use crate::ledger::{Local, Mailbox, Message, WeakLedger};

/// Number of messages that are read at once.
const BATCH: usize = 256;

impl Operation {
    /// Reads messages of other processes from now on. Call it when the inbox has got something to wait for.
    pub(crate) fn read_messages(&self) {
        let Some(link) = self.link.as_ref().filter(|link| !link.has_reader.swap(true, Ordering::SeqCst)) else {
            return;
        };
        let ledger = &self.account.ledger;
        // Without a mailbox, no other process has messages, and nothing is tried again.
        let Some(mailbox) = ledger.mailbox() else { return };
        let reader = Reader {
            link: Arc::downgrade(link),
            ledger: ledger.downgrade(),
            local: Arc::clone(ledger.local()),
            mailbox,
            account: self.account.name.clone(),
            operation: self.api.id.to_string(),
            has_ended: false,
        };
        // Without a runtime, the reader ends here.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(reader.run());
        }
    }
}

/// The task that reads. When its runtime ends, another one can take its place.
struct Reader {
    link: Weak<CallbackLink>,
    ledger: WeakLedger,
    local: Arc<Local>,
    mailbox: Mailbox,
    account: String,
    operation: String,
    /// Whether it has ended and another one may have begun.
    has_ended: bool,
}

impl Reader {
    async fn run(mut self) {
        let mut messages = self.local.messages();
        let mut next = Instant::now();
        while self.goes_on() {
            let arrived = timeout_at(next, self.mailbox.arrived.notified());
            // What another reader has taken comes first.
            let message = match select(pin!(messages.recv()), pin!(arrived)).await {
                Either::Left((message, _)) => message,
                Either::Right(_) => {
                    self.take().await;
                    next = Instant::now() + self.mailbox.every;
                    continue;
                }
            };
            // The reader was too far behind, and has missed some.
            let Ok(message) = message else { continue };
            self.deliver(&message);
        }
    }

    /// Returns whether the inbox waits for something. If not, the reader ends.
    fn goes_on(&mut self) -> bool {
        let Some(link) = self.link.upgrade() else { return false };
        if !link.inbox.is_empty() {
            return true;
        }
        link.has_reader.store(false, Ordering::SeqCst);
        // An attempt or a wait that was added before that has started no reader.
        self.has_ended = link.inbox.is_empty() || link.has_reader.swap(true, Ordering::SeqCst);
        !self.has_ended
    }

    /// Takes the messages for this process, and hands them out to all readers of this process.
    async fn take(&self) {
        let Some(ledger) = self.ledger.upgrade() else { return };
        match ledger.run(|rows| rows.take_messages(BATCH)).await {
            Ok(messages) => {
                if messages.len() == BATCH {
                    // There may be more.
                    self.mailbox.arrived.notify_one();
                }
                for message in messages {
                    self.local.hand_out(message);
                }
            }
            Err(error) => events::ledger_failed("messages of other processes", &error),
        }
    }

    /// Passes a message on to the inbox as if this process had received the callback.
    fn deliver(&self, message: &Message) {
        let Some(link) = self.link.upgrade() else { return };
        if message.account != self.account || message.operation != self.operation {
            return;
        }
        // The ledger has the task of the attempt, so no poll need confirm it.
        link.inbox.confirm(message.attempt, &message.task);
        let effect = link.inbox.receive(message.attempt, &message.task, Rank::from_number(message.rank), |_| ());
        events::told(&message.task, effect.name());
        self.local.notify();
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(link) = self.link.upgrade().filter(|_| !self.has_ended) {
            link.has_reader.store(false, Ordering::SeqCst);
        }
    }
}
