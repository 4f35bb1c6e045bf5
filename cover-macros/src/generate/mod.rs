//! A checked spec → tokens.

mod answers;
mod any_mode;
mod builder;
mod choices;
mod doc_rules;
mod docs;
mod examples;
mod groups;
mod literals;
mod markers;
mod messages;
mod modes;
mod relations;
mod request;
mod service;
mod status;
mod tables;
mod track;

use cover_spec::Spec;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use modes::Modes;

/// Where the spec comes from and goes to.
pub(crate) struct Origin {
    /// Its text; `None` for the one that cover-spec ships.
    pub(crate) text: Option<String>,
    /// The text of the spec that it builds on, where that is a file.
    pub(crate) base: Option<String>,
    /// `::module`: the way from the crate to the module in which the types stand.
    pub(crate) module: TokenStream,
}

pub(crate) fn all(spec: &Spec, origin: &Origin) -> TokenStream {
    let modes = Modes::of(&spec.request);
    let parts = [
        service::service(spec),
        markers::markers(spec, &modes),
        choices::choices(&spec.request),
        request::request(spec, &modes),
        builder::builder(spec, &modes, origin),
        status::status(&spec.statuses),
        track::track(&spec.track),
        tables::tables(spec),
        literals::literals(spec, origin),
    ];
    quote!(#(#parts)*)
}

/// A name that the check of the spec has found fit for Rust.
fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}
