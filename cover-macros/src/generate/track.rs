//! The type of a finished task's output.

use cover_spec::model::{Track, TrackField, TrackKind};
use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::text::text;
use crate::ident::ident;

pub(super) fn track(track: &Track) -> TokenStream {
    let name = ident(&track.name);
    let doc = docs::track(track);
    let docs = track.fields.iter().map(|field| text(&field.doc));
    let idents: Vec<_> = track.fields.iter().map(|field| ident(&field.rust)).collect();
    let types = track.fields.iter().map(|field| value_type(field.kind.value));
    let reads = track.fields.iter().map(read);
    let shown = track.fields.iter().map(shown);
    let audio =
        track.fields.iter().filter(|field| field.kind.value == TrackKind::Audio).map(|field| ident(&field.rust));
    // A track without fields has no address to wait for.
    let is_ready = if track.fields.is_empty() { quote!(true) } else { quote!(#(self.#audio.is_some())||*) };
    quote! {
        #[doc = #doc]
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub struct #name {
            #(#[doc = #docs] pub #idents: ::core::option::Option<#types>,)*
        }
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(::core::stringify!(#name))#(.field(::core::stringify!(#idents), &#shown))*.finish()
            }
        }
        impl ::cover_api::runtime::Track for #name {
            fn read(from: &::cover_api::__private::Object) -> Self {
                use ::cover_api::__private::read;
                Self { #(#idents: #reads,)* }
            }
            fn is_ready(&self) -> bool {
                #is_ready
            }
        }
    }
}

fn value_type(kind: TrackKind) -> TokenStream {
    match kind {
        TrackKind::Text => quote!(::std::string::String),
        TrackKind::Audio | TrackKind::Stream | TrackKind::Image => quote!(::cover_api::Link),
        TrackKind::Seconds => quote!(f64),
        TrackKind::Time => quote!(::cover_api::Timestamp),
    }
}

fn read(field: &TrackField) -> TokenStream {
    let spellings = field.spellings.iter().map(|spelling| spelling.as_str());
    let read = match field.kind.value {
        TrackKind::Text => quote!(text),
        TrackKind::Audio | TrackKind::Stream | TrackKind::Image => quote!(link),
        TrackKind::Seconds => quote!(number),
        TrackKind::Time => quote!(time),
    };
    quote!(read::#read(from, &[#(#spellings),*]))
}

/// Returns a field as `Debug` shows it: texts of the service are redacted.
fn shown(field: &TrackField) -> TokenStream {
    let name = ident(&field.rust);
    if field.kind.value == TrackKind::Text {
        quote!(self.#name.as_deref().map(::cover_api::__private::Shown))
    } else {
        quote!(self.#name)
    }
}
