//! The request: its values, and how they are checked and sent.

use cover_spec::Spec;
use cover_spec::model::Scalar;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::modes::{Modes, OneMode, value_type};
use super::{docs, tables};
use crate::ident::{ident, index};

pub(super) fn request(spec: &Spec, modes: &Modes<'_>) -> TokenStream {
    let name = ident(&spec.request.name);
    let builder = ident(&format!("{name}Builder"));
    let service = ident(&spec.service.name);
    let tables = tables::module(spec);
    let doc = docs::request(spec);
    let param = if spec.request.modes.is_empty() { quote!(M = ()) } else { quote!(M = AnyMode) };
    let fields = fields(spec, modes);
    let fields_name = fields_name(spec);
    let check_lengths = check_lengths(spec);
    let price = price(spec);
    let constructors = constructors(spec, modes, &name, &builder);
    quote! {
        #[doc = #doc]
        pub struct #name<#param> {
            fields: #fields_name,
            /// The index of the mode. `M` names it too, unless it is `AnyMode`.
            mode: usize,
            marker: ::core::marker::PhantomData<fn() -> M>,
        }
        #constructors
        // Derives would bound the marker `M`.
        impl<M> ::core::clone::Clone for #name<M> {
            fn clone(&self) -> Self {
                Self { fields: self.fields.clone(), mode: self.mode, marker: ::core::marker::PhantomData }
            }
        }
        impl<M> ::core::cmp::PartialEq for #name<M> {
            fn eq(&self, other: &Self) -> bool {
                self.mode == other.mode && self.fields == other.fields
            }
        }
        impl<M> ::cover_api::runtime::Request for #name<M> {
            type Service = #service;

            fn canonical(&self, callback: ::core::option::Option<&str>) -> ::std::vec::Vec<u8> {
                ::cover_api::__private::canonical(&#tables::RULES, self.mode, &self.fields.values(), callback)
            }
            #check_lengths
            #price
        }
        impl<M> ::cover_api::__private::Serialize for #name<M> {
            fn serialize<S: ::cover_api::__private::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                ::cover_api::__private::serialize(&#tables::RULES, self.mode, &self.fields.values(), serializer)
            }
        }
        impl<M> ::core::fmt::Debug for #name<M> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::cover_api::__private::debug(::core::stringify!(#name), &#tables::RULES, self.mode, &self.fields.values(), f)
            }
        }
        #fields
    }
}

/// Returns the method that checks recordings, if the spec says how long they may be.
fn check_lengths(spec: &Spec) -> TokenStream {
    if spec.api().upload.is_none_or(|upload| upload.seconds.is_empty()) {
        return TokenStream::new();
    }
    let tables = tables::module(spec);
    quote! {
        fn check_lengths(
            &self,
            api: &::cover_api::__private::tables::Api,
            length_of: &dyn Fn(&str) -> ::core::option::Option<f64>,
        ) -> ::core::result::Result<(), ::cover_api::Violations> {
            ::cover_api::__private::check_lengths((&#tables::RULES, api), self.mode, &self.fields.values(), length_of)
        }
    }
}

/// Returns the method that computes the price, if it depends on the request.
fn price(spec: &Spec) -> TokenStream {
    if spec.credits.as_ref().is_none_or(|credits| credits.costs.is_empty()) {
        return TokenStream::new();
    }
    let tables = tables::module(spec);
    quote! {
        fn price(&self, credits: &::cover_api::__private::tables::CreditsSpec) -> ::cover_api::runtime::Credits {
            credits.price(&#tables::RULES, self.mode, &self.fields.values())
        }
    }
}

pub(super) fn fields_name(spec: &Spec) -> Ident {
    ident(&format!("{}Fields", *spec.request.name))
}

/// Returns the struct of the values that a caller sets. Those that a mode sets have no place here.
pub(super) fn fields(spec: &Spec, modes: &Modes<'_>) -> TokenStream {
    let name = fields_name(spec);
    let idents = modes.settable.iter().map(|field| ident(&field.rust));
    let types = modes.settable.iter().map(|field| value_type(field));
    let count = index(spec.request.fields.len());
    let values = spec.request.fields.iter().map(|field| {
        let settable = modes.settable.iter().any(|settable| std::ptr::eq(*settable, field));
        let name = ident(&field.rust);
        match &field.constant {
            Some(constant) => constant_value(&constant.value),
            None if settable => quote!(self.#name.as_ref().map(FieldValue::as_value)),
            None => quote!(::core::option::Option::None),
        }
    });
    quote! {
        #[derive(Clone, Default, PartialEq)]
        struct #name {
            #(#idents: ::core::option::Option<#types>,)*
        }
        impl #name {
            /// Returns the values in the order of the table of rules.
            fn values(&self) -> [::core::option::Option<::cover_api::__private::Value<'_>>; #count] {
                use ::cover_api::__private::{FieldValue, Value};
                [#(#values),*]
            }
        }
    }
}

/// Returns the value of a constant field.
fn constant_value(value: &Scalar) -> TokenStream {
    let value = match value {
        Scalar::Text(text) => quote!(Value::text(#text)),
        Scalar::Number(number) => {
            let number = number.value();
            quote!(Value::Number(#number))
        }
        Scalar::Truth(truth) => quote!(Value::Truth(#truth)),
    };
    quote!(::core::option::Option::Some(#value))
}

fn constructors(spec: &Spec, modes: &Modes<'_>, name: &Ident, builder: &Ident) -> TokenStream {
    let new = quote!(#builder { fields: ::core::default::Default::default(), state: ::core::marker::PhantomData });
    if spec.request.modes.is_empty() {
        return quote! {
            impl #name {
                /// Returns a builder.
                pub fn builder() -> #builder<()> {
                    #new
                }
            }
        };
    }
    let constructors = modes.iter().map(|mode| constructor(spec, mode, name, builder));
    quote! {
        #(#constructors)*
        impl<M> #name<M> {
            /// Returns a builder in the mode `M`.
            pub fn builder() -> #builder<M>
            where
                M: Mode,
            {
                #new
            }
        }
    }
}

fn constructor(spec: &Spec, mode: &OneMode<'_>, name: &Ident, builder: &Ident) -> TokenStream {
    let ty = mode.ty();
    let doc = docs::constructor(spec, mode);
    let model = mode.model().expect("a request with modes has no mode without a name");
    let constructor = ident(&model.constructor());
    quote! {
        impl #name<#ty> {
            #[doc = #doc]
            pub fn #constructor() -> #builder<#ty> {
                Self::builder()
            }
        }
    }
}
