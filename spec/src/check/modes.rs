//! Modes: their names nest, their conditions are about known fields, and every combination has exactly one mode.

use crate::diagnostic::Fault;
use crate::model::{FieldKind, Mode, Request};
use crate::source::At;

use super::known_field;

/// As many as the bits of a set of modes.
const MOST_MODES: usize = 64;
/// Two to the power of it combinations are looked at.
const MOST_SWITCHES: usize = 10;

pub(super) fn check(request: &Request, faults: &mut Vec<Fault>) {
    if let Some(mode) = request.modes.get(MOST_MODES) {
        let message = format!("{} modes, at most {MOST_MODES}", request.modes.len());
        faults.push(mode.name.fault(message, "this one is too many"));
        return;
    }
    for mode in &request.modes {
        conditions(mode, request, faults);
    }
    coverage(request, faults);
}

/// Names of modes nest, and no part of one stands at different places.
pub(super) fn names(request: &Request, faults: &mut Vec<Fault>) {
    for mode in request.modes.iter().take(MOST_MODES) {
        name(mode, request, faults);
    }
}

fn name(mode: &Mode, request: &Request, faults: &mut Vec<Fault>) {
    let parts = mode.parts();
    let nested = parts.join("<") + &">".repeat(parts.len().saturating_sub(1));
    if nested != mode.name.value || parts.is_empty() {
        let message = format!("`{}` is no name of a mode", mode.name.value);
        faults.push(mode.name.fault(message, "write `Name`, or `Outer<Inner>`"));
    }
    // `Custom` beside `Custom<Vocal>`: the same type with and without a parameter.
    for other in &request.modes {
        let depth = |part: &str| other.parts().iter().position(|it| *it == part);
        let leaf = |parts: &[&str], part: &str| parts.last() == Some(&part);
        let clash = parts.iter().enumerate().find(|(at, part)| {
            depth(part).is_some_and(|other_at| other_at != *at || leaf(&parts, part) != leaf(&other.parts(), part))
        });
        if let Some((_, part)) = clash {
            let message = format!("`{part}` stands at different places in `{}` and `{}`", *mode.name, *other.name);
            faults.push(mode.name.fault(message, "give it another name here or there"));
            return;
        }
    }
}

fn conditions(mode: &Mode, request: &Request, faults: &mut Vec<Fault>) {
    if mode.when.is_empty() && !mode.name.is_empty() {
        faults.push(mode.name.fault(format!("`{}` has no condition", *mode.name), "add `when = { field = true }`"));
    }
    for (wire, _) in &mode.when {
        known_field(request, wire, faults);
        if let Some(field) = request.field(wire)
            && field.kind.value != FieldKind::Boolean
        {
            let message = format!("`{}` cannot decide the mode", wire.value);
            faults.push(wire.fault(message, "only a field of type `boolean` can"));
        }
    }
}

fn coverage(request: &Request, faults: &mut Vec<Fault>) {
    let mut switches: Vec<&str> = Vec::new();
    for (wire, _) in request.modes.iter().flat_map(|mode| &mode.when) {
        if !switches.contains(&wire.as_str()) {
            switches.push(wire);
        }
    }
    let Some(last) = request.modes.last() else { return };
    if switches.len() > MOST_SWITCHES {
        let message = format!("the modes depend on {} fields, at most {MOST_SWITCHES}", switches.len());
        faults.push(last.name.fault(message, "merge some of them"));
        return;
    }
    let mut overlapping: Vec<(&str, &str)> = Vec::new();
    for combination in 0..1_u32 << switches.len() {
        let value = |wire: &str| switches.iter().position(|it| *it == wire).map(|bit| combination >> bit & 1 == 1);
        let fits = |mode: &&Mode| mode.when.iter().all(|(wire, wanted)| value(wire) == Some(wanted.value));
        let fitting: Vec<&Mode> = request.modes.iter().filter(fits).collect();
        match fitting[..] {
            [] => faults.push(uncovered(&last.name, &switches, combination)),
            [one, other, ..] if !overlapping.contains(&(&one.name, &other.name)) => {
                overlapping.push((&one.name, &other.name));
                let message = format!("`{}` overlaps `{}`", *other.name, *one.name);
                let label = format!("both fit {}", describe(&switches, combination));
                faults.push(other.name.fault(message, label));
            }
            _ => {}
        }
    }
}

fn uncovered(last: &At<String>, switches: &[&str], combination: u32) -> Fault {
    last.fault(format!("no mode for {}", describe(switches, combination)), "add a mode after this one")
}

fn describe(switches: &[&str], combination: u32) -> String {
    let parts = switches.iter().enumerate().map(|(bit, wire)| format!("{wire} = {}", combination >> bit & 1 == 1));
    format!("`{{ {} }}`", parts.collect::<Vec<_>>().join(", "))
}
