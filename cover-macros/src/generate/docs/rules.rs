//! Rules in words.

use cover_spec::Spec;
use cover_spec::model::{Asks, Condition, Conditions, Field, Relation};
use cover_spec::rules::Bound;

use super::examples;
use crate::generate::text::text;

/// "at most 80 characters"
pub(super) fn bound(field: &Field, bound: Bound) -> String {
    let is_about_item = !matches!(bound, Bound::MinItems(_) | Bound::MaxItems(_));
    let words = bound.words(field.unit());
    if field.is_list() && is_about_item { format!("each item {words}") } else { words }
}

/// Returns the limits of the field that always hold, each in words.
pub(super) fn bounds(field: &Field) -> Vec<String> {
    field.bounds.iter().map(|it| bound(field, it.1)).collect()
}

/// "`a` is given and `b` is true, or `c` is left out"
pub(super) fn any(conditions: &[Condition]) -> String {
    Condition::any_in_words(conditions)
}

/// "`call_back_url` or `without_callback`"
pub(super) fn setters_of(field: &Field) -> String {
    let placeholder = field.placeholder.as_ref().map(|placeholder| format!(" or `{}`", *placeholder.setter));
    format!("`{}`{}", *field.rust, placeholder.unwrap_or_default())
}

/// Returns the rules between the field and others, each as a paragraph. `place` has the modes in which the field is optional.
pub(super) fn of_field(field: &Field, spec: &Spec, place: &str) -> Vec<String> {
    let own = &field.conditions;
    let asked = [("Required", &own.required), ("Allowed only", &own.allowed), ("Must be left out", &own.forbidden)];
    let own = asked.into_iter().filter(|(_, any)| !any.is_empty());
    let own = own.map(|(word, conditions)| format!("{word}{place} where {}. Checked by `build`.", any(conditions)));
    let values = field.conditional_values().flat_map(|(value, own)| of_value(&examples::inline(field, &value), own));
    let part = |relation: &&Relation| relation.asks.fields().iter().any(|name| name.value == field.wire.value);
    let relations = spec.request.relations.iter().filter(part).map(|relation| {
        let checked = match relation.asks {
            Asks::Items(..) | Asks::Length(..) | Asks::Difference(..) => "Checked by `build`.",
            _ if relation.when.is_empty() => "Otherwise `build` does not compile.",
            _ => "Checked by `build`.",
        };
        format!("{} {checked}", text(&relation.doc))
    });
    own.chain(values).chain(relations).collect()
}

/// Returns the conditions of one value, each as a paragraph.
fn of_value(value: &str, own: &Conditions) -> Vec<String> {
    let asked = [("allowed only", &own.allowed), ("refused", &own.forbidden)];
    let asked = asked.into_iter().filter(|(_, any)| !any.is_empty());
    asked
        .map(|(word, conditions)| format!("{value} is {word} where {}. Checked by `build`.", any(conditions)))
        .collect()
}
