//! Checks that a spec is complete and does not contradict itself. Every fault is reported.

mod callback;
mod conditions;
mod limits;
mod modes;
mod names;
mod presence;
mod relations;
mod service;
mod task;
mod values;

use crate::fault::Fault;
use crate::model::{Request, Spec};
use crate::source::At;
use crate::suggest::suggestion;

/// Returns every fault, and whether all names are valid in Rust.
pub(crate) fn all(spec: &Spec) -> (Vec<Fault>, bool) {
    let mut found = Vec::new();
    names::check(spec, &mut found);
    modes::names(&spec.request, &mut found);
    let can_be_named = found.is_empty();
    let faults = &mut found;
    service::check(spec, faults);
    task::check(spec, faults);
    callback::check(spec, faults);
    modes::check(&spec.request, faults);
    presence::check(&spec.request, faults);
    limits::check(&spec.request, faults);
    conditions::check(&spec.request, faults);
    relations::check(&spec.request, faults);
    values::check(spec, faults);
    // Stand-ins have no place. The missing values that they replace are already reported.
    found.retain(|fault| !fault.span().is_empty());
    (found, can_be_named)
}

/// Reports a name that is not known.
fn known<'a>(what: &str, name: &At<String>, known: impl IntoIterator<Item = &'a str> + Clone, faults: &mut Vec<Fault>) {
    if !known.clone().into_iter().any(|known| known == name.value) {
        faults.push(name.fault(format!("unknown {what} `{}`", name.value), suggestion(name, known)));
    }
}

/// Reports the name of a field that does not exist.
fn known_field(request: &Request, name: &At<String>, faults: &mut Vec<Fault>) {
    known("field", name, request.fields.iter().map(|field| field.wire.as_str()), faults);
}

/// Whether `name` is the name of a mode, or the first part of one.
fn is_mode(request: &Request, name: &str) -> bool {
    request.modes.iter().any(|mode| mode.is_named(name))
}

/// Reports names of modes that do not exist.
fn known_modes(request: &Request, names: &[At<String>], faults: &mut Vec<Fault>) {
    for name in names.iter().filter(|name| !is_mode(request, name)) {
        known("mode", name, request.modes.iter().map(|mode| mode.name.as_str()), faults);
    }
}
