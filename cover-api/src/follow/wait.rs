//! Waiting for a task, for its end or for every stage.

use std::fmt;
use std::future::{IntoFuture, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use futures_util::future::BoxFuture;

use super::origin::Origin;
use super::poller::Poller;
use super::update::{Item, Update};
use crate::account::Operation;
use crate::error::Error;
use crate::service::{Service, Snapshot, TaskHandle};

/// A wait for a task, returned by [`Task::wait`](crate::runtime::Task::wait).
///
/// Awaiting it returns the snapshot of the task when it is done. [`updates`](Self::updates) reports every stage instead.
///
/// A task that was just posted is first polled after a pause. One that was posted before, by its key or its handle, is polled as soon
/// as it is as old as the shortest pause, and one that the ledger knows to have ended is polled at once.
///
/// If the client receives callbacks (feature `callback`), a callback wakes the wait, which then polls to confirm it.
///
/// Between its polls a wait holds little memory and runs nothing. Waits with equal pauses get an equal share of the rate limit,
/// within a tenth.
#[must_use = "a wait does nothing before `.await` or `.updates()`"]
pub struct Wait<S: Service> {
    operation: Arc<Operation>,
    handle: TaskHandle<S>,
    origin: Origin,
    timeout: Duration,
}

impl<S: Service> Wait<S> {
    pub(crate) fn new(operation: Arc<Operation>, handle: TaskHandle<S>, origin: Origin) -> Self {
        let timeout = operation.api.poll.as_ref().map_or(Duration::ZERO, |poll| poll.timeout);
        Self { operation, handle, origin, timeout }
    }

    /// Sets the timeout, counted from `.await` or `.updates()`. The default comes from the spec.
    ///
    /// The last poll begins at the timeout at the latest, if the rate limit allows it. The wait ends at most half a second after
    /// its timeout, even if a poll is in flight.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Returns a stream of the stages of the task. Each stage is reported once, and the last when the task is done.
    ///
    /// The first poll is made at once, unless callbacks are expected to report the stages.
    ///
    /// ```no_run
    /// use cover_api::Update;
    ///
    /// # async fn example(task: cover_api::Task) -> Result<(), cover_api::Error> {
    /// let mut updates = task.wait().updates();
    /// while let Some(update) = updates.next().await {
    ///     match update? {
    ///         Update::Stage(snapshot) => println!("{}", snapshot.status),
    ///         Update::PollFailed(error) => println!("a poll failed: {error}"),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn updates(self) -> Updates<S> {
        let poller = Poller::new(self.operation, self.handle, self.origin, self.timeout, true);
        Updates { state: UpdatesState::Ready(Box::new(poller)) }
    }
}

impl<S: Service> IntoFuture for Wait<S> {
    type Output = Result<Snapshot<S>, Error<S>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let mut poller = Poller::new(self.operation, self.handle, self.origin, self.timeout, false);
        Box::pin(async move {
            loop {
                match poller.next().await? {
                    Update::Stage(snapshot) if snapshot.is_done() => return Ok(snapshot),
                    _ => {}
                }
            }
        })
    }
}

/// A [`Stream`] of the stages of a task, returned by [`Wait::updates`]. [`Updates::next`] returns its items as well.
///
/// It ends after the task is done, or after an error.
#[must_use = "nothing is polled before `.next().await`"]
pub struct Updates<S: Service> {
    state: UpdatesState<S>,
}

enum UpdatesState<S: Service> {
    Ready(Box<Poller<S>>),
    Busy(BoxFuture<'static, (Box<Poller<S>>, Item<S>)>),
    Over,
}

impl<S: Service> Updates<S> {
    /// Returns the next update, or `None` after the end. Dropping the future loses no update.
    pub async fn next(&mut self) -> Option<Item<S>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<S: Service> Stream for Updates<S> {
    type Item = Item<S>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut busy = match std::mem::replace(&mut self.state, UpdatesState::Over) {
            UpdatesState::Over => return Poll::Ready(None),
            UpdatesState::Busy(busy) => busy,
            UpdatesState::Ready(mut poller) => Box::pin(async move {
                let item = poller.next().await;
                (poller, item)
            }),
        };
        match busy.as_mut().poll(context) {
            Poll::Pending => {
                self.state = UpdatesState::Busy(busy);
                Poll::Pending
            }
            Poll::Ready((poller, item)) => {
                let is_last = match &item {
                    Ok(Update::Stage(snapshot)) => snapshot.is_done(),
                    Ok(Update::PollFailed(_)) => false,
                    Err(_) => true,
                };
                if !is_last {
                    self.state = UpdatesState::Ready(poller);
                }
                Poll::Ready(Some(item))
            }
        }
    }
}

impl<S: Service> fmt::Debug for Wait<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").field("handle", &self.handle).field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

impl<S: Service> fmt::Debug for Updates<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Updates").finish_non_exhaustive()
    }
}
