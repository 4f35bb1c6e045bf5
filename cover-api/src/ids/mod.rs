//! Ids: of attempts, which this crate creates, and of tasks, which the service assigns.

mod attempt;
mod task;

pub use attempt::AttemptId;
pub(crate) use task::in_path;
