//! A checked spec → tokens. One file for each thing that is generated.

mod any_mode;
mod builder;
mod choices;
mod docs;
mod groups;
mod literals;
mod markers;
mod maybe;
mod messages;
mod modes;
mod objects;
mod quoted;
mod request;
mod results;
mod service;
mod status;
mod tables;
mod text;

use cover_spec::Spec;
use proc_macro2::TokenStream;
use quote::quote;

use crate::origin::Origin;
use modes::Modes;

/// Returns all types of a spec.
pub(crate) fn all(spec: &Spec, origin: &Origin) -> TokenStream {
    let modes = Modes::of(&spec.request);
    let groups = groups::provable(spec, &modes);
    let parts = [
        service::service(spec),
        markers::markers(spec, &modes, &groups),
        choices::choices(&spec.request),
        objects::objects(spec, origin),
        request::request(spec, &modes),
        any_mode::any_mode(spec, &modes),
        builder::builder(spec, &modes, &groups, origin),
        spec.poll.as_ref().map(|_| status::status(&spec.statuses)).unwrap_or_default(),
        results::results(&spec.results),
        tables::tables(spec),
        literals::literals(spec, origin),
    ];
    let alone = if origin.is_own { TokenStream::new() } else { alone() };
    quote!(#alone #(#parts)*)
}

/// Writes an item that makes the first error about two specs in one module say what to do.
fn alone() -> TokenStream {
    quote! {
        #[doc(hidden)]
        mod each_call_of_api_needs_a_module_of_its_own {}
    }
}
