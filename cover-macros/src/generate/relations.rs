//! The parts of the table of rules that speak of other fields.

use cover_spec::rules::{Condition, Conditional, Const, Decimal, Is, List, Relating, Relation, Term};
use proc_macro2::TokenStream;
use quote::quote;

use super::tables::{list, option, set, text, variant};

pub(super) fn decimal(Decimal { digits, scale }: Decimal) -> TokenStream {
    quote!(rules::Decimal { digits: #digits, scale: #scale })
}

pub(super) fn constant(value: &Const) -> TokenStream {
    match value {
        Const::Text(value) => {
            let value = text(value);
            quote!(rules::Const::Text(#value))
        }
        Const::Number(number) => {
            let number = decimal(*number);
            quote!(rules::Const::Number(#number))
        }
        Const::Truth(truth) => quote!(rules::Const::Truth(#truth)),
    }
}

pub(super) fn conditional(conditional: &Conditional) -> TokenStream {
    let effect = variant(conditional.effect);
    let choice = option(conditional.choice.map(|choice| quote!(#choice)));
    let any = list(conditional.any.iter().map(condition));
    quote!(rules::Conditional { effect: rules::Effect::#effect, choice: #choice, any: #any })
}

pub(super) fn condition(condition: &Condition) -> TokenStream {
    let terms = list(condition.terms.iter().map(term));
    quote!(rules::Condition { terms: #terms })
}

fn term(Term { field, is }: &Term) -> TokenStream {
    let is = match is {
        Is::Given => quote!(Given),
        Is::Absent => quote!(Absent),
        Is::OneOf(values) => {
            let values = list(values.iter().map(constant));
            quote!(OneOf(#values))
        }
    };
    quote!(rules::Term { field: #field, is: rules::Is::#is })
}

pub(super) fn relation(relation: &Relation) -> TokenStream {
    let fields = indices(&relation.fields);
    let modes = set(relation.modes);
    let when = list(relation.when.iter().map(condition));
    let asks = asks(&relation.asks);
    quote!(rules::Relation { fields: #fields, modes: #modes, when: #when, asks: rules::Relating::#asks })
}

fn asks(asks: &Relating) -> TokenStream {
    let whole = |figure: &Option<u32>| option(figure.map(|figure| quote!(#figure)));
    match asks {
        Relating::AtLeastOne | Relating::AtMostOne | Relating::AllOrNone => {
            let name = variant(asks);
            quote!(#name)
        }
        Relating::ExactlyOne(groups) => {
            let groups = list(groups.iter().map(indices));
            quote!(ExactlyOne(#groups))
        }
        Relating::Items { least, most } => {
            let (least, most) = (whole(least), whole(most));
            quote!(Items { least: #least, most: #most })
        }
        Relating::Length { least, most } => {
            let (least, most) = (whole(least), whole(most));
            quote!(Length { least: #least, most: #most })
        }
        Relating::Difference { least, most } => {
            let [least, most] = [least, most].map(|figure| option(figure.map(decimal)));
            quote!(Difference { least: #least, most: #most })
        }
    }
}

fn indices(fields: &List<usize>) -> TokenStream {
    list(fields.iter().map(|field| quote!(#field)))
}
