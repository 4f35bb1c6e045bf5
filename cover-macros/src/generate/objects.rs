//! The types of objects in the request, each with a builder.
//!
//! A builder is that of a request without modes whose fields are the members. It stands in a module of its own, since the
//! request's `Mode` stands outside.

use cover_spec::Spec;
use cover_spec::model::{Field, FieldKind, Request, object_module};
use proc_macro2::TokenStream;
use quote::quote;

use super::modes::Modes;
use super::{builder, choices, docs, request, tables};
use crate::ident::{ident, index};
use crate::origin::Origin;

pub(super) fn objects(spec: &Spec, origin: &Origin) -> TokenStream {
    let fields = spec.request.fields.iter().enumerate();
    let objects = fields.filter_map(|(index, field)| match &*field.kind {
        FieldKind::Object(_, members) => Some(object(spec, index, field, members, origin)),
        _ => None,
    });
    objects.collect()
}

/// Returns a spec whose request is the object.
fn as_request(spec: &Spec, field: &Field, members: &[Field]) -> Option<Spec> {
    let FieldKind::Object(name, _) = &*field.kind else { return None };
    let request = Request {
        name: name.clone(),
        doc: field.doc.clone(),
        model: None,
        literal: None,
        try_literal: None,
        modes: Vec::new(),
        fields: members.to_vec(),
        classes: Vec::new(),
        relations: Vec::new(),
    };
    Some(Spec { request, ..spec.clone() })
}

fn object(spec: &Spec, position: usize, field: &Field, members: &[Field], origin: &Origin) -> TokenStream {
    let Some(own) = as_request(spec, field, members) else { return TokenStream::new() };
    let modes = Modes::of(&own.request);
    let name = ident(&own.request.name);
    let module = ident(&object_module(&own.request.name));
    let builder_name = ident(&format!("{name}Builder"));
    let (tables, position) = (tables::module(spec), index(position));
    let doc = docs::object(field);
    let fields_name = request::fields_name(&own);
    let fields = request::fields(&own, &modes);
    let builder = builder::of_object(&own, &modes, origin);
    let choices = choices::choices(&own.request);
    let choice_names = members.iter().filter_map(|member| match &*member.kind {
        FieldKind::Choice(name, _) => Some(ident(name)),
        _ => None,
    });
    let idents: Vec<_> = members.iter().map(|member| ident(&member.rust)).collect();
    let indices = (0..members.len()).map(index);
    quote! {
        pub use #module::{#name, #builder_name, #(#choice_names),*};

        #[allow(clippy::module_inception)]
        mod #module {
            /// The mode of a builder, which has none.
            #[doc(hidden)]
            pub trait Mode {}
            impl Mode for () {}

            #[doc = #doc]
            #[derive(Clone, PartialEq)]
            pub struct #name {
                fields: #fields_name,
            }
            impl #name {
                /// Returns a builder.
                pub fn builder() -> #builder_name<()> {
                    #builder_name { fields: ::core::default::Default::default(), state: ::core::marker::PhantomData }
                }
            }
            impl ::cover_api::__private::FieldValue for #name {
                fn as_value(&self) -> ::cover_api::__private::Value<'_> {
                    ::cover_api::__private::object(self.fields.values())
                }

                fn from_value(value: ::cover_api::__private::Value<'_>) -> ::core::option::Option<Self> {
                    let mut members = ::cover_api::__private::members(value)?;
                    ::core::option::Option::Some(Self {
                        fields: #fields_name { #(#idents: members.read(#indices),)* },
                    })
                }
            }
            impl ::core::fmt::Debug for #name {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    let members = self.fields.values();
                    ::cover_api::__private::debug_object(
                        ::core::stringify!(#name), &super::#tables::RULES, #position, &members, f,
                    )
                }
            }
            #choices
            #fields
            #builder
        }
    }
}
