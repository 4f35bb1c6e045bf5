use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::merge::{Merge, add_missing, dotted, inherited};
use crate::fault::Fault;
use crate::source::{At, Unavailable};
use crate::suggest::suggestion;

/// The keys that say in which modes a field is given.
const PRESENCE: [&str; 3] = ["required", "optional", "forbidden"];

/// Adds the fields and classes that `use` names.
pub(super) fn add(merge: &mut Merge<'_, '_>) {
    for (index, name) in merge.head.uses.iter().enumerate() {
        if merge.head.uses[..index].iter().any(|other| other.value == name.value) {
            let fault = name.fault(format!("`{}` is listed twice in `use`", name.value), "remove one of them");
            merge.own.unknown.push(fault);
            continue;
        }
        let offered = &merge.base.offered;
        let field = offered.fields.get_key_value(name.as_str()).or_else(|| of_type(&offered.fields, name));
        let class = offered.classes.get_key_value(name.as_str());
        if let Some(field) = field {
            add_field(merge, name, field);
        }
        if let Some(class) = class {
            add_entry(merge, name, "classes", class);
        }
        if field.is_none() && class.is_none() {
            unknown(merge, name);
        }
    }
    without_use(merge);
}

/// Explains that a field without a type takes none from the base, unless `use` names the field.
fn without_use(merge: &mut Merge<'_, '_>) {
    if merge.own.parts.is_some() {
        return;
    }
    let fields = merge.own.table.get("fields").and_then(|fields| fields.get_ref().as_table());
    for (name, field) in fields.into_iter().flatten() {
        let lacks_type = field.get_ref().as_table().is_some_and(|field| !field.contains_key("type"));
        let Some(base) = merge.base.offered.fields.get(&**name.get_ref()).and_then(|base| base.get_ref().as_table())
        else {
            continue;
        };
        for key in ["type", "doc"].into_iter().filter(|key| lacks_type && base.contains_key(*key)) {
            let message = format!("`{0}` has no `type`, and takes none from the base without `use`", name.get_ref());
            let fault = Fault::new(message, name.span(), format!("add `use = [\"{}\"]`", name.get_ref()));
            merge.own.unavailable.push(Unavailable { table: name.span().into(), key, fault });
        }
    }
}

type Entry<'a, 't> = (&'a Spanned<DeString<'t>>, &'a Spanned<DeValue<'t>>);

/// Returns the choice whose type has this name.
fn of_type<'a, 't>(fields: &'a DeTable<'t>, name: &str) -> Option<Entry<'a, 't>> {
    fields.iter().find(|(_, field)| type_of(field) == Some(name))
}

fn type_of<'a>(field: &'a Spanned<DeValue<'_>>) -> Option<&'a str> {
    let table = field.get_ref().as_table()?;
    let text = |key: &str| table.get(key).and_then(|value| value.get_ref().as_str());
    text("name").filter(|_| text("type") == Some("choice"))
}

fn unknown(merge: &mut Merge<'_, '_>, name: &At<String>) {
    let offered = &merge.base.offered;
    let types = offered.fields.values().filter_map(type_of);
    let names = offered.fields.keys().chain(offered.classes.keys()).map(|key| key.get_ref().as_ref());
    let known: Vec<&str> = names.chain(types).collect();
    let message = format!("the base `{}` has no field, type or class `{}`", merge.base.path, name.value);
    merge.own.unknown.push(name.fault(message, suggestion(name, known)));
}

/// Adds a field, or the keys of it that the file's own field lacks.
fn add_field<'t>(merge: &mut Merge<'_, 't>, name: &At<String>, (key, value): Entry<'_, 't>) {
    let wire = &**key.get_ref();
    let own = merge.own.table.get("fields").and_then(|fields| fields.get_ref().as_table()?.get(wire));
    let own = own.and_then(|own| own.get_ref().as_table());
    let says_presence = own.is_some_and(has_presence) || modes_list(&merge.own.table, wire);
    let mut value = value.clone();
    if let DeValue::Table(field) = value.get_mut()
        && says_presence
    {
        for key in PRESENCE {
            field.remove(key);
        }
    }
    if own.is_none() {
        return add_entry(merge, name, "fields", (key, &value));
    }
    merge.own.remember_use(key, &value, name);
    let fields = merge.own.table.get_mut("fields").map(Spanned::get_mut);
    if let Some(DeValue::Table(fields)) = fields {
        let added = add_missing(fields, (key, &value), &dotted("fields", wire), |_| false);
        merge.own.inherited.extend(added);
    }
}

fn has_presence(table: &DeTable<'_>) -> bool {
    PRESENCE.iter().any(|key| table.contains_key(*key))
}

/// Whether a mode lists the field among those that it requires, allows or forbids.
fn modes_list(table: &DeTable<'_>, wire: &str) -> bool {
    let modes = table.get("modes").and_then(|modes| modes.get_ref().as_table());
    let modes = modes.into_iter().flat_map(DeTable::values).filter_map(|mode| mode.get_ref().as_table());
    let lists = modes.flat_map(|mode| PRESENCE.iter().filter_map(|key| mode.get(*key)?.get_ref().as_array()));
    lists.flatten().any(|name| name.get_ref().as_str() == Some(wire))
}

/// Adds an entry to `[fields]` or `[classes]` that the file does not have.
fn add_entry<'t>(merge: &mut Merge<'_, 't>, name: &At<String>, table: &'static str, (key, value): Entry<'_, 't>) {
    merge.own.remember_use(key, value, name);
    let empty = || Spanned::new(value.span(), DeValue::Table(DeTable::new()));
    let new_key = Spanned::new(key.span(), DeString::Borrowed(table));
    if !merge.own.table.contains_key(table) {
        merge.own.table.insert(new_key, empty());
    }
    let entries = merge.own.table.get_mut(table).map(Spanned::get_mut);
    if let Some(DeValue::Table(entries)) = entries
        && !entries.contains_key(&**key.get_ref())
    {
        entries.insert(key.clone(), value.clone());
        merge.own.inherited.push(inherited(dotted(table, key.get_ref()), value));
    }
}
