//! What the generator writes, without a compiler.

mod bases;
mod doctests;
mod expansion;
mod page;

use cover_spec::{Faults, Spec};
use proc_macro2::TokenStream;

use crate::generate;
use crate::origin::Origin;

/// A small spec, which has one of each thing that is generated in its own way.
const SMALL: &str = include_str!("../../snapshots/small.toml");

/// Returns the expansion of the shipped spec.
fn shipped() -> syn::File {
    expand(Spec::parse_shipped("upload_cover.toml"), true)
}

/// Returns the expansion of the small spec.
fn small() -> syn::File {
    expand(Spec::parse("snapshots/small.toml", SMALL), false)
}

#[track_caller]
fn expand(spec: Result<Spec, Faults>, is_own: bool) -> syn::File {
    let spec = spec.unwrap_or_else(|faults| panic!("{faults}"));
    let origin = Origin { is_own, module: TokenStream::new() };
    syn::parse2(generate::all(&spec, &origin)).expect("the expansion is a list of items")
}
