//! Waiting for tasks: when to poll, what an answer means, one wait, and many waits.

mod answer;
mod last_answer;
mod origin;
mod poll;
mod poller;
mod update;
mod wait;
mod wait_set;

pub use update::Update;
pub use wait::{Updates, Wait};

pub(crate) use answer::PollAnswer;
pub(crate) use origin::Origin;
pub(crate) use poll::{End, end_of, poll, record_end};
pub(crate) use wait_set::WaitSet;
