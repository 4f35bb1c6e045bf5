//! Traits whose only purpose is the compiler's message where they are not implemented.
//!
//! Their texts are static: a path that rustc prints depends on the crate that it is printed in.

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

    /// Returns the trait that nothing implements: the mode does not take the field.
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

    /// Returns the trait that nothing implements: the mode takes the field, but not as an `Option`.
    pub(super) fn needs_value(field: &Field, mode: &OneMode<'_>) -> Self {
        let name = ident(&format!("{}{}", field.camel(), in_mode("NeedsValueIn", &mode.joined())));
        let setter = &*field.rust;
        let message = format!("`{setter}` needs a value{}", place(mode));
        let tokens = never(&name, &message, "may be `None`", &format!("call `.{setter}(..)` instead"));
        Self { name, tokens }
    }

    /// Returns the trait that nothing implements: the field is already set.
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
