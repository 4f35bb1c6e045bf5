//! Mode sets, conditions and limits, which fields and rules over several fields share.

use toml::de::DeValue;

use crate::model::{Bounds, Condition, Conditions, FieldSet, Is, ModeSet};
use crate::rules::{Bound, Decimal};
use crate::source::{At, Section, as_scalar};

/// Reads `"always"`, or a list of modes.
pub(super) fn mode_set(section: &Section<'_>, key: &'static str) -> Option<ModeSet> {
    match section.literal(key, "always") {
        Some(place) => Some(ModeSet::Always(place)),
        None => section.texts_as(key, "\"always\" or a list of modes").map(ModeSet::In),
    }
}

/// Reads `"others"`, or a list of fields.
pub(super) fn field_set(section: &Section<'_>, key: &'static str) -> Option<FieldSet> {
    match section.literal(key, "others") {
        Some(place) => Some(FieldSet::Others(place)),
        None => section.texts_as(key, "\"others\" or a list of fields").map(FieldSet::These),
    }
}

/// Reads what conditions ask of a field or a choice; `required_when` is for fields alone.
pub(super) fn conditions(section: &Section<'_>) -> Conditions {
    let [allowed, forbidden] = ["allowed_when", "forbidden_when"].map(|key| any_of(section, key));
    Conditions { required: Vec::new(), allowed, forbidden }
}

/// Reads `key = { field = value, … }`, or a list of these.
pub(super) fn any_of(section: &Section<'_>, key: &'static str) -> Vec<Condition> {
    section.one_or_more_sections(key).iter().map(condition).collect()
}

fn condition(section: &Section<'_>) -> Condition {
    let terms = section.values("a value, a list of values, or { given = true } or { given = false }", as_is);
    // A condition with an unreadable part gets no place, so that its other faults are not reported.
    let is_whole = terms.len() == section.len();
    Condition { at: if is_whole { section.name().with(()) } else { At::nowhere(()) }, terms }
}

/// Reads a value, a list of values, or `{ given = true }`.
fn as_is(value: &DeValue<'_>) -> Option<Is> {
    match value {
        DeValue::Array(items) => {
            let values = items.iter().map(|item| Some(At::new(as_scalar(item.get_ref())?, item.span())));
            values.collect::<Option<_>>().map(Is::OneOf)
        }
        DeValue::Table(table) => match (table.len(), table.get("given")?.get_ref().as_bool()?) {
            (1, true) => Some(Is::Given),
            (1, false) => Some(Is::Absent),
            _ => None,
        },
        other => Some(Is::OneOf(vec![At::nowhere(as_scalar(other)?)])),
    }
}

/// Reads the limits that a table has.
pub(super) fn bounds(section: &Section<'_>) -> Bounds {
    let whole = |key, bound: fn(u32) -> Bound| section.whole(key).map(|at| at.with((key, bound(at.value))));
    let decimal = |key, bound: fn(Decimal) -> Bound| section.decimal(key).map(|at| at.with((key, bound(at.value))));
    let all = [
        whole("min_length", Bound::MinLength),
        whole("max_length", Bound::MaxLength),
        whole("max_bytes", Bound::MaxBytes),
        whole("min_items", Bound::MinItems),
        whole("max_items", Bound::MaxItems),
        decimal("min", Bound::Min),
        decimal("max", Bound::Max),
        decimal("exclusive_min", Bound::Above),
        decimal("exclusive_max", Bound::Below),
        decimal("multiple_of", Bound::MultipleOf),
    ];
    Bounds(all.into_iter().flatten().collect())
}
