//! The traits whose only purpose is the message of the compiler when they are not implemented.
//!
//! Their texts are static: a path that rustc prints depends on the crate that it is printed in.

use cover_spec::model::Field;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::ident;
use super::modes::OneMode;

/// A trait that some type lacks exactly when a rule is broken.
pub(super) struct Message {
    pub(super) name: Ident,
    tokens: TokenStream,
}

impl Message {
    pub(super) fn tokens(&self) -> &TokenStream {
        &self.tokens
    }

    /// Implemented for `Set` alone: `build` needs the field in this mode.
    pub(super) fn required(field: &Field, mode: &OneMode<'_>) -> Self {
        let name = ident(&format!("{}Given{}", field.camel(), in_mode("In", &mode.joined())));
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

    /// Never implemented: the field has no place in this mode.
    pub(super) fn forbidden(field: &Field, mode: &OneMode<'_>) -> Self {
        let name = ident(&format!("{}{}", field.camel(), in_mode("TakenIn", &mode.joined())));
        let setter = &*field.rust;
        let (message, note) = match mode.model().and_then(|it| it.when.iter().find(|(wire, _)| **wire == *field.wire)) {
            Some((_, value)) => (
                format!("`{setter}` is always {}{}", value.value, place(mode)),
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

    /// Never implemented: the field was given before.
    pub(super) fn twice(field: &Field) -> Self {
        let name = ident(&format!("{}SetTwice", field.camel()));
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

fn in_mode(word: &str, joined: &str) -> String {
    if joined.is_empty() { String::new() } else { format!("{word}{joined}") }
}

/// " in `Custom<Vocal>` mode", or nothing where the request has no modes.
fn place(mode: &OneMode<'_>) -> String {
    if mode.name().is_empty() { String::new() } else { format!(" in `{}` mode", mode.name()) }
}
