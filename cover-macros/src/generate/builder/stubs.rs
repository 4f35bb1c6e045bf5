//! Methods that never compile where they are called, for the sake of their message: a setter that is called a second
//! time, or in a mode that does not take it.

use cover_spec::model::Field;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::context::Builder;
use super::setter::Setter;
use crate::generate::maybe;
use crate::generate::messages::Message;
use crate::generate::modes::{OneMode, Reach, state_param};
use crate::ident::ident;

impl Builder<'_> {
    pub(super) fn stubs(&self, field: &Field) -> TokenStream {
        let reach = self.reach(field);
        let groups = self.setters_by_reach(field);
        let twice = groups.iter().map(|(reach, setters)| self.twice(field, reach, setters));
        let forbidden = self.modes.iter().filter(|mode| !reach.has(mode));
        let forbidden = forbidden.map(|mode| {
            let message = Message::forbidden(field, mode);
            self.refused(field, mode, &message, &ident(&field.rust))
        });
        let maybe = self.maybe_reach(field).map(|reach| self.maybe_refused(field, &reach));
        quote!(#(#twice)* #(#forbidden)* #maybe)
    }

    /// The setter that takes an `Option`, in the modes that do not have it.
    fn maybe_refused(&self, field: &Field, reach: &Reach<'_>) -> TokenStream {
        let refused = self.modes.iter().filter(|mode| !reach.has(mode)).map(|mode| {
            let message =
                if mode.allows(field) { Message::needs_value(field, mode) } else { Message::forbidden(field, mode) };
            self.refused(field, mode, &message, &ident(&maybe::name(field)))
        });
        quote!(#(#refused)*)
    }

    /// The setters once the field is set.
    fn twice(&self, field: &Field, reach: &Reach<'_>, setters: &[Setter]) -> TokenStream {
        let Self { name, state, rules, .. } = self;
        let (param, mode) = reach.param();
        let own = state_param(field);
        let message = Message::twice(field).name;
        // The bound must name a parameter that the impl leaves open: otherwise rustc reports it here, and not at the call.
        let open = match (reach, self.other_states(field).next()) {
            (Reach::One(_), Some(other)) => quote!(S::#other),
            (Reach::One(_), None) => quote!(S),
            _ => quote!(M),
        };
        let stubs = setters.iter().map(|Setter { name, takes, .. }| {
            let argument = takes.as_ref().map(|_| quote!(_: impl ::core::marker::Sized));
            quote! {
                #[doc(hidden)]
                pub fn #name(self, #argument) -> Self where #open: #rules::#message {
                    self
                }
            }
        });
        quote! {
            #[cfg(not(doc))]
            impl<#param S: #state<#own = ::cover_api::state::Set>> #name<#mode, S> {
                #(#stubs)*
            }
        }
    }

    /// A setter that the mode does not have.
    fn refused(&self, field: &Field, mode: &OneMode<'_>, message: &Message, setter: &Ident) -> TokenStream {
        let Self { name, state, rules, .. } = self;
        let (own, mode, message) = (state_param(field), mode.ty(), &message.name);
        quote! {
            #[cfg(not(doc))]
            impl<S: #state> #name<#mode, S> {
                #[doc(hidden)]
                pub fn #setter(self, _: impl ::core::marker::Sized) -> Self where S::#own: #rules::#message {
                    self
                }
            }
        }
    }
}
