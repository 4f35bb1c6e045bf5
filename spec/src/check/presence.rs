//! In every mode, each field is exactly one of required, optional, forbidden and set by the mode.

use crate::fault::Fault;
use crate::model::{Field, Mode, ModeSet, Request};
use crate::rules::Presence;
use crate::source::{At, Span};
use crate::suggest::list;

use super::{Incomplete, is_mode, known_field, known_modes};

/// Checks every field, and returns the places of the names of those whose presence has a fault.
pub(super) fn check(request: &Request, incomplete: &Incomplete, faults: &mut Vec<Fault>) -> Vec<Span> {
    let (mut unclear, mut unsaid) = (Vec::new(), Unsaid::default());
    request.modes.iter().for_each(|mode| lists(mode, request, faults));
    for field in request.fields.iter().filter(|field| !incomplete.has(&field.wire)) {
        if field.constant.is_some() {
            constant(field, faults);
            continue;
        }
        let before = (faults.len(), unsaid.0.len());
        let names = || claims(field).flat_map(|(_, set)| set.names());
        names().for_each(|name| known_modes(request, std::slice::from_ref(name), faults));
        if request.modes.is_empty() {
            without_modes(field, faults);
        } else if names().all(|name| is_mode(request, name)) {
            // After a misspelt name, other faults would only follow from it.
            let is_complete = |mode: &&Mode| !incomplete.has_mode(mode) && has_only_known_fields(mode, request);
            in_modes(field, request.modes.iter().filter(is_complete), &mut unsaid, faults);
        }
        if before != (faults.len(), unsaid.0.len()) {
            unclear.push(field.wire.span);
        }
    }
    unsaid.report(faults);
    unclear
}

/// The fields that some modes say nothing about, each with these modes.
#[derive(Default)]
struct Unsaid<'a>(Vec<(&'a Field, Vec<&'a Mode>)>);

impl Unsaid<'_> {
    /// Reports a field alone at its name, and several with the same modes together at the first mode.
    fn report(self, faults: &mut Vec<Fault>) {
        let mut left = self.0;
        while let Some((field, modes)) = left.first().cloned() {
            let is_same = |other: &[&Mode]| other.iter().map(|mode| &mode.name).eq(modes.iter().map(|mode| &mode.name));
            let (same, others): (Vec<_>, Vec<_>) = left.into_iter().partition(|(_, it)| is_same(it));
            left = others;
            let Some(first) = modes.first() else { continue };
            let place = format!("in `{}`{}", *first.name, and_others(modes.len() - 1));
            if same.len() == 1 {
                let message = format!("`{}` is neither required, optional nor forbidden {place}", *field.wire);
                let label = "add the mode to one of these keys, or the field to one of these keys of the mode";
                faults.push(field.wire.fault(message, label));
            } else {
                let names = list(same.iter().map(|(field, _)| field.wire.as_str()));
                let message =
                    format!("{} fields are neither required, optional nor forbidden {place}: {names}", same.len());
                let label = "list them under one of these keys, or write `forbidden = \"others\"`";
                faults.push(first.name.fault(message, label));
            }
        }
    }
}

/// Returns " and 2 other modes".
fn and_others(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => " and 1 other mode".to_owned(),
        more => format!(" and {more} other modes"),
    }
}

fn has_only_known_fields(mode: &Mode, request: &Request) -> bool {
    mode.field_sets().flat_map(|(_, _, set)| set.names()).all(|name| request.field(name).is_some())
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
    if claims(field).any(|(_, set)| !set.names().is_empty()) {
        // The names of modes are reported as unknown.
        return;
    }
    let wire = &*field.wire;
    let always = claims(field).filter(|(_, set)| matches!(set, ModeSet::Always(_)));
    let always: Vec<&str> = always.map(|(name, _)| name).collect();
    match (&always[..], claims(field).next()) {
        ([_], _) => {}
        ([one, other, ..], _) => {
            let message = format!("`{wire}` is both {one} and {other}");
            faults.push(field.wire.fault(message, "remove one of them"));
        }
        ([], Some((name, _))) => {
            let message = format!("`{wire}` is {name} in no mode, and the spec has no modes");
            faults.push(field.wire.fault(message, format!("write `{name} = \"always\"`")));
        }
        ([], None) => {
            let message = format!("`{wire}` is neither required, optional nor forbidden");
            faults.push(field.wire.fault(message, "add `required = \"always\"` or `optional = \"always\"`"));
        }
    }
}

