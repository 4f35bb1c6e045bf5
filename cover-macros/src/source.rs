//! Finds the text of a spec, checks it, and writes its faults as compile errors.

use std::path::{Path, PathBuf};

use cover_spec::{Faults, SHIPPED, SHIPPED_PATH, Spec};
use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

/// A spec, or the errors to show in its place.
pub(crate) struct Source {
    pub(crate) spec: Result<Spec, Unusable>,
    /// Makes cargo build again when a file changes, also where the spec has faults.
    pub(crate) tracked: TokenStream,
    /// Whether this is the spec that cover-spec ships.
    pub(crate) is_shipped: bool,
}

/// A spec with faults.
pub(crate) struct Unusable {
    pub(crate) errors: TokenStream,
    /// The spec as far as it has names, so that editors can complete code meanwhile.
    pub(crate) partial: Option<Box<Spec>>,
}

impl Source {
    pub(crate) fn shipped() -> Self {
        let spec = Spec::parse(SHIPPED_PATH, SHIPPED).map_err(|faults| unusable(&faults));
        Self { spec, tracked: TokenStream::new(), is_shipped: true }
    }

    pub(crate) fn of_crate(path: &LitStr) -> Self {
        let root = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
        let root = PathBuf::from(root);
        let file = root.join(path.value());
        match std::fs::read_to_string(&file) {
            Ok(text) => Self::of_file(&path.value(), &text, &root),
            Err(error) => {
                let message = format!("cannot read the spec `{}`: {error}", file.display());
                let errors = syn::Error::new(path.span(), message).to_compile_error();
                Self { spec: Err(Unusable { errors, partial: None }), tracked: TokenStream::new(), is_shipped: false }
            }
        }
    }

    /// Checks the spec in a file. `path` and those of its bases are relative to `root`.
    fn of_file(path: &str, text: &str, root: &Path) -> Self {
        let mut tracked = tracked(path);
        let load = |base: &str| {
            let read = std::fs::read_to_string(root.join(base))?;
            tracked.extend(self::tracked(base));
            Ok(read)
        };
        let spec = Spec::parse_with(path, text, load).map_err(|faults| unusable(&faults));
        Self { spec, tracked, is_shipped: false }
    }
}

/// Makes cargo build again when the file changes.
fn tracked(path: &str) -> TokenStream {
    if Path::new(path).is_absolute() {
        return quote!(
            const _: &[u8] = ::core::include_bytes!(#path);
        );
    }
    quote! {
        const _: &[u8] = ::core::include_bytes!(
            ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #path)
        );
    }
}

/// Returns one error for each fault. rustc puts its own `error: ` before each.
fn unusable(faults: &Faults) -> Unusable {
    let reports = faults.reports().map(|report| report.trim_start_matches("error: ").to_owned());
    let errors = reports.map(|report| quote!(::core::compile_error! { #report })).collect();
    Unusable { errors, partial: faults.partial().cloned().map(Box::new) }
}
