//! Why a callback is not taken, and how often that was.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::inbox::Heard;

/// Why a callback is not taken. It wakes no wait, and who sent it learns no more than a status.
///
/// The statuses: what anybody can send who knows no address gets the same 404. What came to an address of ours and cannot be
/// read as this version knows it gets 200: to refuse it would tell the service that nobody is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The path does not end as an address does: someone looks around, or a proxy cuts paths.
    NoAddress,
    /// The address was made by somebody else, for another attempt, or with another secret.
    Forged,
    /// The address is of an attempt longer ago than the spec lets callbacks come.
    Expired,
    /// It is no POST.
    Method,
    /// Its content type is not JSON's.
    ContentType,
    /// Its body is larger than any that makes sense.
    TooLarge,
    /// Its body did not come in time.
    TooSlow,
    /// Its body broke off.
    CutShort,
    /// So many come at once that there is no room for it.
    Busy,
    /// Its body is no JSON object.
    NotJson,
    /// It names no task.
    NoTask,
    /// It names no stage.
    NoStage,
    /// It names a stage that the spec does not list.
    UnknownStage,
    /// The attempt became another task.
    OtherTask,
    /// The service signs, and this has no signature that could be read.
    NotSigned,
    /// The service signs, and this signature is not its own, or of something else.
    WronglySigned,
    /// It was signed too long ago, or will be.
    Stale,
}

impl Refusal {
    /// Every one.
    pub const ALL: [Self; 17] = [
        Self::NoAddress,
        Self::Forged,
        Self::Expired,
        Self::Method,
        Self::ContentType,
        Self::TooLarge,
        Self::TooSlow,
        Self::CutShort,
        Self::Busy,
        Self::NotJson,
        Self::NoTask,
        Self::NoStage,
        Self::UnknownStage,
        Self::OtherTask,
        Self::NotSigned,
        Self::WronglySigned,
        Self::Stale,
    ];

    /// The HTTP status to answer with, and an empty body.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::NoTask | Self::NoStage | Self::UnknownStage => 200,
            Self::CutShort | Self::NotJson => 400,
            Self::NotSigned | Self::WronglySigned | Self::Stale => 401,
            Self::NoAddress | Self::Forged | Self::Expired | Self::OtherTask => 404,
            Self::Method => 405,
            Self::TooSlow => 408,
            Self::TooLarge => 413,
            Self::ContentType => 415,
            Self::Busy => 503,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAddress => "the path does not end as an address does",
            Self::Forged => "the address is none of this client's",
            Self::Expired => "the address has expired",
            Self::Method => "it is no POST",
            Self::ContentType => "it is not sent as JSON",
            Self::TooLarge => "it is too large",
            Self::TooSlow => "it did not come in time",
            Self::CutShort => "it broke off",
            Self::Busy => "too many come at once",
            Self::NotJson => "it is no JSON object",
            Self::NoTask => "it names no task",
            Self::NoStage => "it names no stage",
            Self::UnknownStage => "it names a stage that the spec does not list",
            Self::OtherTask => "the attempt became another task",
            Self::NotSigned => "it is not signed",
            Self::WronglySigned => "its signature is wrong",
            Self::Stale => "it was signed too far from now",
        })
    }
}

/// How many callbacks have come to a client, by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallbackStats {
    /// Callbacks that told something new.
    pub news: u64,
    /// Callbacks that told what was known.
    pub repeated: u64,
    /// Callbacks of tasks that nobody waits for here.
    pub unawaited: u64,
    refused: [u64; Refusal::ALL.len()],
}

impl CallbackStats {
    /// How many were refused for this reason.
    #[must_use]
    pub fn refused(&self, refusal: Refusal) -> u64 {
        self.refused[refusal as usize]
    }

    /// How many were refused in all.
    #[must_use]
    pub fn refused_in_all(&self) -> u64 {
        self.refused.iter().sum()
    }
}

/// Counts.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    news: AtomicU64,
    repeated: AtomicU64,
    unawaited: AtomicU64,
    refused: [AtomicU64; Refusal::ALL.len()],
}

impl Counters {
    /// Counts what is taken; another task is a refusal.
    pub(super) fn hear(&self, heard: Heard) {
        let counter = match heard {
            Heard::News | Heard::Claim => &self.news,
            Heard::Repeated => &self.repeated,
            Heard::Nobody => &self.unawaited,
            Heard::OtherTask => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refuse(&self, refusal: Refusal) {
        self.refused[refusal as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn stats(&self) -> CallbackStats {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        CallbackStats {
            news: get(&self.news),
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
    fn each_refusal_has_a_counter_of_its_own() {
        let counters = Counters::default();
        for (index, refusal) in Refusal::ALL.into_iter().enumerate() {
            (0..=index).for_each(|_| counters.refuse(refusal));
        }
        let stats = counters.stats();
        for (index, refusal) in Refusal::ALL.into_iter().enumerate() {
            assert_eq!(stats.refused(refusal), index as u64 + 1, "{refusal}");
        }
        assert_eq!(stats.refused_in_all(), 17 * 18 / 2);
    }
}
