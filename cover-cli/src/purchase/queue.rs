//! What the user is told while a request waits for the rate limit.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use cover_api::runtime::Stats;
use serde_json::json;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::screen::Line;
use crate::settings::Session;

/// How long a request waits before the user is told, and how often that is checked.
const TICK: Duration = Duration::from_secs(1);

/// Tells the user about the waits of one purchase.
pub(super) struct Queue<'a> {
    session: &'a Session,
    key: &'a str,
    is_told: bool,
}

impl<'a> Queue<'a> {
    pub(super) fn of(session: &'a Session, key: &'a str) -> Self {
        Self { session, key, is_told: false }
    }

    /// Returns why requests wait now, if they do. The first time, it is an event, too. `is_due` says that a request could be sent now but
    /// for the rate limit. A poll may only be due later.
    pub(super) fn reason(&mut self, is_due: bool) -> Option<String> {
        let stats = self.session.client.stats();
        let reason = reason(&stats, is_due);
        if reason.is_some() && !self.is_told {
            let pause = stats.pause.map(|pause| pause.as_secs_f64());
            self.session.screen.event(&json!({ "event": "waiting", "key": self.key, "why": reason, "seconds": pause }));
        }
        self.is_told = reason.is_some();
        reason
    }

    /// Carries out a request. The line says what goes on, or why the request waits.
    pub(super) async fn during<T>(&mut self, line: &Line, what: &str, request: impl Future<Output = T>) -> T {
        line.say(what);
        let mut request = pin!(request);
        let mut tick = interval_at(Instant::now() + TICK, TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                done = &mut request => return done,
                _ = tick.tick() => line.say(self.reason(true).unwrap_or_else(|| what.to_owned())),
            }
        }
    }
}

fn reason(stats: &Stats, is_due: bool) -> Option<String> {
    if let Some(pause) = stats.pause {
        return Some(format!("the service asked for a pause, {} s left", pause.as_secs() + 1));
    }
    let waits = is_due && stats.queued > 0 && stats.permits >= stats.places;
    waits.then(|| "waiting for the rate limit".to_owned())
}
