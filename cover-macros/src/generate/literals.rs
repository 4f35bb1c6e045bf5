//! The macros that check a request of literals while compiling: each hands the spec to a hidden proc macro.

use cover_spec::Spec;
use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use crate::ident::ident;
use crate::origin::Origin;

pub(super) fn literals(spec: &Spec, origin: &Origin) -> TokenStream {
    let request = &spec.request;
    let hidden = ident(&format!("__{}_literal", request.snake()));
    let exact = request.literal.as_ref().map(|name| one(spec, origin, name, false));
    let tries = request.try_literal.as_ref().map(|name| one(spec, origin, name, true));
    if exact.is_none() && tries.is_none() {
        return TokenStream::new();
    }
    quote! {
        #[doc(hidden)]
        pub use ::cover_api::__private::literal as #hidden;
        #exact
        #tries
    }
}

fn one(spec: &Spec, origin: &Origin, name: &str, tries: bool) -> TokenStream {
    let hidden = ident(&format!("__{}_literal", spec.request.snake()));
    // Exported macros share one namespace in their crate; two specs may give them the same name.
    let place: String = origin.module.to_string().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let exported = ident(&format!("__{}_{name}{place}", spec.request.snake()));
    let doc = docs::literal(spec, name, tries);
    let name = ident(name);
    let module = &origin.module;
    let files = files(spec);
    let kind = if tries { quote!(tries) } else { quote!(exact) };
    quote! {
        #[doc(hidden)]
        #[macro_export]
        macro_rules! #exported {
            ($($body:tt)*) => { $crate #module::#hidden! { [$crate #module] #files #kind { $($body)* } } };
        }
        #[doc = #doc]
        #[doc(inline)]
        pub use #exported as #name;
    }
}

/// Returns `shipped` and the path of a shipped spec, or the path and the text of each file that the hidden macro needs.
fn files(spec: &Spec) -> TokenStream {
    if let Some(path) = spec.shipped_path() {
        return quote!(shipped #path);
    }
    let needed = spec.sources.files.iter().filter(|file| !file.is_shipped);
    let pairs = needed.map(|file| {
        let (path, text) = (&file.path, &file.text);
        quote!(#path #text)
    });
    pairs.collect()
}
