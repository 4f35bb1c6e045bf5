//! The builder as its documentation page shows it: one impl, and one plain signature for each method.
//!
//! The real signatures carry the state of every field, which hides what a reader looks for. rustdoc documents this impl
//! instead, and runs its examples against the real ones.

use cover_spec::model::Field;
use proc_macro2::TokenStream;
use quote::quote;

use super::context::Builder;
use super::setter::Setter;
use crate::generate::docs;
use crate::ident::ident;

impl Builder<'_> {
    pub(super) fn page(&self) -> TokenStream {
        let Self { name, spec, modes, groups, .. } = self;
        let request = ident(&spec.request.name);
        let setters = modes.settable.iter().map(|field| self.page_of(field));
        let doc = docs::build(spec, modes, groups);
        let (param, mode) =
            if spec.request.modes.is_empty() { (quote!(), quote!(())) } else { (quote!(<M: Mode>), quote!(M)) };
        quote! {
            #[cfg(doc)]
            impl #param #name<#mode> {
                #(#setters)*
                #[doc = #doc]
                pub fn build(self) -> ::core::result::Result<#request<#mode>, ::cover_api::Violations> {
                    ::core::unimplemented!()
                }
            }
        }
    }

    /// Returns the page of an object's builder.
    pub(super) fn page_of_object(&self) -> TokenStream {
        let Self { name, spec, modes, .. } = self;
        let object = ident(&spec.request.name);
        let setters = modes.settable.iter().map(|field| self.page_of(field));
        let doc = docs::build_object(&spec.request.name);
        quote! {
            #[cfg(doc)]
            impl #name<()> {
                #(#setters)*
                #[doc = #doc]
                pub fn build(self) -> #object {
                    ::core::unimplemented!()
                }
            }
        }
    }

    fn page_of(&self, field: &Field) -> TokenStream {
        let setters = self.setters_by_reach(field).into_iter().flat_map(|(_, setters)| setters);
        let methods = setters.map(|Setter { name, doc, example, deprecated, takes, .. }| {
            let doc = doc + &example.map_or_else(String::new, |example| example.block);
            let argument = ident(&field.rust);
            let argument = takes.map(|ty| quote!(#argument: #ty));
            quote! {
                #[doc = #doc]
                #deprecated
                pub fn #name(self, #argument) -> Self {
                    ::core::unimplemented!()
                }
            }
        });
        methods.collect()
    }
}
