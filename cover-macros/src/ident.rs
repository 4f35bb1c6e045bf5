//! Names and indices in Rust.

use proc_macro2::{Ident, Literal, Span};

/// Returns a name that the check of the spec has found fit for Rust.
pub(crate) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// Returns a number without the suffix `usize`.
pub(crate) fn index(index: usize) -> Literal {
    Literal::usize_unsuffixed(index)
}
