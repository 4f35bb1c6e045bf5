//! The type that stands for the service, and the runtime's types for it.

use cover_spec::Spec;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{docs, tables};
use crate::ident::ident;

pub(super) fn service(spec: &Spec) -> TokenStream {
    let name = ident(&spec.service.name);
    let tables = tables::module(spec);
    let doc = docs::service(spec);
    let has_tasks = spec.poll.is_some();
    let way = ident(if has_tasks { "ByTask" } else { "AtOnce" });
    let status = if has_tasks { quote!(Status) } else { quote!(::std::string::String) };
    let sent = if has_tasks { of_tasks(&name) } else { of_answers(&name) };
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum #name {}

        impl ::cover_api::runtime::Service for #name {
            type Status = #status;
            type Results = Results;
            type Way = ::cover_api::runtime::#way;
            type Operation = ::cover_api::__private::KnownOperation<Self>;
        }

        impl ::cover_api::runtime::StaticService for #name {
            fn api() -> &'static ::cover_api::tables::Api {
                &#tables::API
            }
        }

        /// Sends requests to the service and follows their tasks.
        pub type Client = ::cover_api::runtime::Client<#name>;
        /// Configures a [`Client`].
        pub type ClientBuilder = ::cover_api::runtime::ClientBuilder<#name>;
        #sent
        /// An error of a send, a poll or a wait, with what is known of the task.
        pub type Error = ::cover_api::runtime::Error<#name>;
    }
}

fn of_tasks(name: &Ident) -> TokenStream {
    quote! {
        /// A task of the service, with the client that follows it.
        pub type Task = ::cover_api::runtime::Task<#name>;
        /// Identifies a task, so that it can be resumed later or in another process.
        pub type TaskHandle = ::cover_api::runtime::TaskHandle<#name>;
        /// The state of a task at one poll.
        pub type Snapshot = ::cover_api::runtime::Snapshot<#name>;
        /// A change of a task that a wait reports.
        pub type Update = ::cover_api::runtime::Update<#name>;
    }
}

fn of_answers(name: &Ident) -> TokenStream {
    quote! {
        /// The results of the operation, which answers at once.
        pub type Answer = ::cover_api::runtime::Answer<#name>;
    }
}
