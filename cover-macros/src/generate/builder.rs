//! The builder: its state is a tuple with an entry for each field, so that the compiler knows which were given.

use cover_spec::Spec;
use cover_spec::model::{Field, FieldKind, Placeholder};
use cover_spec::rules::Presence;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use super::groups::{self, Group};
use super::messages::Message;
use super::modes::{Modes, OneMode, Reach, item_type, state_param};
use super::{Origin, choices, docs, examples, ident, request, tables};

pub(super) fn builder(spec: &Spec, modes: &Modes<'_>, origin: &Origin) -> TokenStream {
    let builder = Builder::of(spec, modes, origin);
    let declaration = builder.declaration();
    let setters = modes.settable.iter().map(|field| builder.setters(field));
    let builds = modes.iter().map(|mode| builder.build(mode));
    let finish = builder.finish();
    let rules = builder.rules_module();
    quote! {
        #declaration
        #(#setters)*
        #(#builds)*
        #finish
        #rules
    }
}

struct Builder<'a> {
    spec: &'a Spec,
    modes: &'a Modes<'a>,
    origin: &'a Origin,
    name: Ident,
    /// The module of the traits that carry messages.
    rules: Ident,
    groups: Vec<Group<'a>>,
}

/// How an impl for the builder is written for one field's state.
struct ImplFor {
    generics: TokenStream,
    target: TokenStream,
}

impl<'a> Builder<'a> {
    fn of(spec: &'a Spec, modes: &'a Modes<'a>, origin: &'a Origin) -> Self {
        let name = ident(&format!("{}Builder", *spec.request.name));
        let rules = ident(&format!("{}_rules", spec.request.snake()));
        Self { spec, modes, origin, name, rules, groups: groups::provable(spec, modes) }
    }

    /// The trait of all that `S` may be.
    fn state(&self) -> Ident {
        ident(&format!("{}State", self.name))
    }

    fn states(&self) -> Vec<Ident> {
        self.modes.settable.iter().map(|field| state_param(field)).collect()
    }

    /// The state parameters, that of `field` replaced by `state`.
    fn states_with(&self, field: &Field, state: &TokenStream) -> Vec<TokenStream> {
        let replaced =
            |it: &&Field| if std::ptr::eq(*it, field) { state.clone() } else { state_param(it).to_token_stream() };
        self.modes.settable.iter().map(replaced).collect()
    }

    fn others(&self, field: &Field) -> Vec<Ident> {
        self.modes.settable.iter().filter(|it| !std::ptr::eq(**it, field)).map(|it| state_param(it)).collect()
    }

