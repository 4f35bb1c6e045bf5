//! Where the text of a spec comes from, and what is said when it cannot be used.

use std::path::PathBuf;

use cover_spec::{Faults, SHIPPED, SHIPPED_PATH, Spec};
use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

/// A spec, or the errors to show in its place.
pub(crate) struct Source {
    pub(crate) spec: Result<Spec, TokenStream>,
    /// Makes cargo build again when the file changes; stands in failing expansions too.
    pub(crate) tracked: TokenStream,
}

impl Source {
    pub(crate) fn shipped() -> Self {
        let spec = Spec::parse(SHIPPED_PATH, SHIPPED).map_err(|faults| errors(&faults));
        Self { spec, tracked: TokenStream::new() }
    }

    pub(crate) fn of_crate(path: &LitStr) -> Self {
        let file = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join(path.value());
        match std::fs::read_to_string(&file) {
            Ok(text) => {
                let tracked = quote! {
                    const _: &[u8] = ::core::include_bytes!(
                        ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #path)
                    );
                };
                Self { spec: Spec::parse(&path.value(), &text).map_err(|faults| errors(&faults)), tracked }
            }
            Err(error) => {
                let message = format!("cannot read the spec `{}`: {error}", file.display());
                Self { spec: Err(syn::Error::new(path.span(), message).to_compile_error()), tracked: quote!() }
            }
        }
    }
}

/// One error for each fault. rustc puts its own `error: ` before each.
fn errors(faults: &Faults) -> TokenStream {
    let reports = faults.reports().map(|report| report.trim_start_matches("error: ").to_owned());
    reports.map(|report| quote!(::core::compile_error! { #report })).collect()
}
