//! Follows the tasks of processes that have gone.

use std::convert::Infallible;
use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use futures_core::Stream;
use futures_util::future::{Either, select};
use futures_util::stream::FuturesUnordered;
use tokio::time::sleep;

use super::{Client, Task};
use crate::account::{AdoptedEntries, AdoptedEntry};
use crate::error::Error;
use crate::events;
use crate::follow::{self, End, Origin, WaitSet};
use crate::service::{Service, Snapshot, TaskHandle};

/// A task that this process has adopted, and how it ended. [`Client::adopt`] gives it to its handler.
#[non_exhaustive]
pub struct Adopted<S: Service> {
    /// The idempotency key of the purchase, if any.
    pub key: Option<String>,
    /// The task.
    pub task: Task<S>,
    /// The result of the wait, as [`Task::wait`] returns it. It has no timeout.
    pub result: Result<Snapshot<S>, Error<S>>,
}

impl<S: Service> Client<S> {
    /// Waits for the tasks of processes that have gone, and gives each result to a handler.
    ///
    /// It runs until the future is dropped or the client is shut down. Run it beside the rest of the program, in each process that can
    /// use the results of any other.
    ///
    /// Each task in the ledger has a process that waits for it: at first the one whose send created it. This client becomes the waiter of
    /// a task of its operation that has not ended, once the waiter before:
    ///
    /// - was shut down, or has ended,
    /// - or was killed or cut off: with `PostgresLedger` once it has been silent for
    ///   [30 seconds](crate::ledger::PostgresBuilder::silence), and with `SqliteLedger` at once.
    ///
    /// A process that was only cut off, and comes back, finds out that its task was adopted: its wait ends with an error
    /// ([`Error::is_adopted_elsewhere`]), and changes nothing in the ledger. Waits of [`find`](Self::find) and
    /// [`resume`](Self::resume) are not among these. They go on in any process.
    ///
    /// Purchases that are being sent, or whose outcome is unknown, are never adopted.
    ///
    /// The ledger records the end of a task when the future that the handler returned has ended. If this process dies before that, another one adopts
    /// the task and handles it again. So the handler must be able to do its work twice.
    ///
    /// ```no_run
    /// # async fn store(_: Option<String>, _: cover_api::Snapshot) {}
    /// # async fn example(client: cover_api::Client) -> Result<(), cover_api::Error> {
    /// client
    ///     .adopt(async |adopted| match adopted.result {
    ///         Ok(cover) => store(adopted.key, cover).await,
    ///         Err(error) => println!("{}: {error}", adopted.task.id()),
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`] if the operation answers at once, so that it has no tasks. If the ledger fails, it is tried again.
    pub async fn adopt<F, H>(&self, mut handler: F) -> Result<(), Error<S>>
    where
        F: FnMut(Adopted<S>) -> H,
        H: Future<Output = ()>,
    {
        self.operation.polled()?;
        let mut adopter = Adopter::new(self, move |number, end, adopted| {
            let handled = handler(adopted);
            async move {
                handled.await;
                (number, end)
            }
        });
        let tracker = Arc::clone(&self.operation.account.tracker);
        let mut shutdown = pin!(tracker.closed());
        loop {
            // It runs on if this future is dropped, and hands over what it has adopted then.
            let mut adopting = tokio::spawn(AdoptedEntries::adopt(Arc::clone(&self.operation)));
            let adopted = match select(shutdown.as_mut(), pin!(adopter.meanwhile(&mut adopting))).await {
                Either::Left(_) => return Ok(()),
                Either::Right((adopted, _)) => adopted,
            };
            let is_full = match adopted {
                Ok(Ok((entries, presence, is_full))) => {
                    adopter.add(entries, presence);
                    is_full
                }
                Ok(Err(error)) => {
                    events::ledger_failed("adoption of tasks", &error);
                    false
                }
                // Its runtime ends.
                Err(_) => return Ok(()),
            };
            let interval = self.operation.account.ledger.local().presence().interval();
            let pause = if is_full { Duration::ZERO } else { interval };
            if let Either::Left(_) = select(shutdown.as_mut(), pin!(adopter.meanwhile(sleep(pause)))).await {
                return Ok(());
            }
        }
    }
}

/// The number of an adopted task whose handler has ended, and the end of the task, if it has one.
type Handled = (usize, Option<End>);

struct Adopter<S: Service, F, H> {
    client: Client<S>,
    handler: F,
    handling: FuturesUnordered<H>,
    waits: WaitSet<S>,
    entries: AdoptedEntries,
    /// Number of tasks that were adopted.
    count: usize,
}

impl<S, F, H> Adopter<S, F, H>
where
    S: Service,
    F: FnMut(usize, Option<End>, Adopted<S>) -> H,
    H: Future<Output = Handled>,
{
    fn new(client: &Client<S>, handler: F) -> Self {
        let waits = WaitSet::new(Arc::clone(&client.operation));
        let entries = AdoptedEntries::new(Arc::clone(&client.operation));
        Self { client: client.clone(), handler, handling: FuturesUnordered::new(), waits, entries, count: 0 }
    }

    /// Starts to wait for the tasks of entries.
    fn add(&mut self, mut entries: AdoptedEntries, presence: u32) {
        for entry in entries.take() {
            events::adopted(&entry.task);
            let origin = origin(presence, entry.key.is_some());
            self.waits.push_adopted(self.count, self.handle(&entry), origin, Duration::MAX);
            self.entries.add(self.count, entry);
            self.count += 1;
        }
    }

    /// Waits for another future, while the waits and the handlers go on.
    async fn meanwhile<T>(&mut self, other: impl Future<Output = T>) -> T {
        let mut other = pin!(other);
        poll_fn(|context| match self.poll(context) {
            Poll::Ready(never) => match never {},
            Poll::Pending => other.as_mut().poll(context),
        })
        .await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Infallible> {
        loop {
            if let Poll::Ready((number, result)) = self.waits.poll(context) {
                self.ended(number, result);
            } else if let Poll::Ready(Some((number, end))) = Pin::new(&mut self.handling).poll_next(context) {
                self.handled(number, end);
            } else {
                return Poll::Pending;
            }
        }
    }

    fn ended(&mut self, number: usize, result: Result<Snapshot<S>, Error<S>>) {
        let entry = match &result {
            Err(error) if error.is_adopted_elsewhere() => None,
            _ => self.entries.get(number),
        };
        let Some(entry) = entry else { return self.entries.remove(number) };
        let (key, handle) = (entry.key.clone(), self.handle(entry));
        let last = match &result {
            Ok(snapshot) => Some(snapshot),
            Err(error) if error.is_failed() => error.last_snapshot(),
            Err(_) => None,
        };
        let end = last.and_then(follow::end_of);
        let task = Task::new(self.client.clone(), handle, Origin::default());
        self.handling.push((self.handler)(number, end, Adopted { key, task, result }));
    }

    fn handled(&mut self, number: usize, end: Option<End>) {
        if let (Some(entry), Some(End { state, status })) = (self.entries.get(number), end) {
            self.client.operation.end(&entry.task, state, status, true);
        }
        self.entries.remove(number);
    }

    fn handle(&self, entry: &AdoptedEntry) -> TaskHandle<S> {
        let created = entry.attempt.and_then(|attempt| SystemTime::now().checked_sub(attempt.age()));
        self.client.handle(entry.task.clone(), created)
    }
}

fn origin(presence: u32, has_key: bool) -> Origin {
    Origin { presence: Some(presence), has_key, ..Origin::default() }
}

impl<S: Service> fmt::Debug for Adopted<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Adopted").field("task", &self.task).field("result", &self.result).finish_non_exhaustive()
    }
}
