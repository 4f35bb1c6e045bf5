//! Checks that a spec is complete and does not contradict itself. Every fault is reported.

mod callback;
mod candidates;
mod clusters;
mod conditions;
mod costs;
mod coverage;
mod incomplete;
mod limits;
mod modes;
mod names;
mod parts;
mod presence;
mod references;
mod relations;
mod results;
mod search;
mod service;
mod submit;
mod task;
mod totals;
mod upload;
mod values;

pub(crate) use parts::of as parts;

use crate::fault::Fault;
use crate::model::{Request, Spec};
use crate::source::At;
use crate::suggest::{alternatives, suggestion};

use incomplete::Incomplete;

/// Returns every fault, and whether all names are valid in Rust. `read` has the faults that were found before.
///
/// A fault that only follows from another is left out, so that the cause is seen.
pub(crate) fn all(spec: &Spec, read: &[Fault]) -> (Vec<Fault>, bool) {
    let mut incomplete = Incomplete::of(read);
    let mut found = Vec::new();
    names::check(spec, &mut found);
    modes::names(&spec.request, &mut found);
    let can_be_named = found.is_empty();
    let faults = &mut found;
    service::check(spec, &incomplete, faults);
    task::check(spec, &incomplete, faults);
    results::check(spec, &incomplete, faults);
    task::without_poll(spec, faults);
    callback::check(spec, &incomplete, faults);
    upload::check(spec, faults);
    let unclear = modes::check(&spec.request, &incomplete, faults);
    incomplete.add_modes(unclear);
    let unclear = presence::check(&spec.request, &incomplete, faults);
    incomplete.add_presences(unclear);
    let incomplete = &incomplete;
    submit::check(spec, incomplete, faults);
    limits::check(&spec.request, incomplete, faults);
    conditions::check(&spec.request, incomplete, faults);
    relations::check(&spec.request, incomplete, faults);
    costs::check(spec, incomplete, faults);
    values::check(spec, incomplete, faults);
    references::check(spec, incomplete, faults);
    // Stand-ins have no place. The missing values that they replace are already reported.
    found.retain(|fault| !fault.span().is_empty() && !incomplete.explains(fault));
    if read.is_empty() && found.is_empty() {
        search::check(&spec.request, &mut found);
    }
    (names_once(found), can_be_named)
}

/// Keeps the first of several faults about one unknown name, and counts the others.
fn names_once(found: Vec<Fault>) -> Vec<Fault> {
    let mut kept: Vec<(Fault, usize)> = Vec::new();
    for fault in found {
        let is_same = |other: &Fault| other.message().starts_with("unknown ") && other.message() == fault.message();
        match kept.iter_mut().find(|(other, _)| is_same(other)) {
            Some((_, others)) => *others += 1,
            None => kept.push((fault, 0)),
        }
    }
    kept.into_iter().map(|(fault, others)| if others == 0 { fault } else { fault.also_at(others) }).collect()
}

/// Reports a name that is not known.
fn known<'a>(what: &str, name: &At<String>, known: impl IntoIterator<Item = &'a str> + Clone, faults: &mut Vec<Fault>) {
    if !known.clone().into_iter().any(|known| known == name.value) {
        faults.push(name.fault(format!("unknown {what} `{}`", name.value), suggestion(name, known)));
    }
}

/// Reports a value that a choice does not have, with all that it has.
fn known_value<'a>(
    what: &str,
    name: &At<String>,
    known: impl IntoIterator<Item = &'a str> + Clone,
    faults: &mut Vec<Fault>,
) {
    if !known.clone().into_iter().any(|known| known == name.value) {
        faults.push(name.fault(format!("unknown {what} `{}`", name.value), alternatives(name, known)));
    }
}

/// Reports the name of a field that does not exist.
fn known_field(request: &Request, name: &At<String>, faults: &mut Vec<Fault>) {
    // A spec without fields has a fault already.
    if !request.fields.is_empty() {
        known("field", name, request.fields.iter().map(|field| field.wire.as_str()), faults);
    }
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
