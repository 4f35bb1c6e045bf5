//! `[callback]`.

use std::time::Duration;

use super::At;
use crate::tables::SignatureEncoding;

/// `[callback]`: the POSTs that the service sends about a task.
#[derive(Debug, Clone)]
pub struct Callback {
    /// Field of the request with the address of the callbacks.
    pub field: At<String>,
    /// Where the body has the stage. `None`: each callback is about the end of the task.
    pub stage: Option<At<String>>,
    /// Where the body has the id of the task.
    pub task: At<String>,
    /// Time for which the service waits for an answer.
    pub answer_within: At<Duration>,
    /// Number of attempts of the service to deliver a callback.
    pub attempts: At<u32>,
    /// Time after the submit after which callbacks are refused.
    pub expires: Option<At<Duration>>,
    /// Stages of a task that have a callback.
    pub stages: Vec<CallbackStage>,
    /// Signature of callbacks. `None`: they are not signed.
    pub signature: Option<Signature>,
}

/// An entry of `[callback.stages]`: one stage.
#[derive(Debug, Clone)]
pub struct CallbackStage {
    /// Name in the body.
    pub name: At<String>,
    /// Status of the task at this stage. `None`: the task has failed.
    pub status: Option<At<String>>,
    /// What the stage means, as documentation.
    pub doc: At<String>,
}

/// `[callback.signature]`: an HMAC-SHA256 over parts of the callback.
#[derive(Debug, Clone)]
pub struct Signature {
    /// Name of the header with the signature.
    pub header: At<String>,
    /// Template of the signed text, with `{task}`, `{timestamp}` and `{body}`.
    pub signs: At<String>,
    /// Encoding of the signature.
    pub encoding: At<SignatureEncoding>,
    /// Name of the header with the time of signing, and its tolerance.
    pub timestamp: Option<(At<String>, At<Duration>)>,
}
