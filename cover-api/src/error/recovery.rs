use crate::ids::AttemptId;

/// Identifies an attempt whose outcome is unknown. Pass it to [`Client::recover`](crate::runtime::Client::recover).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    pub(crate) operation: &'static str,
    pub(crate) attempt: AttemptId,
    /// Whether callbacks for the attempt come to this client.
    pub(crate) is_called_back: bool,
}
