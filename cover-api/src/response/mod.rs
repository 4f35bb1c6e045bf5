//! Links and times in answers, and what generated results call to read their fields.

mod content;
mod link;
pub mod read;
pub mod record;
mod timestamp;

pub use link::Link;
pub use timestamp::Timestamp;
