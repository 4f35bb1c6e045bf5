//! The types of fields that take one of several texts.

use cover_spec::model::{Choice, Field, FieldKind, Request};
use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use crate::ident::ident;

pub(super) fn choices(request: &Request) -> TokenStream {
    let enums = request.fields.iter().filter_map(|field| match &*field.kind {
        FieldKind::Choice(name, choices) => Some(choice(name, field, choices)),
        _ => None,
    });
    enums.collect()
}

fn choice(name: &str, field: &Field, choices: &[Choice]) -> TokenStream {
    let name = ident(name);
    let doc = docs::choice(field);
    let variants: Vec<_> = choices.iter().map(|choice| ident(&choice.rust)).collect();
    let docs = choices.iter().map(|choice| format!("{} Sent as `{}`.", *choice.doc, *choice.wire));
    let deprecated = choices.iter().map(|choice| deprecated(choice.deprecated.as_deref()));
    let texts: Vec<&str> = choices.iter().map(|choice| choice.wire.as_str()).collect();
    let allow = choices.iter().any(|choice| choice.deprecated.is_some()).then(|| quote!(#[allow(deprecated)]));
    quote! {
        #[doc = #doc]
        #allow
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #deprecated #variants,)*
        }
        #allow
        impl #name {
            /// Every value, in the order of the spec.
            pub const ALL: &'static [Self] = &[#(Self::#variants),*];

            /// Returns the text that is sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    #(Self::#variants => #texts,)*
                }
            }
        }
        #allow
        impl ::core::str::FromStr for #name {
            type Err = ::cover_api::UnknownChoice;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                match text {
                    #(#texts => ::core::result::Result::Ok(Self::#variants),)*
                    _ => ::core::result::Result::Err(::cover_api::UnknownChoice::among(&[#(#texts),*])),
                }
            }
        }
        impl ::cover_api::__private::FieldValue for #name {
            fn as_value(&self) -> ::cover_api::__private::Value<'_> {
                ::cover_api::__private::Value::text(self.as_str())
            }

            fn from_value(value: ::cover_api::__private::Value<'_>) -> ::core::option::Option<Self> {
                match value {
                    ::cover_api::__private::Value::Text(text) => text.parse().ok(),
                    _ => ::core::option::Option::None,
                }
            }
        }
        impl ::core::fmt::Display for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }
    }
}

/// Returns the attribute that makes the compiler warn of each use, with the words of the spec.
pub(super) fn deprecated(note: Option<&String>) -> Option<TokenStream> {
    note.map(|note| quote!(#[deprecated(note = #note)]))
}
