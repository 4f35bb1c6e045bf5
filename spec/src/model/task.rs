use std::time::Duration;

use super::At;
use crate::wire::StatusMeaning;

/// `[submit]`
#[derive(Debug, Clone)]
pub struct Submit {
    /// Path of the address.
    pub path: At<String>,
    /// Where the answer gives the id of the task.
    pub task: At<String>,
}

/// `[poll]`
#[derive(Debug, Clone)]
pub struct Poll {
    /// Path of the address.
    pub path: At<String>,
    /// Parameter of the query that carries the id of the task; `None` where it stands in the path, as `{task}`.
    pub query: Option<At<String>>,
    /// Where the answer gives the status.
    pub status: At<String>,
    /// Where the answer repeats the id of the task.
    pub task: Option<At<String>>,
    /// Places where the answer lists the tracks, or has the one that there is: at least one. An empty text is the answer
    /// itself.
    pub tracks: Vec<At<String>>,
    /// Where the answer gives the code of a failure.
    pub error_code: Option<At<String>>,
    /// Where the answer says in words what failed.
    pub error_message: Option<At<String>>,
    /// Where the answer repeats the request.
    pub request: Option<At<String>>,
    /// The least and the most time between two polls.
    pub every: At<[Duration; 2]>,
    /// Between which ages most tasks are done.
    pub typical: Option<At<[Duration; 2]>>,
    /// How long a task is waited for.
    pub deadline: At<Duration>,
    /// Codes that say that there is no such task.
    pub unknown_task: Vec<At<u32>>,
    /// How long after the submit such a code only means "not yet".
    pub patience: At<Duration>,
    /// How long a task that is done is polled on while its tracks have no address.
    pub settle: At<Duration>,
}

/// An entry of `[statuses]`.
#[derive(Debug, Clone)]
pub struct Status {
    /// Its name in answers.
    pub name: At<String>,
    /// Its name in Rust.
    pub rust: At<String>,
    /// What it means, in words.
    pub doc: At<String>,
    /// What it means for the task.
    pub means: At<StatusMeaning>,
    /// How far a running task is.
    pub stage: Option<At<u32>>,
    /// What there is to hear.
    pub ready: At<Ready>,
}

/// What there is to hear at a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    /// Nothing.
    Nothing,
    /// Streams of every track.
    Streams,
    /// Streams of every track, and the first track.
    First,
    /// Everything.
    All,
}

/// `[track]`
#[derive(Debug, Clone)]
pub struct Track {
    /// Name of the Rust type.
    pub name: At<String>,
    /// What it is.
    pub doc: At<String>,
    /// How many a task usually brings.
    pub count: At<u32>,
    /// Its fields.
    pub fields: Vec<TrackField>,
}

/// An entry of `[track.fields]`.
#[derive(Debug, Clone)]
pub struct TrackField {
    /// Its name.
    pub name: At<String>,
    /// Its name in Rust.
    pub rust: At<String>,
    /// What it says.
    pub doc: At<String>,
    /// What it holds.
    pub kind: At<TrackKind>,
    /// Every name under which it is seen.
    pub spellings: Vec<At<String>>,
    /// The field of the request that it repeats.
    pub echo: Option<At<String>>,
}

/// What a field of a track holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackKind {
    /// A text.
    Text,
    /// The address of finished audio: what makes a track ready.
    Audio,
    /// The address of a stream.
    Stream,
    /// The address of a picture.
    Image,
    /// A length in seconds.
    Seconds,
    /// A point in time, as a number of milliseconds or a text.
    Time,
}
