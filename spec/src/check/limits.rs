//! Limits: they fit the type, one of them holds for every mode and model, and a figure in dispute has its places.

use crate::diagnostic::Fault;
use crate::model::{Field, FieldKind, Limit, Mode, Request};
use crate::rules::Decimal;

use super::{is_mode, known, known_modes};

/// As many as the bits of a set of models.
const MOST_MODELS: usize = 64;

pub(super) fn check(request: &Request, faults: &mut Vec<Fault>) {
    model_field(request, faults);
    let models = request.models();
    for field in &request.fields {
        numbers(field, faults);
        for limit in &field.limits {
            shape(field, limit, faults);
            disputes(limit, faults);
            known_modes(request, limit.modes.as_deref().unwrap_or_default(), faults);
            for model in limit.models.iter().flatten() {
                known("model", model, models.iter().copied(), faults);
            }
        }
        coverage(field, request, faults);
    }
}

fn model_field(request: &Request, faults: &mut Vec<Fault>) {
    let Some(name) = &request.model else { return };
    let choices = request.fields.iter().filter(|field| matches!(*field.kind, FieldKind::Choice(..)));
    known("choice", name, choices.map(|field| field.wire.as_str()), faults);
    let count = request.models().len();
    if count > MOST_MODELS {
        faults.push(name.fault(format!("{count} models, at most {MOST_MODELS}"), "take some out"));
    }
}

fn numbers(field: &Field, faults: &mut Vec<Fault>) {
    let bounds = [("min", &field.min), ("max", &field.max), ("multiple_of", &field.multiple_of)];
    if *field.kind != FieldKind::Number {
        for (key, bound) in bounds.iter().filter_map(|(key, bound)| Some((key, bound.as_ref()?))) {
            faults.push(bound.fault(format!("`{key}` of a field that is no number"), "only `number` has it"));
        }
    }
    if let (Some(min), Some(max)) = (&field.min, &field.max)
        && min.value.value() > max.value.value()
    {
        faults.push(max.fault("no number can hold both bounds", format!("less than `min`, which is {}", min.value)));
    }
    if let Some(step) = &field.multiple_of
        && step.value.value() <= 0.0
    {
        faults.push(step.fault("`multiple_of` must be more than 0", format!("this is {}", step.value)));
    }
    if let (Some(min), Some(max), Some(step)) = (&field.min, &field.max, &field.multiple_of)
        && !any_multiple(min.value, max.value, step.value)
    {
        faults.push(step.fault("no number can hold `multiple_of` and both bounds", "make it smaller"));
    }
}

fn any_multiple(min: Decimal, max: Decimal, step: Decimal) -> bool {
    let (min, max, step) = (min.value(), max.value(), step.value());
    step <= 0.0 || min > max || (min / step).ceil() * step <= max
}

fn shape(field: &Field, limit: &Limit, faults: &mut Vec<Fault>) {
    if limit.max_length.is_some() == limit.max_seconds.is_some() {
        faults.push(limit.at.fault("a limit has one figure", "give `max_length` or `max_seconds`"));
    }
    if let Some(figure) = &limit.max_length
        && !matches!(*field.kind, FieldKind::Text(_) | FieldKind::Url)
    {
        faults.push(figure.fault("`max_length` of a field that is no text", "only `string` and `url` have it"));
    }
    if let Some(figure) = &limit.max_seconds
        && *field.kind != FieldKind::Url
    {
        faults.push(figure.fault("`max_seconds` of a field that is no address", "only `url` has it"));
    }
    if let Some(figure) = limit.figure().filter(|figure| figure.value == 0) {
        faults.push(figure.fault("nothing can hold this limit", "must be at least 1"));
    }
    for (key, names) in [("modes", &limit.modes), ("models", &limit.models)] {
        if names.as_ref().is_some_and(Vec::is_empty) {
            faults.push(limit.at.fault(format!("`{key}` is empty"), "the limit never holds"));
        }
    }
}

fn disputes(limit: &Limit, faults: &mut Vec<Fault>) {
    let (Some(figure), Some(first)) = (limit.figure(), limit.disputed.first()) else { return };
    if limit.disputed.len() < 2 {
        faults.push(first.figure.fault("a dispute has two sides", "name the other figure and its place"));
    } else if !limit.disputed.iter().any(|dispute| dispute.figure.value == figure.value) {
        faults.push(figure.fault("the enforced figure is none of the disputed ones", "which place says so?"));
    }
}

/// Exactly one length for every mode that may have the field, with every model.
fn coverage(field: &Field, request: &Request, faults: &mut Vec<Fault>) {
    let lengths: Vec<&Limit> = field.limits.iter().filter(|limit| limit.max_length.is_some()).collect();
    let Some(first) = lengths.first() else { return };
    let models = request.models();
    let mode_names = || lengths.iter().flat_map(|limit| limit.modes.iter().flatten());
    let model_names = || lengths.iter().flat_map(|limit| limit.models.iter().flatten());
    if !mode_names().all(|name| is_mode(request, name)) || !model_names().all(|name| models.contains(&name.as_str())) {
        // Behind a misspelt name, every other fault would be its echo.
        return;
    }
    let models = if models.is_empty() { vec![""] } else { models };
    let allows = |mode: &&Mode| !field.forbidden.as_ref().is_some_and(|set| set.has(mode));
    let modes: Vec<Option<&Mode>> = request.modes.iter().filter(allows).map(Some).collect();
    let modes = if request.modes.is_empty() { vec![None] } else { modes };
    for mode in modes {
        for model in &models {
            let place = describe(mode, model);
            let holding: Vec<&&Limit> = lengths.iter().filter(|limit| holds(limit, mode, model)).collect();
            match holding[..] {
                [] => faults.push(
                    first.at.fault(format!("`{}` has no length{place}", *field.wire), "add a limit beside this one"),
                ),
                [_] => {}
                [_, second, ..] => {
                    let message = format!("`{}` has two lengths{place}", *field.wire);
                    faults.push(second.at.fault(message, "this one is too many"));
                }
            }
        }
    }
}

fn holds(limit: &Limit, mode: Option<&Mode>, model: &str) -> bool {
    let in_mode = match (&limit.modes, mode) {
        (Some(names), Some(mode)) => names.iter().any(|name| mode.is_named(name)),
        (Some(_), None) => false,
        (None, _) => true,
    };
    in_mode && limit.models.as_ref().is_none_or(|models| models.iter().any(|it| it.value == model))
}

fn describe(mode: Option<&Mode>, model: &str) -> String {
    let model = if model.is_empty() { String::new() } else { format!(" with `{model}`") };
    model + &mode.map(|mode| format!(" in `{}`", *mode.name)).unwrap_or_default()
}
