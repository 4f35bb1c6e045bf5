//! The builder's type, and the trait through which one entry of its state is named.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::Builder;
use crate::generate::modes::state_param;
use crate::generate::{docs, maybe, request};
use crate::ident::ident;

impl Builder<'_> {
    /// Returns the documentation of a request's builder.
    pub(super) fn doc(&self) -> String {
        let maybe = self.modes.settable.iter().filter(|field| self.maybe_reach(field).is_some());
        let maybe = maybe.min_by_key(|field| field.example.is_none()).map(|field| maybe::name(field));
        docs::builder(self.spec, maybe.as_deref())
    }

    /// Returns the type, with this documentation.
    pub(super) fn declaration(&self, doc: &str) -> TokenStream {
        let Self { name, spec, modes, state, .. } = self;
        let fields = request::fields_name(spec);
        let start = ident(&format!("{name}Start"));
        let start_doc = format!("The state of a [`{name}`] without any field.");
        let state_doc = format!("The state of a [`{name}`]: a tuple of `Set` or `Unset` for each field.");
        let states: Vec<_> = modes.settable.iter().map(|field| state_param(field)).collect();
        let unset = states.iter().map(|_| quote!(::cover_api::state::Unset));
        quote! {
            #[doc = #doc]
            #[must_use = "a builder does nothing before `.build()`"]
            pub struct #name<M, S = #start> {
                fields: #fields,
                state: ::core::marker::PhantomData<fn() -> (M, S)>,
            }
            #[doc = #start_doc]
            #[doc(hidden)]
            pub type #start = (#(#unset,)*);
            impl<M, S> ::core::clone::Clone for #name<M, S> {
                fn clone(&self) -> Self {
                    Self { fields: self.fields.clone(), state: ::core::marker::PhantomData }
                }
            }
            #[doc = #state_doc]
            #[doc(hidden)]
            pub trait #state {
                #(type #states;)*
            }
            impl<#(#states),*> #state for (#(#states,)*) {
                #(type #states = #states;)*
            }
        }
    }
}
