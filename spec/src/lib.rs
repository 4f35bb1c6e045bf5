//! The spec language of `cover-api`: what an asynchronous HTTP API takes and answers, as a TOML file.
//!
//! A spec goes one way: text → tables with places (`source`) → a typed [`model`] → proof that it has no holes
//! (`check`) → a table of [`rules`] that one small checker applies.
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
//! Without the default feature `language` only the tables are left, [`rules`] and [`wire`], which depend on nothing.

pub mod rules;
pub mod wire;

#[cfg(feature = "language")]
mod case;
#[cfg(feature = "language")]
mod check;
#[cfg(feature = "language")]
mod diagnostic;
#[cfg(feature = "export")]
mod export;
#[cfg(feature = "language")]
mod lower;
#[cfg(feature = "language")]
pub mod model;
#[cfg(feature = "language")]
mod read;
#[cfg(feature = "language")]
mod source;
#[cfg(feature = "language")]
mod suggest;

#[cfg(feature = "language")]
pub use diagnostic::{Fault, Faults};
#[cfg(feature = "language")]
pub use model::Spec;

/// The text of the spec that `cover-api` is generated from.
#[cfg(feature = "language")]
pub const SHIPPED: &str = include_str!("../upload_cover.toml");

/// The name under which faults of [`SHIPPED`] are reported.
#[cfg(feature = "language")]
pub const SHIPPED_PATH: &str = "spec/upload_cover.toml";

/// "did you mean `style`?", or all the names that are known.
///
/// ```
/// assert_eq!(cover_spec::suggestion("stlye", ["style", "title"]), "did you mean `style`?");
/// assert_eq!(cover_spec::suggestion("duration", ["style", "title"]), "known: `style`, `title`");
/// ```
#[cfg(feature = "language")]
pub fn suggestion<'a>(given: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    suggest::label(given, known)
}

#[cfg(feature = "language")]
impl Spec {
    /// Reads and checks a spec. `path` is only shown in faults.
    ///
    /// # Errors
    ///
    /// Every fault of the text at once, each with its place.
    pub fn parse(path: &str, text: &str) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let document = source::parse(text, &mut faults);
        // A text that is no TOML has lost parts; what is missing from the rest would be noise.
        if !faults.is_empty() {
            return Err(Faults::new(path, text, faults, None));
        }
        let spec = read::spec(&document, &mut faults);
        let (found, can_be_named) = check::all(&spec);
        faults.extend(found);
        if faults.is_empty() {
            return Ok(spec);
        }
        Err(Faults::new(path, text, faults, can_be_named.then_some(spec)))
    }
}
