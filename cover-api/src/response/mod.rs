//! Links and times in answers, and what generated results call to read their fields.

mod link;
pub mod read;
mod timestamp;

pub use link::Link;
pub use timestamp::Timestamp;
