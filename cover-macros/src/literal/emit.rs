//! Writes a checked request as calls of its builder, with the spans that the user wrote.

use cover_spec::model::{Field, FieldKind, Mode};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote};

use super::input::{Call, Entry};
use super::judge::Judged;
use super::value::Given;
use crate::ident::ident;

pub(super) fn request(call: &Call, judged: &Judged) -> TokenStream {
    let module = &call.module;
    let request = ident(&call.spec.request.name);
    let mode = call.spec.request.modes.get(judged.mode).map_or_else(|| quote!(()), |mode| mode_type(module, mode));
    let calls = judged.entries.iter().map(|(entry, index, given)| setter(call, entry, *index, given));
    let decided = judged.decided;
    let end = if call.tries { quote!(.__build_rest(#decided)) } else { quote!(.__checked()) };
    quote!(#module::#request::<#mode>::builder() #(#calls)* #end)
}

fn mode_type(module: &TokenStream, mode: &Mode) -> TokenStream {
    let parts = mode.parts();
    parts.iter().rev().fold(TokenStream::new(), |inner, part| {
        let part = ident(part);
        if inner.is_empty() { quote!(#module::#part) } else { quote!(#module::#part<#inner>) }
    })
}

fn setter(call: &Call, entry: &Entry, index: usize, given: &Given) -> TokenStream {
    let (module, field) = (&call.module, &call.spec.request.fields[index]);
    let name = &entry.name;
    let span = entry.span();
    match given {
        Given::Placeholder => {
            let placeholder =
                field.placeholder.as_ref().expect("a value is a placeholder only where the field has one");
            let setter = Ident::new(&placeholder.setter, span);
            quote!(.#setter())
        }
        Given::Null => {
            let setter = Ident::new(&field.null_setter(), span);
            quote!(.#setter())
        }
        given => {
            let value = value(module, field, given, span).unwrap_or_else(|| entry.value.iter().cloned().collect());
            quote!(.#name(#value))
        }
    }
}

/// Returns the value in the type of the field; `None` where the user's own tokens have it already.
fn value(module: &TokenStream, field: &Field, given: &Given, span: Span) -> Option<TokenStream> {
    match given {
        Given::Number(number) if matches!(*field.kind, FieldKind::Integer) => {
            let digits: i64 = format!("{}", number.abs()).parse().ok()?;
            Some(signed(*number, Literal::i64_suffixed(digits), span))
        }
        Given::Number(number) => Some(signed(*number, Literal::f64_suffixed(number.abs()), span)),
        Given::Choice(_, variant) => {
            let FieldKind::Choice(choice, _) = &*field.kind else { return None };
            let (choice, variant) = (ident(choice), Ident::new(variant, span));
            Some(quote!(#module::#choice::#variant))
        }
        Given::List(items) => {
            let items: Vec<TokenStream> =
                items.iter().map(|item| value(module, field, item, span)).collect::<Option<_>>()?;
            let is_empty_text = items.is_empty() && matches!(*field.kind, FieldKind::Text(_) | FieldKind::Url);
            Some(if is_empty_text { quote!([""; 0]) } else { quote!([#(#items),*]) })
        }
        _ => None,
    }
}

fn signed(number: f64, mut literal: Literal, span: Span) -> TokenStream {
    literal.set_span(span);
    if number < 0.0 { quote!(-#literal) } else { literal.to_token_stream() }
}
