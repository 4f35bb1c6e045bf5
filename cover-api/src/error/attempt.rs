use std::time::{Duration, SystemTime};

/// How far the body of a request was handed over to the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BodySent {
    /// Nothing of it: the service cannot have received the request.
    Nothing,
    /// A part of it: the service may have received that part.
    Part,
    /// All of it: the service may have received the whole request.
    Whole,
}

/// What is known of an attempt to send a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// 1 for the first, one more for each further attempt of the same `send`.
    pub number: u32,
    /// When its POST began.
    pub started: SystemTime,
    /// How long it took until the reply was there, or the attempt was given up.
    pub took: Duration,
    /// How far the body was handed over to the connection.
    pub sent: BodySent,
    /// The HTTP status, where a reply began.
    pub status: Option<u16>,
}

impl Attempt {
    pub(crate) fn new(number: u32, started: SystemTime, took: Duration, sent: BodySent, status: Option<u16>) -> Self {
        Self { number, started, took, sent, status }
    }
}
