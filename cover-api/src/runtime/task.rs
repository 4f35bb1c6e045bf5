use std::fmt;
use std::sync::Arc;

use super::{Client, Error, Service, Snapshot, TaskHandle, Wait};
use crate::error::Kind;
use crate::follow::{self, Polled};

/// A task that the service has created, and the client that follows it.
pub struct Task<S: Service> {
    client: Client<S>,
    handle: TaskHandle<S>,
    was_posted: bool,
}

impl<S: Service> Task<S> {
    pub(super) fn new(client: Client<S>, handle: TaskHandle<S>, was_posted: bool) -> Self {
        Self { client, handle, was_posted }
    }

    /// Returns whether the `send` that returned this task made the POST. False if the task existed before.
    #[must_use]
    pub fn was_posted(&self) -> bool {
        self.was_posted
    }

    /// Returns the id that the service gave the task.
    #[must_use]
    pub fn id(&self) -> &str {
        self.handle.id()
    }

    /// What to keep of the task; [`Client::resume`] takes it.
    #[must_use]
    pub fn handle(&self) -> TaskHandle<S> {
        self.handle.clone()
    }

    /// Asks once how the task is. Never sleeps: where the rate limit allows no request now, that is an error.
    ///
    /// A task that has failed is a snapshot, too: ask [`Snapshot::is_failed`]. Sends and waits that are queued for a permit come
    /// first. After a refusal, a place is kept for this task until a second after the time that the error gives, in up to a quarter
    /// of the rate limit.
    ///
    /// # Errors
    ///
    /// Where the service does not answer, refuses, or does not know the task (which it may not yet, right after the
    /// submit); [`Error::is_rate_limited`] where nothing was asked, since the rate limit allows nothing now. Every error has
    /// the handle.
    pub async fn poll(&self) -> Result<Snapshot<S>, Error<S>> {
        let account = self.client.account();
        let polled = match account.rate_limit.try_acquire(self.id()) {
            Ok(permit) => follow::poll(account, &self.handle, permit).await,
            Err(wait) => Err(Error::new(Kind::NoPermit(wait))),
        };
        let polled = polled.and_then(|polled| match polled {
            Polled::Snapshot(snapshot) => {
                follow::record_end(account, &self.handle, &snapshot);
                Ok(snapshot)
            }
            Polled::NoSuchTask(failure) => Err(failure.into()),
        });
        polled.map_err(|error| error.with_handle(Some(self.handle())))
    }

    /// Waits until the task is done: await it, or follow its [`updates`](Wait::updates).
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
        Wait::new(Arc::clone(self.client.account()), self.handle())
    }
}

impl<S: Service> Clone for Task<S> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), handle: self.handle(), was_posted: self.was_posted }
    }
}

impl<S: Service> fmt::Debug for Task<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("client", &self.client).field("handle", &self.handle).finish_non_exhaustive()
    }
}
