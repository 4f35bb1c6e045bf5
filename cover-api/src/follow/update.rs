use std::fmt;

use crate::error::Error;
use crate::service::{Service, Snapshot};

/// An update of a wait, returned by [`Updates::next`](crate::runtime::Updates::next).
#[non_exhaustive]
pub enum Update<S: Service> {
    /// The task reached a new stage, or is done.
    Stage(Snapshot<S>),
    /// A poll failed. The wait continues.
    PollFailed(Error<S>),
}

pub(super) type Item<S> = Result<Update<S>, Error<S>>;

impl<S: Service> fmt::Debug for Update<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stage(snapshot) => f.debug_tuple("Stage").field(snapshot).finish(),
            Self::PollFailed(error) => f.debug_tuple("PollFailed").field(error).finish(),
        }
    }
}
