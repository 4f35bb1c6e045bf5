use std::time::{Duration, SystemTime};

use super::Written;

/// What is known of an attempt to send a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// 1 for the first, one more for each that this crate made by itself.
    pub number: u32,
    /// When it began.
    pub started: SystemTime,
    /// How long it took until it was given up, or the reply was there.
    pub took: Duration,
    /// How far the request was taken by what writes to the connection.
    pub written: Written,
    /// The HTTP status, where a reply began.
    pub status: Option<u16>,
}
