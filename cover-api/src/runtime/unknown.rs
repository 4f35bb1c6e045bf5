//! Requests whose outcome is unknown, so that no equal one is sent by mistake.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Stands for the body of a request. It says nothing of it, and is the same for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    /// FNV-1a.
    pub(super) fn of(body: &[u8]) -> Self {
        let hash = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        Self(body.iter().fold(0xcbf2_9ce4_8422_2325, hash))
    }

    #[cfg(feature = "journal")]
    pub(crate) fn number(self) -> u64 {
        self.0
    }

    #[cfg(feature = "journal")]
    pub(crate) fn from_number(number: u64) -> Self {
        Self(number)
    }
}

/// So many are remembered; the oldest goes first.
const MOST: usize = 1 << 16;

/// The requests whose outcome is unknown.
#[derive(Debug, Default)]
pub(crate) struct Unknown(Mutex<VecDeque<Fingerprint>>);

impl Unknown {
    fn all(&self) -> MutexGuard<'_, VecDeque<Fingerprint>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn has(&self, request: Fingerprint) -> bool {
        self.all().contains(&request)
    }

    pub(super) fn add(&self, request: Fingerprint) {
        let mut all = self.all();
        if all.len() == MOST {
            all.pop_front();
        }
        all.push_back(request);
    }

    /// The outcome of one such request is known now.
    #[cfg(feature = "callback")]
    pub(crate) fn found(&self, request: Fingerprint) {
        let mut all = self.all();
        if let Some(place) = all.iter().position(|other| *other == request) {
            all.remove(place);
        }
    }

    /// Its user takes the risk.
    pub(super) fn forget(&self, request: Fingerprint) {
        self.all().retain(|other| *other != request);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_the_published_function() {
        assert_eq!(Fingerprint::of(b""), Fingerprint(0xcbf2_9ce4_8422_2325));
        assert_eq!(Fingerprint::of(b"foobar"), Fingerprint(0x8594_4171_f739_67e8));
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let unknown = Unknown::default();
        for number in 0..=MOST {
            unknown.add(Fingerprint(number as u64));
        }
        assert!(!unknown.has(Fingerprint(0)) && unknown.has(Fingerprint(MOST as u64)));
        unknown.forget(Fingerprint(1));
        assert!(!unknown.has(Fingerprint(1)));
    }
}
