//! Conditions: they name other fields and values that these can have, and each can hold and fail.

use crate::fault::Fault;
use crate::lower;
use crate::model::{Condition, Field, FieldKind, Is, Mode, Request, Scalar};
use crate::rules::{Presence, Rules};
use crate::source::At;

use super::{known, known_field, values};

pub(super) fn check(request: &Request, faults: &mut Vec<Fault>) {
    let rules = lower::rules(request);
    for field in &request.fields {
        let open: Vec<Option<&Mode>> =
            request.each_mode().filter(|mode| field.presence_in(*mode) == Presence::Optional).collect();
        if let Some(first) = field.conditions.iter().next().filter(|_| open.is_empty()) {
            let message = format!("`{}` is optional in no mode, so its conditions have no effect", *field.wire);
            faults.push(first.at.fault(message, "make it optional in a mode, or remove the conditions"));
        } else {
            field.conditions.iter().for_each(|condition| decided(condition, &open, request, faults));
        }
        all_of(field).for_each(|condition| terms(condition, field, request, &rules, faults));
        let there: Vec<Option<&Mode>> =
            request.each_mode().filter(|mode| field.presence_in(*mode) != Presence::Forbidden).collect();
        for limit in &field.limits {
            limit.when.iter().for_each(|condition| decided(condition, &there, request, faults));
        }
        for choice in field.choices() {
            choice.conditions.iter().for_each(|condition| decided(condition, &there, request, faults));
        }
    }
}

/// Returns every condition of a field.
fn all_of(field: &Field) -> impl Iterator<Item = &Condition> {
    let limits = field.limits.iter().flat_map(|limit| &limit.when);
    field.conditions.iter().chain(field.choices().iter().flat_map(|choice| choice.conditions.iter())).chain(limits)
}

/// Checks that the fields exist, are not the field itself, and can have the values.
fn terms(condition: &Condition, field: &Field, request: &Request, rules: &Rules, faults: &mut Vec<Fault>) {
    if condition.terms.iter().any(|(wire, _)| wire.value == field.wire.value) {
        let message = format!("`{}` has a condition on itself", *field.wire);
        faults.push(condition.at.fault(message, "name another field"));
    }
    fields_and_values(condition, request, rules, faults);
}

pub(super) fn fields_and_values(condition: &Condition, request: &Request, rules: &Rules, faults: &mut Vec<Fault>) {
    if condition.terms.is_empty() {
        faults.push(condition.at.fault("the condition is empty", "remove it; it always holds"));
    }
    for (wire, is) in &condition.terms {
        known_field(request, wire, faults);
        let Some(index) = request.fields.iter().position(|field| field.wire.value == wire.value) else { continue };
        let Is::OneOf(wanted) = &is.value else { continue };
        if wanted.is_empty() {
            faults.push(is.fault("the list has no value", "the condition never holds"));
        }
        if request.fields[index].is_list() {
            faults.push(
                wire.fault(format!("`{}` is a list", wire.value), "use `{ given = true }` or `{ given = false }`"),
            );
            continue;
        }
        for value in wanted {
            // A single value has no place of its own, so the condition's is used.
            let value = is.with(value.value.clone());
            match (&*request.fields[index].kind, &value.value) {
                (FieldKind::Choice(_, choices), Scalar::Text(text)) => {
                    let choices = choices.iter().map(|choice| choice.wire.as_str());
                    known("choice", &value.with(text.clone()), choices, faults);
                }
                _ => values::keeps_rules("condition's value", rules, index, &value, faults),
            }
        }
    }
}

/// Reports a condition that the modes alone decide.
pub(super) fn decided(condition: &Condition, modes: &[Option<&Mode>], request: &Request, faults: &mut Vec<Fault>) {
    let verdicts: Vec<Option<bool>> = modes.iter().map(|mode| holds(condition, *mode, request)).collect();
    if verdicts.is_empty() || condition.terms.is_empty() {
        return;
    }
    if verdicts.iter().all(|verdict| *verdict == Some(false)) {
        faults.push(condition.at.fault("this condition can never hold", "correct or remove it"));
    } else if verdicts.iter().all(|verdict| *verdict == Some(true)) {
        faults.push(condition.at.fault("this condition always holds", "remove the condition"));
    }
}

/// Whether a condition holds in a mode; `None` if that depends on values.
fn holds(condition: &Condition, mode: Option<&Mode>, request: &Request) -> Option<bool> {
    let verdicts: Vec<Option<bool>> =
        condition.terms.iter().map(|(wire, is)| term_holds(request.field(wire)?, is, mode)).collect();
    if verdicts.contains(&Some(false)) {
        return Some(false);
    }
    verdicts.iter().all(|verdict| *verdict == Some(true)).then_some(true)
}

fn term_holds(field: &Field, is: &At<Is>, mode: Option<&Mode>) -> Option<bool> {
    let own = mode.and_then(|mode| mode.own_value(field)).or(field.constant.as_deref());
    let there = match field.presence_in(mode) {
        Presence::Required | Presence::Fixed => Some(true),
        Presence::Forbidden => Some(false),
        Presence::Optional => None,
    };
    match &is.value {
        Is::Given => there,
        Is::Absent => there.map(|there| !there),
        Is::OneOf(values) => match (own, there) {
            (Some(own), _) => Some(values.iter().any(|value| value.value == *own)),
            (None, Some(false)) => {
                Some(field.default.as_ref().is_some_and(|own| values.iter().any(|value| value.value == own.value)))
            }
            (None, Some(true)) => covers(field, values).then_some(true),
            (None, None) => None,
        },
    }
}

/// Whether the list has every value of the field.
fn covers(field: &Field, values: &[At<Scalar>]) -> bool {
    let has = |wanted: &Scalar| values.iter().any(|value| value.value == *wanted);
    match &*field.kind {
        FieldKind::Boolean => has(&Scalar::Truth(true)) && has(&Scalar::Truth(false)),
        FieldKind::Choice(_, choices) => choices.iter().all(|choice| has(&Scalar::Text(choice.wire.value.clone()))),
        _ => false,
    }
}
