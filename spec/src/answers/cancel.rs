//! Reads the answer to a cancel, which many services leave empty.

use super::{Envelope, Unreadable, code};
use crate::tables::{Api, CodeMeaning};

/// What an answer to a cancel says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelReply {
    /// The service takes the cancel.
    Accepted,
    /// The service refuses the cancel, with this code.
    Refused(u32),
    /// The answer is about another task.
    OtherTask,
    /// The answer cannot be read, for this reason. The task may have been cancelled.
    Unreadable(Unreadable),
}

/// Reads the answer to a cancel of a task, which has this HTTP status.
#[must_use]
pub fn cancel(api: &Api, read: &Result<Envelope, Unreadable>, status: u16, task: &str) -> CancelReply {
    let is_good = (200..300).contains(&status);
    match read {
        Ok(envelope) => {
            let is_accepted = match code(api, envelope.code) {
                Some(known) => known.means == CodeMeaning::Success,
                None => api.code.is_empty() && is_good,
            };
            match &envelope.task {
                _ if !is_accepted => CancelReply::Refused(envelope.code),
                Some(named) if named != task => CancelReply::OtherTask,
                _ => CancelReply::Accepted,
            }
        }
        Err(Unreadable::Empty) if is_good => CancelReply::Accepted,
        Err(Unreadable::Empty) if api.code.is_empty() => CancelReply::Refused(status.into()),
        Err(why) => CancelReply::Unreadable(*why),
    }
}
