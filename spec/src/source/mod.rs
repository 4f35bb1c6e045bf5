//! Text → tables in which every key and value has its place.
//!
//! A [`Section`] returns the values of one table. It reports values that are missing, have the wrong type or are unknown,
//! and continues with a stand-in, so that one run finds every fault.

mod control;
mod files;
mod place;
mod report;
mod section;
mod table;
mod unknown;
mod value;

pub(crate) use control::control_characters;
pub use files::{File, Files};
pub use place::{At, Span};
pub(crate) use report::{Report, Unavailable};
pub(crate) use section::Section;
pub(crate) use table::{parse, places};
pub use value::Scalar;
pub(crate) use value::{as_scalar, duration_in_words, in_short};
