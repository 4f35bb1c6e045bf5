use std::fmt;
use std::sync::Arc;

use super::Client;
use crate::error::{Error, Kind};
use crate::follow::{self, Origin, PollAnswer, Wait};
use crate::service::{Service, Snapshot, TaskHandle};

/// A task of the service, with the client that polls it.
pub struct Task<S: Service> {
    client: Client<S>,
    handle: TaskHandle<S>,
    origin: Origin,
}

impl<S: Service> Task<S> {
    pub(super) fn new(client: Client<S>, handle: TaskHandle<S>, origin: Origin) -> Self {
        Self { client, handle, origin }
    }

    /// Returns whether the `send` that returned this task made the POST. False if the task existed before.
    #[must_use]
    pub fn was_posted(&self) -> bool {
        self.origin.was_posted
    }

    /// Returns the id that the service gave the task.
    #[must_use]
    pub fn id(&self) -> &str {
        self.handle.id()
    }

    /// Returns the handle of the task. Store it, and pass it to [`Client::resume`] later.
    #[must_use]
    pub fn handle(&self) -> TaskHandle<S> {
        self.handle.clone()
    }

    /// Polls the task once. It never waits for the rate limit: if no request is allowed now, that is an error. If other processes share
    /// the rate limit, it waits for the ledger to say how much of it is free, for at most 5 seconds.
    ///
    /// The snapshot of a failed task is not an error; see [`Snapshot::is_failed`]. Queued sends and waits get their permits first.
    /// After an error of the rate limit, a permit is reserved for this task until a second after the time that the error gives.
    /// Such reservations take at most a quarter of the rate limit.
    ///
    /// # Errors
    ///
    /// If the service does not answer, refuses the request, or does not know the task, as may happen right after the submit.
    /// [`Error::is_rate_limited`] if the rate limit allowed no request and nothing was sent. Every error has the handle.
    pub async fn poll(&self) -> Result<Snapshot<S>, Error<S>> {
        let operation = &self.client.operation;
        let polled = match operation.account.rate_limit.try_acquire_shared(self.id()).await {
            Ok(permit) => follow::poll(operation, &self.handle, permit).await,
            Err(wait) => Err(Error::new(Kind::NoPermit(wait))),
        };
        let polled = polled.and_then(|polled| match polled {
            PollAnswer::Snapshot(snapshot) => {
                follow::record_end(operation, &self.handle, &snapshot, self.origin.presence.is_some());
                Ok(snapshot)
            }
            PollAnswer::NoSuchTask(failure) => Err(failure.into()),
        });
        polled.map_err(|error| error.with_handle(Some(self.handle())))
    }

    /// Asks the service to cancel the task, as `[cancel]` in the spec says. The request is sent once, and never again by itself.
    ///
    /// It waits for a permit of the rate limit, before all waiting sends and polls. `Ok` says that the service accepted the cancel, and not that the task has ended: it may
    /// still become done. Poll it or wait for it to know. The wait of a cancelled task ends with an error for which
    /// [`Error::is_cancelled`] is true.
    ///
    /// A cancel that is dropped may or may not cancel the task. The ledger keeps the purchase: an equal `send` with its key returns the
    /// cancelled task, and [`Sending::after_failure`](super::Sending::after_failure) buys another one.
    ///
    /// ```no_run
    /// # async fn example(task: cover_api::Task) -> Result<(), cover_api::Error> {
    /// task.cancel().await?;
    /// match task.wait().await {
    ///     Ok(done) => println!("it was too late: {} tracks", done.tracks.len()),
    ///     Err(error) if error.is_cancelled() => println!("cancelled"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`] if the spec has no `[cancel]`, as is so in the spec that this crate ships. [`Error::is_refused`] with the
    /// code if the service refuses, such as for a task that has ended, and [`Error::is_not_found`] if it does not know the task.
    /// Otherwise, unless the error [is that nothing was sent](Error::is_not_sent), the task may have been cancelled. Every error has
    /// the handle.
    pub async fn cancel(&self) -> Result<(), Error<S>> {
        let cancelled = self.client.operation.cancel(self.handle.operation(), self.id()).await;
        cancelled.map_err(|failure| Error::from(failure).with_handle(Some(self.handle())))
    }

    /// Waits until the task is done. Await the result, or follow its [`updates`](Wait::updates).
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # async fn example(task: cover_api::Task) -> Result<(), cover_api::Error> {
    /// let cover = task.wait().timeout(Duration::from_secs(300)).await?;
    /// println!("{} tracks", cover.tracks.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait(&self) -> Wait<S> {
        Wait::new(Arc::clone(&self.client.operation), self.handle(), self.origin)
    }

    /// Returns what is known of its purchase.
    pub(super) fn origin(&self) -> Origin {
        self.origin
    }
}

impl<S: Service> Clone for Task<S> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), handle: self.handle(), origin: self.origin }
    }
}

impl<S: Service> fmt::Debug for Task<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("client", &self.client).field("handle", &self.handle).finish_non_exhaustive()
    }
}
