//! Waiting for a task, for its end or for every stage.

use std::fmt;
use std::future::{IntoFuture, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use futures_util::future::BoxFuture;

use super::poller::Poller;
use super::update::{Item, Update};
use crate::account::Account;
use crate::error::Error;
use crate::handle::TaskHandle;
use crate::service::Service;
use crate::snapshot::Snapshot;

/// A wait for a task. Awaiting it gives the task once it is done.
///
/// Where callbacks come to the client (feature `callback`), they wake it, and it polls to confirm what they say.
///
/// Between its polls it holds little memory and runs nothing. Waits that poll at the same pauses wait equally long for the
/// rate limit, within a tenth.
#[must_use = "nothing is awaited before `.await` or `.updates()`"]
pub struct Wait<S: Service> {
    account: Arc<Account>,
    handle: TaskHandle<S>,
    timeout: Duration,
}

impl<S: Service> Wait<S> {
    pub(crate) fn new(account: Arc<Account>, handle: TaskHandle<S>) -> Self {
        Self { account, handle, timeout: S::api().poll.deadline }
    }

    /// Sets how long to wait, from now on; the spec says it otherwise.
    ///
    /// The last poll is begun at the timeout at the latest, if the rate limit allows one. The wait ends half a second later at the
    /// latest, whatever a poll in flight does.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The stages as they come: each once, none after a later one, the last when the task is done. The first poll is made
    /// at once, unless callbacks are expected to report the stages.
    ///
    /// ```no_run
    /// use cover_api::Update;
    ///
    /// # async fn example(task: cover_api::Task) -> Result<(), cover_api::Error> {
    /// let mut updates = task.wait().updates();
    /// while let Some(update) = updates.next().await {
    ///     match update? {
    ///         Update::Stage(snapshot) => println!("{}", snapshot.status),
    ///         Update::PollFailed(error) => println!("goes on nevertheless: {error}"),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn updates(self) -> Updates<S> {
        Updates { state: State::Ready(Box::new(Poller::new(self.account, self.handle, self.timeout, true))) }
    }
}

impl<S: Service> IntoFuture for Wait<S> {
    type Output = Result<Snapshot<S>, Error<S>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let mut poller = Poller::new(self.account, self.handle, self.timeout, false);
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

/// The stages of a task as they come. A [`Stream`]; without any helpers, [`Updates::next`] gives the items, too.
///
/// It ends after the task is done, or after an error.
#[must_use = "nothing is polled before `.next()`"]
pub struct Updates<S: Service> {
    state: State<S>,
}

enum State<S: Service> {
    Ready(Box<Poller<S>>),
    Busy(BoxFuture<'static, (Box<Poller<S>>, Item<S>)>),
    Over,
}

impl<S: Service> Updates<S> {
    /// What is new; `None` after the end. A future that is dropped loses nothing: the next one goes on.
    pub async fn next(&mut self) -> Option<Item<S>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<S: Service> Stream for Updates<S> {
    type Item = Item<S>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut busy = match std::mem::replace(&mut self.state, State::Over) {
            State::Over => return Poll::Ready(None),
            State::Busy(busy) => busy,
            State::Ready(mut poller) => Box::pin(async move {
                let item = poller.next().await;
                (poller, item)
            }),
        };
        match busy.as_mut().poll(context) {
            Poll::Pending => {
                self.state = State::Busy(busy);
                Poll::Pending
            }
            Poll::Ready((poller, item)) => {
                let is_last = match &item {
                    Ok(Update::Stage(snapshot)) => snapshot.is_done(),
                    Ok(Update::PollFailed(_)) => false,
                    Err(_) => true,
                };
                if !is_last {
                    self.state = State::Ready(poller);
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
