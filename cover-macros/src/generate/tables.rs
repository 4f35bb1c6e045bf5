//! The two static tables: the rules of the request, and the answers of the service.

use cover_spec::Spec;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::quoted::Quoted;
use crate::ident::ident;

/// Returns the name of the module that holds the tables.
pub(super) fn module(spec: &Spec) -> Ident {
    ident(&format!("{}_tables", spec.request.snake()))
}

pub(super) fn tables(spec: &Spec) -> TokenStream {
    let module = module(spec);
    let rules = spec.rules().quoted();
    let api = spec.api().quoted();
    quote! {
        mod #module {
            #[allow(unused_imports)]
            use ::core::option::Option::{None, Some};

            use ::cover_api::__private::{Borrowed, Duration, rules, tables};

            pub(super) static RULES: rules::Rules = #rules;
            pub(super) static API: tables::Api = #api;
        }
    }
}
