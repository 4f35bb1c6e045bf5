//! The macros of `cover-api`: a checked spec becomes Rust types.
//!
//! `source` finds and checks the spec, `generate` writes tokens, one file per thing that is generated. Nothing is
//! written while anything is still being checked.

mod generate;
mod source;

use proc_macro::TokenStream;
use syn::LitStr;

use source::Source;

/// Generates the types of an API from a spec: `api!("path/to/spec.toml")`, relative to the crate's Cargo.toml.
///
/// See `cover_api::api`, under which it is used, for what is generated.
#[proc_macro]
pub fn api(input: TokenStream) -> TokenStream {
    let path = syn::parse_macro_input!(input as LitStr);
    expand(Source::of_crate(&path))
}

/// Generates the types of the spec that cover-spec ships.
#[doc(hidden)]
#[proc_macro]
pub fn shipped(_: TokenStream) -> TokenStream {
    expand(Source::shipped())
}

fn expand(source: Source) -> TokenStream {
    let tracked = source.tracked;
    let expanded = match source.spec {
        Ok(spec) => generate::all(&spec),
        Err(errors) => errors,
    };
    quote::quote!(#tracked #expanded).into()
}
