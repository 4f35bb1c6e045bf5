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

use super::groups::Group;
use super::modes::Modes;
use crate::origin::Origin;
use context::Builder;

pub(super) fn builder(spec: &Spec, modes: &Modes<'_>, groups: &[Group<'_>], origin: &Origin) -> TokenStream {
    let builder = Builder::of(spec, modes, groups, origin);
    let declaration = builder.declaration();
    let page = builder.page();
    let setters = modes.settable.iter().map(|field| builder.setters(field));
    let stubs = modes.settable.iter().map(|field| builder.stubs(field));
    let build = builder.build();
    let rules = builder.rules_module();
    quote! {
        #declaration
        #page
        #(#setters)*
        #(#stubs)*
        #build
        #rules
    }
}
