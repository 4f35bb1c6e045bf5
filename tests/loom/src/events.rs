//! Stands for the events of cover-api, and reports nothing.

use crate::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Send,
    Poll,
    Credits,
    Fetch,
    Upload,
    Cancel,
}

pub(crate) fn permit(_: Purpose, _: Duration) {}

pub(crate) fn pause(_: Duration, _: f64) {}

pub(crate) fn resumed() {}

pub(crate) fn credits_gone() {}
