//! The types of results. How they are read is in the table of the service.

use cover_spec::model::{ResultEntry, ResultKind, ResultValue};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::docs;
use super::text::text;
use crate::ident::{ident, index};

pub(super) fn results(results: &[ResultEntry]) -> TokenStream {
    let values: Vec<&ResultValue> = results.iter().map(|result| &result.value).collect();
    let doc = "The results of a task, as far as the service has given them.";
    let all = record(&values, &ident("Results"), doc, &quote!(Clone, Default, PartialEq));
    let objects = results.iter().flat_map(|result| result.value.walk()).filter_map(object);
    quote!(#all #(#objects)*)
}

/// Returns the type of an object in results.
fn object(value: &ResultValue) -> Option<TokenStream> {
    let name = ident(value.ty.as_ref()?);
    let members: Vec<&ResultValue> = value.members.iter().collect();
    Some(record(&members, &name, &docs::result(value), &quote!(Clone, PartialEq)))
}

/// Returns a struct that is read from an answer, with `Debug` without secrets, and `Serialize`.
fn record(values: &[&ResultValue], name: &Ident, doc: &str, derives: &TokenStream) -> TokenStream {
    let docs = values.iter().map(|value| text(&value.doc));
    let idents: Vec<_> = values.iter().map(|value| ident(&value.rust)).collect();
    let types = values.iter().map(|value| rust_type(value));
    let indices = (0..values.len()).map(index);
    let names = values.iter().map(|value| value.rust.value.as_str());
    let wire = values.iter().map(|value| value.name.as_str());
    quote! {
        #[doc = #doc]
        #[derive(#derives)]
        #[non_exhaustive]
        pub struct #name {
            #(#[doc = #docs] pub #idents: #types,)*
        }
        impl ::cover_api::__private::record::Record for #name {
            const NAME: &'static str = ::core::stringify!(#name);

            fn read(from: ::cover_api::__private::read::Fields<'_>) -> Self {
                Self { #(#idents: from.read(#indices),)* }
            }

            fn fields(&self) -> ::std::vec::Vec<::cover_api::__private::record::Field<'_>> {
                use ::cover_api::__private::record::Field;
                ::std::vec::Vec::from([#(Field(#names, #wire, &self.#idents)),*])
            }
        }
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::cover_api::__private::record::debug(self, f)
            }
        }
        impl ::cover_api::__private::Serialize for #name {
            fn serialize<S: ::cover_api::__private::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                ::cover_api::__private::record::serialize(self, serializer)
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
