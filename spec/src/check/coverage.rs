//! The limits of a field together: each mode and model has each limit once, and a value can keep all that hold.

use crate::fault::Fault;
use crate::model::{Condition, Field, FieldKind, Is, Limit, Mode, Request, Scalar};
use crate::rules::{Bound, Decimal, MOST_EXACT, Presence};
use crate::source::At;

use super::{Incomplete, is_mode};

/// A limit with its key and place.
type BoundAt = At<(&'static str, Bound)>;

/// A mode and a model in which a field can be given. `None` stands for a request without modes, or without models.
pub(super) type Case<'a> = (Option<&'a Mode>, Option<&'a str>);

pub(super) fn check(field: &Field, request: &Request, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    let always: Vec<&BoundAt> = field.bounds.iter().collect();
    if let Some(fault) = contradiction(field, &always) {
        return faults.push(fault);
    }
    let mode_names = || field.limits.iter().flat_map(|limit| limit.modes.iter().flatten());
    let model_names = || field.limits.iter().flat_map(|limit| limit.models.iter().flatten());
    let models = request.models();
    let is_model = |name: &At<String>| models.iter().any(|model| request.is_model_named(model, name));
    let is_incomplete = incomplete.has(&field.wire) || field.limits.iter().any(|limit| incomplete.has(&limit.at));
    if is_incomplete || !mode_names().all(|name| is_mode(request, name)) || !model_names().all(is_model) {
        // After a misspelt name, other faults would only follow from it.
        return;
    }
    let cases = cases(field, request, &models);
    for key in keys(field) {
        not_also_in_table(field, key, faults);
        at_least_once(field, key, &cases, request, faults);
        at_most_once(field, key, &cases, request, faults);
    }
    for (mode, model) in cases {
        let holding = [always.clone(), holding(field, request, (mode, model))].concat();
        if let Some(fault) = contradiction(field, &holding) {
            return faults.push(fault);
        }
    }
    for limit in field.limits.iter().filter(|limit| !limit.when.is_empty()) {
        faults.extend(contradicts_in_every_mode(field, limit, request));
    }
}

/// Returns the keys in `limits`, without duplicates.
fn keys(field: &Field) -> Vec<&'static str> {
    let mut keys = Vec::new();
    for bound in field.limits.iter().flat_map(|limit| limit.bounds.iter()) {
        if !keys.contains(&bound.0) {
            keys.push(bound.0);
        }
    }
    keys
}

