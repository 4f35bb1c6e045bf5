use std::time::{Duration, SystemTime};

/// Identifies a rate limit: a hash of an account and its API key, from which neither can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BudgetId(pub [u8; 32]);

/// What the processes that share a rate limit know of the service.
#[derive(Debug, Clone, PartialEq)]
pub struct Budget {
    /// The end of a pause that the service asked for.
    pub paused_until: Option<SystemTime>,
    /// 1, or more after the service has asked for fewer requests.
    pub slowness: f64,
    /// Whether a single request must show, after the pause, that the service is back.
    pub needs_probe: bool,
    /// The process that may send this request, and until when.
    pub prober: Option<(String, SystemTime)>,
    /// Whether sends are stopped, since no credits are left.
    pub no_credits: bool,
}

impl Default for Budget {
    fn default() -> Self {
        Self { paused_until: None, slowness: 1.0, needs_probe: false, prober: None, no_credits: false }
    }
}

/// The places of a rate limit that one process holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The process.
    pub holder: String,
    /// Number of places that it holds.
    pub held: u32,
    /// Number of places that it has a use for, at most as many as its limit has.
    pub wants: u32,
    /// The limit that this process was given: this many requests in `per`.
    pub requests: u32,
    /// The window of that limit, in whole milliseconds.
    pub per: Duration,
    /// When its places are free again if nothing more is heard of it.
    pub valid_until: SystemTime,
}
