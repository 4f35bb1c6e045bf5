use std::fmt;
use std::future::Future;
use std::pin::Pin;

use super::{Error, Service, Snapshot};

/// News of a task.
#[non_exhaustive]
pub enum Update<S: Service> {
    /// It has come to a new stage, or is done.
    Stage(Snapshot<S>),
    /// A poll brought nothing that can be used. The wait goes on.
    PollFailed(Error<S>),
}

pub(super) type Item<S> = Result<Update<S>, Error<S>>;

/// A future on the heap.
pub(super) type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl<S: Service> fmt::Debug for Update<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stage(snapshot) => f.debug_tuple("Stage").field(snapshot).finish(),
            Self::PollFailed(error) => f.debug_tuple("PollFailed").field(error).finish(),
        }
    }
}
