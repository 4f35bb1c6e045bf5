//! Conditions on the values of a body in one mode, as JSON Schema.

use serde_json::{Map, Value, json};

use crate::rules::{Condition, Const, Decimal, Field, Is, Presence, Rules, Term};

/// What a schema asks of a body.
#[derive(Default)]
pub(super) struct Asked {
    properties: Map<String, Value>,
    required: Vec<Value>,
    absent: Vec<Value>,
}

impl Asked {
    /// Asks for one of these values. A field that is left out has its default.
    pub(super) fn one_of(&mut self, field: &Field, values: &[Const], mode: Option<usize>) {
        let is_default = field.default_in(mode).is_some_and(|default| values.contains(default));
        if !is_default {
            self.required.push(json!(field.wire));
        }
        let values: Vec<Value> = values.iter().map(json).collect();
        let is = if let [one] = &values[..] { json!({ "const": one }) } else { json!({ "enum": values }) };
        self.properties.insert(field.wire.to_string(), is);
    }

    fn term(&mut self, field: &Field, is: &Is, mode: usize) {
        match is {
            Is::Given => self.required.push(json!(field.wire)),
            Is::Absent => self.absent.push(json!({ "required": [field.wire] })),
            Is::OneOf(values) => self.one_of(field, values, Some(mode)),
        }
    }

    pub(super) fn schema(self) -> Value {
        let mut schema = json!({});
        if !self.properties.is_empty() {
            schema["properties"] = self.properties.into();
        }
        if !self.required.is_empty() {
            schema["required"] = self.required.into();
        }
        if !self.absent.is_empty() {
            schema["not"] = json!({ "anyOf": self.absent });
        }
        schema
    }
}

/// Returns a schema that a body of this mode matches if one of the conditions holds: `true` or `false` if the mode decides.
pub(super) fn any_of(rules: &Rules, mode: usize, conditions: &[Condition]) -> Value {
    let mut possible = Vec::new();
    for condition in conditions {
        match all_of(rules, mode, condition) {
            Value::Bool(true) => return json!(true),
            Value::Bool(false) => {}
            schema => possible.push(schema),
        }
    }
    match possible.len() {
        0 => json!(false),
        1 => possible.remove(0),
        _ => json!({ "anyOf": possible }),
    }
}

fn all_of(rules: &Rules, mode: usize, condition: &Condition) -> Value {
    let mut asked = Asked::default();
    let mut is_decided = true;
    for term in condition.terms.iter() {
        match decided(rules, mode, term) {
            Some(true) => {}
            Some(false) => return json!(false),
            None => {
                is_decided = false;
                asked.term(&rules.fields[term.field], &term.is, mode);
            }
        }
    }
    if is_decided { json!(true) } else { asked.schema() }
}

/// Whether a term holds; `None` if that depends on the body.
fn decided(rules: &Rules, mode: usize, term: &Term) -> Option<bool> {
    let field = &rules.fields[term.field];
    match (field.presence.get(mode)?, &term.is) {
        (Presence::Required | Presence::Optional, _) => None,
        (Presence::Fixed, Is::Given) | (Presence::Forbidden, Is::Absent) => Some(true),
        (Presence::Fixed, Is::Absent) | (Presence::Forbidden, Is::Given | Is::OneOf(_)) => Some(false),
        (Presence::Fixed, Is::OneOf(values)) => {
            let own = rules.modes.get(mode)?.own_value(term.field)?;
            Some(values.contains(own))
        }
    }
}

/// Returns a rule under conditions that must all hold. `None` if one of them never does.
pub(super) fn only_if(conditions: Vec<Value>, then: Value) -> Option<Value> {
    let mut open: Vec<Value> = conditions.into_iter().filter(|condition| *condition != json!(true)).collect();
    if open.contains(&json!(false)) {
        return None;
    }
    Some(match open.len() {
        0 => then,
        1 => json!({ "if": open.remove(0), "then": then }),
        _ => json!({ "if": { "allOf": open }, "then": then }),
    })
}

pub(super) fn json(value: &Const) -> Value {
    match value {
        Const::Text(text) => json!(text),
        Const::Number(number) => self::number(*number),
        Const::Truth(truth) => json!(truth),
    }
}

pub(super) fn number(number: Decimal) -> Value {
    if number.scale == 0 { json!(number.digits) } else { json!(number.value()) }
}
