//! What a caller and the task that makes its attempt share: how far the body was handed over, the right to stop that, and the
//! result.

mod body;
mod flag;
mod handoff;
mod sync;
mod tracker;

pub(crate) use body::{SentBody, Stop};
pub(crate) use handoff::Handoff;
pub use tracker::Unfinished;
pub(crate) use tracker::{Tracked, Tracker};
