//! Where a task comes from.

/// What is known of the purchase of a task before it is first polled. Nothing is known of a task that is resumed by its handle.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Origin {
    /// Whether this process has just made the POST.
    pub(crate) was_posted: bool,
    /// The presence in which this process was known to be the task's waiter in the ledger, if it was.
    pub(crate) presence: Option<u32>,
    /// Whether the ledger knows that the task has ended.
    pub(crate) has_ended: bool,
    /// Whether the purchase has a key.
    pub(crate) has_key: bool,
}
