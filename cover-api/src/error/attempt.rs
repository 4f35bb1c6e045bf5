use std::time::{Duration, SystemTime};

/// How much of a request's body was handed over to the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BodySent {
    /// No byte was handed over. The service cannot have received the request.
    Nothing,
    /// A part was handed over. The service may have received that part.
    Part,
    /// The whole body was handed over. The service may have received the request.
    Whole,
}

/// Details of one attempt to send a request, returned by [`Error::attempt`](crate::runtime::Error::attempt).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttemptDetails {
    /// Number of the attempt within its `send`, counted from 1.
    pub number: u32,
    /// When the POST began.
    pub started: SystemTime,
    /// Time from the beginning of the POST to the end of the reply, or until the attempt was given up.
    pub took: Duration,
    /// How much of the body was handed over to the connection.
    pub sent: BodySent,
    /// HTTP status of the reply, if at least its head arrived.
    pub status: Option<u16>,
}

impl AttemptDetails {
    pub(crate) fn new(number: u32, started: SystemTime, took: Duration, sent: BodySent, status: Option<u16>) -> Self {
        Self { number, started, took, sent, status }
    }
}
