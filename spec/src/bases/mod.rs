//! The files that a spec builds on, and what it takes from them.
//!
//! [`load`] reads the chain of files. A [`View`] is one file with everything that it takes from its base, so that the steps
//! behind this one see a single spec. A key of a base keeps its place in the base's text.

mod disputed;
mod fields;
mod fitting;
mod head;
mod load;
mod merge;
mod view;

pub(crate) use head::ABOUT_BASES;
pub use load::SHIPPED_BASE;
pub(crate) use load::{Chain, Texts, load};
pub(crate) use view::View;