    fn declaration(&self) -> TokenStream {
        let Self { name, spec, .. } = self;
        let states = self.states();
        let fields = request::fields_name(spec);
        let doc = docs::builder(spec);
        let state = self.state();
        let state_doc = format!("Which fields of a [`{name}`] were given: a tuple with an entry for each.");
        let field_docs = self.modes.settable.iter().map(|field| format!("Was `{}` given?", *field.rust));
        let unset = states.iter().map(|_| quote!(::cover_api::state::Unset));
        quote! {
            #[doc = #doc]
            #[must_use = "nothing is built before `.build()`"]
            pub struct #name<M, S = (#(#unset,)*)> {
                fields: #fields,
                state: ::core::marker::PhantomData<fn() -> (M, S)>,
            }
            impl<M, S> ::core::clone::Clone for #name<M, S> {
                fn clone(&self) -> Self {
                    Self { fields: self.fields.clone(), state: ::core::marker::PhantomData }
                }
            }
            #[doc = #state_doc]
            pub trait #state {
                #(#[doc = #field_docs] type #states;)*
            }
            impl<#(#states),*> #state for (#(#states,)*) {
                #(type #states = #states;)*
            }
        }
    }

    /// The impl in which `field` is in `state`, for the modes that take it.
    fn impl_for(&self, field: &Field, state: &TokenStream) -> ImplFor {
        let name = &self.name;
        let reach = self.modes.reach(field);
        let (param, mode) = match (&reach, reach.trait_name()) {
            (Reach::One(mode), _) => (quote!(), mode.ty()),
            (_, Some(group)) => (quote!(M: #group,), quote!(M)),
            (_, None) => (quote!(M: Mode,), quote!(M)),
        };
        let others = self.others(field);
        let states = self.states_with(field, state);
        ImplFor { generics: quote!(<#param #(#others),*>), target: quote!(#name<#mode, (#(#states,)*)>) }
    }

    fn setters(&self, field: &Field) -> TokenStream {
        let open = self.open_setters(field);
        let twice = self.twice_stubs(field);
        let forbidden =
            self.modes.iter().filter(|mode| !mode.allows(field)).map(|mode| self.forbidden_stub(field, mode));
        quote!(#open #twice #(#forbidden)*)
    }

    /// The setters while the field is not given.
    fn open_setters(&self, field: &Field) -> TokenStream {
        let ImplFor { generics, target } = self.impl_for(field, &quote!(::cover_api::state::Unset));
        let given = self.given(field);
        let setter = ident(&field.rust);
        let example = examples::setter(field, self.spec, self.modes, self.origin).unwrap_or_default();
        let doc = docs::setter(field, self.spec, self.modes) + &example;
        let (ty, value) = taken(field);
        let deprecated = choices::deprecated(field.deprecated.as_deref());
        let value = if field.is_nullable() { quote!(::core::option::Option::Some(#value)) } else { value };
        let null = field.is_nullable().then(|| self.null(field, &given));
        let set = self.set(field, &value);
        let placeholder = field.placeholder.as_ref().map(|placeholder| self.placeholder(field, placeholder, &given));
        quote! {
            impl #generics #target {
                #[doc = #doc]
                #deprecated
                pub fn #setter(mut self, #setter: #ty) -> #given {
                    #set
                }
                #placeholder
                #null
            }
        }
    }

    fn placeholder(&self, field: &Field, placeholder: &Placeholder, given: &TokenStream) -> TokenStream {
        let setter = ident(&placeholder.setter);
        let doc = docs::placeholder(field, placeholder);
        let value = &*placeholder.value;
        let ty = item_type(field);
        let value = quote!(#ty::from(#value));
        let value = if field.is_nullable() { quote!(::core::option::Option::Some(#value)) } else { value };
        let set = self.set(field, &value);
        quote! {
            #[doc = #doc]
            pub fn #setter(mut self) -> #given {
                #set
            }
        }
    }

    fn null(&self, field: &Field, given: &TokenStream) -> TokenStream {
        let setter = ident(&field.null_setter());
        let doc = format!("Says that there is none: sends `{}` as null.", *field.wire);
        let set = self.set(field, &quote!(::core::option::Option::None));
        quote! {
            #[doc = #doc]
            pub fn #setter(mut self) -> #given {
                #set
            }
        }
    }

    fn set(&self, field: &Field, value: &TokenStream) -> TokenStream {
        let (builder, name) = (&self.name, ident(&field.rust));
        quote! {
            self.fields.#name = ::core::option::Option::Some(#value);
            #builder { fields: self.fields, state: ::core::marker::PhantomData }
        }
    }

    /// The builder's type once the field is given, in whatever mode it is used.
    fn given(&self, field: &Field) -> TokenStream {
        self.impl_for(field, &quote!(::cover_api::state::Set)).target
    }

    /// The setters once the field is given: only a message.
    fn twice_stubs(&self, field: &Field) -> TokenStream {
        let ImplFor { generics, target } = self.impl_for(field, &quote!(::cover_api::state::Set));
        let message = Message::twice(field).name;
        let rules = &self.rules;
        let setter = ident(&field.rust);
        // The bound needs a parameter: on concrete types it would be an error where it stands.
        let (param, bearer) = match (self.modes.reach(field), self.others(field).first()) {
            (Reach::One(_), Some(other)) => (quote!(), other.to_token_stream()),
            (Reach::One(_), None) => (quote!(T), quote!(T)),
            _ => (quote!(), quote!(M)),
        };
        let value = if param.is_empty() { quote!(impl ::core::marker::Sized) } else { quote!(T) };
        let null = field.is_nullable().then(|| field.null_setter());
        let without_value = field.placeholder.iter().map(|placeholder| placeholder.setter.value.clone()).chain(null);
        let without_value = without_value.map(|setter| {
            let setter = ident(&setter);
            quote! {
                #[doc(hidden)]
                pub fn #setter(self) -> Self where #bearer: #rules::#message {
                    self
                }
            }
        });
        quote! {
            impl #generics #target {
                #[doc(hidden)]
                pub fn #setter<#param>(self, _: #value) -> Self where #bearer: #rules::#message {
                    self
                }
                #(#without_value)*
            }
        }
    }

    /// The setter in a mode that does not take the field: only a message.
    fn forbidden_stub(&self, field: &Field, mode: &OneMode<'_>) -> TokenStream {
        let Self { name, rules, .. } = self;
        let (state, own) = (self.state(), state_param(field));
        let message = Message::forbidden(field, mode).name;
        let (setter, mode) = (ident(&field.rust), mode.ty());
        quote! {
            impl<S: #state> #name<#mode, S> {
                #[doc(hidden)]
                pub fn #setter(self, _: impl ::core::marker::Sized) -> Self where S::#own: #rules::#message {
                    self
                }
            }
        }
    }

    fn build(&self, mode: &OneMode<'_>) -> TokenStream {
        let Self { name, rules, .. } = self;
        let request = ident(&self.spec.request.name);
        let any_state = self.state();
        let bounds =
            self.modes.settable.iter().filter(|field| mode.presence(field) == Presence::Required).map(|field| {
                let (state, message) = (state_param(field), Message::required(field, mode).name);
                quote!(S::#state: #rules::#message)
            });
        let groups = self.groups.iter().filter(|group| group.concerns(mode)).map(|group| group.bound(rules));
        let doc = docs::build(mode);
        let mode = mode.ty();
        quote! {
            impl<S: #any_state> #name<#mode, S> {
                #[doc = #doc]
                pub fn build(self) -> ::core::result::Result<#request<#mode>, ::cover_api::Violations>
                where
                    #(#bounds,)*
                    #(#groups,)*
                {
                    self.__build_rest(0)
                }
            }
        }
    }

    /// What `build` and the literal macros share.
    fn finish(&self) -> TokenStream {
        let Self { name, .. } = self;
        let request = ident(&self.spec.request.name);
        let tables = tables::module(self.spec);
        quote! {
            impl<M: Mode, S> #name<M, S> {
                /// For literal macros: everything was checked while compiling.
                #[doc(hidden)]
                pub fn __checked(self) -> #request<M> {
                    #request { fields: self.fields, mode: M::INDEX, marker: ::core::marker::PhantomData }
                }

                /// For literal macros: checks the fields whose bits are not set, the others were checked while compiling.
                #[doc(hidden)]
                pub fn __build_rest(
                    self,
                    decided: u64,
                ) -> ::core::result::Result<#request<M>, ::cover_api::Violations> {
                    let mut values = self.fields.values();
                    ::cover_api::__private::check(&#tables::RULES, M::INDEX, &mut values, decided)?;
                    ::core::result::Result::Ok(self.__checked())
                }
            }
        }
    }

    fn rules_module(&self) -> TokenStream {
        let rules = &self.rules;
        let mut messages = Vec::new();
        for field in &self.modes.settable {
            messages.push(Message::twice(field));
            messages.extend(self.modes.iter().filter_map(|mode| match mode.presence(field) {
                Presence::Required => Some(Message::required(field, mode)),
                Presence::Forbidden | Presence::Fixed => Some(Message::forbidden(field, mode)),
                Presence::Optional => None,
            }));
        }
        let messages = messages.iter().map(Message::tokens);
        let groups = self.groups.iter().map(Group::tokens);
        quote! {
            #[doc(hidden)]
            pub mod #rules {
                #(#messages)*
                #(#groups)*
            }
        }
    }
}

/// What a setter takes, and how that becomes the field's value.
fn taken(field: &Field) -> (TokenStream, TokenStream) {
    let setter = ident(&field.rust);
    let into = quote!(impl ::core::convert::Into<::std::string::String>);
    let (item, convert) = match &*field.kind {
        FieldKind::Text(_) => (into, Some(quote!(::core::convert::Into::into))),
        FieldKind::Url => (into, Some(quote!(::cover_api::Link::new))),
        _ => (item_type(field), None),
    };
    match (field.is_list(), convert) {
        (true, Some(convert)) => {
            (quote!(impl ::core::iter::IntoIterator<Item = #item>), quote!(#setter.into_iter().map(#convert).collect()))
        }
        (true, None) => (quote!(impl ::core::iter::IntoIterator<Item = #item>), quote!(#setter.into_iter().collect())),
        (false, Some(convert)) => (item, quote!(#convert(#setter))),
        (false, None) => (item, setter.to_token_stream()),
    }
}