/// Returns the modes and models in which the field can be given.
pub(super) fn cases<'a>(field: &Field, request: &'a Request, models: &[&'a str]) -> Vec<Case<'a>> {
    let modes = request.each_mode().filter(|mode| field.presence_in(*mode) != Presence::Forbidden);
    let in_mode = |mode| {
        let possible = models.iter().filter(move |model| may_be_with(field, request, mode, model));
        let without = models.is_empty().then_some((mode, None));
        possible.map(move |model| (mode, Some(*model))).chain(without)
    };
    modes.flat_map(in_mode).collect()
}

/// Whether the field is allowed in this mode with this model, as far as its conditions name models.
fn may_be_with(field: &Field, request: &Request, mode: Option<&Mode>, model: &str) -> bool {
    if field.presence_in(mode) != Presence::Optional {
        // Conditions do not apply.
        return true;
    }
    let Some(name) = &request.model else { return true };
    let names_it = |is: &Is| match is {
        Is::OneOf(values) => {
            values.iter().any(|value| matches!(&value.value, Scalar::Text(text) if request.is_model_named(model, text)))
        }
        Is::Given | Is::Absent => true,
    };
    let fits =
        |condition: &Condition| condition.terms.iter().all(|(wire, is)| wire.value != name.value || names_it(is));
    let only_it = |condition: &Condition| match &condition.terms[..] {
        [(wire, is)] => wire.value == name.value && matches!(is.value, Is::OneOf(_)) && names_it(is),
        _ => false,
    };
    let allowed = &field.conditions.allowed;
    (allowed.is_empty() || allowed.iter().any(fits)) && !field.conditions.forbidden.iter().any(only_it)
}

/// Reports a limit that the table of the field has, too.
fn not_also_in_table(field: &Field, key: &str, faults: &mut Vec<Fault>) {
    let Some(own) = field.bounds.iter().find(|bound| bound.0 == key) else { return };
    let unconditional = field.limits.iter().filter(|limit| limit.when.is_empty());
    if let Some(other) = unconditional.flat_map(|limit| limit.bounds.iter()).find(|bound| bound.0 == key) {
        let message = format!("`{}` has `{key}` in its table and in `limits`", *field.wire);
        faults.push(other.fault(message, format!("remove one of them; the one in the table is {}", own.1.figure())));
    }
}

/// Reports the modes and models for which `limits` lacks a key that it has for others.
fn at_least_once(field: &Field, key: &str, cases: &[Case<'_>], request: &Request, faults: &mut Vec<Fault>) {
    let with_key = || field.limits.iter().filter(|limit| limit.bounds.iter().any(|bound| bound.0 == key));
    if with_key().any(|limit| !limit.when.is_empty() || limit.elsewhere.is_some()) {
        return;
    }
    let lacks = |case: &&Case<'_>| !holding(field, request, **case).iter().any(|bound| bound.0 == key);
    let mut lacking = cases.iter().filter(lacks);
    if let (Some(case), Some(first)) = (lacking.next(), with_key().next()) {
        let others = match lacking.count() {
            0 => String::new(),
            1 => ", and in 1 other case".to_owned(),
            more => format!(", and in {more} other cases"),
        };
        let message = format!("`{}` has no `{key}`{}{others}", *field.wire, describe(*case));
        faults.push(first.at.fault(message, "add another limit, or `elsewhere = \"unlimited\"` to this one"));
    }
}

/// Reports entries of `limits` that have a key once more.
fn at_most_once(field: &Field, key: &str, cases: &[Case<'_>], request: &Request, faults: &mut Vec<Fault>) {
    let mut reported: Vec<&BoundAt> = Vec::new();
    for case in cases {
        let twice = holding(field, request, *case).into_iter().filter(|bound| bound.0 == key).nth(1);
        if let Some(second) = twice.filter(|second| !reported.contains(second)) {
            let message = format!("`{}` has `{key}` twice{}", *field.wire, describe(*case));
            faults.push(second.fault(message, "remove this one"));
            reported.push(second);
        }
    }
}

/// Returns the limits without `when` that hold in a mode with a model. Without a model, those by model do not hold.
pub(super) fn holding<'a>(field: &'a Field, request: &Request, (mode, model): Case<'_>) -> Vec<&'a BoundAt> {
    let in_mode = |limit: &Limit| match (&limit.modes, mode) {
        (Some(names), Some(mode)) => names.iter().any(|name| mode.is_named(name)),
        (Some(_), None) => false,
        (None, _) => true,
    };
    let with_model = |limit: &Limit| match (&limit.models, model) {
        (Some(names), Some(model)) => names.iter().any(|name| request.is_model_named(model, name)),
        (Some(_), None) => false,
        (None, _) => true,
    };
    let holds = |limit: &&Limit| limit.when.is_empty() && in_mode(limit) && with_model(limit);
    field.limits.iter().filter(holds).flat_map(|limit| limit.bounds.iter()).collect()
}

/// Returns the fault of a limit with `when` that no value can keep, in whichever of its modes.
fn contradicts_in_every_mode(field: &Field, limit: &Limit, request: &Request) -> Option<Fault> {
    let in_mode = |mode: Option<&Mode>| match (&limit.modes, mode) {
        (Some(names), Some(mode)) => names.iter().any(|name| mode.is_named(name)),
        (modes, _) => modes.is_none(),
    };
    let modes = request
        .each_mode()
        .filter(|mode| field.presence_in(*mode) != Presence::Forbidden)
        .filter(|mode| in_mode(*mode));
    let mut found = None;
    for mode in modes {
        let always = field.bounds.iter().chain(limit.bounds.iter()).chain(holding(field, request, (mode, None)));
        found = found.or(Some(contradiction(field, &always.collect::<Vec<_>>())?));
    }
    found
}

/// Describes a mode and a model, such as " with `small` in `Fast`".
pub(super) fn describe((mode, model): Case<'_>) -> String {
    let model = model.map(|model| format!(" with `{model}`")).unwrap_or_default();
    model + &mode.map(|mode| format!(" in `{}`", *mode.name)).unwrap_or_default()
}

/// Returns the fault of limits that hold together, if no value can keep all of them.
pub(super) fn contradiction(field: &Field, holding: &[&BoundAt]) -> Option<Fault> {
    let figure = |wanted: fn(&Bound) -> bool| holding.iter().find(|bound| wanted(&bound.1)).map(|bound| **bound);
    for (least, most, what) in [
        (figure(|it| matches!(it, Bound::MinLength(_))), figure(|it| matches!(it, Bound::MaxLength(_))), "text"),
        // A character has at least one byte.
        (figure(|it| matches!(it, Bound::MinLength(_))), figure(|it| matches!(it, Bound::MaxBytes(_))), "address"),
        (figure(|it| matches!(it, Bound::MinItems(_))), figure(|it| matches!(it, Bound::MaxItems(_))), "list"),
    ] {
        if let (Some(least), Some(most)) = (least, most)
            && least.1.figure().value() > most.1.figure().value()
        {
            let label = format!("less than `{}`, which is {}", least.0, least.1.figure());
            return Some(most.fault(format!("no {what} can keep both limits"), label));
        }
    }
    no_number(field, holding)
}

/// Returns the fault of limits of a number that hold together, if no number can keep all of them.
fn no_number(field: &Field, holding: &[&BoundAt]) -> Option<Fault> {
    let units = |bound: &BoundAt| bound.1.figure().units();
    let is_open = |bound: &BoundAt| matches!(bound.1, Bound::Above(_) | Bound::Below(_));
    // The stricter of two limits on one side counts. Of equal ones, the exclusive one is stricter.
    let lower = holding.iter().filter(|it| matches!(it.1, Bound::Min(_) | Bound::Above(_))).map(|it| **it);
    let upper = holding.iter().filter(|it| matches!(it.1, Bound::Max(_) | Bound::Below(_))).map(|it| **it);
    let least = lower.max_by_key(|bound| (units(bound), is_open(bound)));
    let most = upper.min_by_key(|bound| (units(bound), !is_open(bound)));
    if let (Some(least), Some(most)) = (least, most) {
        let (low, high) = (units(&least), units(&most));
        if low > high || (low == high && (is_open(&least) || is_open(&most))) {
            let label = format!("no value is above `{}`, which is {}", least.0, least.1.figure());
            return Some(most.fault("no number can keep both limits", label));
        }
    }
    let step = holding.iter().find(|bound| matches!(bound.1, Bound::MultipleOf(step) if step.digits > 0));
    let integer = |digits| matches!(*field.kind, FieldKind::Integer).then_some(Decimal { digits, scale: 0 }.units());
    let size = step.map(|step| units(step)).or(integer(1))?;
    let low = least.map(|least| units(&least)).or(integer(-MOST_EXACT))?;
    let high = most.map(|most| units(&most)).or(integer(MOST_EXACT))?;
    let is_excluded = |bound: Option<BoundAt>| bound.is_some_and(|bound| is_open(&bound));
    let reached = low + (-low).rem_euclid(size);
    let first = if reached == low && is_excluded(least) { reached + size } else { reached };
    if first < high || (first == high && !is_excluded(most)) {
        return None;
    }
    let range = format!("an integer is from -{MOST_EXACT} to {MOST_EXACT}");
    Some(match (step, least, most) {
        (Some(step), Some(_), Some(_)) => {
            step.fault("no number can keep `multiple_of` and both limits", "make it smaller")
        }
        (None, Some(least), Some(most)) => {
            most.fault("no whole number can keep both limits", format!("`{}` is {}", least.0, least.1.figure()))
        }
        (Some(step), ..) => {
            let one = least.or(most)?;
            step.fault(format!("no integer can keep `multiple_of` and `{}`", one.0), range)
        }
        (None, ..) => {
            let one = least.or(most)?;
            one.fault(format!("no integer can keep `{}`", one.0), range)
        }
    })
}
