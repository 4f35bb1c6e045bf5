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
    /// Returns the setters of a field that is already set.
    pub(super) fn stubs(&self, field: &Field) -> TokenStream {
        let groups = self.setters_by_reach(field);
        groups.iter().map(|(reach, setters)| self.twice(field, reach, setters)).collect()
    }

    /// Returns the setters that the mode does not have, for the impl that has its `build`.
    pub(super) fn refused_in(&self, mode: &OneMode<'_>) -> TokenStream {
        self.modes.settable.iter().map(|field| self.refused(field, mode)).collect()
    }

    fn refused(&self, field: &Field, mode: &OneMode<'_>) -> TokenStream {
        let lacks = |reach: &Reach<'_>| !reach.has(mode);
        let plain = lacks(&self.reach(field)).then(|| {
            let message = Message::forbidden(field, mode);
            self.refused_setter(field, &message, &ident(&field.rust))
        });
        let maybe = self.maybe_reach(field).filter(lacks).map(|_| {
            let message =
                if mode.allows(field) { Message::needs_value(field, mode) } else { Message::forbidden(field, mode) };
            self.refused_setter(field, &message, &ident(&maybe::name(field)))
        });
        quote!(#plain #maybe)
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

    fn refused_setter(&self, field: &Field, message: &Message, setter: &Ident) -> TokenStream {
        let (rules, own, message) = (&self.rules, state_param(field), &message.name);
        quote! {
            #[doc(hidden)]
            pub fn #setter(self, _: impl ::core::marker::Sized) -> Self where S::#own: #rules::#message {
                self
            }
        }
    }
}
