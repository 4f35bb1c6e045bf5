//! Conditions: they name other fields and values that these can have, and each can hold and fail.

use crate::fault::Fault;
use crate::lower;
use crate::model::{Condition, Conditions, Field, FieldKind, Is, Mode, Request, Scalar};
use crate::rules::{self, Presence, Rules};
use crate::source::At;

use super::{Incomplete, known_field, known_value, values};

pub(super) fn check(request: &Request, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    let rules = lower::rules(request);
    for field in &request.fields {
        let open: Vec<Option<&Mode>> =
            request.each_mode().filter(|mode| field.presence_in(*mode) == Presence::Optional).collect();
        if incomplete.has_presence(field) {
            // It is not known in which modes the conditions count.
        } else if let Some(first) = field.conditions.iter().next().filter(|_| open.is_empty()) {
            let message = format!("`{}` is optional in no mode, so its conditions have no effect", *field.wire);
            faults.push(first.at.fault(message, "make it optional in a mode, or remove the conditions"));
        } else {
            field.conditions.iter().for_each(|condition| decided(condition, &open, request, incomplete, faults));
        }
        if !open.is_empty() {
            required_but_not_allowed(field, request, &rules, faults);
        }
        field.all_conditions().for_each(|condition| terms(condition, field, request, &rules, incomplete, faults));
        let there: Vec<Option<&Mode>> =
            request.each_mode().filter(|mode| field.presence_in(*mode) != Presence::Forbidden).collect();
        for limit in &field.limits {
            let is_own =
                |mode: &Mode| limit.modes.as_ref().is_none_or(|names| names.iter().any(|name| mode.is_named(name)));
            let own: Vec<Option<&Mode>> = there.iter().copied().filter(|mode| mode.is_none_or(is_own)).collect();
            limit.when.iter().for_each(|condition| decided(condition, &own, request, incomplete, faults));
        }
        for (value, conditions) in field.conditional_values() {
            let with_value: Vec<Option<&Mode>> =
                request.each_mode().filter(|mode| can_have(field, *mode, &value)).collect();
            conditions.iter().for_each(|condition| decided(condition, &with_value, request, incomplete, faults));
        }
    }
}

/// Reports conditions under which the field must be given and must not.
fn required_but_not_allowed(field: &Field, request: &Request, rules: &Rules, faults: &mut Vec<Fault>) {
    let Conditions { required, allowed, forbidden } = &field.conditions;
    let [must, may, must_not] = [required, allowed, forbidden].map(|any| lower::conditions(any, request));
    for (condition, place) in must_not.iter().zip(forbidden) {
        if must.iter().any(|other| is_same(condition, other)) {
            let message = format!("`{}` is both required and forbidden under the same condition", *field.wire);
            faults.push(place.at.fault(message, "remove the condition from `required_when` or from `forbidden_when`"));
        }
    }
    for (condition, place) in must.iter().zip(required) {
        if !may.is_empty() && may.iter().all(|other| exclude_each_other(condition, other, rules)) {
            let message = format!("`{}` is required under a condition under which it is not allowed", *field.wire);
            faults.push(place.at.fault(message, "correct `required_when` or `allowed_when`"));
        }
    }
}

fn is_same(one: &rules::Condition, other: &rules::Condition) -> bool {
    let is_in = |inner: &rules::Condition, outer: &rules::Condition| {
        inner.terms.iter().all(|term| outer.terms.iter().any(|other| has_same_meaning(term, other)))
    };
    is_in(one, other) && is_in(other, one)
}

fn has_same_meaning(one: &rules::Term, other: &rules::Term) -> bool {
    let is = match (&one.is, &other.is) {
        (rules::Is::OneOf(one), rules::Is::OneOf(other)) => {
            one.iter().all(|value| other.contains(value)) && other.iter().all(|value| one.contains(value))
        }
        (one, other) => one == other,
    };
    one.field == other.field && is
}

