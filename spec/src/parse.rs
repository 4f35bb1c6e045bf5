//! Text → a checked spec.

use std::path::Path;

use crate::fault::Fault;
use crate::faults::Faults;
use crate::model::Spec;
use crate::source::At;
use crate::{check, read, source};

/// The text of the spec that `cover-api` is generated from.
pub const SHIPPED: &str = include_str!("../upload_cover.toml");

/// The path under which faults of [`SHIPPED`] are reported.
pub const SHIPPED_PATH: &str = "spec/upload_cover.toml";

/// The name of [`SHIPPED`] as a base of other specs: `base = "cover-spec/upload_cover.toml"`.
pub const SHIPPED_BASE: &str = "cover-spec/upload_cover.toml";

impl Spec {
    /// Reads and checks a spec without a base. Faults are reported under `path`.
    ///
    /// # Errors
    ///
    /// Returns every fault of the text, each with its place. A base other than [`SHIPPED_BASE`] is a fault.
    pub fn parse(path: &str, text: &str) -> Result<Self, Faults> {
        Self::parse_with(path, text, |_| Err(std::io::Error::other("this spec has no folder")))
    }

    /// Reads and checks a spec. `load` returns the text of its base, by the name under the key `base`.
    ///
    /// `load` is not called for [`SHIPPED_BASE`].
    ///
    /// # Errors
    ///
    /// Returns every fault of the text, each with its place.
    pub fn parse_with(
        path: &str,
        text: &str,
        load: impl FnOnce(&str) -> std::io::Result<String>,
    ) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let document = source::parse(text, &mut faults);
        // A text that is not TOML has lost parts. Reporting them as missing would hide the cause.
        if !faults.is_empty() {
            return Err(Faults::new(path, text, faults, None));
        }

        let name = document.base();
        let base_text = match name.as_ref().map(|name| base_text(name, load)).transpose() {
            Ok(base_text) => base_text,
            Err(fault) => return Err(Faults::new(path, text, vec![fault], None)),
        };
        // The base was parsed before and has no faults.
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

    /// Reads and checks the spec in a file. The path of its base is relative to that file.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read. The inner result is that of [`Spec::parse_with`].
    pub fn read(path: &Path) -> std::io::Result<Result<Self, Faults>> {
        let text = std::fs::read_to_string(path)?;
        let load = |name: &str| std::fs::read_to_string(path.with_file_name(name));
        Ok(Self::parse_with(&path.display().to_string(), &text, load))
    }
}

/// Returns the text of a base, which must be a spec without faults and without a base of its own.
fn base_text(name: &At<String>, load: impl FnOnce(&str) -> std::io::Result<String>) -> Result<String, Fault> {
    if name.value == SHIPPED_BASE {
        return Ok(SHIPPED.to_owned());
    }
    let text = load(name)
        .map_err(|error| name.fault(format!("cannot read `{}`: {error}", name.value), "the base of this spec"))?;
    match Spec::parse(name, &text) {
        Ok(_) => Ok(text),
        Err(_) if source::parse(&text, &mut Vec::new()).base().is_some() => {
            Err(name.fault(format!("the base `{}` has a base itself", name.value), "use that one as the base"))
        }
        Err(faults) => {
            let message = format!("the base `{}` has {} faults", name.value, faults.iter().len());
            Err(name.fault(message, "check that file first"))
        }
    }
}
