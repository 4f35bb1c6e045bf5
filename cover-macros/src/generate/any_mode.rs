//! Requests whose mode is known while running: read from JSON, and turned into typed ones.

use cover_spec::Spec;
use cover_spec::model::Field;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::modes::{Modes, OneMode};
use super::{ident, request, tables};

pub(super) fn any_mode(spec: &Spec, modes: &Modes<'_>) -> TokenStream {
    let name = ident(&spec.request.name);
    let from_json = from_json(spec, modes, &name);
    if spec.request.modes.is_empty() {
        return from_json;
    }
    let into_mode = into_mode(modes, &name);
    quote! {
        /// Stands for the mode of a request whose mode is only known while running.
        pub struct AnyMode;
        #from_json
        #into_mode
        impl<M: Mode> ::core::convert::From<#name<M>> for #name<AnyMode> {
            fn from(request: #name<M>) -> Self {
                Self { fields: request.fields, mode: request.mode, marker: ::core::marker::PhantomData }
            }
        }
    }
}

fn from_json(spec: &Spec, modes: &Modes<'_>, name: &Ident) -> TokenStream {
    let tables = tables::module(spec);
    let fields = request::fields_name(spec);
    let idents = modes.settable.iter().map(|field| ident(&field.rust));
    let reads = modes.settable.iter().map(|field| read(spec, field));
    let ty = if spec.request.modes.is_empty() { quote!(()) } else { quote!(AnyMode) };
    quote! {
        impl #name<#ty> {
            /// Reads a request from JSON, under the names that are sent, and checks it as the builder would.
            ///
            /// # Errors
            ///
            /// Every broken rule at once: unknown and doubled fields, wrong types, missing and forbidden fields, limits,
            /// and values that no mode has. At most 100 are kept, and the others are counted. What is no JSON object breaks
            /// one rule.
            pub fn from_json(
                json: impl ::core::convert::AsRef<[u8]>,
            ) -> ::core::result::Result<Self, ::cover_api::Violations> {
                let mut checked = ::cover_api::__private::json::check(&#tables::RULES, json.as_ref())?;
                ::core::result::Result::Ok(Self {
                    fields: #fields { #(#idents: #reads,)* },
                    mode: checked.mode(),
                    marker: ::core::marker::PhantomData,
                })
            }
        }
    }
}

fn read(spec: &Spec, field: &Field) -> TokenStream {
    let index = spec.request.fields.iter().position(|it| std::ptr::eq(it, field));
    quote!(checked.take(#index))
}

fn into_mode(modes: &Modes<'_>, name: &Ident) -> TokenStream {
    let by_mode = ident(&format!("{name}ByMode"));
    let doc = format!("A [`{name}`] whose mode was known while running only, by its mode.");
    let variants: Vec<Ident> = modes.iter().map(|mode| ident(&mode.joined())).collect();
    let types: Vec<TokenStream> = modes.iter().map(OneMode::ty).collect();
    let docs = modes.iter().map(|mode| format!("In `{}` mode.", mode.name()));
    let indices = modes.iter().map(|mode| mode.index).skip(1);
    let (first, others) = (variants.first(), variants.iter().skip(1));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, PartialEq)]
        pub enum #by_mode {
            #(#[doc = #docs] #variants(#name<#types>),)*
        }
        impl #name<AnyMode> {
            /// The typed request of its mode.
            #[must_use]
            pub fn into_mode(self) -> #by_mode {
                match self.mode {
                    #(#indices => #by_mode::#others(self.typed()),)*
                    _ => #by_mode::#first(self.typed()),
                }
            }

            fn typed<M>(self) -> #name<M> {
                #name { fields: self.fields, mode: self.mode, marker: ::core::marker::PhantomData }
            }
        }
    }
}
