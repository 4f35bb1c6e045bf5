//! Where the text of a spec comes from, and what is said when it cannot be used.

use std::path::PathBuf;

use cover_spec::{Faults, SHIPPED, SHIPPED_PATH, Spec};
use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

/// The errors to show, and what an editor can go on with.
pub(crate) struct Unusable {
    pub(crate) errors: TokenStream,
    pub(crate) partial: Option<Spec>,
}

/// A spec, or the errors to show in its place.
pub(crate) struct Source {
    pub(crate) spec: Result<Spec, Unusable>,
    /// Makes cargo build again when the file changes; stands in failing expansions too.
    pub(crate) tracked: TokenStream,
    /// The text, for the macros that check literals; `None` for the spec that cover-spec ships.
    pub(crate) text: Option<String>,
}

impl Source {
    pub(crate) fn shipped() -> Self {
        let spec = Spec::parse(SHIPPED_PATH, SHIPPED).map_err(|faults| unusable(&faults));
        Self { spec, tracked: TokenStream::new(), text: None }
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
                let spec = Spec::parse(&path.value(), &text).map_err(|faults| unusable(&faults));
                Self { spec, tracked, text: Some(text) }
            }
            Err(error) => {
                let message = format!("cannot read the spec `{}`: {error}", file.display());
                Self {
                    spec: Err(Unusable {
                        errors: syn::Error::new(path.span(), message).to_compile_error(),
                        partial: None,
                    }),
                    tracked: quote!(),
                    text: None,
                }
            }
        }
    }
}

/// One error for each fault. rustc puts its own `error: ` before each.
fn unusable(faults: &Faults) -> Unusable {
    let reports = faults.reports().map(|report| report.trim_start_matches("error: ").to_owned());
    let errors = reports.map(|report| quote!(::core::compile_error! { #report })).collect();
    Unusable { errors, partial: faults.partial().cloned() }
}
