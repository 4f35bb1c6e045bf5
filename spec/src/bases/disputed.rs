use toml::Spanned;
use toml::de::DeValue;

use super::merge::{Merge, inherited};
use crate::model::is_within;

/// Adds the base's entries of `[[disputed]]` about what this file takes from the base, unless it has its own about the same.
pub(super) fn add(merge: &mut Merge<'_, '_>) {
    let Some((key, DeValue::Array(entries))) =
        merge.base.table.get_key_value("disputed").map(|(key, value)| (key, value.get_ref()))
    else {
        return;
    };
    let own: Vec<String> = own_entries(merge).iter().filter_map(about).map(str::to_owned).collect();
    let taken: Vec<Spanned<DeValue<'_>>> = entries
        .iter()
        .filter(|entry| about(entry).is_some_and(|name| is_taken(merge, name) && !own.iter().any(|own| own == name)))
        .cloned()
        .collect();
    if taken.is_empty() {
        return;
    }
    for entry in &taken {
        let name = format!("disputed about {}", about(entry).unwrap_or_default());
        merge.own.inherited.push(inherited(name, entry));
    }
    match merge.own.table.get_mut("disputed").map(Spanned::get_mut) {
        Some(DeValue::Array(entries)) => taken.into_iter().for_each(|entry| entries.push(entry)),
        // Another type is a fault of this file.
        Some(_) => {}
        None => {
            let place = taken[0].span();
            merge.own.table.insert(key.clone(), Spanned::new(place, DeValue::Array(taken.into_iter().collect())));
        }
    }
}

fn own_entries<'m, 't>(merge: &'m Merge<'_, 't>) -> &'m [Spanned<DeValue<'t>>] {
    match merge.own.table.get("disputed").map(Spanned::get_ref) {
        Some(DeValue::Array(entries)) => entries,
        _ => &[],
    }
}

fn about<'a>(entry: &'a Spanned<DeValue<'_>>) -> Option<&'a str> {
    entry.get_ref().as_table()?.get("about")?.get_ref().as_str()
}

/// Whether a table or key, or the whole that it is a part of, comes from the base. Of a field, a part is enough.
fn is_taken(merge: &Merge<'_, '_>, name: &str) -> bool {
    let is_field = name.strip_prefix("fields.").is_some_and(|field| !field.contains('.'));
    let has = |taken: &str| is_within(name, taken) || (is_field && is_within(taken, name));
    merge.own.inherited.iter().any(|it| has(&it.name))
}
