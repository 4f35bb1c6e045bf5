//! The pauses between the polls of a task.

use std::time::Duration;

use cover_spec::tables::Api;

/// When to poll a task.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    /// The shortest and the longest pause.
    pub(crate) every: [Duration; 2],
    /// The ages between which most tasks finish.
    pub(crate) expected: Option<[Duration; 2]>,
}

/// The pauses of an operation without tasks, which are those between two looks at the ledger.
const WITHOUT_TASKS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

impl Schedule {
    /// Returns the schedule in a spec.
    pub(crate) fn of(api: &Api) -> Self {
        let poll = api.poll.as_ref();
        let every = poll.map_or(WITHOUT_TASKS, |poll| poll.every);
        Self { every, expected: poll.and_then(|poll| poll.expected_duration) }
    }

    /// Returns the pause before the next poll of a task of this age.
    ///
    /// It is the shortest pause at the ages at which most tasks finish, and the longest one at other ages. A pause that begins
    /// earlier ends one shortest pause after the first of these ages. If the age or the expected ages are not known, it is the
    /// shortest pause.
    pub(crate) fn pause(&self, age: Option<Duration>) -> Duration {
        let [least, most] = self.every;
        let (Some([from, to]), Some(age)) = (self.expected, age) else { return least };
        match age {
            age if age < from => from.saturating_sub(age).saturating_add(least).min(most),
            age if age < to => least,
            _ => most,
        }
    }

    /// Returns the pause if a callback is expected to report the end. `lost` is the share of callbacks that get lost, from 0 to 1.
    ///
    /// Pauses are longer by 1/√lost. Compared with polling alone, this multiplies both the number of polls and the mean delay by
    /// √lost. If no callback gets lost, a task is polled in the middle and at the end of the ages at which most tasks finish.
    /// A task that is still running after that is polled as if there were no callbacks.
    pub(crate) fn pause_with_callbacks(&self, age: Option<Duration>, lost: f64) -> Duration {
        let pause = self.pause(age);
        let longer = |most: Duration| {
            let factor = most.div_duration_f64(pause).max(1.0);
            pause.mul_f64(lost.max(f64::MIN_POSITIVE).sqrt().recip().clamp(1.0, factor))
        };
        let (Some([from, to]), Some(age)) = (self.expected, age) else {
            return longer(pause.saturating_mul(MAX_FACTOR));
        };
        match [from.saturating_add(to) / 2, to].into_iter().find(|mark| age < *mark) {
            Some(mark) => longer(mark.saturating_sub(age).saturating_add(self.every[0])),
            None => pause,
        }
    }
}

/// Longest pause after failed polls, unless the schedule has a longer one.
const MAX_BACKOFF: Duration = Duration::from_secs(60);

/// Returns the pause after a number of failed polls in a row. It doubles with each after the first, up to a minute.
pub(crate) fn backoff(pause: Duration, failures: u32) -> Duration {
    let factor = 1_u32 << failures.saturating_sub(1).min(16);
    pause.saturating_mul(factor).min(pause.max(MAX_BACKOFF))
}

/// Largest factor by which callbacks lengthen pauses if the expected ages are not known.
const MAX_FACTOR: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn tasks_are_polled_most_often_at_the_expected_ages() {
        let schedule = Schedule { every: [seconds(10), seconds(30)], expected: Some([seconds(120), seconds(240)]) };
        for (age, pause) in [(0, 30), (60, 30), (100, 30), (110, 20), (119, 11), (120, 10), (239, 10), (240, 30)] {
            assert_eq!(schedule.pause(Some(seconds(age))), seconds(pause), "{age}");
        }
    }

    #[test]
    fn with_callbacks_tasks_are_polled_less_often_the_fewer_are_lost() {
        let schedule = Schedule { every: [seconds(10), seconds(30)], expected: Some([seconds(120), seconds(240)]) };
        let pause = |age, lost| schedule.pause_with_callbacks(Some(seconds(age)), lost);
        assert_eq!([0, 100, 180, 190, 230, 240].map(|age| pause(age, 0.0)), [190, 90, 70, 60, 20, 30].map(seconds));
        assert_eq!([0, 100, 190, 230, 240].map(|age| pause(age, 1.0)), [30, 30, 10, 10, 30].map(seconds));
        assert_eq!(pause(125, 0.25), seconds(20));
        let plain = Schedule { expected: None, ..schedule };
        assert_eq!([0.0, 0.25, 1.0].map(|lost| plain.pause_with_callbacks(None, lost)), [160, 20, 10].map(seconds));
    }

    #[test]
    fn without_an_age_or_expected_ages_the_pause_is_the_shortest() {
        let every = [seconds(10), seconds(30)];
        assert_eq!(Schedule { every, expected: None }.pause(Some(seconds(1))), seconds(10));
        assert_eq!(Schedule { every, expected: Some([seconds(1), seconds(2)]) }.pause(None), seconds(10));
    }
}
