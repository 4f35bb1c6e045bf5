//! The request that submits a task: every field has a place that can hold it.

use crate::fault::Fault;
use crate::model::{Field, FieldKind, Place, Request, Spec};
use crate::rules::Presence;
use crate::source::At;
use crate::tables::{BodyFormat, Method, path_fields};

use super::Incomplete;
use super::service::url_path;

/// Checks the path itself.
pub(super) fn path(path: &At<String>, faults: &mut Vec<Fault>) {
    let plain =
        path_fields(path).fold(path.value.clone(), |plain, name| plain.replace(&format!("{{{name}}}"), "field"));
    url_path(&path.with(plain), faults);
    if let Some(part) = path.split('/').find(|part| part.matches('{').count() > 1) {
        let message = format!("the part `{part}` of the path has two fields");
        faults.push(path.fault(message, "put a `/` between them"));
    }
}

/// Checks the places of the fields.
pub(super) fn check(spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    let request = &spec.request;
    for name in path_fields(&spec.submit.path) {
        in_path(name, spec, faults);
    }
    for field in request.fields.iter().filter(|field| !incomplete.has(&field.wire)) {
        match field.place.as_ref().map(|place| place.value) {
            Some(Place::Path) => path_field(field, spec, incomplete, faults),
            Some(Place::Query) => {
                not_object(field, "the query", faults);
                not_nullable(field, "the query", faults);
            }
            None => body_field(field, spec, faults),
        }
    }
    if let (Some(method), Some(_)) = (&spec.submit.method, &spec.poll)
        && method.value == Method::Get
    {
        let message = "a GET buys nothing, so that it creates no task to poll";
        faults
            .push(method.fault(message, "use another method, or remove `[poll]`: the operation then answers at once"));
    }
    if let (Some(body), method) = (&spec.submit.body, spec.submit.method())
        && !method.has_body()
    {
        let message = format!("a {} has no body", method.name());
        faults.push(body.fault(message, "remove `body`, or change `method`"));
    }
}

/// Checks a name in the path.
fn in_path(name: &str, spec: &Spec, faults: &mut Vec<Fault>) {
    let path = &spec.submit.path;
    if path.matches(&format!("{{{name}}}")).count() > 1 {
        faults.push(path.fault(format!("the path has `{{{name}}}` twice"), "remove one of them"));
        return;
    }
    match spec.request.field(name) {
        // A spec without fields has a fault already.
        None if spec.request.fields.is_empty() => {}
        None => {
            let message = format!("the path has `{{{name}}}`, but there is no field `{name}`");
            faults.push(path.fault(message, "add the field with `in = \"path\"`"));
        }
        Some(field) if !field.is_in(Place::Path) => {
            let message = format!("the path has `{{{name}}}`, but the field is sent elsewhere");
            faults.push(path.fault(message, format!("add `in = \"path\"` to the field `{name}`")));
        }
        Some(_) => {}
    }
}

fn path_field(field: &Field, spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    let Some(place) = &field.place else { return };
    let name = &*field.wire;
    if !path_fields(&spec.submit.path).any(|other| other == name) && !incomplete.has_named("submit") {
        let message = format!("`{name}` is a field of the path, which does not have `{{{name}}}`");
        faults.push(place.fault(message, "add it to `path` of `[submit]`"));
    }
    if let Some(list) = field.list.as_ref().filter(|list| list.value) {
        faults.push(list.fault(format!("`{name}` is in the path, which cannot hold a list"), "remove `list` or `in`"));
    }
    not_object(field, "the path", faults);
    not_nullable(field, "the path", faults);
    if !incomplete.has_presence(field) && !is_always_sent(field, &spec.request, incomplete) {
        let message = format!("`{name}` is in the path, but may be left out");
        faults.push(place.fault(message, "write `required = \"always\"`, or remove `in`"));
    }
}

/// Whether every request has a value for the field.
fn is_always_sent(field: &Field, request: &Request, incomplete: &Incomplete) -> bool {
    let unclear = request.modes.iter().any(|mode| incomplete.has_mode(mode));
    let is_sent = |presence| matches!(presence, Presence::Required | Presence::Fixed);
    unclear || request.each_mode().all(|mode| is_sent(field.presence_in(mode)))
}

fn not_nullable(field: &Field, place: &str, faults: &mut Vec<Fault>) {
    if let Some(nullable) = field.nullable.as_ref().filter(|nullable| nullable.value) {
        let message = format!("`{}` is in {place}, which has no null", *field.wire);
        faults.push(nullable.fault(message, "remove `nullable`"));
    }
}

fn not_object(field: &Field, place: &str, faults: &mut Vec<Fault>) {
    if let FieldKind::Object(..) = *field.kind {
        let message = format!("`{}` is in {place}, which cannot hold an object", *field.wire);
        faults.push(field.kind.fault(message, "use another type, or send the field in a JSON body"));
    }
}

fn body_field(field: &Field, spec: &Spec, faults: &mut Vec<Fault>) {
    match spec.submit.body() {
        BodyFormat::Json => {}
        BodyFormat::Multipart => {
            not_object(field, "a multipart body", faults);
            not_nullable(field, "a multipart body", faults);
        }
        BodyFormat::None => {
            let message = format!("a {} has no body, so `{}` cannot be sent", spec.submit.method().name(), *field.wire);
            faults.push(field.wire.fault(message, "add `in = \"query\"` or `in = \"path\"`"));
        }
    }
}
