//! Rules in words.

use cover_spec::Spec;
use cover_spec::model::{Asks, Condition, Field, Relation};
use cover_spec::rules::Bound;

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

/// Returns the rules between the field and others, each as a paragraph.
pub(super) fn of_field(field: &Field, spec: &Spec) -> Vec<String> {
    let own = &field.conditions;
    let asked = [("Required", &own.required), ("Allowed only", &own.allowed), ("Must be left out", &own.forbidden)];
    let own = asked.into_iter().filter(|(_, any)| !any.is_empty());
    let own = own.map(|(word, conditions)| format!("{word} where {}. Checked by `build`.", any(conditions)));
    let part = |relation: &&Relation| relation.asks.fields().iter().any(|name| name.value == field.wire.value);
    let relations = spec.request.relations.iter().filter(part).map(|relation| {
        let checked = match relation.asks {
            Asks::Items(..) | Asks::Length(..) | Asks::Difference(..) => "Checked by `build`.",
            _ if relation.when.is_empty() => "Otherwise `build` does not compile.",
            _ => "Checked by `build`.",
        };
        format!("{} {checked}", *relation.doc)
    });
    own.chain(relations).collect()
}
