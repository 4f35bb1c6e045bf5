use std::time::Duration;

use super::At;
use crate::wire::Encoding;

/// `[callback]`
#[derive(Debug, Clone)]
pub struct Callback {
    /// The field of the request that holds the address.
    pub field: At<String>,
    /// Where the body says which stage it tells of.
    pub stage: At<String>,
    /// Where the body gives the id of the task.
    pub task: At<String>,
    /// Where the body lists the tracks.
    pub tracks: At<String>,
    /// How long the service waits for an answer.
    pub answer_within: At<Duration>,
    /// How often the service tries.
    pub tries: At<u32>,
    /// How long after the POST a callback may still come.
    pub expires: Option<At<Duration>>,
    /// The stages that it tells of.
    pub stages: Vec<CallbackStage>,
    /// What its codes mean.
    pub codes: Vec<(At<u32>, At<String>)>,
    /// How callbacks are signed; `None` where they are not.
    pub signature: Option<Signature>,
}

/// An entry of `[callback.stages]`.
#[derive(Debug, Clone)]
pub struct CallbackStage {
    /// Its name in the body.
    pub name: At<String>,
    /// The status that a poll would give then; `None`: the task has failed.
    pub status: Option<At<String>>,
    /// What it means.
    pub doc: At<String>,
}

/// `[callback.signature]`: an HMAC-SHA256.
#[derive(Debug, Clone)]
pub struct Signature {
    /// The header that carries it.
    pub header: At<String>,
    /// What is signed, with `{task}`, `{timestamp}` and `{body}` where these stand.
    pub signs: At<String>,
    /// How it is written.
    pub encoding: At<Encoding>,
    /// The header that says when it was signed, and how far that may lie from now.
    pub timestamp: Option<(At<String>, At<Duration>)>,
}
