//! Requests whose mode is known only at run time: read from JSON, and turned into typed ones.

use cover_spec::Spec;
use cover_spec::model::Field;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::modes::{Modes, OneMode};
use super::{request, tables};
use crate::ident::{ident, index};

pub(super) fn any_mode(spec: &Spec, modes: &Modes<'_>) -> TokenStream {
    let name = ident(&spec.request.name);
    let from_json = from_json(spec, modes, &name);
    if spec.request.modes.is_empty() {
        return from_json;
    }
    let into_mode = into_mode(modes, &name);
    quote! {
        /// The mode of a request whose mode is known only at run time.
        pub enum AnyMode {}
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
    let idents: Vec<_> = modes.settable.iter().map(|field| ident(&field.rust)).collect();
    let reads: Vec<_> = modes.settable.iter().map(|field| take(spec, field)).collect();
    let is_open = spec.request.fields.iter().any(Field::is_open);
    let ty = if spec.request.modes.is_empty() { quote!(()) } else { quote!(AnyMode) };
    let read = |check: TokenStream| {
        quote! {
            let mut checked = ::cover_api::__private::json::#check?;
            ::core::result::Result::Ok(Self {
                fields: #fields { #(#idents: #reads,)* },
                mode: checked.mode(),
                marker: ::core::marker::PhantomData,
            })
        }
    };
    let (body, with_options) = if is_open {
        let read = read(quote!(check_with(&#tables::RULES, json.as_ref(), options)));
        let with_options = quote! {
            /// Reads a request from JSON with options, such as to take values of choices that the spec does not list.
            ///
            /// # Errors
            ///
            /// Those of [`from_json`](Self::from_json).
            pub fn from_json_with(
                json: impl ::core::convert::AsRef<[u8]>,
                options: &::cover_api::FromJson,
            ) -> ::core::result::Result<Self, ::cover_api::Violations> {
                #read
            }
        };
        (quote!(Self::from_json_with(json, &::cover_api::FromJson::new())), Some(with_options))
    } else {
        (read(quote!(check(&#tables::RULES, json.as_ref()))), None)
    };
    quote! {
        impl #name<#ty> {
            /// Reads a request from JSON, and checks it as the builder does.
            ///
            /// The names are those that are sent.
            ///
            /// # Errors
            ///
            /// [`Violations`](::cover_api::Violations) lists every broken rule: unknown and duplicate fields, wrong types,
            /// missing and forbidden fields, limits, and values that no mode has. It keeps 100 and counts the others.
            /// Input that is not a JSON object breaks one rule.
            pub fn from_json(
                json: impl ::core::convert::AsRef<[u8]>,
            ) -> ::core::result::Result<Self, ::cover_api::Violations> {
                #body
            }

            #with_options
        }
    }
}

fn take(spec: &Spec, field: &Field) -> TokenStream {
    let position = spec.request.fields.iter().position(|it| std::ptr::eq(it, field));
    let index = index(position.expect("a settable field is one of the request's"));
    quote!(checked.take(#index))
}

fn into_mode(modes: &Modes<'_>, name: &Ident) -> TokenStream {
    let by_mode = ident(&format!("{name}ByMode"));
    let doc = format!("A [`{name}`] of a known mode, with a variant for each.");
    let variants: Vec<Ident> = modes.iter().map(|mode| ident(&mode.joined())).collect();
    let types: Vec<TokenStream> = modes.iter().map(OneMode::ty).collect();
    let docs = modes.iter().map(|mode| format!("The request is in `{}` mode.", mode.name()));
    let indices = modes.iter().map(|mode| index(mode.index)).skip(1);
    let (first, others) = (variants.first(), variants.iter().skip(1));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, PartialEq)]
        pub enum #by_mode {
            #(#[doc = #docs] #variants(#name<#types>),)*
        }
        impl #name<AnyMode> {
            /// Returns the typed request of its mode.
            #[must_use]
            pub fn into_mode(self) -> #by_mode {
                match self.mode {
                    #(#indices => #by_mode::#others(self.__typed()),)*
                    _ => #by_mode::#first(self.__typed()),
                }
            }

            fn __typed<M>(self) -> #name<M> {
                #name { fields: self.fields, mode: self.mode, marker: ::core::marker::PhantomData }
            }
        }
    }
}
