//! Lenient reading of answers: fields of objects, links, times.

mod link;
mod path;
pub mod read;
mod timestamp;

pub use link::Link;
pub(crate) use path::at;
#[cfg(feature = "callback")]
pub(crate) use path::put;
pub(crate) use read::is_nothing;
pub use timestamp::Timestamp;
