//! Examples, defaults and placeholders keep the rules of their own field.

use crate::diagnostic::Fault;
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
                faults.push(default.fault("a default of a list", "take it out"));
            } else {
                keeps_rules("default", &rules, index, default, faults);
            }
        }
        if let Some(constant) = &field.constant {
            if field.is_list() || field.is_nullable() {
                faults.push(constant.fault("a constant that is a list or may be null", "only a single value can be"));
            } else {
                keeps_rules("constant", &rules, index, constant, faults);
            }
        }
        if let Some(placeholder) = &field.placeholder {
            let value = placeholder.value.with(Scalar::Text(placeholder.value.value.clone()));
            if !matches!(*field.kind, FieldKind::Text(_) | FieldKind::Url) || field.is_list() {
                let label = "only `string` and `url` have one";
                faults.push(placeholder.value.fault("a placeholder of a field that is no text", label));
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
    // An example of a list is one item.
    if let Some(violation) = violations.iter().find(|violation| violation.rule() != Rule::MinItems) {
        faults.push(scalar.fault(format!("the {what} breaks the field's own rules"), violation.to_string()));
    }
}

/// The rules of one field that hold in every mode: what is missing besides is no matter of it.
fn alone(field: &rules::Field) -> Rules {
    let always = |limit: &&rules::Limit| limit.modes == u64::MAX && limit.when.is_empty();
    let limits = field.limits.iter().filter(always).cloned().collect();
    let presence = vec![Presence::Optional].into();
    let field = rules::Field { presence, limits, conditions: Vec::new().into(), ..field.clone() };
    Rules { modes: Vec::new().into(), fields: vec![field].into(), model: None, relations: Vec::new().into() }
}

/// Results must not go to a stranger's server.
fn reserved(field: &Field, value: &At<String>, faults: &mut Vec<Fault>) {
    let host = value.split("://").nth(1).and_then(|rest| rest.split(['/', ':', '?']).next()).unwrap_or_default();
    if matches!(*field.kind, FieldKind::Url) && !host.ends_with(".invalid") {
        let message = "a placeholder must not lead anywhere";
        faults.push(value.fault(message, "use a host under `.invalid`, which is reserved and never resolves"));
    }
}
