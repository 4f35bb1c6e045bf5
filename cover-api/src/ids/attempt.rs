use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Identifies an attempt to send a request, in all processes and forever. It contains the second of its creation.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AttemptId(pub u128);

/// Number of random bits of an id. The other bits count seconds since 1970.
const RANDOM: u32 = 88;

impl AttemptId {
    /// Returns a new id.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "no two are equal")]
    pub fn new() -> Self {
        Self::at(SystemTime::now())
    }

    /// Returns a new id with this time of creation.
    #[must_use]
    pub fn at(time: SystemTime) -> Self {
        let seconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        // The standard library seeds these keys with the system's randomness. Generators that are seeded with the clock, such as
        // fastrand, could repeat an id on another machine.
        let random = [(); 2].map(|()| u128::from(RandomState::new().hash_one(())));
        Self(u128::from(seconds) << RANDOM | (random[0] << 24 ^ random[1]) & ((1 << RANDOM) - 1))
    }

    /// Reads an id as it is displayed.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let is_displayed = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_displayed { u128::from_str_radix(text, 16).ok().map(Self) } else { None }
    }

    /// Returns its age, which is zero if its time lies in the future.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "40 bits always fit")]
    pub fn age(self) -> Duration {
        let made = Duration::from_secs(u64::try_from(self.0 >> RANDOM).expect("40 bits fit into 64"));
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().saturating_sub(made)
    }
}

impl fmt::Display for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttemptId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_displayed() {
        let id = AttemptId::new();
        assert_eq!(AttemptId::read(&id.to_string()), Some(id));
        assert_eq!(AttemptId::read(&AttemptId(7).to_string()), Some(AttemptId(7)));
        for other in ["", "5c79", &id.to_string()[1..], &"F".repeat(32), &format!("+{}", "0".repeat(31))] {
            assert_eq!(AttemptId::read(other), None, "{other}");
        }
    }

    #[test]
    fn ids_differ_and_contain_their_age() {
        let ids: std::collections::HashSet<_> = (0..10_000).map(|_| AttemptId::new()).collect();
        assert_eq!(ids.len(), 10_000);
        let old = AttemptId::at(SystemTime::now() - Duration::from_secs(100));
        assert!((100..=102).contains(&old.age().as_secs()));
        assert_eq!(AttemptId::at(SystemTime::now() + Duration::from_secs(100)).age(), Duration::ZERO);
    }
}
