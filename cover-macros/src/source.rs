//! Where the text of a spec comes from, and what is said when it cannot be used.

use std::path::{Path, PathBuf};

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
    /// The text of the spec that it builds on, where that is a file.
    pub(crate) base: Option<String>,
}

/// Makes cargo build again when the file changes.
fn tracked(path: &str) -> TokenStream {
    quote! {
        const _: &[u8] = ::core::include_bytes!(
            ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #path)
        );
    }
}

impl Source {
    pub(crate) fn shipped() -> Self {
        let spec = Spec::parse(SHIPPED_PATH, SHIPPED).map_err(|faults| unusable(&faults));
        Self { spec, tracked: TokenStream::new(), text: None, base: None }
    }

    pub(crate) fn of_crate(path: &LitStr) -> Self {
        let file = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join(path.value());
        match std::fs::read_to_string(&file) {
            Ok(text) => {
                // The spec that it builds on: its path beside this one, and its text, if it can be read.
                let mut base = None;
                let load = |name: &str| {
                    let beside = |path: &Path| path.parent().unwrap_or(Path::new("")).join(name);
                    let read = std::fs::read_to_string(beside(&file));
                    base = Some((beside(Path::new(&path.value())), read.as_ref().ok().cloned()));
                    read
                };
                let spec = Spec::parse_with(&path.value(), &text, load).map_err(|faults| unusable(&faults));
                let (base_path, base) = base.unzip();
                let base_path = base_path.map(|path: PathBuf| path.display().to_string());
                let tracked = std::iter::once(path.value()).chain(base_path).map(|path| tracked(&path)).collect();
                Self { spec, tracked, text: Some(text), base: base.flatten() }
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
                    base: None,
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
