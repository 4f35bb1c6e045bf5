//! The types of results. How they are read is in the table of the service.

use cover_spec::model::{ResultEntry, ResultKind, ResultValue};
use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::text::text;
use crate::ident::{ident, index};

pub(super) fn results(results: &[ResultEntry]) -> TokenStream {
    let values: Vec<&ResultValue> = results.iter().map(|result| &result.value).collect();
    let all = fields(
        &values,
        &quote!(Results),
        "The results of a task, as far as the service has given them.",
        Some(results),
    );
    let indices = (0..values.len()).map(index);
    let idents = values.iter().map(|value| ident(&value.rust));
    let objects = results.iter().flat_map(|result| result.value.walk()).filter_map(object);
    quote! {
        #all
        impl ::cover_api::runtime::Results for Results {
            fn read(found: ::cover_api::__private::read::Found<'_>) -> Self {
                Self { #(#idents: found.result(#indices),)* }
            }
        }
        #(#objects)*
    }
}

/// Returns the type of an object in results.
fn object(value: &ResultValue) -> Option<TokenStream> {
    let name = ident(value.ty.as_ref()?);
    let members: Vec<&ResultValue> = value.members.iter().collect();
    let doc = docs::result(value);
    let all = fields(&members, &quote!(#name), &doc, None);
    let indices = (0..members.len()).map(index);
    let idents = members.iter().map(|member| ident(&member.rust));
    Some(quote! {
        #all
        impl ::cover_api::__private::read::FromAnswer for #name {
            fn read(from: ::cover_api::__private::read::Value<'_>) -> ::core::option::Option<Self> {
                let members = from.members()?;
                ::core::option::Option::Some(Self { #(#idents: members.member(#indices),)* })
            }

            fn shown(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(self, f)
            }
        }
    })
}

/// Returns a struct with its documentation, `Debug` without secrets, and `Serialize`. `results` has the places of results.
fn fields(values: &[&ResultValue], name: &TokenStream, doc: &str, results: Option<&[ResultEntry]>) -> TokenStream {
    let docs = values.iter().map(|value| text(&value.doc));
    let idents: Vec<_> = values.iter().map(|value| ident(&value.rust)).collect();
    let types = values.iter().map(|value| rust_type(value));
    let wire = values.iter().map(|value| value.name.as_str());
    let default = results.map(|_| quote!(Default,));
    let count = index(values.len());
    quote! {
        #[doc = #doc]
        #[derive(Clone, #default PartialEq)]
        #[non_exhaustive]
        pub struct #name {
            #(#[doc = #docs] pub #idents: #types,)*
        }
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                use ::cover_api::__private::read::Shown;
                f.debug_struct(::core::stringify!(#name))
                    #(.field(::core::stringify!(#idents), &Shown(&self.#idents)))*
                    .finish()
            }
        }
        impl ::cover_api::__private::Serialize for #name {
            fn serialize<S: ::cover_api::__private::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                use ::cover_api::__private::SerializeStruct as _;
                let mut fields = serializer.serialize_struct(::core::stringify!(#name), #count)?;
                #(fields.serialize_field(#wire, &self.#idents)?;)*
                fields.end()
            }
        }
    }
}

/// Returns the type of a field: an `Option` of a single value, or a list.
fn rust_type(value: &ResultValue) -> TokenStream {
    let single = match value.kind.value {
        ResultKind::Text => quote!(::std::string::String),
        ResultKind::Integer => quote!(i64),
        ResultKind::Number | ResultKind::Seconds => quote!(f64),
        ResultKind::Boolean => quote!(bool),
        ResultKind::Time => quote!(::cover_api::Timestamp),
        ResultKind::Audio | ResultKind::Stream | ResultKind::Image => quote!(::cover_api::Link),
        ResultKind::Any => quote!(::cover_api::__private::Json),
        ResultKind::Object => {
            let name = ident(value.ty.as_ref().expect("an object has the name of its type"));
            quote!(#name)
        }
    };
    match value.lists {
        0 => quote!(::core::option::Option<#single>),
        1 => quote!(::std::vec::Vec<#single>),
        _ => quote!(::std::vec::Vec<::std::vec::Vec<#single>>),
    }
}
