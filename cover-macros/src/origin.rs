//! Where a spec comes from, and where its types go.

use proc_macro2::TokenStream;

/// Where a spec comes from, and where its types go.
pub(crate) struct Origin {
    /// Whether the types are those of cover-api itself, and not of a user's crate.
    pub(crate) is_own: bool,
    /// `::module`: the path from the crate to the module of the types.
    pub(crate) module: TokenStream,
}
