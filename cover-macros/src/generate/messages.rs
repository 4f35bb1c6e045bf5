//! Traits whose only purpose is the compiler's message where they are not implemented.
//!
//! Their texts are static: a path that rustc prints depends on the crate that it is printed in.

use std::fmt::Display;

use cover_spec::model::Field;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::modes::OneMode;
use crate::ident::ident;

/// A trait that a type does not implement where a rule is broken.
pub(super) struct Message {
    pub(super) name: Ident,
    pub(super) tokens: TokenStream,
}

impl Message {
    /// Returns the trait that `Set` alone implements: `build` needs the field in this mode.
    pub(super) fn required(field: &Field, mode: &OneMode<'_>) -> Self {
        let name = name(field, "Given", mode);
        let setter = &*field.rust;
        let instead = field.placeholder.as_ref().map(|it| format!(" or `.{}()`", *it.setter)).unwrap_or_default();
        let message = format!("`{setter}` is required{}", place(mode));
        let label = format!("`{setter}` was never given");
        let note = format!("call `.{setter}(..)`{instead} before `.build()`");
        let tokens = quote! {
            #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
            pub trait #name {}
            #[diagnostic::do_not_recommend]
            impl #name for ::cover_api::state::Set {}
        };
        Self { name, tokens }
    }

    /// Returns the trait that nothing implements: the mode does not take the field.
    pub(super) fn forbidden(field: &Field, mode: &OneMode<'_>) -> Self {
        let name = name(field, "Taken", mode);
        let setter = &*field.rust;
        let (message, note) = match mode.model().and_then(|it| it.when.iter().find(|(wire, _)| **wire == *field.wire)) {
            Some((_, value)) => (
                format!("`{setter}` is always {}{}", plain(&value.value), place(mode)),
                format!("remove `.{setter}(..)`: the mode sets it"),
            ),
            None => (
                format!("`{setter}` must be left out{}", place(mode)),
                format!("remove `.{setter}(..)`, or use a mode that takes it"),
            ),
        };
        let label = format!("not{}", place(mode));
        let tokens = never(&name, &message, &label, &note);
        Self { name, tokens }
    }

    /// Returns the trait that nothing implements: the mode takes the field, but not as an `Option`.
    pub(super) fn needs_value(field: &Field, mode: &OneMode<'_>) -> Self {
        let name = name(field, "NeedsValue", mode);
        let setter = &*field.rust;
        let message = format!("`{setter}` needs a value{}", place(mode));
        let tokens = never(&name, &message, "may be `None`", &format!("call `.{setter}(..)` instead"));
        Self { name, tokens }
    }

    /// Returns the trait that nothing implements: the field is already set.
    pub(super) fn twice(field: &Field) -> Self {
        let name = ident(&format!("{}_SetTwice", field.camel()));
        let message = format!("`{}` is already set", *field.rust);
        let tokens = never(&name, &message, "given a second time", "remove one of the two calls");
        Self { name, tokens }
    }
}

fn never(name: &Ident, message: &str, label: &str, note: &str) -> TokenStream {
    quote! {
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        pub trait #name {}
    }
}

/// Returns the name of a trait, such as `Style_GivenIn_Custom`. The camel case of a field has no `_` before a letter, so
/// that no two names are equal.
fn name(field: &Field, word: &str, mode: &OneMode<'_>) -> Ident {
    let joined = mode.joined();
    let place = if joined.is_empty() { String::new() } else { format!("In_{joined}") };
    ident(&format!("{}_{word}{place}", field.camel()))
}

/// Returns the text without the meaning that braces have in messages.
fn plain(text: &impl Display) -> String {
    text.to_string().replace('{', "{{").replace('}', "}}")
}

/// " in `Custom<Vocal>` mode", or nothing where the request has no modes.
fn place(mode: &OneMode<'_>) -> String {
    if mode.name().is_empty() { String::new() } else { format!(" in `{}` mode", mode.name()) }
}
