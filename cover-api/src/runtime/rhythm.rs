//! How long to leave a task alone before its next poll.

use std::time::Duration;

/// The pauses between the polls of a task.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rhythm {
    /// The least and the most pause.
    pub(super) every: [Duration; 2],
    /// Between which ages most tasks are done.
    pub(super) typical: Option<[Duration; 2]>,
}

impl Rhythm {
    /// The pause before the next poll of a task of this age, where its age is known.
    ///
    /// Where tasks are typically done, the least; elsewhere the most. Before that, the pause ends with the least one after
    /// the time has come, since nothing can be expected of a poll before.
    pub(super) fn pause(&self, age: Option<Duration>) -> Duration {
        let [least, most] = self.every;
        let (Some([from, to]), Some(age)) = (self.typical, age) else { return least };
        match age {
            age if age < from => from.saturating_sub(age).saturating_add(least).min(most),
            age if age < to => least,
            _ => most,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn polls_are_closest_where_tasks_are_typically_done() {
        let rhythm = Rhythm { every: [seconds(10), seconds(30)], typical: Some([seconds(120), seconds(240)]) };
        for (age, pause) in [(0, 30), (60, 30), (100, 30), (110, 20), (119, 11), (120, 10), (239, 10), (240, 30)] {
            assert_eq!(rhythm.pause(Some(seconds(age))), seconds(pause), "{age}");
        }
    }

    #[test]
    fn without_an_age_or_anything_typical_the_pause_is_the_least() {
        let every = [seconds(10), seconds(30)];
        assert_eq!(Rhythm { every, typical: None }.pause(Some(seconds(1))), seconds(10));
        assert_eq!(Rhythm { every, typical: Some([seconds(1), seconds(2)]) }.pause(None), seconds(10));
    }
}
