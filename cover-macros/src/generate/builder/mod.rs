//! The builder: its state is a tuple with an entry for each field, so that the compiler knows which are set.
//!
//! Inherent impls stand under `cfg(not(doc))`. Under `cfg(doc)`, [`page`] writes one impl with plain signatures.

mod build;
mod context;
mod page;
mod setter;
mod state;
mod stubs;

use cover_spec::Spec;
use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::groups::Group;
use super::modes::Modes;
use crate::origin::Origin;
use context::Builder;

pub(super) fn builder(spec: &Spec, modes: &Modes<'_>, groups: &[Group<'_>], origin: &Origin) -> TokenStream {
    let builder = Builder::of(spec, modes, groups, origin);
    builder.with(&builder.doc(), &builder.page(), &builder.build())
}

/// Returns the builder of an object. `build` cannot fail: the request that holds the object checks its limits.
pub(super) fn of_object(spec: &Spec, modes: &Modes<'_>, origin: &Origin) -> TokenStream {
    let builder = Builder::of(spec, modes, &[], origin);
    let doc = docs::object_builder(&spec.request.name);
    builder.with(&doc, &builder.page_of_object(), &builder.build_object())
}

impl Builder<'_> {
    fn with(&self, doc: &str, page: &TokenStream, build: &TokenStream) -> TokenStream {
        let declaration = self.declaration(doc);
        let setters = self.modes.settable.iter().map(|field| self.setters(field));
        let stubs = self.modes.settable.iter().map(|field| self.stubs(field));
        let rules = self.rules_module();
        quote! {
            #declaration
            #page
            #(#setters)*
            #(#stubs)*
            #build
            #rules
        }
    }
}
