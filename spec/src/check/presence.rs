//! Every field is required, optional, forbidden or the mode's own in every mode, and only one of these.

use crate::diagnostic::Fault;
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
            // Behind a misspelt name, every other fault would be its echo.
            request.modes.iter().for_each(|mode| in_mode(field, mode, faults));
        }
    }
}

fn claims(field: &Field) -> impl Iterator<Item = (&'static str, &ModeSet)> {
    let all = [("required", &field.required), ("optional", &field.optional), ("forbidden", &field.forbidden)];
    all.into_iter().filter_map(|(name, set)| Some((name, set.as_ref()?)))
}

/// What has one value only is always sent.
fn constant(field: &Field, faults: &mut Vec<Fault>) {
    let open =
        claims(field).next().map(|(name, _)| name).or_else(|| field.conditions.iter().next().map(|_| "conditional"));
    if let Some(word) = open {
        let message = format!("`{}` is constant, and {word}", *field.wire);
        faults.push(field.wire.fault(message, "it is always sent: take the rest out"));
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
            let message = format!("`{wire}` is {claim} in `{mode}`, which gives it its value");
            faults.push(field.wire.fault(message, format!("take `{mode}` out of `{claim}`")));
        }
        (false, []) => {
            let message = format!("`{wire}` says nothing about `{mode}`");
            faults.push(field.wire.fault(message, "is it required, optional or forbidden there?"));
        }
        (false, [one, other, ..]) => {
            let message = format!("`{wire}` is both {one} and {other} in `{mode}`");
            faults.push(field.wire.fault(message, "keep one of the two"));
        }
    }
}
