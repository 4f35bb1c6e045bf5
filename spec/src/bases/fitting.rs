use toml::Spanned;
use toml::de::DeValue;

use super::merge::{Merge, dotted, inherited};
use crate::fault::Fault;
use crate::model::Inherited;

/// Removes what names a field of the base's request that this request does not have.
pub(super) fn fit(merge: &mut Merge<'_, '_>) {
    // A file of parts is completed by the spec that builds on it.
    if merge.own.parts.is_none() && !fields(merge).is_empty() {
        callback(merge);
        costs(merge);
        echoes(merge);
        upload(merge);
    }
}

/// Returns the names of the request's fields.
fn fields(merge: &Merge<'_, '_>) -> Vec<String> {
    let table = merge.own.table.get("fields").and_then(|fields| fields.get_ref().as_table());
    table.into_iter().flat_map(|table| table.keys()).map(|key| key.get_ref().to_string()).collect()
}

/// Reports an inherited field of `[callback]` that the request does not have, and removes the table.
fn callback(merge: &mut Merge<'_, '_>) {
    let is_inherited = merge.own.inherited.iter().any(|it| it.name == "callback.field");
    let callback = merge.own.table.get("callback").and_then(|callback| callback.get_ref().as_table());
    let field = callback.and_then(|callback| callback.get("field")?.get_ref().as_str());
    let (Some(base), Some(field)) = (merge.own.base, field.filter(|_| is_inherited)) else { return };
    if fields(merge).iter().any(|name| name == field) {
        return;
    }
    let message = format!(
        "the `[callback]` of the base `{}` needs the field `{field}`, which this spec does not have",
        merge.base.path
    );
    let offer = merge.base.offered.fields.contains_key(field).then(|| format!(", such as by `use = [\"{field}\"]`"));
    let label = format!("write `without = [\"callback\"]`, or add the field{}", offer.unwrap_or_default());
    merge.own.faults.push(Fault::new(message, base.into(), label));
    merge.own.table.remove("callback");
    merge.own.inherited.retain(|it| !it.name.starts_with("callback."));
}

/// Reports inherited `costs` of `[credits]` that depend on a field which the request does not have, and removes them.
fn costs(merge: &mut Merge<'_, '_>) {
    let is_inherited = merge.own.inherited.iter().any(|it| it.name == "credits.costs");
    let (Some(base), true) = (merge.own.base, is_inherited) else { return };
    let known = fields(merge);
    let Some(DeValue::Table(credits)) = merge.own.table.get_mut("credits").map(Spanned::get_mut) else { return };
    let costs = credits.get("costs").and_then(|costs| costs.get_ref().as_array());
    let named: Vec<String> = costs.into_iter().flat_map(|costs| costs.iter()).flat_map(fields_of_cost).collect();
    let Some(field) = named.into_iter().find(|field| !known.contains(field)) else { return };
    let message = format!(
        "the `costs` of the base `{}` depend on the field `{field}`, which this spec does not have",
        merge.base.path
    );
    let label = "write `without = [\"credits.costs\"]`, give `cost` under `[credits]`, or add the field";
    credits.remove("costs");
    merge.own.faults.push(Fault::new(message, base.into(), label));
    merge.own.inherited.retain(|it| it.name != "credits.costs");
}

/// Returns the names of the fields in the `when` of an entry of `costs`, which has one condition or a list.
fn fields_of_cost(entry: &Spanned<DeValue<'_>>) -> Vec<String> {
    let when = entry.get_ref().as_table().and_then(|entry| entry.get("when")).map(Spanned::get_ref);
    let conditions: Vec<&DeValue<'_>> = match when {
        Some(DeValue::Array(conditions)) => conditions.iter().map(Spanned::get_ref).collect(),
        other => other.into_iter().collect(),
    };
    let tables = conditions.into_iter().filter_map(DeValue::as_table);
    tables.flat_map(|table| table.keys()).map(|key| key.get_ref().to_string()).collect()
}

/// Removes each inherited `echo` whose field the request does not have.
fn echoes(merge: &mut Merge<'_, '_>) {
    if !merge.own.inherited.iter().any(|it| it.name == "results") {
        return;
    }
    let known = fields(merge);
    let Some(DeValue::Table(results)) = merge.own.table.get_mut("results").map(Spanned::get_mut) else { return };
    let mut dropped = Vec::new();
    for (name, result) in results.iter_mut() {
        echoes_of(result.get_mut(), &dotted("results", name.get_ref()), &known, &mut dropped);
    }
    merge.own.dropped.extend(dropped);
}

/// Removes each `echo` of a member whose field is not known.
fn echoes_of(value: &mut DeValue<'_>, name: &str, known: &[String], dropped: &mut Vec<Inherited>) {
    let DeValue::Table(value) = value else { return };
    if let Some(echo) = value.get("echo")
        && echo.get_ref().as_str().is_some_and(|echo| !known.iter().any(|name| name == echo))
    {
        dropped.push(inherited(dotted(name, "echo"), echo));
        value.remove("echo");
    }
    let Some(DeValue::Table(members)) = value.get_mut("fields").map(Spanned::get_mut) else { return };
    for (member, value) in members.iter_mut() {
        echoes_of(value.get_mut(), &dotted(&dotted(name, "fields"), member.get_ref()), known, dropped);
    }
}

/// Removes an inherited `field` of `[upload]` that the request does not have.
fn upload(merge: &mut Merge<'_, '_>) {
    if !merge.own.inherited.iter().any(|it| it.name == "upload.field") {
        return;
    }
    let fields = fields(merge);
    let upload = merge.own.table.get_mut("upload").map(Spanned::get_mut);
    let Some(DeValue::Table(upload)) = upload else { return };
    let names_other = |field: &&Spanned<DeValue<'_>>| {
        field.get_ref().as_str().is_some_and(|field| !fields.iter().any(|name| name == field))
    };
    if let Some(field) = upload.get("field").filter(names_other) {
        merge.own.dropped.push(inherited("upload.field".to_owned(), field));
        merge.own.inherited.retain(|it| it.name != "upload.field");
        upload.remove("field");
    }
}
