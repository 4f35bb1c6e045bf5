//! The marker types of the modes, and the sealed trait `Mode`.

use std::collections::BTreeMap;

use cover_spec::Spec;
use proc_macro2::TokenStream;
use quote::quote;

use super::groups::Group;
use super::modes::{Modes, OneMode, Reach};
use super::{docs, maybe};
use crate::ident::{ident, index};

pub(super) fn markers(spec: &Spec, modes: &Modes<'_>, groups: &[Group<'_>]) -> TokenStream {
    let structs = structs(spec, modes);
    let mode_trait = mode_trait(spec, modes);
    let groups = mode_groups(modes, groups);
    quote!(#structs #mode_trait #(#groups)*)
}

/// A part of a mode's name, and whether others stand inside it.
struct Part<'a> {
    mode: &'a OneMode<'a>,
    is_outer: bool,
}

fn structs(spec: &Spec, modes: &Modes<'_>) -> TokenStream {
    let mut parts: BTreeMap<&str, Part<'_>> = BTreeMap::new();
    for mode in modes.iter() {
        let names = mode.parts();
        for (at, name) in names.iter().enumerate() {
            parts.entry(name).or_insert(Part { mode, is_outer: at + 1 < names.len() });
        }
    }
    // None of them is a value: its name would be a constant to the patterns of generated functions, such as parameters.
    let markers = parts.into_iter().map(|(name, part)| {
        let ident = ident(name);
        if part.is_outer {
            let doc = docs::outer_marker(name, &spec.request);
            quote!(#[doc = #doc] pub struct #ident<M> { marker: ::core::marker::PhantomData<fn() -> M> })
        } else {
            let doc = docs::inner_marker(name, part.mode, spec);
            quote!(#[doc = #doc] pub enum #ident {})
        }
    });
    markers.collect()
}

fn mode_trait(spec: &Spec, modes: &Modes<'_>) -> TokenStream {
    let doc = docs::mode_trait(spec);
    let sealed = ident(&format!("{}_modes", spec.request.snake()));
    let message = format!("this type is not a mode of `{}`", *spec.request.name);
    let label = format!("expected {}", docs::mode_names(&spec.request));
    let impls = modes.iter().map(|mode| {
        let (ty, index, name) = (mode.ty(), index(mode.index), mode.name());
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

/// Returns a trait for each set of modes that share a setter.
fn mode_groups(modes: &Modes<'_>, groups: &[Group<'_>]) -> Vec<TokenStream> {
    let reaches = modes.settable.iter().flat_map(|field| [modes.reach(field), maybe::reach(field, modes, groups)]);
    let mut seen = Vec::new();
    let mut traits = Vec::new();
    for reach in reaches.flatten() {
        let (Some(name), Reach::Some { modes: members, .. }) = (reach.trait_name(), &reach) else { continue };
        if seen.contains(&name) {
            continue;
        }
        let types = members.iter().map(|mode| mode.ty());
        let doc = docs::mode_group(members);
        traits.push(quote! {
            #[doc = #doc]
            #[doc(hidden)]
            pub trait #name: Mode {}
            #(impl #name for #types {})*
        });
        seen.push(name);
    }
    traits
}
