//! The modes as the generators see them: their types, and sets of them.

use cover_spec::model::{Field, FieldKind, Mode, Request};
use cover_spec::rules::Presence;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::ident;

/// The modes of a request. A request without modes has one that has no name.
pub(super) struct Modes<'a> {
    modes: Vec<OneMode<'a>>,
    /// The fields that have a setter in some mode, in the order of the spec.
    pub(super) settable: Vec<&'a Field>,
}

pub(super) struct OneMode<'a> {
    pub(super) index: usize,
    mode: Option<&'a Mode>,
}

/// In which modes something holds.
pub(super) enum Reach<'a> {
    All,
    One(&'a OneMode<'a>),
    /// These, which `name` stands for: `Custom`, or `CustomVocalOrNonCustom`.
    Some {
        modes: Vec<&'a OneMode<'a>>,
        name: String,
    },
}

impl<'a> Modes<'a> {
    pub(super) fn of(request: &'a Request) -> Self {
        let mut modes: Vec<_> =
            request.modes.iter().enumerate().map(|(index, mode)| OneMode { index, mode: Some(mode) }).collect();
        if modes.is_empty() {
            modes.push(OneMode { index: 0, mode: None });
        }
        let mut all = Self { modes, settable: Vec::new() };
        all.settable = request.fields.iter().filter(|field| !all.allowing(field).is_empty()).collect();
        all
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &OneMode<'a>> {
        self.modes.iter()
    }

    /// The modes in which the field has a setter.
    fn allowing(&self, field: &Field) -> Vec<&OneMode<'a>> {
        self.iter().filter(|mode| mode.allows(field)).collect()
    }

    pub(super) fn reach(&self, field: &Field) -> Reach<'_> {
        let allowing = self.allowing(field);
        match allowing[..] {
            [one] if self.modes.len() > 1 => Reach::One(one),
            _ if allowing.len() == self.modes.len() => Reach::All,
            _ => Reach::Some { name: self.group_name(&allowing), modes: allowing },
        }
    }
}

impl Modes<'_> {
    fn group_name(&self, members: &[&OneMode<'_>]) -> String {
        let first = members.first().and_then(|mode| mode.outer());
        let group: Vec<usize> = self.iter().filter(|mode| mode.outer() == first).map(|mode| mode.index).collect();
        match first {
            Some(outer) if members.iter().map(|mode| mode.index).eq(group) => outer.to_owned(),
            _ => members.iter().map(|mode| mode.joined()).collect::<Vec<_>>().join("Or"),
        }
    }
}

impl<'a> OneMode<'a> {
    /// `Custom` of `Custom<Vocal>`
    fn outer(&self) -> Option<&'a str> {
        self.mode.and_then(|mode| mode.parts().into_iter().next())
    }

    pub(super) fn model(&self) -> Option<&'a Mode> {
        self.mode
    }

    /// The name that the spec gives it; empty where the request has no modes.
    pub(super) fn name(&self) -> &str {
        self.mode.map_or("", |mode| &mode.name)
    }

    /// `Custom<Vocal>`, as a type.
    pub(super) fn ty(&self) -> TokenStream {
        let Some(mode) = self.mode else { return quote!(()) };
        let parts: Vec<Ident> = mode.parts().into_iter().map(ident).collect();
        let innermost = quote!();
        parts.iter().rev().fold(
            innermost,
            |inner, part| {
                if inner.is_empty() { quote!(#part) } else { quote!(#part<#inner>) }
            },
        )
    }

    /// `CustomVocal`: the name as part of other names.
    pub(super) fn joined(&self) -> String {
        self.mode.map(|mode| mode.parts().concat()).unwrap_or_default()
    }

    pub(super) fn presence(&self, field: &Field) -> Presence {
        field.presence_in(self.mode)
    }

    pub(super) fn allows(&self, field: &Field) -> bool {
        field.constant.is_none() && matches!(self.presence(field), Presence::Required | Presence::Optional)
    }
}

impl Reach<'_> {
    /// The trait that stands for these modes, where it takes one: `InCustom`.
    pub(super) fn trait_name(&self) -> Option<Ident> {
        let Self::Some { name, .. } = self else { return None };
        Some(ident(&format!("In{name}")))
    }
}

/// The type of a field's value in the request.
pub(super) fn value_type(field: &Field) -> TokenStream {
    let item = item_type(field);
    let many = if field.is_list() { quote!(::std::vec::Vec<#item>) } else { item };
    if field.is_nullable() { quote!(::core::option::Option<#many>) } else { many }
}

/// The type of a value, or of an item of a list.
pub(super) fn item_type(field: &Field) -> TokenStream {
    match &*field.kind {
        FieldKind::Text(_) => quote!(::std::string::String),
        FieldKind::Url => quote!(::cover_api::Link),
        FieldKind::Boolean => quote!(bool),
        FieldKind::Integer => quote!(i64),
        FieldKind::Number => quote!(f64),
        FieldKind::Choice(name, _) => {
            let name = ident(name);
            quote!(#name)
        }
    }
}

/// `HasStyle`: the state parameter that says whether the field was given.
pub(super) fn state_param(field: &Field) -> Ident {
    ident(&format!("Has{}", field.camel()))
}
