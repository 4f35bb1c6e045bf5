//! How far an upload came, for the error that ends it when its time is over.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::body::Handed;
use super::failed;
use crate::error::{Doing, Failure, Kind, OutOfTime, UploadFault};

/// An upload from its beginning to its end, with all its attempts.
pub(super) struct Course {
    begun: Instant,
    timeout: Duration,
    pub(super) stage: Stage,
    /// The failure of the last attempt.
    pub(super) last: Option<Failure>,
}

pub(super) enum Stage {
    Checking,
    Queueing,
    Sending { handed: Arc<Handed>, length: u64 },
    Pausing(Duration),
}

impl Course {
    pub(super) fn new(timeout: Duration) -> Self {
        Self { begun: Instant::now(), timeout, stage: Stage::Checking, last: None }
    }

    /// Begins a pause. It is an error if the time is over before the pause.
    pub(super) fn pause(&mut self, pause: Duration, file: &str) -> Result<(), Failure> {
        // Whole seconds are exact enough for people.
        let seconds = pause.as_secs() + u64::from(pause.subsec_nanos() > 0);
        self.stage = Stage::Pausing(Duration::from_secs(seconds));
        if self.begun.elapsed().saturating_add(pause) > self.timeout { Err(self.out_of_time(file)) } else { Ok(()) }
    }

    /// Makes the error of an upload that cannot end in its time. It says what the last attempt has found.
    pub(super) fn out_of_time(&mut self, file: &str) -> Failure {
        let doing = match &self.stage {
            Stage::Checking => Doing::Checking,
            Stage::Queueing => Doing::Queueing,
            Stage::Sending { handed, length } if handed.is_reading() => {
                Doing::Reading { got: handed.bytes(), length: *length }
            }
            Stage::Sending { handed, length } => Doing::Sending { sent: handed.bytes(), length: *length },
            Stage::Pausing(pause) => Doing::Pausing(*pause),
        };
        let last_failure = self.last.as_ref().map(described);
        let fault = UploadFault::Timeout(OutOfTime { after: self.timeout, doing, last_failure });
        let mut failure = failed(file, fault.into());
        if let Some(last) = self.last.take() {
            (failure.code, failure.resend) = (last.code, last.resend);
        }
        failure
    }
}

/// Returns the message of a failed attempt, with its host.
fn described(failure: &Failure) -> String {
    match &failure.host {
        Some(host) if failure.kind == Kind::Refused => format!("at {host}, {failure}"),
        _ => failure.to_string(),
    }
}
