//! The spec language of `cover-api`, which describes an asynchronous HTTP API in a TOML file.
//!
//! The page [`language`] documents the language. A spec passes these steps:
//!
//! 1. `source` parses the text into tables in which every value has its place.
//! 2. `read` turns the tables into a [`model`].
//! 3. `check` finds holes and contradictions.
//! 4. `lower` turns the model into the tables that programs use: [`rules`] of the request, and [`tables`] of the service.
//!
//! ```
//! let spec = cover_spec::Spec::parse("upload_cover.toml", cover_spec::SHIPPED)?;
//! assert_eq!(spec.request.modes.len(), 3);
//! # Ok::<(), cover_spec::Faults>(())
//! ```
//!
//! Every fault is reported, not only the first:
//!
//! ```
//! let text = cover_spec::SHIPPED.replace("required = [\"Custom<Vocal>\"", "required = [\"Custm<Vocal>\"");
//! let faults = cover_spec::Spec::parse("spec.toml", &text).unwrap_err();
//! assert!(faults.to_string().contains("unknown mode `Custm<Vocal>`"));
//! ```
//!
//! Without the default feature `language`, the crate has only [`rules`] and [`tables`], and no dependencies. The feature `answers`
//! adds the module `answers`, which reads the answers of a service, and the feature `pattern` adds patterns of texts to the rules.

#[cfg(feature = "answers")]
pub mod answers;
pub mod rules;
pub mod tables;

#[cfg(feature = "language")]
mod bases;
#[cfg(feature = "language")]
mod case;
#[cfg(feature = "language")]
mod check;
#[cfg(feature = "export")]
pub mod diff;
#[cfg(feature = "export")]
pub mod drift;
#[cfg(feature = "export")]
mod export;
#[cfg(feature = "language")]
mod fault;
#[cfg(feature = "language")]
mod faults;
#[cfg(feature = "language")]
pub mod language;
#[cfg(feature = "language")]
mod lower;
#[cfg(feature = "language")]
pub mod model;
#[cfg(feature = "language")]
mod parse;
#[cfg(feature = "language")]
mod read;
#[cfg(feature = "language")]
mod shipped;
#[cfg(feature = "language")]
mod source;
#[cfg(feature = "language")]
mod suggest;
#[cfg(feature = "export")]
pub mod trial;

#[cfg(feature = "language")]
pub use bases::SHIPPED_BASE;
#[cfg(feature = "export")]
pub use export::markdown_table;
#[cfg(feature = "language")]
pub use fault::Fault;
#[cfg(feature = "language")]
pub use faults::Faults;
#[cfg(feature = "language")]
pub use model::Spec;
#[cfg(feature = "language")]
pub use parse::{Checked, Parts, SHIPPED_PATH};
#[cfg(feature = "language")]
pub use shipped::{SHIPPED, SHIPPED_BASES, SHIPPED_SPECS, shipped};
#[cfg(feature = "language")]
pub use suggest::{nearest, suggestion};