/// What is wrong with the presence of a field in a mode.
struct Problem {
    what: String,
    /// Whether the mode sets the value.
    is_set: bool,
    place: Span,
    label: String,
}

/// Reports each problem of a field with the first mode that has it.
fn in_modes<'a>(
    field: &'a Field,
    modes: impl Iterator<Item = &'a Mode>,
    unsaid: &mut Unsaid<'a>,
    faults: &mut Vec<Fault>,
) {
    let (said, without): (Vec<&Mode>, Vec<&Mode>) =
        modes.partition(|mode| mode.own_value(field).is_some() || !field.said_in(mode).is_empty());
    if !without.is_empty() {
        unsaid.0.push((field, without));
    }
    let mut problems: Vec<(Problem, &str, usize)> = Vec::new();
    for mode in said {
        let Some(problem) = in_mode(field, mode) else { continue };
        match problems.iter_mut().find(|(other, ..)| other.what == problem.what && other.is_set == problem.is_set) {
            Some((_, _, others)) => *others += 1,
            None => problems.push((problem, &mode.name, 0)),
        }
    }
    for (Problem { what, is_set, place, label }, mode, others) in problems {
        let why = match (is_set, others) {
            (false, _) => "",
            (true, 0) => ", which sets its value",
            (true, _) => ", which set its value",
        };
        let others = and_others(others);
        faults.push(Fault::new(format!("{what} in `{mode}`{others}{why}"), place.into(), label));
    }
}

/// Returns the contradiction between the keys that give the presence of a field in a mode.
fn in_mode(field: &Field, mode: &Mode) -> Option<Problem> {
    let wire = &*field.wire;
    let said = field.said_in(mode);
    let is_set = mode.own_value(field).is_some();
    let (presence, place) = said.first()?;
    if is_set {
        let word = word(*presence);
        return Some(Problem {
            what: format!("`{wire}` is {word}"),
            is_set,
            place: place.span,
            label: format!("remove it from `{word}`"),
        });
    }
    let (other, place) = said.iter().find(|(other, _)| other != presence)?;
    Some(Problem {
        what: format!("`{wire}` is both {} and {}", word(*presence), word(*other)),
        is_set,
        place: place.span,
        label: "remove it from one of them".to_owned(),
    })
}

/// Returns the key that says this presence.
fn word(presence: Presence) -> &'static str {
    match presence {
        Presence::Required => "required",
        Presence::Forbidden => "forbidden",
        Presence::Optional | Presence::Fixed => "optional",
    }
}

/// Checks the fields that a mode lists, and that it has `"others"` once.
fn lists(mode: &Mode, request: &Request, faults: &mut Vec<Fault>) {
    for (key, _, set) in mode.field_sets() {
        for name in set.names() {
            let Some(field) = request.field(name) else {
                unknown(name, key, request, faults);
                continue;
            };
            if field.constant.is_some() {
                let message = format!("`{}` is constant, so that it has no presence", name.value);
                faults.push(name.fault(message, "it is always sent; remove it here"));
            }
        }
    }
    let mut others = mode.field_sets().filter_map(|(key, _, set)| Some((key, set.others()?)));
    if let (Some((first, _)), Some((second, place))) = (others.next(), others.next()) {
        let message = format!("`{}` has `\"others\"` twice, in `{first}` and in `{second}`", *mode.name);
        faults.push(place.fault(message, "list the fields in one of them"));
    }
}

fn unknown(name: &At<String>, key: &str, request: &Request, faults: &mut Vec<Fault>) {
    if name.value == "others" {
        let label = format!("write `{key} = \"others\"`, without a list");
        faults.push(name.fault("`\"others\"` must not be in a list", label));
    } else {
        known_field(request, name, faults);
    }
}
