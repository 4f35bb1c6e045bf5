//! Examples, defaults, constants and placeholders: they keep the rules of their field.

use crate::fault::Fault;
use crate::lower;
use crate::model::{Field, FieldKind, Scalar, Spec};
use crate::rules::{self, Presence, Rule, Rules, Value, looks_like_web_address};
use crate::source::At;

pub(super) fn check(spec: &Spec, faults: &mut Vec<Fault>) {
    let rules = lower::rules(&spec.request);
    for (index, field) in spec.request.fields.iter().enumerate() {
        if let Some(example) = &field.example {
            keeps_rules("example", &rules, index, example, faults);
        }
        if let Some(default) = &field.default {
            if field.is_list() {
                faults.push(default.fault("a list cannot have a default", "remove it"));
            } else {
                keeps_rules("default", &rules, index, default, faults);
            }
        }
        if let Some(constant) = &field.constant {
            if field.is_list() || field.is_nullable() {
                faults.push(
                    constant
                        .fault("a list or a nullable field cannot be constant", "remove `constant`, or the other key"),
                );
            } else {
                keeps_rules("constant", &rules, index, constant, faults);
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

pub(super) fn keeps_rules(what: &str, rules: &Rules, index: usize, scalar: &At<Scalar>, faults: &mut Vec<Fault>) {
    let constant = lower::constant(scalar);
    let value = constant.value();
    let alone = alone(&rules.fields[index]);
    let value = if alone.fields[0].list { Value::List(vec![value]) } else { value };
    let Err(violations) = alone.check(0, &[Some(value)], looks_like_web_address) else { return };
    // The example of a list is a single item.
    if let Some(violation) = violations.iter().find(|violation| violation.rule() != Rule::MinItems) {
        faults.push(scalar.fault(format!("the {what} breaks a rule of the field"), violation.to_string()));
    }
}

/// Returns rules with only this field and its limits for every mode.
fn alone(field: &rules::Field) -> Rules {
    let always = |limit: &&rules::Limit| limit.modes == u64::MAX && limit.when.is_empty();
    let limits = field.limits.iter().filter(always).cloned().collect();
    let presence = vec![Presence::Optional].into();
    let field = rules::Field { presence, limits, conditions: Vec::new().into(), ..field.clone() };
    Rules { modes: Vec::new().into(), fields: vec![field].into(), model: None, relations: Vec::new().into() }
}

/// Checks that a placeholder cannot send results to a real server.
fn reserved(field: &Field, value: &At<String>, faults: &mut Vec<Fault>) {
    let host = value.split("://").nth(1).and_then(|rest| rest.split(['/', ':', '?']).next()).unwrap_or_default();
    if matches!(*field.kind, FieldKind::Url) && !host.ends_with(".invalid") {
        let message = "the placeholder may lead to a real server";
        faults.push(value.fault(message, "use a host under `.invalid`, which is reserved and never resolves"));
    }
}
