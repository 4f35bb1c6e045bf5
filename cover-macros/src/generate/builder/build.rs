//! `build`, what it shares with the literal macros, and the traits that carry its messages.

use cover_spec::model::Field;
use cover_spec::rules::Presence;
use proc_macro2::TokenStream;
use quote::quote;

use super::context::Builder;
use crate::generate::groups::Group;
use crate::generate::messages::Message;
use crate::generate::modes::{OneMode, state_param};
use crate::generate::{docs, tables};
use crate::ident::ident;

impl Builder<'_> {
    pub(super) fn build(&self) -> TokenStream {
        let builds = self.modes.iter().map(|mode| self.build_in(mode));
        let checks = self.checks();
        quote!(#(#builds)* #checks)
    }

    /// Returns the `build` of an object.
    pub(super) fn build_object(&self) -> TokenStream {
        let Self { name, state, .. } = self;
        let object = ident(&self.spec.request.name);
        let bounds = self.modes.iter().flat_map(|mode| self.bounds(mode));
        let refused: TokenStream = self.modes.iter().map(|mode| self.refused_in(mode)).collect();
        let doc = docs::build_object(&self.spec.request.name);
        quote! {
            #[cfg(not(doc))]
            impl<S: #state> #name<(), S> {
                #refused

                #[doc = #doc]
                #[must_use]
                pub fn build(self) -> #object where #(#bounds,)* {
                    #object { fields: self.fields }
                }
            }
        }
    }

    /// Returns a bound for each field that the mode requires.
    fn bounds<'b>(&'b self, mode: &'b OneMode<'_>) -> impl Iterator<Item = TokenStream> + 'b {
        let required = self.modes.settable.iter().filter(|field| mode.presence(field) == Presence::Required);
        required.map(|field| {
            let (rules, own, message) = (&self.rules, state_param(field), Message::required(field, mode).name);
            quote!(S::#own: #rules::#message)
        })
    }

    fn build_in(&self, mode: &OneMode<'_>) -> TokenStream {
        let Self { name, state, rules, .. } = self;
        let request = ident(&self.spec.request.name);
        let bounds = self.bounds(mode);
        let groups = self.groups.iter().filter(|group| group.concerns(mode)).map(|group| group.bound(rules));
        let doc = docs::build_in(self.spec, mode);
        let refused = self.refused_in(mode);
        let mode = mode.ty();
        quote! {
            #[cfg(not(doc))]
            impl<S: #state> #name<#mode, S> {
                #refused

                #[doc = #doc]
                pub fn build(self) -> ::core::result::Result<#request<#mode>, ::cover_api::Violations>
                where
                    #(#bounds,)*
                    #(#groups,)*
                {
                    self.__build_rest(0)
                }
            }
        }
    }

    fn checks(&self) -> TokenStream {
        let Self { name, .. } = self;
        let request = ident(&self.spec.request.name);
        let tables = tables::module(self.spec);
        quote! {
            #[cfg(not(doc))]
            impl<M: Mode, S> #name<M, S> {
                /// Returns the request without a check, for literal macros, which checked it while compiling.
                #[doc(hidden)]
                pub fn __checked(self) -> #request<M> {
                    #request { fields: self.fields, mode: M::INDEX, marker: ::core::marker::PhantomData }
                }

                /// Checks the fields whose bits are not set in `decided`: literal macros checked the others while
                /// compiling.
                #[doc(hidden)]
                pub fn __build_rest(
                    self,
                    decided: u64,
                ) -> ::core::result::Result<#request<M>, ::cover_api::Violations> {
                    let mut values = self.fields.values();
                    ::cover_api::__private::check(&#tables::RULES, M::INDEX, &mut values, decided)?;
                    ::core::result::Result::Ok(self.__checked())
                }
            }
        }
    }

    /// Returns a message for each way in which calls for the field can be wrong.
    fn messages(&self, field: &Field) -> Vec<Message> {
        let maybe_reach = self.maybe_reach(field);
        let mut messages = vec![Message::twice(field)];
        for mode in self.modes.iter() {
            match mode.presence(field) {
                Presence::Required => messages.push(Message::required(field, mode)),
                Presence::Forbidden | Presence::Fixed => messages.push(Message::forbidden(field, mode)),
                Presence::Optional => {}
            }
            if mode.allows(field) && maybe_reach.as_ref().is_some_and(|reach| !reach.has(mode)) {
                messages.push(Message::needs_value(field, mode));
            }
        }
        messages
    }

    pub(super) fn rules_module(&self) -> TokenStream {
        let Self { rules, modes, .. } = self;
        let messages = modes.settable.iter().flat_map(|field| self.messages(field));
        let messages = messages.map(|message| message.tokens);
        let groups = self.groups.iter().map(Group::tokens);
        quote! {
            #[doc(hidden)]
            pub mod #rules {
                #(#messages)*
                #(#groups)*
            }
        }
    }
}
