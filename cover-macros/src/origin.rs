//! Where a spec comes from, and where its types go.

use cover_spec::model::{At, Files};
use proc_macro2::TokenStream;

/// The name of the shipped spec's file.
const SHIPPED_FILE: &str = "upload_cover.toml";

/// Where a spec comes from, and where its types go.
pub(crate) struct Origin {
    /// Whether the spec is the one that cover-spec ships, and not one of a user's crate.
    pub(crate) is_shipped: bool,
    /// `::module`: the path from the crate to the module of the types.
    pub(crate) module: TokenStream,
}

impl Origin {
    /// "`specs/speech.toml`, line 20": the place of a value, also in a base.
    pub(crate) fn place<T>(&self, at: &At<T>, files: &Files) -> Option<String> {
        let (path, line) = files.line(at.span)?;
        let path = if self.is_shipped { SHIPPED_FILE } else { path };
        Some(format!("`{path}`, line {line}"))
    }
}
