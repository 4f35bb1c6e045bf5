//! What the generator writes, without a compiler.

mod bases;
mod doctests;
mod expansion;
mod page;

use cover_spec::{SHIPPED, SHIPPED_PATH, Spec};
use proc_macro2::TokenStream;

use crate::generate;
use crate::origin::Origin;

/// A small spec, which has one of each thing that is generated in its own way.
const SMALL: &str = include_str!("../../snapshots/small.toml");

/// Returns the expansion of the shipped spec.
fn shipped() -> syn::File {
    expand(SHIPPED_PATH, SHIPPED, true)
}

/// Returns the expansion of the small spec.
fn small() -> syn::File {
    expand("snapshots/small.toml", SMALL, false)
}

#[track_caller]
fn expand(path: &str, text: &str, is_shipped: bool) -> syn::File {
    let spec = Spec::parse(path, text).unwrap_or_else(|faults| panic!("{faults}"));
    let origin = Origin { is_shipped, module: TokenStream::new() };
    syn::parse2(generate::all(&spec, &origin)).expect("the expansion is a list of items")
}
