//! Reasons to refuse a callback, and counters of callbacks.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::inbox::CallbackEffect;

/// Why a callback is refused. A refused callback wakes no wait, and its sender sees only an HTTP status.
///
/// A POST from anyone who does not know a callback address always gets the same status, 404. A callback to a valid address that
/// this version cannot interpret gets 200, because an error would tell the service that the address does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The path does not end like a callback address: a stranger scans the server, or a proxy cuts paths.
    NotAnAddress,
    /// The address was made with another secret, or its tag belongs to another attempt.
    ForgedAddress,
    /// The attempt of the address is older than the spec lets callbacks arrive.
    ExpiredAddress,
    /// The method is not POST.
    WrongMethod,
    /// The content type is not JSON.
    WrongContentType,
    /// The body is larger than 256 KiB.
    TooLarge,
    /// The body did not arrive within 5 seconds.
    TooSlow,
    /// The connection broke before the end of the body.
    CutShort,
    /// Too many bodies are being read.
    Busy,
    /// The body is not a JSON object.
    NotJson,
    /// The body has no task id.
    NoTask,
    /// The body has no stage.
    NoStage,
    /// The spec does not list the stage.
    UnknownStage,
    /// The attempt of the address became another task.
    OtherTask,
    /// The service signs callbacks, and this one has no readable signature.
    MissingSignature,
    /// The signature was made with another key, or for other content.
    InvalidSignature,
    /// The time of the signature is further from now than the spec allows.
    StaleSignature,
}

impl Refusal {
    /// All refusals.
    pub const ALL: [Self; 17] = [
        Self::NotAnAddress,
        Self::ForgedAddress,
        Self::ExpiredAddress,
        Self::WrongMethod,
        Self::WrongContentType,
        Self::TooLarge,
        Self::TooSlow,
        Self::CutShort,
        Self::Busy,
        Self::NotJson,
        Self::NoTask,
        Self::NoStage,
        Self::UnknownStage,
        Self::OtherTask,
        Self::MissingSignature,
        Self::InvalidSignature,
        Self::StaleSignature,
    ];

    /// Returns the HTTP status of the answer. The answer has an empty body.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::NoTask | Self::NoStage | Self::UnknownStage => 200,
            Self::CutShort | Self::NotJson => 400,
            Self::MissingSignature | Self::InvalidSignature | Self::StaleSignature => 401,
            Self::NotAnAddress | Self::ForgedAddress | Self::ExpiredAddress | Self::OtherTask => 404,
            Self::WrongMethod => 405,
            Self::TooSlow => 408,
            Self::TooLarge => 413,
            Self::WrongContentType => 415,
            Self::Busy => 503,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnAddress => "the path does not end like a callback address",
            Self::ForgedAddress => "the callback address was not made by this client",
            Self::ExpiredAddress => "the callback address has expired",
            Self::WrongMethod => "the method is not POST",
            Self::WrongContentType => "the content type is not JSON",
            Self::TooLarge => "the body is too large",
            Self::TooSlow => "the body did not arrive in time",
            Self::CutShort => "the connection broke before the end of the body",
            Self::Busy => "too many callbacks are being read",
            Self::NotJson => "the body is not a JSON object",
            Self::NoTask => "the body has no task id",
            Self::NoStage => "the body has no stage",
            Self::UnknownStage => "the spec does not list the stage",
            Self::OtherTask => "the attempt became another task",
            Self::MissingSignature => "the signature is missing",
            Self::InvalidSignature => "the signature is invalid",
            Self::StaleSignature => "the time of the signature is too far from now",
        })
    }
}

/// Number of callbacks that a client received, by their outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallbackStats {
    /// Number of callbacks that reported a new stage, or named the task of an attempt.
    pub new: u64,
    /// Number of callbacks that reported what an earlier one reported.
    pub repeated: u64,
    /// Number of callbacks for tasks without a wait in this process.
    pub unawaited: u64,
    refused: [u64; Refusal::ALL.len()],
}

impl CallbackStats {
    /// Returns the number of callbacks that were refused for this reason.
    #[must_use]
    pub fn refused(&self, refusal: Refusal) -> u64 {
        self.refused[refusal as usize]
    }

    /// Returns the number of refused callbacks.
    #[must_use]
    pub fn refused_in_all(&self) -> u64 {
        self.refused.iter().sum()
    }
}

/// Counts callbacks by their outcome.
#[derive(Debug, Default)]
pub(crate) struct CallbackCounters {
    new: AtomicU64,
    repeated: AtomicU64,
    unawaited: AtomicU64,
    refused: [AtomicU64; Refusal::ALL.len()],
}

impl CallbackCounters {
    /// Counts an accepted callback. `OtherTask` is counted as a refusal instead.
    pub(super) fn count(&self, effect: CallbackEffect) {
        let counter = match effect {
            CallbackEffect::New | CallbackEffect::Claim => &self.new,
            CallbackEffect::Repeated => &self.repeated,
            CallbackEffect::Unawaited => &self.unawaited,
            CallbackEffect::OtherTask => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_refusal(&self, refusal: Refusal) {
        self.refused[refusal as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn stats(&self) -> CallbackStats {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        CallbackStats {
            new: get(&self.new),
            repeated: get(&self.repeated),
            unawaited: get(&self.unawaited),
            refused: self.refused.each_ref().map(get),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_is_counted_separately() {
        let counters = CallbackCounters::default();
        for (index, refusal) in Refusal::ALL.into_iter().enumerate() {
            (0..=index).for_each(|_| counters.count_refusal(refusal));
        }
        let stats = counters.stats();
        for (index, refusal) in Refusal::ALL.into_iter().enumerate() {
            assert_eq!(stats.refused(refusal), index as u64 + 1, "{refusal}");
        }
        assert_eq!(stats.refused_in_all(), 17 * 18 / 2);
    }
}
