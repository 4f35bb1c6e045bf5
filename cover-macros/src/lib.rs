//! The macros of `cover-api`: a checked spec becomes Rust types.
//!
//! `source` finds and checks the spec. `generate` writes the types, and `literal` the requests of the literal macros. A spec
//! is checked whole before anything is written.

mod generate;
mod ident;
mod literal;
mod origin;
mod source;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;
use proc_macro2::TokenStream as TokenStream2;
use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Token};

use origin::Origin;
use source::{Source, Unusable};

/// `"path/to/spec.toml"`, or `"path/to/spec.toml", in crate::module`.
struct Call {
    path: LitStr,
    /// `::module`: the path from the crate to the module of the call.
    module: TokenStream2,
}

impl Parse for Call {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = input.parse()?;
        let mut module = TokenStream2::new();
        if input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            input.parse::<Token![in]>()?;
            input.parse::<Token![crate]>()?;
            module = input.parse()?;
        }
        Ok(Self { path, module })
    }
}

/// Generates the types of an API from a spec: `api!("path/to/spec.toml")`, relative to the crate's Cargo.toml. Without such a file, it is
/// the shipped spec of this path, such as `sunoapi/extend.toml`.
///
/// `cover_api::api` re-exports it, and lists what is generated.
#[proc_macro]
pub fn api(input: TokenStream) -> TokenStream {
    let Call { path, module } = syn::parse_macro_input!(input as Call);
    expand(Source::of_crate(&path), module)
}

/// Generates the types of cover-api itself.
#[doc(hidden)]
#[proc_macro]
pub fn shipped(_: TokenStream) -> TokenStream {
    expand(Source::own(), TokenStream2::new())
}

/// Checks a request of literals. Generated macros call it.
#[doc(hidden)]
#[proc_macro]
pub fn literal(input: TokenStream) -> TokenStream {
    literal::expand(input.into()).into()
}

fn expand(source: Source, module: TokenStream2) -> TokenStream {
    let Source { spec, tracked, is_own } = source;
    let origin = Origin { is_own, module };
    let expanded = match spec {
        Ok(spec) => generate::all(&spec, &origin),
        Err(Unusable { errors, partial }) => {
            let partial = partial.map(|spec| generate::all(&spec, &origin));
            quote::quote!(#errors #partial)
        }
    };
    quote::quote!(#tracked #expanded).into()
}
