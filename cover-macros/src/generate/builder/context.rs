//! The input of every part of the builder.

use cover_spec::Spec;
use cover_spec::model::Field;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use crate::generate::groups::Group;
use crate::generate::maybe;
use crate::generate::modes::{Modes, Reach, state_param};
use crate::ident::ident;
use crate::origin::Origin;

pub(super) struct Builder<'a> {
    pub(super) spec: &'a Spec,
    pub(super) modes: &'a Modes<'a>,
    pub(super) groups: &'a [Group<'a>],
    pub(super) origin: &'a Origin,
    pub(super) name: Ident,
    /// The trait of everything that the parameter `S` may be.
    pub(super) state: Ident,
    /// The module of the traits that carry messages.
    pub(super) rules: Ident,
}

impl<'a> Builder<'a> {
    pub(super) fn of(spec: &'a Spec, modes: &'a Modes<'a>, groups: &'a [Group<'a>], origin: &'a Origin) -> Self {
        let name = ident(&format!("{}Builder", *spec.request.name));
        let state = ident(&format!("{name}State"));
        let rules = ident(&format!("{}_rules", spec.request.snake()));
        Self { spec, modes, groups, origin, name, state, rules }
    }

    /// Returns the modes in which the field has a setter.
    pub(super) fn reach(&self, field: &Field) -> Reach<'_> {
        self.modes.reach(field).expect("a settable field has a setter in some mode")
    }

    /// Returns the modes in which it has a setter that takes an `Option`.
    pub(super) fn maybe_reach(&self, field: &Field) -> Option<Reach<'_>> {
        maybe::reach(field, self.modes, self.groups)
    }

    /// Returns the builder's type in a mode, with `state` as the state of the field.
    pub(super) fn ty(&self, mode: &TokenStream, field: &Field, state: &TokenStream) -> TokenStream {
        let name = &self.name;
        let states = self
            .modes
            .settable
            .iter()
            .map(|it| if std::ptr::eq(*it, field) { state.clone() } else { state_param(it).to_token_stream() });
        quote!(#name<#mode, (#(#states,)*)>)
    }

    /// Returns the state parameters of all fields but this one.
    pub(super) fn other_states(&self, field: &Field) -> impl Iterator<Item = Ident> {
        self.modes.settable.iter().filter(move |it| !std::ptr::eq(**it, field)).map(|it| state_param(it))
    }
}
