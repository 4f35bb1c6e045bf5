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
pub mod diff;
#[cfg(feature = "export")]
pub mod drift;
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

/// The name under which a spec of one's own can build on [`SHIPPED`]: `base = "cover-spec/upload_cover.toml"`.
#[cfg(feature = "language")]
pub const SHIPPED_BASE: &str = "cover-spec/upload_cover.toml";

#[cfg(feature = "language")]
impl Spec {
    /// Reads and checks a spec that builds on no other file. `path` is only shown in faults.
    ///
    /// # Errors
    ///
    /// Every fault of the text at once, each with its place.
    pub fn parse(path: &str, text: &str) -> Result<Self, Faults> {
        Self::parse_with(path, text, |_| Err(std::io::Error::other("there is only this one text")))
    }

    /// Reads and checks a spec. `load` reads the spec that it builds on, by the name that its key `base` gives; it is
    /// not asked for [`SHIPPED_BASE`].
    ///
    /// # Errors
    ///
    /// Every fault of the text at once, each with its place.
    pub fn parse_with(
        path: &str,
        text: &str,
        load: impl FnOnce(&str) -> std::io::Result<String>,
    ) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let document = source::parse(text, &mut faults);
        // A text that is no TOML has lost parts; what is missing from the rest would be noise.
        if !faults.is_empty() {
            return Err(Faults::new(path, text, faults, None));
        }
        let name = document.base();
        let base_text = match name.as_ref().map(|name| base_text(name, load)) {
            Some(Err(fault)) => return Err(Faults::new(path, text, vec![fault], None)),
            Some(Ok(text)) => Some(text),
            None => None,
        };
        // It has no faults: it was parsed before.
        let base = base_text.as_ref().map(|text| source::parse(text, &mut Vec::new()));
        let base = base.as_ref().zip(name.as_ref().map(|name| name.span));
        let spec = read::spec(&document, base, &mut faults);
        let (found, can_be_named) = check::all(&spec);
        faults.extend(found);
        if faults.is_empty() {
            return Ok(spec);
        }
        Err(Faults::new(path, text, faults, can_be_named.then_some(spec)))
    }

    /// Reads and checks the spec in a file, and the one that it builds on, relative to it.
    ///
    /// # Errors
    ///
    /// If the file cannot be read; else every fault of it, as from [`Spec::parse`].
    pub fn read(path: &std::path::Path) -> std::io::Result<Result<Self, Faults>> {
        let text = std::fs::read_to_string(path)?;
        let folder = path.parent().unwrap_or(std::path::Path::new(""));
        let load = |name: &str| std::fs::read_to_string(folder.join(name));
        Ok(Self::parse_with(&path.display().to_string(), &text, load))
    }
}

/// The text of a base, which must be a whole spec without faults.
#[cfg(feature = "language")]
fn base_text(name: &source::At<String>, load: impl FnOnce(&str) -> std::io::Result<String>) -> Result<String, Fault> {
    if name.value == SHIPPED_BASE {
        return Ok(SHIPPED.to_owned());
    }
    let text = load(name)
        .map_err(|error| name.fault(format!("cannot read `{}`: {error}", name.value), "the base of this spec"))?;
    match Spec::parse(name, &text) {
        Ok(_) => Ok(text),
        Err(_) if source::parse(&text, &mut Vec::new()).base().is_some() => {
            Err(name.fault(format!("`{}` builds on another spec itself", name.value), "name that one"))
        }
        Err(faults) => {
            let message = format!("`{}` has faults of its own: {}", name.value, faults.iter().len());
            Err(name.fault(message, "check that file first"))
        }
    }
}
