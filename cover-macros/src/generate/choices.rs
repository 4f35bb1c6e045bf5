//! The types of fields that take one of several values.

use cover_spec::model::{Choice, Field, FieldKind, Request, Scalar};
use proc_macro2::{Ident, Literal, TokenStream};
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
    let docs = choices.iter().map(docs::choice_value);
    let deprecated = choices.iter().map(|choice| deprecated(choice.deprecated.as_deref()));
    let allow = choices.iter().any(|choice| choice.deprecated.is_some()).then(|| quote!(#[allow(deprecated)]));
    let open = Open::of(field, &name);
    let sent = Sent { name: &name, allow: &allow, variants: &variants, choices, open: &open };
    let is_of_numbers = choices.iter().any(|choice| matches!(choice.value, Scalar::Number(_)));
    let (value, conversions) = if is_of_numbers { sent.as_numbers() } else { sent.as_texts() };
    let debug = (!field.is_open()).then(|| quote!(Debug,));
    let Open { variant, constructor, .. } = &open;
    quote! {
        #[doc = #doc]
        #allow
        #[derive(Clone, Copy, #debug PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #deprecated #variants,)*
            #variant
        }
        #allow
        impl #name {
            /// Every value, in the order of the spec.
            pub const ALL: &'static [Self] = &[#(Self::#variants),*];

            #value
            #constructor
        }
        #conversions
    }
}

/// The input for the code that converts between variants and the values that are sent.
struct Sent<'a> {
    name: &'a Ident,
    allow: &'a Option<TokenStream>,
    variants: &'a [Ident],
    choices: &'a [Choice],
    open: &'a Open,
}

/// What a choice has for values that the spec does not list. It is empty for a choice that is not open.
#[derive(Default)]
struct Open {
    variant: TokenStream,
    constructor: TokenStream,
    as_str: TokenStream,
    unlisted: TokenStream,
    conversion: TokenStream,
}

impl Open {
    fn of(field: &Field, name: &Ident) -> Self {
        if !field.is_open() {
            return Self::default();
        }
        let wire = field.wire.as_str();
        Self {
            variant: quote!(#[doc(hidden)] __Unlisted(&'static str, &'static str),),
            constructor: quote! {
                /// Returns a value that the spec does not list. It is sent as given, and has to keep the rules of `like`.
                ///
                /// It has 1 to 64 characters and no control characters; `build` and `from_json` check this. A listed text is the listed value.
                #[must_use]
                pub const fn unlisted(text: &'static str, like: Self) -> Self {
                    match (::cover_api::__private::choice::place(text, Self::__TEXTS), like) {
                        (::core::option::Option::Some(place), _) => Self::ALL[place],
                        (_, Self::__Unlisted(_, like)) => Self::__Unlisted(text, like),
                        (_, like) => Self::__Unlisted(text, like.as_str()),
                    }
                }
            },
            as_str: quote!(Self::__Unlisted(text, _) => text,),
            unlisted: quote! {
                fn like(self) -> ::core::option::Option<&'static str> {
                    match self {
                        Self::__Unlisted(_, like) => ::core::option::Option::Some(like),
                        _ => ::core::option::Option::None,
                    }
                }

                fn unlisted(text: &'static str, like: Self) -> ::core::option::Option<Self> {
                    ::core::option::Option::Some(Self::unlisted(text, like))
                }
            },
            conversion: quote! {
                impl ::core::fmt::Debug for #name {
                    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        match self {
                            Self::__Unlisted(text, like) => ::core::write!(f, "Unlisted({text:?}, like {like})"),
                            listed => f.write_str(listed.as_str()),
                        }
                    }
                }
                impl ::cover_api::OpenChoice for #name {
                    fn field() -> &'static str {
                        #wire
                    }
                }
            },
        }
    }
}

impl Sent<'_> {
    /// Returns the method `as_str`, and the conversions of a choice of texts.
    fn as_texts(&self) -> (TokenStream, TokenStream) {
        let Self { name, variants, choices, open: Open { as_str, unlisted, conversion, .. }, .. } = self;
        let texts: Vec<&str> = choices.iter().map(|choice| choice.wire.as_str()).collect();
        let value = quote! {
            const __TEXTS: &'static [&'static str] = &[#(#texts),*];

            /// Returns the text that is sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    #(Self::#variants => #texts,)*
                    #as_str
                }
            }
        };
        let conversions = quote! {
            impl ::core::str::FromStr for #name {
                type Err = ::cover_api::UnknownChoice;

                fn from_str(text: &str) -> ::core::result::Result<Self, ::cover_api::UnknownChoice> {
                    ::cover_api::__private::choice::parse(text)
                }
            }
            impl ::cover_api::__private::choice::TextChoice for #name {
                const TEXTS: &'static [&'static str] = Self::__TEXTS;
                const VALUES: &'static [Self] = Self::ALL;

                fn sent(self) -> &'static str {
                    self.as_str()
                }

                #unlisted
            }
            impl ::core::fmt::Display for #name {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    f.pad(self.as_str())
                }
            }
            #conversion
        };
        (value, conversions)
    }

    /// Returns the method `as_i64`, and the conversions of a choice of whole numbers.
    fn as_numbers(&self) -> (TokenStream, TokenStream) {
        let Self { name, allow, variants, choices, .. } = self;
        let texts: Vec<&str> = choices.iter().map(|choice| choice.wire.as_str()).collect();
        let number = |choice: &Choice| match &choice.value {
            Scalar::Number(number) => Some(Literal::i64_unsuffixed(number.digits)),
            _ => None,
        };
        let numbers: Vec<Literal> = choices.iter().filter_map(number).collect();
        let value = quote! {
            /// Returns the number that is sent.
            #[must_use]
            pub const fn as_i64(self) -> i64 {
                match self {
                    #(Self::#variants => #numbers,)*
                }
            }
        };
        let conversions = quote! {
            #allow
            impl ::core::convert::TryFrom<i64> for #name {
                type Error = ::cover_api::UnknownChoice;

                fn try_from(number: i64) -> ::core::result::Result<Self, ::cover_api::UnknownChoice> {
                    match number {
                        #(#numbers => ::core::result::Result::Ok(Self::#variants),)*
                        _ => ::core::result::Result::Err(::cover_api::UnknownChoice::among(&[#(#texts),*])),
                    }
                }
            }
            impl ::cover_api::__private::FieldValue for #name {
                fn as_value(&self) -> ::cover_api::__private::Value<'_> {
                    ::cover_api::__private::Value::integer(self.as_i64())
                }

                fn from_value(value: ::cover_api::__private::Value<'_>) -> ::core::option::Option<Self> {
                    let number = <i64 as ::cover_api::__private::FieldValue>::from_value(value)?;
                    <Self as ::core::convert::TryFrom<i64>>::try_from(number).ok()
                }
            }
            impl ::core::fmt::Display for #name {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    ::core::fmt::Display::fmt(&self.as_i64(), f)
                }
            }
        };
        (value, conversions)
    }
}

/// Returns the attribute that makes the compiler warn of each use, with the words of the spec.
pub(super) fn deprecated(note: Option<&String>) -> Option<TokenStream> {
    note.map(|note| quote!(#[deprecated(note = #note)]))
}
