//! Writes the values of cover-spec's tables as Rust expressions.
//!
//! The expressions name the modules `rules` and `tables`, `Borrowed` of `Cow`, and `Duration`: [`tables`](super::tables)
//! imports them where the expressions stand.

use std::borrow::Cow;
use std::time::Duration;

use cover_spec::{rules, tables};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};

use crate::ident::ident;

/// A value that can be written as an expression of a `static`.
pub(super) trait Quoted {
    fn quoted(&self) -> TokenStream;
}

/// Implements [`Quoted`] for structs. A field that is left out here does not compile.
macro_rules! structs {
    ($($module:ident::$name:ident { $($field:ident),* })*) => {$(
        impl Quoted for $module::$name {
            fn quoted(&self) -> TokenStream {
                let Self { $($field),* } = self;
                $(let $field = $field.quoted();)*
                quote!($module::$name { $($field: #$field),* })
            }
        }
    )*};
}

/// Implements [`Quoted`] for structs with a constant `USUAL`: the fields after the `;` are written if they differ from it.
macro_rules! usual_structs {
    ($($module:ident::$name:ident { $($field:ident),*; $($usual:ident),* })*) => {$(
        impl Quoted for $module::$name {
            fn quoted(&self) -> TokenStream {
                let Self { $($field,)* $($usual),* } = self;
                $(let $field = $field.quoted();)*
                let mut unusual = TokenStream::new();
                let mut rest = None;
                $(if *$usual == Self::USUAL.$usual {
                    rest = Some(quote!(..$module::$name::USUAL));
                } else {
                    let value = $usual.quoted();
                    unusual.extend(quote!($usual: #value,));
                })*
                quote!($module::$name { $($field: #$field,)* #unusual #rest })
            }
        }
    )*};
}

/// Implements [`Quoted`] for enums whose variants have a value, named fields or neither.
macro_rules! enums {
    ($($module:ident::$name:ident {
        $($variant:ident $(($value:ident))? $({ $($field:ident),* })?),*
    })*) => {$(
        impl Quoted for $module::$name {
            fn quoted(&self) -> TokenStream {
                match self {
                    $(Self::$variant $(($value))? $({ $($field),* })? => {
                        $(let $value = $value.quoted();)?
                        $($(let $field = $field.quoted();)*)?
                        quote!($module::$name::$variant $((#$value))? $({ $($field: #$field),* })?)
                    })*
                }
            }
        }
    )*};
}

/// Implements [`Quoted`] for enums without values, whose `Debug` is the variant's name.
macro_rules! plain_enums {
    ($($module:ident::$name:ident)*) => {$(
        impl Quoted for $module::$name {
            fn quoted(&self) -> TokenStream {
                let variant = ident(&format!("{self:?}"));
                quote!($module::$name::#variant)
            }
        }
    )*};
}

/// Implements [`Quoted`] for integers, without a suffix.
macro_rules! integers {
    ($($integer:ident => $unsuffixed:ident),*) => {$(
        impl Quoted for $integer {
            fn quoted(&self) -> TokenStream {
                Literal::$unsuffixed(*self).to_token_stream()
            }
        }
    )*};
}

structs! {
    rules::Rules { modes, fields, model, relations }
    rules::Mode { name, when }
    rules::DefaultValue { value, modes }
    rules::Relation { fields, modes, when, asks }
    rules::Conditional { effect, value, any }
    rules::Condition { terms }
    rules::Term { field, is }
    rules::Decimal { digits, scale }

    tables::Api {
        id, account, base_url, auth_header, auth_scheme, auth_basic, headers, env_key, env_url, retention, code, message,
        codes, submit, poll, cancel, statuses, failures, results, rate_limit, credits, callback, upload
    }
    tables::CodeSpec { number, means, created, retry_after }
    tables::SubmitSpec { method, path, query, body, task }
    tables::PollSpec {
        path, query, status, task, error_code, error_message, request, every, expected_duration, timeout, unknown_task,
        patience, settle
    }
    tables::CancelSpec { method, path, query, body }
    tables::StatusSpec { name, means, stage }
    tables::FailureSpec { number, refunded }
    tables::ResultSpec { name, at, callback, optional, shape }
    tables::MemberSpec { spellings, required, shape }
    tables::RateLimitSpec { requests, per, task_every }
    tables::CreditsSpec { path, amount, cost, costs }
    tables::CostSpec { when, cost }
    tables::CallbackSpec { field, stage, task, answer_within, attempts, expires, stages, signature }
    tables::CallbackStageSpec { name, status, running }
    tables::UploadSpec { url, file, fields, link, expires, max_bytes, field, types, seconds, longest }
    tables::Longest { model, seconds, dispute }
    tables::SignatureSpec { header, signs, encoding, clock }
    tables::SignatureClock { header, tolerance }
}

usual_structs! {
    rules::Field { wire, rust, kind, presence; list, open, nullable, constant, default, pattern, limits, conditions }
    rules::Limit { bound; modes, models, when, dispute }
    tables::ShapeSpec { kind; lists, members }
}

enums! {
    rules::Kind { Text(unit), Url, Boolean, Integer, Number, Choice(choices), IntegerChoice(choices), Object(members) }
    rules::Bound {
        MinLength(least), MaxLength(most), MaxBytes(most), MinItems(least), MaxItems(most), Min(least), Max(most),
        Above(bound), Below(bound), MultipleOf(step)
    }
    rules::Const { Text(text), Number(number), Truth(truth) }
    rules::Is { Given, Absent, OneOf(values) }
    rules::Relating {
        AtLeastOne, AtMostOne, AllOrNone, ExactlyOne(groups), Items { least, most }, Length { least, most },
        Difference { least, most }
    }
    tables::SignedPart { Text(text), Task, Timestamp, Body }
}

plain_enums! {
    rules::Presence rules::Unit rules::Effect
    tables::Method tables::BodyFormat tables::CodeMeaning tables::Created tables::StatusMeaning tables::Refunded
    tables::ResultKind tables::SignatureEncoding
}

integers! { u32 => u32_unsuffixed, i64 => i64_unsuffixed, usize => usize_unsuffixed }

/// A set of modes or models, one bit for each.
impl Quoted for u64 {
    fn quoted(&self) -> TokenStream {
        if *self == Self::MAX { quote!(u64::MAX) } else { Literal::u64_unsuffixed(*self).to_token_stream() }
    }
}

impl Quoted for tables::Credits {
    fn quoted(&self) -> TokenStream {
        let thousandths = Literal::u64_unsuffixed(self.thousandths());
        quote!(tables::Credits::from_thousandths(#thousandths))
    }
}

impl Quoted for bool {
    fn quoted(&self) -> TokenStream {
        quote!(#self)
    }
}

impl Quoted for Duration {
    fn quoted(&self) -> TokenStream {
        let millis = u64::try_from(self.as_millis()).expect("a spec holds no duration beyond a century");
        let millis = Literal::u64_unsuffixed(millis);
        quote!(Duration::from_millis(#millis))
    }
}

impl Quoted for Cow<'_, str> {
    fn quoted(&self) -> TokenStream {
        quote!(Borrowed(#self))
    }
}

/// The macro is a compile error without the feature of cover-api that patterns need.
impl Quoted for Cow<'_, rules::Pattern> {
    fn quoted(&self) -> TokenStream {
        let text = self.text();
        quote!(Borrowed({
            static PATTERN: rules::Pattern = ::cover_api::__pattern!(#text);
            &PATTERN
        }))
    }
}

impl<T: Quoted + Clone> Quoted for Cow<'_, [T]> {
    fn quoted(&self) -> TokenStream {
        let items = self.iter().map(T::quoted);
        quote!(Borrowed(&[#(#items),*]))
    }
}

impl<T: Quoted> Quoted for [T; 2] {
    fn quoted(&self) -> TokenStream {
        let [first, second] = self.each_ref().map(T::quoted);
        quote!([#first, #second])
    }
}

impl<T: Quoted, U: Quoted> Quoted for (T, U) {
    fn quoted(&self) -> TokenStream {
        let (first, second) = (self.0.quoted(), self.1.quoted());
        quote!((#first, #second))
    }
}

impl<T: Quoted> Quoted for Option<T> {
    fn quoted(&self) -> TokenStream {
        let value = self.as_ref().map(T::quoted);
        value.map_or_else(|| quote!(None), |value| quote!(Some(#value)))
    }
}
