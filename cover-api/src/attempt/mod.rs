//! The state that a caller and the Tokio task of its attempt share: the body, the right to revoke it, and the result.

mod body;
mod deadline;
mod flag;
mod handoff;
mod sync;
mod tracker;

pub(crate) use body::{Revoked, SentBody, Stop};
pub(crate) use handoff::Handoff;
pub use tracker::Unfinished;
pub(crate) use tracker::{Tracked, Tracker};
