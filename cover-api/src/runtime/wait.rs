//! Waiting for a task, for its end or for every stage.

use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;

use super::follow::Follow;
use super::{Error, Service, Snapshot, Task};

/// A wait for a task. Awaiting it gives the task once it is done.
///
/// Where callbacks come to the client (feature `callback`), they wake it, and it polls to confirm what they say.
///
/// Between its polls it holds little and runs nothing: ten thousand waits take turns on the pace of their client, and those
/// that are polled at the same pauses wait as long for their turns, within a tenth.
#[must_use = "nothing is awaited before `.await` or `.updates()`"]
pub struct Wait<S: Service> {
    task: Task<S>,
    deadline: Duration,
}

impl<S: Service> Wait<S> {
    pub(super) fn new(task: Task<S>) -> Self {
        Self { task, deadline: S::api().poll.deadline }
    }

    /// How long to wait, from now on; the spec says it otherwise. The last poll falls on it, or where the pace of the key
    /// has no turn then, at most one pause between polls later.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The stages as they come: each once, none after a later one, the last when the task is done. The first poll is made
    /// at once, unless callbacks are expected to tell of the stages.
    ///
    /// ```no_run
    /// use cover_api::Update;
    ///
    /// # async fn example(task: cover_api::Task) -> Result<(), cover_api::Error> {
    /// let mut updates = task.wait().updates();
    /// while let Some(update) = updates.next().await {
    ///     match update? {
    ///         Update::Stage(snapshot) => println!("{}", snapshot.status),
    ///         Update::Missed(error) => println!("goes on nevertheless: {error}"),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn updates(self) -> Updates<S> {
        Updates { state: State::Ready(Box::new(Follow::new(self.task, self.deadline, true))) }
    }
}

impl<S: Service> IntoFuture for Wait<S> {
    type Output = Result<Snapshot<S>, Error<S>>;
    type IntoFuture = Boxed<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let mut follow = Follow::new(self.task, self.deadline, false);
        Box::pin(async move {
            loop {
                match follow.next().await? {
                    Update::Stage(snapshot) if snapshot.is_done() => return Ok(snapshot),
                    _ => {}
                }
            }
        })
    }
}

/// News of a task.
#[non_exhaustive]
pub enum Update<S: Service> {
    /// It has come to a new stage, or is done.
    Stage(Snapshot<S>),
    /// A poll brought nothing that can be used. The wait goes on.
    Missed(Error<S>),
}

/// The stages of a task as they come. A [`Stream`]; without any helpers, [`Updates::next`] gives the items, too.
///
/// It ends after the task is done, or after an error.
#[must_use = "nothing is polled before `.next()`"]
pub struct Updates<S: Service> {
    state: State<S>,
}

enum State<S: Service> {
    Ready(Box<Follow<S>>),
    Busy(Boxed<(Box<Follow<S>>, Item<S>)>),
    Over,
}

/// A future on the heap.
pub(super) type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

pub(super) type Item<S> = Result<Update<S>, Error<S>>;

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
            State::Ready(mut follow) => Box::pin(async move {
                let item = follow.next().await;
                (follow, item)
            }),
        };
        match busy.as_mut().poll(context) {
            Poll::Pending => {
                self.state = State::Busy(busy);
                Poll::Pending
            }
            Poll::Ready((follow, item)) => {
                let is_last = match &item {
                    Ok(Update::Stage(snapshot)) => snapshot.is_done(),
                    Ok(Update::Missed(_)) => false,
                    Err(_) => true,
                };
                if !is_last {
                    self.state = State::Ready(follow);
                }
                Poll::Ready(Some(item))
            }
        }
    }
}

impl<S: Service> fmt::Debug for Wait<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").field("task", &self.task).field("deadline", &self.deadline).finish()
    }
}

impl<S: Service> fmt::Debug for Update<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stage(snapshot) => f.debug_tuple("Stage").field(snapshot).finish(),
            Self::Missed(error) => f.debug_tuple("Missed").field(error).finish(),
        }
    }
}

impl<S: Service> fmt::Debug for Updates<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Updates").finish_non_exhaustive()
    }
}
