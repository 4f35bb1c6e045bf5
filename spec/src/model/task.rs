//! Submitting and polling a task, and its results.

use std::time::Duration;

use super::At;
use crate::tables::StatusMeaning;

/// `[submit]`: the POST that submits a task.
#[derive(Debug, Clone)]
pub struct Submit {
    /// Path below the base URL.
    pub path: At<String>,
    /// Where the answer has the id of the task.
    pub task: At<String>,
}

/// `[poll]`: the GET that polls a task.
#[derive(Debug, Clone)]
pub struct Poll {
    /// Path below the base URL.
    pub path: At<String>,
    /// Query parameter for the id of the task. `None`: the path has `{task}`.
    pub query: Option<At<String>>,
    /// Where the answer has the status.
    pub status: At<String>,
    /// Where the answer repeats the id of the task.
    pub task: Option<At<String>>,
    /// Places of the tracks, as a list or a single object. At least one place; an empty text is the answer itself.
    pub tracks: Vec<At<String>>,
    /// Where the answer has the code of a failure.
    pub error_code: Option<At<String>>,
    /// Where the answer has the message of a failure.
    pub error_message: Option<At<String>>,
    /// Where the answer repeats the request.
    pub request: Option<At<String>>,
    /// Minimum and maximum time between two polls.
    pub every: At<[Duration; 2]>,
    /// Minimum and maximum age at which most tasks are done.
    pub expected_duration: Option<At<[Duration; 2]>>,
    /// Default timeout of a wait.
    pub timeout: At<Duration>,
    /// Codes which say that the task does not exist.
    pub unknown_task: Vec<At<u32>>,
    /// Time after the submit during which such a code means "not yet".
    pub patience: At<Duration>,
    /// Time for which a finished task is polled while its tracks have no address.
    pub settle: At<Duration>,
}

/// An entry of `[statuses]`: one status of a task.
#[derive(Debug, Clone)]
pub struct Status {
    /// Name in answers.
    pub name: At<String>,
    /// Name of the Rust variant.
    pub rust: At<String>,
    /// What the status says, as documentation.
    pub doc: At<String>,
    /// What the status means for the task.
    pub means: At<StatusMeaning>,
    /// Position of a running task in the order of stages.
    pub stage: Option<At<u32>>,
    /// Which results the sandbox has at this status.
    pub ready: At<Ready>,
}

/// Results that the sandbox has at a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    /// None.
    Nothing,
    /// Streams of every track.
    Streams,
    /// Streams of every track, and the file of the first one.
    First,
    /// All.
    All,
}

/// `[track]`: one result of a task.
#[derive(Debug, Clone)]
pub struct Track {
    /// Name of the Rust type.
    pub name: At<String>,
    /// What a track is, as documentation.
    pub doc: At<String>,
    /// Usual number of tracks of a task.
    pub count: At<u32>,
    /// Fields of a track.
    pub fields: Vec<TrackField>,
}

/// An entry of `[track.fields]`: one field of a track.
#[derive(Debug, Clone)]
pub struct TrackField {
    /// Name of the field.
    pub name: At<String>,
    /// Name of the Rust field.
    pub rust: At<String>,
    /// What the field is, as documentation.
    pub doc: At<String>,
    /// Type of the field.
    pub kind: At<TrackKind>,
    /// Names of the field in JSON, in every kind of answer.
    pub spellings: Vec<At<String>>,
    /// Field of the request that this field repeats.
    pub echo: Option<At<String>>,
}

/// The type of a field of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackKind {
    /// A text.
    Text,
    /// The address of the finished file. A track that has it is ready.
    Audio,
    /// The address of a stream of the unfinished track.
    Stream,
    /// The address of a picture.
    Image,
    /// A length in seconds.
    Seconds,
    /// A point in time: milliseconds since 1970, or a text.
    Time,
}

impl Poll {
    /// Describes the places of the tracks, such as "`data.results`, else `data.songs`".
    #[must_use]
    pub fn track_places(&self) -> String {
        let place = |place: &At<String>| match place.as_str() {
            "" => "the answer itself".to_owned(),
            place => format!("`{place}`"),
        };
        self.tracks.iter().map(place).collect::<Vec<_>>().join(", else ")
    }
}
