//! Metrics by the `metrics` facade.

use std::time::Duration;

pub(super) fn count(name: &'static str, label: &'static str, value: &'static str) {
    metrics::counter!(name, label => value).increment(1);
}

pub(super) fn gauge(name: &'static str, value: f64) {
    metrics::gauge!(name).set(value);
}

pub(super) fn seconds(name: &'static str, label: &'static str, value: &'static str, time: Duration) {
    metrics::histogram!(name, label => value).record(time.as_secs_f64());
}
