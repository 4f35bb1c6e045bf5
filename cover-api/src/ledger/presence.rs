use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// Whether other processes count this one as alive, so that they leave the tasks that it waits for alone.
///
/// By default it is present all the time. A store that only hears of its processes says how long the last word counts.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    state: Mutex<State>,
    returned: Notify,
}

/// How often a process looks for tasks that it can adopt, unless its store says it.
const INTERVAL: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
struct State {
    number: u32,
    /// The end of the presence if nothing is heard of this process, well before others see it end.
    until: Option<Instant>,
    interval: Option<Duration>,
}

impl Presence {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the number of the presence, which grows when it was, or may have been, interrupted.
    pub(crate) fn number(&self) -> u32 {
        self.state().number
    }

    /// Returns the number of the presence if this process is certainly present.
    pub(crate) fn current(&self) -> Option<u32> {
        let state = self.state();
        state.until.is_none_or(|until| Instant::now() < until).then_some(state.number)
    }

    /// Returns how often processes say that they are present.
    pub(crate) fn interval(&self) -> Duration {
        self.state().interval.unwrap_or(INTERVAL)
    }

    /// Waits until this process is present, and returns the number of the presence.
    pub(crate) async fn returned(&self) -> u32 {
        loop {
            let returned = self.returned.notified();
            if let Some(number) = self.current() {
                return number;
            }
            returned.await;
        }
    }

    /// Records that this process is present until a time, and says so again after an interval. `was_present`: whether others have seen it
    /// present until now.
    #[cfg(feature = "postgres")]
    pub(super) fn extend(&self, until: Instant, interval: Duration, was_present: bool) {
        let mut state = self.state();
        state.number += u32::from(!was_present);
        (state.until, state.interval) = (Some(until), Some(interval));
        drop(state);
        self.returned.notify_waiters();
    }

    /// Records that others may have seen this process absent, or that it has handed over tasks.
    pub(crate) fn interrupt(&self) {
        self.state().number += 1;
    }
}
