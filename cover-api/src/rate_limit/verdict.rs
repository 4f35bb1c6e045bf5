use std::time::Duration;

/// What an answer means for the rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing special.
    Fine,
    /// There were too many requests. No request is sent for this time, then a single one, and fewer from then on.
    TooMany(Duration),
    /// The service asks for a pause. No request is sent for this time, and then a single one.
    Maintenance(Duration),
    /// The account has no credits left.
    NoCredits,
    /// The request got no answer.
    Silence,
}

impl Verdict {
    /// Shortens the pause to `most`.
    pub(crate) fn at_most(self, most: Duration) -> Self {
        match self {
            Self::TooMany(pause) => Self::TooMany(pause.min(most)),
            Self::Maintenance(pause) => Self::Maintenance(pause.min(most)),
            other => other,
        }
    }
}
