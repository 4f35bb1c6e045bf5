use crate::attempt_id::AttemptId;

/// An attempt whose outcome is unknown, to be recovered by [`Client::recover`](crate::runtime::Client::recover).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    pub(crate) operation: &'static str,
    pub(crate) attempt: AttemptId,
    /// Whether a callback can tell what became of it.
    pub(crate) is_called_back: bool,
}
