//! A judged request → the calls of its builder, under the names that the user wrote.

use cover_spec::model::Mode;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote};

use super::input::{Call, Entry};
use super::judge::Judged;
use super::value::Given;

pub(super) fn request(call: &Call, judged: &Judged) -> TokenStream {
    let module = &call.module;
    let request = ident(&call.spec.request.name);
    let mode = call.spec.request.modes.get(judged.mode).map_or_else(|| quote!(()), |mode| mode_type(module, mode));
    let calls = judged.entries.iter().map(|(entry, index, given)| setter(call, entry, *index, given));
    let decided = judged.decided;
    let end = if call.tries { quote!(.__build_rest(#decided)) } else { quote!(.__checked()) };
    quote!(#module::#request::<#mode>::builder() #(#calls)* #end)
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
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
    let value = match given {
        Given::Placeholder => {
            let setter = field.placeholder.as_ref().map_or("", |placeholder| &placeholder.setter);
            let setter = Ident::new(setter, entry.span());
            return quote!(.#setter());
        }
        Given::Number(number) => {
            let mut literal = Literal::f64_suffixed(number.abs());
            literal.set_span(entry.span());
            if *number < 0.0 { quote!(-#literal) } else { literal.to_token_stream() }
        }
        Given::Choice(_, variant) => {
            let cover_spec::model::FieldKind::Choice(choice, _) = &*field.kind else { return TokenStream::new() };
            let (choice, variant) = (ident(choice), Ident::new(variant, entry.span()));
            quote!(#module::#choice::#variant)
        }
        Given::Text(_) | Given::Truth(_) | Given::Expression => entry.value.iter().cloned().collect(),
    };
    quote!(.#name(#value))
}
