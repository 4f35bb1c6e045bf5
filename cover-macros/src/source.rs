//! Finds the text of a spec, checks it, and writes its faults as compile errors.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use cover_spec::{Faults, SHIPPED_SPECS, Spec, nearest, shipped};
use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

/// A spec, or the errors to show in its place.
pub(crate) struct Source {
    pub(crate) spec: Result<Spec, Unusable>,
    /// Makes cargo build again when a file changes, also where the spec has faults.
    pub(crate) tracked: TokenStream,
    /// Whether the types are those of cover-api itself.
    pub(crate) is_own: bool,
}

/// A spec with faults.
pub(crate) struct Unusable {
    pub(crate) errors: TokenStream,
    /// The spec as far as it has names, so that editors can complete code meanwhile.
    pub(crate) partial: Option<Box<Spec>>,
}

impl Source {
    /// Returns the spec of cover-api itself.
    pub(crate) fn own() -> Self {
        Self { is_own: true, ..Self::shipped("upload_cover.toml") }
    }

    fn shipped(path: &str) -> Self {
        let spec = Spec::parse_shipped(path).map_err(|faults| unusable(&faults));
        Self { spec, tracked: TokenStream::new(), is_own: false }
    }

    /// Returns the spec in a file of the crate, or the shipped one of this path if there is no such file.
    pub(crate) fn of_crate(path: &LitStr) -> Self {
        let root = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
        let root = PathBuf::from(root);
        let file = root.join(path.value());
        match std::fs::read_to_string(&file) {
            Ok(text) => Self::of_file(&path.value(), &text, &root),
            Err(error) if error.kind() == ErrorKind::NotFound && shipped(&path.value()).is_some() => {
                Self::shipped(&path.value())
            }
            Err(error) => {
                let message =
                    format!("cannot read the spec `{}`: {error}{}", file.display(), not_shipped(&path.value()));
                let errors = syn::Error::new(path.span(), message).to_compile_error();
                Self { spec: Err(Unusable { errors, partial: None }), tracked: TokenStream::new(), is_own: false }
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
        Self { spec, tracked, is_own: false }
    }
}

/// Says that cover-spec does not ship a spec either, with the nearest one that it ships.
fn not_shipped(path: &str) -> String {
    if shipped(path).is_some() {
        return String::new();
    }
    let nearest = same_name(path).or_else(|| nearest(path, SHIPPED_SPECS.iter().copied()));
    let nearest = nearest.map_or("`cover_spec::SHIPPED_SPECS` lists its specs".to_owned(), |nearest| {
        format!("did you mean the shipped spec `{nearest}`?")
    });
    format!("\ncover-spec ships no spec `{path}` either; {nearest}")
}

/// Returns the shipped spec whose file has the same name, in whichever folder, with or without its extension.
fn same_name(path: &str) -> Option<&'static str> {
    let name = Path::new(path).file_stem()?;
    SHIPPED_SPECS.iter().copied().find(|known| Path::new(known).file_stem() == Some(name))
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
