//! Finds the text of a spec, checks it, and writes its faults as compile errors.

use std::path::{Path, PathBuf};

use cover_spec::{Faults, SHIPPED, SHIPPED_PATH, Spec};
use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use crate::origin::Own;

/// A spec, or the errors to show in its place.
pub(crate) struct Source {
    pub(crate) spec: Result<Spec, Unusable>,
    /// Makes cargo build again when a file changes, also where the spec has faults.
    pub(crate) tracked: TokenStream,
    /// Where the spec stands; `None` for the one that cover-spec ships.
    pub(crate) own: Option<Own>,
}

/// A spec with faults.
pub(crate) struct Unusable {
    pub(crate) errors: TokenStream,
    /// The spec as far as it has names, so that editors can complete code meanwhile.
    pub(crate) partial: Option<Box<Spec>>,
}

/// The file that a spec builds on.
struct Base {
    path: PathBuf,
    text: Option<String>,
}

impl Source {
    pub(crate) fn shipped() -> Self {
        let spec = Spec::parse(SHIPPED_PATH, SHIPPED).map_err(|faults| unusable(&faults));
        Self { spec, tracked: TokenStream::new(), own: None }
    }

    pub(crate) fn of_crate(path: &LitStr) -> Self {
        let root = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
        let file = PathBuf::from(root).join(path.value());
        match std::fs::read_to_string(&file) {
            Ok(text) => Self::of_file(path.value(), text, &file),
            Err(error) => {
                let message = format!("cannot read the spec `{}`: {error}", file.display());
                let errors = syn::Error::new(path.span(), message).to_compile_error();
                Self { spec: Err(Unusable { errors, partial: None }), tracked: TokenStream::new(), own: None }
            }
        }
    }

    fn of_file(path: String, text: String, file: &Path) -> Self {
        let mut base = None;
        let load = |name: &str| {
            let read = std::fs::read_to_string(beside(file, name));
            base = Some(Base { path: beside(Path::new(&path), name), text: read.as_ref().ok().cloned() });
            read
        };
        let spec = Spec::parse_with(&path, &text, load).map_err(|faults| unusable(&faults));
        let base_path = base.as_ref().map(|base| tracked(&base.path.display().to_string()));
        let tracked = std::iter::once(tracked(&path)).chain(base_path).collect();
        Self { spec, tracked, own: Some(Own { path, text, base: base.and_then(|base| base.text) }) }
    }
}

/// Returns the path of a file in the folder of another.
fn beside(file: &Path, name: &str) -> PathBuf {
    file.with_file_name(name)
}

/// Makes cargo build again when the file changes.
fn tracked(path: &str) -> TokenStream {
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
