//! Where a spec comes from, and where its types go.

use std::ops::Range;

use cover_spec::SHIPPED;
use cover_spec::model::At;
use proc_macro2::TokenStream;

/// The name of the shipped spec's file.
const SHIPPED_FILE: &str = "upload_cover.toml";

/// Where a spec comes from, and where its types go.
pub(crate) struct Origin {
    /// The spec of a user's crate; `None` for the one that cover-spec ships.
    pub(crate) own: Option<Own>,
    /// `::module`: the path from the crate to the module of the types.
    pub(crate) module: TokenStream,
}

/// A spec in a file of a user's crate.
pub(crate) struct Own {
    /// Its path, relative to the Cargo.toml.
    pub(crate) path: String,
    pub(crate) text: String,
    /// The text of the spec that it builds on, where that is a file.
    pub(crate) base: Option<String>,
}

impl Origin {
    pub(crate) fn is_shipped(&self) -> bool {
        self.own.is_none()
    }

    /// "`specs/speech.toml`, line 20"
    pub(crate) fn place<T>(&self, at: &At<T>) -> String {
        let (path, text) = self.own.as_ref().map_or((SHIPPED_FILE, SHIPPED), |own| (&own.path, &own.text));
        let start = Range::<usize>::from(at.span).start;
        let line = 1 + text.bytes().take(start).filter(|byte| *byte == b'\n').count();
        format!("`{path}`, line {line}")
    }
}
