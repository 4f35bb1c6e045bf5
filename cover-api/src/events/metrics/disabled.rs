//! No metrics.

use std::time::Duration;

pub(super) fn count(_name: &'static str, _label: &'static str, _value: &'static str) {}

pub(super) fn gauge(_name: &'static str, _value: f64) {}

pub(super) fn seconds(_name: &'static str, _label: &'static str, _value: &'static str, _time: Duration) {}