/// Whether two conditions cannot hold together, because they ask different things of one field.
fn exclude_each_other(one: &rules::Condition, other: &rules::Condition, rules: &Rules) -> bool {
    let exclude = |one: &rules::Term, other: &rules::Term| match (&one.is, &other.is) {
        _ if one.field != other.field => false,
        (rules::Is::Given, rules::Is::Absent) | (rules::Is::Absent, rules::Is::Given) => true,
        (rules::Is::OneOf(one), rules::Is::OneOf(other)) => !one.iter().any(|value| other.contains(value)),
        (rules::Is::OneOf(_), rules::Is::Absent) | (rules::Is::Absent, rules::Is::OneOf(_)) => {
            rules.fields[one.field].default.is_none()
        }
        (rules::Is::Given | rules::Is::Absent, _) | (_, rules::Is::Given) => false,
    };
    one.terms.iter().any(|term| other.terms.iter().any(|other| exclude(term, other)))
}

/// Whether the field can have this value in a mode.
fn can_have(field: &Field, mode: Option<&Mode>, value: &Scalar) -> bool {
    match mode.and_then(|mode| mode.own_value(field)).or(field.constant.as_deref()) {
        Some(only) => only == value,
        None => field.presence_in(mode) != Presence::Forbidden,
    }
}

/// Checks that the fields exist, are not the field itself, and can have the values.
fn terms(
    condition: &Condition,
    field: &Field,
    request: &Request,
    rules: &Rules,
    incomplete: &Incomplete,
    faults: &mut Vec<Fault>,
) {
    if condition.terms.iter().any(|(wire, _)| wire.value == field.wire.value) {
        let message = format!("`{}` has a condition on itself", *field.wire);
        faults.push(condition.at.fault(message, "name another field"));
    }
    fields_and_values(condition, request, rules, incomplete, faults);
}

pub(super) fn fields_and_values(
    condition: &Condition,
    request: &Request,
    rules: &Rules,
    incomplete: &Incomplete,
    faults: &mut Vec<Fault>,
) {
    if condition.terms.is_empty() {
        faults.push(condition.at.fault("the condition is empty", "remove it; it always holds"));
    }
    for (wire, is) in &condition.terms {
        known_field(request, wire, faults);
        let Some(index) = request.fields.iter().position(|field| field.wire.value == wire.value) else { continue };
        let Is::OneOf(wanted) = &is.value else { continue };
        if incomplete.has(&request.fields[index].wire) {
            continue;
        }
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
            if request.fields[index].is_choice_of(&value) {
                let choices = request.fields[index].choices().iter().map(|choice| choice.wire.as_str());
                let is_model = request.model.as_ref().is_some_and(|model| model.value == wire.value);
                let classes = request.classes.iter().filter(|_| is_model).map(|(class, _)| class.as_str());
                known_value("value", &value.with(value.to_string()), choices.chain(classes), faults);
            } else {
                values::keeps_rules("condition's value", rules, index, &value, faults);
            }
        }
    }
}

/// Reports a condition that the modes alone decide.
pub(super) fn decided(
    condition: &Condition,
    modes: &[Option<&Mode>],
    request: &Request,
    incomplete: &Incomplete,
    faults: &mut Vec<Fault>,
) {
    let verdicts: Vec<Option<bool>> = modes.iter().map(|mode| holds(condition, *mode, request)).collect();
    if verdicts.is_empty() || condition.terms.is_empty() || incomplete.hides(condition, request) {
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
            (None, Some(false)) => Some(false),
            (None, Some(true)) => covers(field, values).then_some(true),
            (None, None) => {
                let default = field.default_in(mode);
                let has_default = default.is_some_and(|default| values.iter().any(|value| value.value == *default));
                (has_default && covers(field, values)).then_some(true)
            }
        },
    }
}

/// Whether the list has every value of the field.
fn covers(field: &Field, values: &[At<Scalar>]) -> bool {
    let has = |wanted: &Scalar| values.iter().any(|value| value.value == *wanted);
    match &*field.kind {
        _ if field.is_nullable() => false,
        FieldKind::Boolean(_) => has(&Scalar::Truth(true)) && has(&Scalar::Truth(false)),
        FieldKind::Choice(_, choices) => choices.iter().all(|choice| has(&choice.value)),
        _ => false,
    }
}
