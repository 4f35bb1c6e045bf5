//! What the generator writes, without a compiler.

mod expansion;
mod page;

use cover_spec::{SHIPPED, SHIPPED_PATH, Spec};
use proc_macro2::TokenStream;

use crate::generate;
use crate::origin::{Origin, Own};

/// Returns the expansion of the shipped spec.
fn shipped() -> syn::File {
    expand(SHIPPED_PATH, SHIPPED, None)
}

/// Returns the expansion of a small spec, which has one of each thing that is generated in its own way.
fn small() -> syn::File {
    let (path, text) = ("snapshots/small.toml", include_str!("../../snapshots/small.toml"));
    expand(path, text, Some(Own { path: path.to_owned(), text: text.to_owned(), base: None }))
}

#[track_caller]
fn expand(path: &str, text: &str, own: Option<Own>) -> syn::File {
    let spec = Spec::parse(path, text).unwrap_or_else(|faults| panic!("{faults}"));
    let origin = Origin { own, module: TokenStream::new() };
    syn::parse2(generate::all(&spec, &origin)).expect("the expansion is a list of items")
}
