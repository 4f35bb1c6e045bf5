use cover_spec::tables::Api;

use crate::service::{Service, Snapshot};

/// The last answer about a task. Most answers contain nothing but a status, so that one is kept as two bytes.
pub(super) enum LastAnswer<S: Service> {
    Nothing,
    /// The position of the status among those that the spec lists.
    Status(u16),
    Snapshot(Box<Snapshot<S>>),
}

impl<S: Service> LastAnswer<S> {
    pub(super) fn new(api: &Api, snapshot: &Snapshot<S>) -> Self {
        match snapshot.status_only_index(api) {
            Some(position) => Self::Status(position),
            None => Self::Snapshot(Box::new(snapshot.to_keep())),
        }
    }

    pub(super) fn snapshot(&self, api: &Api) -> Option<Snapshot<S>> {
        match self {
            Self::Nothing => None,
            Self::Status(position) => Some(Snapshot::of_status(api, *position)),
            Self::Snapshot(snapshot) => Some((**snapshot).clone()),
        }
    }
}
