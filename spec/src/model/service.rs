use std::time::Duration;

use super::At;
use crate::wire::{CodeMeaning, Created};

/// `[service]`
#[derive(Debug, Clone)]
pub struct Service {
    /// Name of the Rust type that stands for the service.
    pub name: At<String>,
    /// What handles of its tasks are marked with.
    pub id: At<String>,
    /// What it does.
    pub doc: At<String>,
    /// The page that documents it.
    pub docs: Option<At<String>>,
    /// Where it is reached.
    pub base_url: At<String>,
    /// The header that carries the key.
    pub auth_header: At<String>,
    /// What stands before the key in it.
    pub auth_scheme: At<String>,
    /// The environment variable that holds the key.
    pub env_key: At<String>,
    /// The environment variable that holds another base address.
    pub env_url: At<String>,
    /// How long results are kept.
    pub retention: Option<At<Duration>>,
}

/// `[envelope]`
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Where an answer says its code.
    pub code: At<String>,
    /// Where an answer says in words what happened.
    pub message: At<String>,
}

/// An entry of `[codes]`.
#[derive(Debug, Clone)]
pub struct Code {
    /// The number.
    pub number: At<u32>,
    /// What kind of answer it is.
    pub means: At<CodeMeaning>,
    /// What the page says of it.
    pub doc: At<String>,
    /// Was a task created?
    pub created: At<Created>,
    /// After which time the same request may be sent again.
    pub resend: Option<At<Duration>>,
}

/// `[credits]`
#[derive(Debug, Clone)]
pub struct Credits {
    /// Path of the address.
    pub path: At<String>,
    /// Where the answer gives the number.
    pub amount: At<String>,
    /// What a request costs, roughly.
    pub cost: At<u32>,
}

/// `[pace]`
#[derive(Debug, Clone)]
pub struct Pace {
    /// So many requests of one key are taken in every window.
    pub requests: At<u32>,
    /// How long a window is.
    pub window: At<Duration>,
    /// The least time between two polls of one task, however they come about.
    pub task_every: Option<At<Duration>>,
}
