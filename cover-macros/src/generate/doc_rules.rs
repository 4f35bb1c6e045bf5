//! Rules in words, for generated documentation.

use cover_spec::Spec;
use cover_spec::model::{Asks, Condition, Field, Relation};
use cover_spec::rules::Bound;

/// "at most 80 characters"
pub(super) fn bound(field: &Field, bound: Bound) -> String {
    let is_about_items = !matches!(bound, Bound::MinItems(_) | Bound::MaxItems(_));
    bound.words(field.unit()) + if field.is_list() && is_about_items { ", each" } else { "" }
}

/// What other fields ask of a field, and what it has its part in; each as a paragraph.
pub(super) fn of_field(field: &Field, spec: &Spec) -> String {
    let own = &field.conditions;
    let asked = [("Required", &own.required), ("Allowed only", &own.allowed), ("Must be left out", &own.forbidden)];
    let own = asked.into_iter().filter(|(_, any)| !any.is_empty());
    let own = own.map(|(word, any)| format!("{word} where {}. Checked by `build`.", Condition::any_in_words(any)));
    let part = |relation: &&Relation| relation.asks.fields().iter().any(|name| name.value == field.wire.value);
    let relations = spec.request.relations.iter().filter(part).map(|relation| {
        let checked = match relation.asks {
            Asks::Items(..) | Asks::Length(..) | Asks::Difference(..) => "Checked by `build`.",
            _ if relation.when.is_empty() => "`build` exists only where it is kept.",
            _ => "Checked by `build`.",
        };
        format!("{} {checked}", *relation.doc)
    });
    own.chain(relations).flat_map(|text| ["\n\n".to_owned(), text]).collect()
}
