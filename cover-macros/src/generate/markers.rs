//! The marker types of the modes, and the sealed trait `Mode`.

use std::collections::BTreeMap;

use cover_spec::Spec;
use cover_spec::model::Mode;
use proc_macro2::TokenStream;
use quote::quote;

use super::modes::{Modes, Reach};
use super::{docs, ident};

pub(super) fn markers(spec: &Spec, modes: &Modes<'_>) -> TokenStream {
    let structs = structs(spec);
    let mode_trait = mode_trait(spec, modes);
    let groups = groups(modes);
    quote!(#structs #mode_trait #(#groups)*)
}

/// Where a part of a mode's name stands, and whether others stand inside it.
struct Part<'a> {
    mode: &'a Mode,
    is_outer: bool,
}

fn structs(spec: &Spec) -> TokenStream {
    let mut parts: BTreeMap<&str, Part<'_>> = BTreeMap::new();
    for mode in &spec.request.modes {
        let names = mode.parts();
        for (at, name) in names.iter().enumerate() {
            parts.entry(name).or_insert(Part { mode, is_outer: at + 1 < names.len() });
        }
    }
    let markers = parts.into_iter().map(|(name, part)| {
        let ident = ident(name);
        if part.is_outer {
            let doc = docs::outer_marker(name, &spec.request);
            quote!(#[doc = #doc] pub struct #ident<M>(::core::marker::PhantomData<fn() -> M>);)
        } else {
            let doc = docs::inner_marker(name, part.mode, spec);
            quote!(#[doc = #doc] pub struct #ident;)
        }
    });
    markers.collect()
}

fn mode_trait(spec: &Spec, modes: &Modes<'_>) -> TokenStream {
    let doc = docs::mode_trait(spec);
    let sealed = ident(&format!("{}_modes", spec.request.snake()));
    let message = format!("only the modes of the spec are modes of `{}`", *spec.request.name);
    let label = format!("not one of {}", docs::mode_names(&spec.request));
    let impls = modes.iter().map(|mode| {
        let (ty, index, name) = (mode.ty(), mode.index, mode.name());
        quote! {
            impl #sealed::ModeOfTheSpec for #ty {}
            impl Mode for #ty {
                const INDEX: usize = #index;
                const NAME: &'static str = #name;
            }
        }
    });
    quote! {
        mod #sealed {
            #[diagnostic::on_unimplemented(message = #message, label = #label)]
            pub trait ModeOfTheSpec {}
        }
        #[doc = #doc]
        #[diagnostic::on_unimplemented(message = #message, label = #label)]
        pub trait Mode: #sealed::ModeOfTheSpec + 'static {
            #[doc(hidden)]
            const INDEX: usize;
            /// The name that the spec gives the mode.
            const NAME: &'static str;
        }
        #(#impls)*
    }
}

/// One trait for each set of modes that some field is bound to.
fn groups(modes: &Modes<'_>) -> Vec<TokenStream> {
    let mut seen = Vec::new();
    let mut groups = Vec::new();
    for field in &modes.settable {
        let reach = modes.reach(field);
        let (Some(name), Reach::Some { modes: members, .. }) = (reach.trait_name(), &reach) else { continue };
        if seen.contains(&name) {
            continue;
        }
        let types = members.iter().map(|mode| mode.ty());
        let names: Vec<String> = members.iter().map(|mode| format!("`{}`", mode.name())).collect();
        let doc = format!("The modes {}, which share some fields.", names.join(" and "));
        groups.push(quote! {
            #[doc = #doc]
            pub trait #name: Mode {}
            #(impl #name for #types {})*
        });
        seen.push(name);
    }
    groups
}
