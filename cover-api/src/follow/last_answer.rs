use crate::service::{Service, Snapshot};

/// The last answer about a task. Most answers contain nothing but a status, so that one is kept as two bytes.
pub(super) enum LastAnswer<S: Service> {
    Nothing,
    /// The position of the status among those that the spec lists.
    Status(u16),
    Snapshot(Box<Snapshot<S>>),
}

impl<S: Service> LastAnswer<S> {
    pub(super) fn new(snapshot: &Snapshot<S>) -> Self {
        match snapshot.status_only_index() {
            Some(position) => Self::Status(position),
            None => Self::Snapshot(Box::new(snapshot.to_keep())),
        }
    }

    pub(super) fn snapshot(&self) -> Option<Snapshot<S>> {
        match self {
            Self::Nothing => None,
            Self::Status(position) => Some(Snapshot::of_status(*position)),
            Self::Snapshot(snapshot) => Some((**snapshot).clone()),
        }
    }
}
