//! The statuses of a task.

use cover_spec::model::Status;
use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use crate::ident::ident;

pub(super) fn status(statuses: &[Status]) -> TokenStream {
    let variants: Vec<_> = statuses.iter().map(|status| ident(&status.rust)).collect();
    let names: Vec<&str> = statuses.iter().map(|status| status.name.as_str()).collect();
    let docs = statuses.iter().map(docs::status);
    quote! {
        /// The status of a task.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Status {
            #(#[doc = #docs] #variants,)*
            /// A status that the spec does not list. The task counts as running.
            Unknown(::std::string::String),
        }
        impl Status {
            /// Returns the text in the service's answers.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #names,)*
                    Self::Unknown(name) => name,
                }
            }
        }
        impl ::cover_api::__private::Serialize for Status {
            fn serialize<S: ::cover_api::__private::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl ::core::str::FromStr for Status {
            type Err = ::core::convert::Infallible;

            fn from_str(name: &str) -> ::core::result::Result<Self, ::core::convert::Infallible> {
                ::core::result::Result::Ok(match name {
                    #(#names => Self::#variants,)*
                    _ => Self::Unknown(::std::borrow::ToOwned::to_owned(name)),
                })
            }
        }
        impl ::core::fmt::Display for Status {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }
    }
}
