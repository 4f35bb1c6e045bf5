//! The methods that set a field while it is not set.

use cover_spec::model::{Field, FieldKind, Placeholder};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use super::context::Builder;
use crate::generate::docs::examples::{self, Example};
use crate::generate::modes::{Reach, item_type};
use crate::generate::{choices, docs, maybe};
use crate::ident::ident;

/// A method that sets a field.
pub(super) struct Setter {
    pub(super) name: Ident,
    pub(super) doc: String,
    pub(super) example: Option<Example>,
    pub(super) deprecated: Option<TokenStream>,
    /// The type of its argument, if it takes one. The argument has the field's name.
    pub(super) takes: Option<TokenStream>,
    /// The `Option` that is stored.
    value: TokenStream,
}

impl Builder<'_> {
    pub(super) fn setters(&self, field: &Field) -> TokenStream {
        let groups = self.setters_by_reach(field);
        groups.iter().map(|(reach, setters)| self.impl_unset(field, reach, setters)).collect()
    }

    /// Returns the field's setters, those for the same modes together.
    pub(super) fn setters_by_reach(&self, field: &Field) -> Vec<(Reach<'_>, Vec<Setter>)> {
        let reach = self.reach(field);
        let placeholder = field.placeholder.as_ref().map(|placeholder| placeholder_setter(field, placeholder));
        let null = field.is_nullable().then(|| null_setter(field));
        let mut plain: Vec<Setter> = std::iter::once(self.value_setter(field)).chain(placeholder).chain(null).collect();
        let Some(maybe_reach) = self.maybe_reach(field) else { return vec![(reach, plain)] };

        let maybe = self.maybe_setter(field, &maybe_reach);
        if self.modes.iter().all(|mode| reach.has(mode) == maybe_reach.has(mode)) {
            plain.push(maybe);
            return vec![(reach, plain)];
        }
        vec![(reach, plain), (maybe_reach, vec![maybe])]
    }

    fn value_setter(&self, field: &Field) -> Setter {
        Setter {
            name: ident(&field.rust),
            doc: docs::setter(field, self.spec, self.modes),
            example: examples::setter(field, self.spec, self.modes, self.origin),
            deprecated: choices::deprecated(field.deprecated.as_deref()),
            takes: Some(argument_type(field)),
            value: given(field, &converted(field)),
        }
    }

    /// Returns the setter that takes an `Option`, and leaves the field out for `None`.
    fn maybe_setter(&self, field: &Field, reach: &Reach<'_>) -> Setter {
        let ty = argument_type(field);
        let value = converted_option(field);
        let value = if field.is_nullable() { quote!(#value.map(::core::option::Option::Some)) } else { value };
        Setter {
            name: ident(&maybe::name(field)),
            doc: docs::maybe_setter(field, reach, self.modes),
            example: examples::maybe_setter(field, self.spec, self.modes, reach, self.origin),
            deprecated: choices::deprecated(field.deprecated.as_deref()),
            takes: Some(quote!(::core::option::Option<#ty>)),
            value,
        }
    }

    /// Writes the setters into an impl for builders without the field, in the modes of `reach`.
    fn impl_unset(&self, field: &Field, reach: &Reach<'_>, setters: &[Setter]) -> TokenStream {
        let (param, mode) = reach.param();
        let others = self.other_states(field);
        let unset = self.ty(&mode, field, &quote!(::cover_api::state::Unset));
        let set = self.ty(&mode, field, &quote!(::cover_api::state::Set));
        let setters = setters.iter().map(|setter| self.method(setter, field, &set));
        quote! {
            #[cfg(not(doc))]
            impl<#param #(#others),*> #unset {
                #(#setters)*
            }
        }
    }

    fn method(&self, setter: &Setter, field: &Field, set: &TokenStream) -> TokenStream {
        let Setter { name, doc, deprecated, value, .. } = setter;
        let doc = format!("{doc}{}", setter.example.as_ref().map_or("", |example| &example.sentence));
        let (builder, field) = (&self.name, ident(&field.rust));
        let argument = setter.takes.as_ref().map(|ty| quote!(#field: #ty));
        quote! {
            #[doc = #doc]
            #deprecated
            pub fn #name(mut self, #argument) -> #set {
                self.fields.#field = #value;
                #builder { fields: self.fields, state: ::core::marker::PhantomData }
            }
        }
    }
}

fn placeholder_setter(field: &Field, placeholder: &Placeholder) -> Setter {
    let (ty, value) = (item_type(field), &*placeholder.value);
    Setter {
        name: ident(&placeholder.setter),
        doc: docs::placeholder(field, placeholder),
        example: None,
        deprecated: choices::deprecated(field.deprecated.as_deref()),
        takes: None,
        value: given(field, &quote!(#ty::from(#value))),
    }
}

fn null_setter(field: &Field) -> Setter {
    Setter {
        name: ident(&field.null_setter()),
        doc: docs::null_setter(field),
        example: None,
        deprecated: choices::deprecated(field.deprecated.as_deref()),
        takes: None,
        value: quote!(::core::option::Option::Some(::core::option::Option::None)),
    }
}

/// Returns the stored form of a value.
fn given(field: &Field, value: &TokenStream) -> TokenStream {
    let value = if field.is_nullable() { quote!(::core::option::Option::Some(#value)) } else { value.clone() };
    quote!(::core::option::Option::Some(#value))
}

fn argument_type(field: &Field) -> TokenStream {
    let item = match &*field.kind {
        FieldKind::Text(_) | FieldKind::Url => quote!(impl ::core::convert::Into<::std::string::String>),
        _ => item_type(field),
    };
    if field.is_list() { quote!(impl ::core::iter::IntoIterator<Item = #item>) } else { item }
}

/// Returns the function that turns an argument, or an item of it, into what is stored, where that is another type.
fn conversion(field: &Field) -> Option<TokenStream> {
    match &*field.kind {
        FieldKind::Text(_) => Some(quote!(::core::convert::Into::into)),
        FieldKind::Url => Some(quote!(::cover_api::Link::new)),
        _ => None,
    }
}

/// Returns the field's value as an expression of the argument.
fn converted(field: &Field) -> TokenStream {
    let argument = ident(&field.rust);
    match (field.is_list(), conversion(field)) {
        (true, Some(convert)) => quote!(#argument.into_iter().map(#convert).collect()),
        (true, None) => quote!(#argument.into_iter().collect()),
        (false, Some(convert)) => quote!(#convert(#argument)),
        (false, None) => argument.to_token_stream(),
    }
}

/// Returns the field's value as an expression of an argument that is an `Option`.
fn converted_option(field: &Field) -> TokenStream {
    let argument = ident(&field.rust);
    match (field.is_list(), conversion(field)) {
        (true, _) => {
            let value = converted(field);
            quote!(#argument.map(|#argument| #value))
        }
        (false, Some(convert)) => quote!(#argument.map(#convert)),
        (false, None) => argument.to_token_stream(),
    }
}
