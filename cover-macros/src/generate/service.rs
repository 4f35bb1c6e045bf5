//! The type that stands for the service, and the runtime's types for it.

use cover_spec::Spec;
use proc_macro2::TokenStream;
use quote::quote;

use super::{docs, ident, tables};

pub(super) fn service(spec: &Spec) -> TokenStream {
    let name = ident(&spec.service.name);
    let track = ident(&spec.track.name);
    let tables = tables::module(spec);
    let doc = docs::service(spec);
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum #name {}

        impl ::cover_api::runtime::Service for #name {
            type Status = Status;
            type Track = #track;
            fn api() -> &'static ::cover_api::runtime::Api {
                &#tables::API
            }
        }

        /// Sends requests to the service and follows their tasks.
        pub type Client = ::cover_api::runtime::Client<#name>;
        /// Sets a client up.
        pub type ClientBuilder = ::cover_api::runtime::ClientBuilder<#name>;
        /// A task that was paid for, and the client that follows it.
        pub type Task = ::cover_api::runtime::Task<#name>;
        /// What to keep of a task, to go on with it later or elsewhere.
        pub type TaskHandle = ::cover_api::runtime::TaskHandle<#name>;
        /// What one poll says of a task.
        pub type Snapshot = ::cover_api::runtime::Snapshot<#name>;
        /// News of a task.
        pub type Update = ::cover_api::runtime::Update<#name>;
        /// What went wrong, and what is known of the task.
        pub type Error = ::cover_api::runtime::Error<#name>;
    }
}
