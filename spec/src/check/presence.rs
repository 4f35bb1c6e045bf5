//! In every mode, each field is exactly one of required, optional, forbidden and set by the mode.

use crate::fault::Fault;
use crate::model::{Field, Mode, ModeSet, Request};

use super::{is_mode, known_modes};

pub(super) fn check(request: &Request, faults: &mut Vec<Fault>) {
    for field in &request.fields {
        if field.constant.is_some() {
            constant(field, faults);
            continue;
        }
        let names = || claims(field).flat_map(|(_, set)| set.names());
        names().for_each(|name| known_modes(request, std::slice::from_ref(name), faults));
        if request.modes.is_empty() {
            without_modes(field, faults);
        } else if names().all(|name| is_mode(request, name)) {
            // After a misspelt name, other faults would only follow from it.
            request.modes.iter().for_each(|mode| in_mode(field, mode, faults));
        }
    }
}

fn claims(field: &Field) -> impl Iterator<Item = (&'static str, &ModeSet)> {
    let all = [("required", &field.required), ("optional", &field.optional), ("forbidden", &field.forbidden)];
    all.into_iter().filter_map(|(name, set)| Some((name, set.as_ref()?)))
}

/// A constant field is always sent.
fn constant(field: &Field, faults: &mut Vec<Fault>) {
    let open =
        claims(field).next().map(|(name, _)| name).or_else(|| field.conditions.iter().next().map(|_| "conditional"));
    if let Some(word) = open {
        let message = format!("`{}` is both constant and {word}", *field.wire);
        faults.push(field.wire.fault(message, "it is always sent; remove the other key"));
    }
}

fn without_modes(field: &Field, faults: &mut Vec<Fault>) {
    let always = claims(field).filter(|(_, set)| matches!(set, ModeSet::Always(_))).count();
    if always != 1 {
        let message = format!("`{}` must be required or optional", *field.wire);
        faults.push(field.wire.fault(message, "add `required = \"always\"` or `optional = \"always\"`"));
    }
}

fn in_mode(field: &Field, mode: &Mode, faults: &mut Vec<Fault>) {
    let fixed = mode.when.iter().any(|(wire, _)| wire.value == field.wire.value);
    let claims: Vec<&str> = claims(field).filter(|(_, set)| set.has(mode)).map(|(name, _)| name).collect();
    let (wire, mode) = (&*field.wire, &*mode.name);
    match (fixed, &claims[..]) {
        (true, []) | (false, [_]) => {}
        (true, [claim, ..]) => {
            let message = format!("`{wire}` is {claim} in `{mode}`, which sets its value");
            faults.push(field.wire.fault(message, format!("remove `{mode}` from `{claim}`")));
        }
        (false, []) => {
            let message = format!("`{wire}` is neither required, optional nor forbidden in `{mode}`");
            faults.push(field.wire.fault(message, "add the mode to one of these keys"));
        }
        (false, [one, other, ..]) => {
            let message = format!("`{wire}` is both {one} and {other} in `{mode}`");
            faults.push(field.wire.fault(message, "remove one of them"));
        }
    }
}
