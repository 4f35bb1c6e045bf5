//! How long to leave a task alone before its next poll.

use std::time::Duration;

/// The pauses between the polls of a task.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    /// The least and the most pause.
    pub(crate) every: [Duration; 2],
    /// Between which ages most tasks are done.
    pub(crate) expected: Option<[Duration; 2]>,
}

impl Schedule {
    /// The pause before the next poll of a task of this age, where its age is known.
    ///
    /// Where tasks are expectedly done, the least; elsewhere the most. Before that, the pause ends with the least one after
    /// the time has come, since nothing can be expected of a poll before.
    pub(crate) fn pause(&self, age: Option<Duration>) -> Duration {
        let [least, most] = self.every;
        let (Some([from, to]), Some(age)) = (self.expected, age) else { return least };
        match age {
            age if age < from => from.saturating_sub(age).saturating_add(least).min(most),
            age if age < to => least,
            _ => most,
        }
    }

    /// The pause where a callback is expected to tell of the end, and this share of callbacks is lost, from 0 to 1.
    ///
    /// With pauses longer by 1/√lost, both the polls and the delay of what is lost are √lost of what they are without
    /// callbacks. Where nothing seems lost, one looks in the middle of the time in which tasks are expectedly done, and at its
    /// end; what is late even then is polled as if there were no callbacks.
    pub(crate) fn pause_with_callbacks(&self, age: Option<Duration>, lost: f64) -> Duration {
        let pause = self.pause(age);
        let longer = |most: Duration| {
            let factor = most.div_duration_f64(pause).max(1.0);
            pause.mul_f64(lost.max(f64::MIN_POSITIVE).sqrt().recip().clamp(1.0, factor))
        };
        let (Some([from, to]), Some(age)) = (self.expected, age) else { return longer(pause.saturating_mul(LONGEST)) };
        match [from.saturating_add(to) / 2, to].into_iter().find(|mark| age < *mark) {
            Some(mark) => longer(mark.saturating_sub(age).saturating_add(self.every[0])),
            None => pause,
        }
    }
}

/// Longest pause that failed polls lead to, where the schedule itself has no longer one.
const MOST_BACKOFF: Duration = Duration::from_secs(60);

/// The pause after so many failed polls in a row: it doubles with each after the first, up to a minute.
pub(crate) fn backoff(pause: Duration, failures: u32) -> Duration {
    let factor = 1_u32 << failures.saturating_sub(1).min(16);
    pause.saturating_mul(factor).min(pause.max(MOST_BACKOFF))
}

/// Where nothing is known of when tasks are done, pauses with callbacks are so much longer at most.
const LONGEST: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn polls_are_closest_where_tasks_are_expectedly_done() {
        let schedule = Schedule { every: [seconds(10), seconds(30)], expected: Some([seconds(120), seconds(240)]) };
        for (age, pause) in [(0, 30), (60, 30), (100, 30), (110, 20), (119, 11), (120, 10), (239, 10), (240, 30)] {
            assert_eq!(schedule.pause(Some(seconds(age))), seconds(pause), "{age}");
        }
    }

    #[test]
    fn with_callbacks_polls_grow_rare_as_less_is_lost() {
        let schedule = Schedule { every: [seconds(10), seconds(30)], expected: Some([seconds(120), seconds(240)]) };
        let pause = |age, lost| schedule.pause_with_callbacks(Some(seconds(age)), lost);
        assert_eq!([0, 100, 180, 190, 230, 240].map(|age| pause(age, 0.0)), [190, 90, 70, 60, 20, 30].map(seconds));
        assert_eq!([0, 100, 190, 230, 240].map(|age| pause(age, 1.0)), [30, 30, 10, 10, 30].map(seconds));
        assert_eq!(pause(125, 0.25), seconds(20));
        let plain = Schedule { expected: None, ..schedule };
        assert_eq!([0.0, 0.25, 1.0].map(|lost| plain.pause_with_callbacks(None, lost)), [160, 20, 10].map(seconds));
    }

    #[test]
    fn without_an_age_or_anything_expected_the_pause_is_the_least() {
        let every = [seconds(10), seconds(30)];
        assert_eq!(Schedule { every, expected: None }.pause(Some(seconds(1))), seconds(10));
        assert_eq!(Schedule { every, expected: Some([seconds(1), seconds(2)]) }.pause(None), seconds(10));
    }
}
