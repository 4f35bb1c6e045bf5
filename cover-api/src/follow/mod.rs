//! Following tasks: when to poll, what an answer means, one wait, many waits.

mod answer;
mod poll;
mod poller;
mod update;
mod wait;
mod wait_set;

pub use update::Update;
pub use wait::{Updates, Wait};

pub(crate) use answer::Polled;
pub(crate) use poll::{poll, record_end};
pub(crate) use wait_set::WaitSet;
