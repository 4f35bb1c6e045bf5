//! Examples, suggested values, defaults, constants and placeholders: they keep the rules of their field.

use crate::fault::Fault;
use crate::lower;
use crate::model::{DefaultValue, Field, FieldKind, Request, Scalar, Spec};
use crate::rules::{self, List, Presence, Rule, Rules, Value, looks_like_web_address};
use crate::source::At;

use super::{Incomplete, coverage, is_mode, known_modes};

pub(super) fn check(spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    let rules = lower::rules(&spec.request);
    let all = spec.request.fields.iter().enumerate();
    for (index, field) in all.filter(|(_, field)| !incomplete.has(&field.wire) && can_have_value(field)) {
        if let Some(example) = &field.example {
            keeps_rules("example", &rules, index, example, faults);
        }
        if let Some(suggested) = &field.suggested {
            keeps_rules("suggested value", &rules, index, suggested, faults);
        }
        if let Some(default) = &field.default {
            if field.is_list() {
                faults.push(default.value.fault("a list cannot have a default", "remove it"));
            } else {
                keeps_rules("default", &rules, index, &default.value, faults);
            }
            counts(field, default, &spec.request, faults);
        }
        if let Some(is_open) = field.open.as_ref().filter(|is_open| is_open.value) {
            open(field, is_open, &spec.request, faults);
        }
        if let Some(constant) = &field.constant {
            if field.is_list() || field.is_nullable() {
                faults.push(
                    constant
                        .fault("a list or a nullable field cannot be constant", "remove `constant`, or the other key"),
                );
            } else {
                let before = faults.len();
                keeps_rules("constant", &rules, index, constant, faults);
                if faults.len() == before {
                    faults.extend(breaks_limit(field, &rules.fields[index], constant, &spec.request));
                }
            }
        }
        if let Some(placeholder) = &field.placeholder {
            let value = placeholder.value.with(Scalar::Text(placeholder.value.value.clone()));
            if !matches!(*field.kind, FieldKind::Text(_) | FieldKind::Url) || field.is_list() {
                let label = "use it with `string` or `url`";
                faults.push(placeholder.value.fault("a placeholder is not allowed: the field is not a text", label));
            }
            keeps_rules("placeholder", &rules, index, &value, faults);
            reserved(field, &placeholder.value, faults);
        }
    }
}

/// Reports an open choice of numbers, and one whose value others decide.
fn open(field: &Field, is_open: &At<bool>, request: &Request, faults: &mut Vec<Fault>) {
    let selects = request.modes.iter().any(|mode| mode.when.iter().any(|(name, _)| name.value == field.wire.value));
    let is_of_numbers = field.choices().iter().any(|choice| matches!(choice.value, Scalar::Number(_)));
    let why = match field {
        _ if is_of_numbers => "its values are numbers",
        _ if field.constant.is_some() => "it is constant",
        _ if selects => "it selects modes",
        _ => return,
    };
    faults.push(is_open.fault(format!("`{}` cannot be open, because {why}", *field.wire), "remove `open`"));
}

/// Whether a value can keep the limits in the table of the field. If none can, that is already reported.
fn can_have_value(field: &Field) -> bool {
    coverage::contradiction(field, &field.bounds.iter().collect::<Vec<_>>()).is_none()
}

/// Checks that a default counts in a mode.
fn counts(field: &Field, default: &DefaultValue, request: &Request, faults: &mut Vec<Fault>) {
    let names = default.modes.as_deref().unwrap_or_default();
    known_modes(request, names, faults);
    let is_known = names.iter().all(|name| is_mode(request, name));
    if is_known && request.each_mode().all(|mode| field.default_in(mode).is_none()) {
        let message = format!("the default of `{}` counts in no mode", *field.wire);
        faults.push(default.value.fault(message, "a default does not count in modes that forbid the field"));
    }
}

pub(super) fn keeps_rules(what: &str, rules: &Rules, index: usize, scalar: &At<Scalar>, faults: &mut Vec<Fault>) {
    let field = &rules.fields[index];
    let always = |limit: &&rules::Limit| limit.modes == u64::MAX && limit.when.is_empty();
    let limits = field.limits.iter().filter(always).cloned().collect();
    if let Some(violation) = broken_alone(field, limits, scalar) {
        faults.push(scalar.fault(format!("the {what} breaks a rule of the field"), violation));
    }
}

/// Returns the fault of a constant that breaks a limit of a mode or a model.
fn breaks_limit(field: &Field, rules: &rules::Field, constant: &At<Scalar>, request: &Request) -> Option<Fault> {
    let is_model = |name: &At<String>| request.model.as_ref().is_some_and(|model| model.value == name.value);
    let is_other =
        |value: &Scalar, model: Option<&str>| !matches!(value, Scalar::Text(text) if Some(text.as_str()) == model);
    // A mode may have a single model.
    let is_possible = |(mode, model): &coverage::Case<'_>| {
        let mut set = mode.iter().flat_map(|mode| &mode.when).filter(|(name, _)| is_model(name));
        !set.any(|(_, value)| is_other(value, *model))
    };
    coverage::cases(field, request, &request.models()).into_iter().filter(is_possible).find_map(|case| {
        let holding = coverage::holding(field, request, case).into_iter().map(|bound| lower::always(bound.1));
        let violation = broken_alone(rules, holding.collect(), constant)?;
        let message = format!("the constant breaks a limit of the field{}", coverage::describe(case));
        Some(constant.fault(message, violation))
    })
}

/// Returns the first rule that a value of the field breaks, with only this field and these limits.
fn broken_alone(field: &rules::Field, limits: List<rules::Limit>, scalar: &At<Scalar>) -> Option<String> {
    let presence = vec![Presence::Optional].into();
    let field = rules::Field { presence, limits, conditions: Vec::new().into(), ..field.clone() };
    let constant = lower::constant(scalar);
    let value = if field.list { Value::List(vec![constant.value()]) } else { constant.value() };
    let alone =
        Rules { modes: Vec::new().into(), fields: vec![field].into(), model: None, relations: Vec::new().into() };
    let violations = alone.check(0, &[Some(value)], looks_like_web_address).err()?;
    // The example of a list is a single item.
    let first = violations.iter().find(|violation| violation.rule() != Rule::MinItems)?;
    Some(first.to_string())
}

/// Checks that a placeholder cannot send results to a real server.
fn reserved(field: &Field, value: &At<String>, faults: &mut Vec<Fault>) {
    let host = value.split("://").nth(1).and_then(|rest| rest.split(['/', ':', '?']).next()).unwrap_or_default();
    if matches!(*field.kind, FieldKind::Url) && !host.ends_with(".invalid") {
        let message = "the placeholder may lead to a real server";
        faults.push(value.fault(message, "use a host under `.invalid`, which is reserved and never resolves"));
    }
}
