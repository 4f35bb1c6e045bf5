//! The lengths of the recordings that this account has uploaded.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Number of recordings that are remembered. Further ones replace the oldest.
const MAX_RECORDINGS: usize = 1_024;

/// The addresses of uploaded recordings with their lengths in seconds, oldest first.
#[derive(Default)]
pub(crate) struct Recordings(Mutex<VecDeque<(String, f64)>>);

impl Recordings {
    pub(crate) fn add(&self, address: &str, seconds: f64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(other, _)| other != address);
        all.push_back((address.to_owned(), seconds));
        if all.len() > MAX_RECORDINGS {
            all.pop_front();
        }
    }

    /// Returns the length of the recording at an address, if it was uploaded from here.
    pub(crate) fn length_of(&self, address: &str) -> Option<f64> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().rev().find(|(other, _)| other == address).map(|(_, seconds)| *seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_recording_is_forgotten_first_and_a_new_length_replaces_the_old_one() {
        let recordings = Recordings::default();
        recordings.add("a", 1.0);
        recordings.add("b", 2.0);
        recordings.add("a", 3.0);
        assert_eq!(recordings.length_of("a"), Some(3.0));
        for number in 0..MAX_RECORDINGS - 1 {
            recordings.add(&number.to_string(), 0.0);
        }
        assert_eq!(["a", "b", "c"].map(|address| recordings.length_of(address)), [Some(3.0), None, None]);
    }
}
