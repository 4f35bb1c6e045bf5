//! Groups of fields that types prove: a state implements the group's trait if it keeps the rule.

use cover_spec::Spec;
use cover_spec::model::{Asks, Field, Relation};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::modes::{Modes, OneMode, state_param};
use super::text::text;
use crate::ident::ident;

/// A group, with its fields in the order of the group.
pub(super) struct Group<'a> {
    relation: &'a Relation,
    fields: Vec<&'a Field>,
    pub(super) name: Ident,
}

/// Returns the groups that depend only on which fields are set.
pub(super) fn provable<'a>(spec: &'a Spec, modes: &Modes<'_>) -> Vec<Group<'a>> {
    let settable = |field: &&Field| modes.settable.iter().any(|other| other.wire.value == field.wire.value);
    let groups = spec.request.relations.iter().enumerate().filter_map(|(index, relation)| {
        let names = relation.asks.fields();
        let fields: Vec<&Field> = names.iter().filter_map(|name| spec.request.field(name)).filter(settable).collect();
        let is_group = !matches!(relation.asks, Asks::Items(..) | Asks::Length(..) | Asks::Difference(..));
        let provable = is_group && relation.when.is_empty() && fields.len() == names.len();
        let parts: String = fields.iter().map(|field| field.camel()).collect();
        provable.then(|| Group { relation, fields, name: ident(&format!("{}{parts}_{index}", word(&relation.asks))) })
    });
    groups.collect()
}

fn word(asks: &Asks) -> &'static str {
    match asks {
        Asks::AtLeastOne(_) => "AtLeastOneOf",
        Asks::AtMostOne(_) => "AtMostOneOf",
        Asks::AllOrNone(_) => "AllOrNoneOf",
        _ => "ExactlyOneOf",
    }
}

impl Group<'_> {
    pub(super) fn has(&self, field: &Field) -> bool {
        self.fields.iter().any(|it| std::ptr::eq(*it, field))
    }

    pub(super) fn concerns(&self, mode: &OneMode<'_>) -> bool {
        match (&self.relation.modes, mode.model()) {
            (Some(names), Some(mode)) => names.iter().any(|name| mode.is_named(name)),
            _ => true,
        }
    }

    /// Returns the bound of `build` on the state `S`.
    pub(super) fn bound(&self, rules: &Ident) -> TokenStream {
        let states = self.fields.iter().map(|field| state_param(field));
        let name = &self.name;
        quote!((#(S::#states,)*): #rules::#name)
    }

    /// Returns the trait, and an impl for each state that keeps the rule.
    pub(super) fn tokens(&self) -> TokenStream {
        let Self { relation, name, .. } = self;
        let (message, note) = self.message();
        let label = "not with the fields that are set";
        let doc = text(&relation.doc);
        let impls = self.states();
        quote! {
            #[doc = #doc]
            #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
            pub trait #name {}
            #(#impls)*
        }
    }

    /// Returns the message and the note of a broken rule.
    pub(super) fn message(&self) -> (String, String) {
        let names = |fields: &[String]| fields.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
        let all = names(&self.fields.iter().map(|field| field.rust.value.clone()).collect::<Vec<_>>());
        let list = all.join(", ");
        match &self.relation.asks {
            Asks::AtLeastOne(_) => {
                (format!("at least one of {list} is required"), "call one of their setters".to_owned())
            }
            Asks::AtMostOne(_) => {
                (format!("at most one of {list} can be given"), "remove all but one of the calls".to_owned())
            }
            Asks::AllOrNone(_) => (format!("{list} belong together"), "give all of them or none".to_owned()),
            _ => {
                let group = |group: &Vec<_>| {
                    let fields = self.fields.iter().filter(|field| is_in(field, group));
                    names(&fields.map(|field| field.rust.value.clone()).collect::<Vec<_>>()).join(" and ")
                };
                let groups: Vec<String> = self.groups().iter().map(group).collect();
                (
                    "exactly one of several groups of fields is required".to_owned(),
                    format!("give either {}", groups.join(", or ")),
                )
            }
        }
    }

    fn groups(&self) -> &[Vec<cover_spec::model::At<String>>] {
        match &self.relation.asks {
            Asks::ExactlyOne(groups) => groups,
            _ => &[],
        }
    }

    /// Returns an impl for each way to keep the rule. They do not overlap.
    fn states(&self) -> Vec<TokenStream> {
        let count = self.fields.len();
        let (set, unset) = (quote!(::cover_api::state::Set), quote!(::cover_api::state::Unset));
        let only = |index: usize| {
            (0..count).map(|at| if at == index { set.clone() } else { unset.clone() }).collect::<Vec<_>>()
        };
        let trait_impl = |generics: &[Ident], states: &[TokenStream]| {
            let name = &self.name;
            quote!(#[diagnostic::do_not_recommend] impl<#(#generics),*> #name for (#(#states,)*) {})
        };
        let none = vec![unset.clone(); count];
        match &self.relation.asks {
            // One impl for each field as the first that is set: those before it are not, those after it are free.
            Asks::AtLeastOne(_) => (0..count)
                .map(|first| {
                    let free: Vec<Ident> = (first + 1..count).map(|at| ident(&format!("T{at}"))).collect();
                    let mut states = vec![unset.clone(); first];
                    states.push(set.clone());
                    states.extend(free.iter().map(|free| quote!(#free)));
                    trait_impl(&free, &states)
                })
                .collect(),
            Asks::AtMostOne(_) => {
                std::iter::once(none).chain((0..count).map(only)).map(|states| trait_impl(&[], &states)).collect()
            }
            Asks::AllOrNone(_) => [none, vec![set; count]].iter().map(|states| trait_impl(&[], states)).collect(),
            _ => {
                let whole = |group: &Vec<_>| {
                    let state = |field: &&Field| if is_in(field, group) { set.clone() } else { unset.clone() };
                    self.fields.iter().map(state).collect::<Vec<_>>()
                };
                self.groups().iter().map(|group| trait_impl(&[], &whole(group))).collect()
            }
        }
    }
}

fn is_in(field: &Field, group: &[cover_spec::model::At<String>]) -> bool {
    group.iter().any(|name| name.value == field.wire.value)
}
