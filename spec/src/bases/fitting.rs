use toml::Spanned;
use toml::de::DeValue;

use super::merge::{Merge, dotted, inherited};
use crate::fault::Fault;

/// Removes what names a field of the base's request that this request does not have.
pub(super) fn fit(merge: &mut Merge<'_, '_>) {
    // A file of parts is completed by the spec that builds on it.
    if merge.own.parts.is_none() && !fields(merge).is_empty() {
        callback(merge);
        echoes(merge);
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

/// Removes each inherited `echo` whose field the request does not have.
fn echoes(merge: &mut Merge<'_, '_>) {
    if !merge.own.inherited.iter().any(|it| it.name == "track.fields") {
        return;
    }
    let fields = fields(merge);
    let track = merge.own.table.get_mut("track").map(Spanned::get_mut);
    let Some(DeValue::Table(track)) = track else { return };
    let Some(DeValue::Table(tracks)) = track.get_mut("fields").map(Spanned::get_mut) else { return };
    for (name, field) in tracks.iter_mut() {
        let DeValue::Table(field) = field.get_mut() else { continue };
        let names_other = |echo: &Spanned<DeValue<'_>>| {
            echo.get_ref().as_str().is_some_and(|echo| !fields.iter().any(|name| name == echo))
        };
        if let Some(echo) = field.get("echo").filter(|echo| names_other(echo)) {
            let name = dotted(&dotted("track.fields", name.get_ref()), "echo");
            merge.own.dropped.push(inherited(name, echo));
            field.remove("echo");
        }
    }
}
