//! Modes as types, and sets of modes.

use cover_spec::model::{Field, FieldKind, Mode, Request};
use cover_spec::rules::Presence;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::ident::ident;

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

/// A set of modes.
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
        all.settable = request.fields.iter().filter(|field| all.reach(field).is_some()).collect();
        all
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &OneMode<'a>> {
        self.modes.iter()
    }

    /// Returns the modes in which the field has a setter.
    pub(super) fn reach(&self, field: &Field) -> Option<Reach<'_>> {
        self.reach_where(|mode| mode.allows(field))
    }

    /// Returns the modes for which `holds`, if there are any.
    pub(super) fn reach_where(&self, holds: impl Fn(&OneMode<'a>) -> bool) -> Option<Reach<'_>> {
        let members: Vec<_> = self.iter().filter(|mode| holds(mode)).collect();
        match members[..] {
            [] => None,
            _ if members.len() == self.modes.len() => Some(Reach::All),
            [one] => Some(Reach::One(one)),
            _ => Some(Reach::Some { name: self.group_name(&members), modes: members }),
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
    /// Returns `Custom` of `Custom<Vocal>`.
    fn outer(&self) -> Option<&'a str> {
        self.parts().into_iter().next()
    }

    pub(super) fn model(&self) -> Option<&'a Mode> {
        self.mode
    }

    /// Returns the name that the spec gives it; empty where the request has no modes.
    pub(super) fn name(&self) -> &str {
        self.mode.map_or("", |mode| &mode.name)
    }

    /// Returns `Custom<Vocal>`, as a type.
    pub(super) fn ty(&self) -> TokenStream {
        let ty = self.parts().into_iter().rev().map(ident).fold(None, |inner, part| {
            Some(inner.map_or_else(|| quote!(#part), |inner: TokenStream| quote!(#part<#inner>)))
        });
        ty.unwrap_or_else(|| quote!(()))
    }

    /// Returns its description in the spec; empty where the request has no modes.
    pub(super) fn doc(&self) -> &str {
        self.mode.map_or("", |mode| &mode.doc)
    }

    /// Returns the parts of its name: `Custom` and `Vocal`.
    pub(super) fn parts(&self) -> Vec<&'a str> {
        self.mode.map_or_else(Vec::new, Mode::parts)
    }

    /// Returns the name as part of other names: `CustomVocal`.
    pub(super) fn joined(&self) -> String {
        self.parts().concat()
    }

    pub(super) fn presence(&self, field: &Field) -> Presence {
        field.presence_in(self.mode)
    }

    pub(super) fn allows(&self, field: &Field) -> bool {
        field.constant.is_none() && matches!(self.presence(field), Presence::Required | Presence::Optional)
    }
}

impl Reach<'_> {
    pub(super) fn has(&self, mode: &OneMode<'_>) -> bool {
        match self {
            Self::All => true,
            Self::One(one) => one.index == mode.index,
            Self::Some { modes, .. } => modes.iter().any(|it| it.index == mode.index),
        }
    }

    /// Returns the trait that stands for these modes where one is needed: `__InCustom_3`.
    ///
    /// The number has a bit for each mode, since a mode may be called `AOrB`.
    pub(super) fn trait_name(&self) -> Option<Ident> {
        let Self::Some { modes, name } = self else { return None };
        let bits = modes.iter().fold(0_u64, |bits, mode| bits | 1 << mode.index);
        Some(ident(&format!("__In{name}_{bits:x}")))
    }

    /// Returns the parameter of an impl for these modes, and the mode's type in it: `M: __InCustom_3` and `M`.
    pub(super) fn param(&self) -> (TokenStream, TokenStream) {
        match (self, self.trait_name()) {
            (Self::One(mode), _) => (quote!(), mode.ty()),
            (_, Some(group)) => (quote!(M: #group,), quote!(M)),
            (_, None) => (quote!(M: Mode,), quote!(M)),
        }
    }
}

/// Returns the type of a field's value in the request.
pub(super) fn value_type(field: &Field) -> TokenStream {
    let item = item_type(field);
    let many = if field.is_list() { quote!(::std::vec::Vec<#item>) } else { item };
    if field.is_nullable() { quote!(::core::option::Option<#many>) } else { many }
}

/// Returns the type of a value, or of an item of a list.
pub(super) fn item_type(field: &Field) -> TokenStream {
    match &*field.kind {
        FieldKind::Text(_) => quote!(::std::string::String),
        FieldKind::Url => quote!(::cover_api::Link),
        FieldKind::Boolean(_) => quote!(bool),
        FieldKind::Integer => quote!(i64),
        FieldKind::Number => quote!(f64),
        FieldKind::Choice(name, _) | FieldKind::Object(name, _) => {
            let name = ident(name);
            quote!(#name)
        }
    }
}

/// Returns the parameter that is the field's state: `HasStyle`.
pub(super) fn state_param(field: &Field) -> Ident {
    ident(&format!("Has{}", field.camel()))
}
