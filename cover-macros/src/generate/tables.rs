//! The two static tables: the rules of the request, and the answers of the service.

use std::fmt::Debug;
use std::time::Duration;

use cover_spec::Spec;
use cover_spec::rules::{Bound, Decimal, Field, Kind, Limit, Mode, Rules, Str};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{answers, ident, relations};

/// The name of the module that holds the tables.
pub(super) fn module(spec: &Spec) -> Ident {
    ident(&format!("{}_tables", spec.request.snake()))
}

pub(super) fn tables(spec: &Spec) -> TokenStream {
    let module = module(spec);
    let rules = rules(&spec.rules());
    let api = answers::answers(&spec.api());
    quote! {
        mod #module {
            use ::cover_api::__private::{rules, wire, Borrowed, Duration};
            pub(super) static RULES: rules::Rules = #rules;
            pub(super) static API: wire::Api = #api;
        }
    }
}

fn rules(rules: &Rules) -> TokenStream {
    let modes = list(rules.modes.iter().map(mode));
    let fields = list(rules.fields.iter().map(field));
    let model = option(rules.model.map(|model| quote!(#model)));
    let relations = list(rules.relations.iter().map(relations::relation));
    quote!(rules::Rules { modes: #modes, fields: #fields, model: #model, relations: #relations })
}

fn mode(mode: &Mode) -> TokenStream {
    let name = text(&mode.name);
    let when = list(mode.when.iter().map(|(field, value)| {
        let value = relations::constant(value);
        quote!((#field, #value))
    }));
    quote!(rules::Mode { name: #name, when: #when })
}

fn field(field: &Field) -> TokenStream {
    let (wire, rust) = (text(&field.wire), text(&field.rust));
    let kind = kind(&field.kind);
    let presence = list(field.presence.iter().map(|presence| {
        let presence = variant(presence);
        quote!(rules::Presence::#presence)
    }));
    let [default, constant] =
        [&field.default, &field.constant].map(|value| option(value.as_ref().map(relations::constant)));
    let limits = list(field.limits.iter().map(limit));
    let conditions = list(field.conditions.iter().map(relations::conditional));
    let (many, nullable) = (field.list, field.nullable);
    quote! {
        rules::Field {
            wire: #wire,
            rust: #rust,
            kind: #kind,
            list: #many,
            nullable: #nullable,
            constant: #constant,
            presence: #presence,
            default: #default,
            limits: #limits,
            conditions: #conditions,
        }
    }
}

fn kind(kind: &Kind) -> TokenStream {
    match kind {
        Kind::Text(unit) => {
            let unit = variant(unit);
            quote!(rules::Kind::Text(rules::Unit::#unit))
        }
        Kind::Url => quote!(rules::Kind::Url),
        Kind::Boolean => quote!(rules::Kind::Boolean),
        Kind::Integer => quote!(rules::Kind::Integer),
        Kind::Number => quote!(rules::Kind::Number),
        Kind::Choice(choices) => {
            let choices = list(choices.iter().map(text));
            quote!(rules::Kind::Choice(#choices))
        }
    }
}

/// The name of a variant without fields, which is what it shows as.
pub(super) fn variant(value: impl Debug) -> Ident {
    ident(&format!("{value:?}"))
}

fn limit(limit: &Limit) -> TokenStream {
    let (modes, models) = (set(limit.modes), set(limit.models));
    let dispute = option(limit.dispute.as_ref().map(text));
    let when = list(limit.when.iter().map(relations::condition));
    let bound = match limit.bound {
        Bound::MinLength(least) => quote!(MinLength(#least)),
        Bound::MaxLength(most) => quote!(MaxLength(#most)),
        Bound::MinItems(least) => quote!(MinItems(#least)),
        Bound::MaxItems(most) => quote!(MaxItems(#most)),
        Bound::Min(least) => decimal(&quote!(Min), least),
        Bound::Max(most) => decimal(&quote!(Max), most),
        Bound::Above(bound) => decimal(&quote!(Above), bound),
        Bound::Below(bound) => decimal(&quote!(Below), bound),
        Bound::MultipleOf(step) => decimal(&quote!(MultipleOf), step),
    };
    quote! {
        rules::Limit { modes: #modes, models: #models, when: #when, bound: rules::Bound::#bound, dispute: #dispute }
    }
}

fn decimal(bound: &TokenStream, number: Decimal) -> TokenStream {
    let number = relations::decimal(number);
    quote!(#bound(#number))
}

pub(super) fn set(bits: u64) -> TokenStream {
    if bits == u64::MAX { quote!(u64::MAX) } else { quote!(#bits) }
}

pub(super) fn duration(duration: Duration) -> TokenStream {
    // A spec holds no duration beyond a century.
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    quote!(Duration::from_millis(#millis))
}

pub(super) fn text(text: &Str) -> TokenStream {
    quote!(Borrowed(#text))
}

pub(super) fn texts(texts: &[Str]) -> TokenStream {
    list(texts.iter().map(text))
}

pub(super) fn list(items: impl Iterator<Item = TokenStream>) -> TokenStream {
    quote!(Borrowed(&[#(#items),*]))
}

pub(super) fn option(value: Option<TokenStream>) -> TokenStream {
    value.map_or_else(|| quote!(::core::option::Option::None), |value| quote!(::core::option::Option::Some(#value)))
}
