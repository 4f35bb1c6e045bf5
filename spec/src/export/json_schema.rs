//! The rules of a request as JSON Schema 2020-12.
//!
//! JSON Schema has no keyword for lengths in bytes or UTF-16 units. They are exported as lengths in characters, which are
//! never greater, so that the schema accepts every request that the rules accept. If an address has both `max_length`
//! and `max_bytes`, the smaller figure is its `maxLength`.

use serde_json::{Map, Value, json};

use super::relations;
use crate::model::Spec;
use crate::rules::{
    Bound, Condition, Conditional, Const, Decimal, Effect, Field, Is, Kind, Limit, MOST_EXACT, Presence, Relation,
    Rules,
};

/// The addresses that [`looks_like_web_address`](crate::rules::looks_like_web_address) accepts, approximately.
const WEB_ADDRESS: &str =
    r#"^[Hh][Tt][Tt][Pp][Ss]?://([^/?#@\s]*@)*(\[[^\]\s]+\]|[^/?#@:\[\]%\s]+)(:[0-9]{0,5})?([/?#]|$)[^\s<>"{}|\\^`]*$"#;

impl Spec {
    /// Returns the rules of the request as JSON Schema 2020-12.
    ///
    /// Rules that JSON Schema cannot express, such as the total length of several texts, are listed in `$comment`.
    ///
    /// ```
    /// let spec = cover_spec::Spec::parse("upload_cover.toml", cover_spec::SHIPPED)?;
    /// let schema = spec.json_schema();
    /// assert_eq!(schema["properties"]["styleWeight"]["maximum"], 1.0);
    /// # Ok::<(), cover_spec::Faults>(())
    /// ```
    #[must_use]
    pub fn json_schema(&self) -> Value {
        let rules = self.rules();
        let properties: Map<String, Value> =
            rules.fields.iter().map(|field| (field.wire.to_string(), property(self, field))).collect();
        let mut schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": *self.request.name,
            "description": *self.request.doc,
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
            "required": always_required(&rules).map(|field| json!(field.wire)).collect::<Value>(),
        });
        let unsaid = |(relation, table): &(&crate::model::Relation, &Relation)| {
            relations::asked(&rules, table).is_none().then(|| relation.doc.value.clone())
        };
        let both = self.request.relations.iter().zip(rules.relations.iter());
        let unsaid: Vec<String> = both.filter_map(|both| unsaid(&both)).collect();
        if !unsaid.is_empty() {
            schema["$comment"] = json!(format!("JSON Schema cannot express these rules: {}", unsaid.join(" ")));
        }
        if rules.modes.is_empty() {
            all_of(&mut schema, limits(&rules, 0));
        } else {
            let conditions = (0..rules.modes.len()).map(|mode| condition(&rules, mode));
            schema["anyOf"] = conditions.collect();
            schema["allOf"] = (0..rules.modes.len()).map(|mode| in_mode(&rules, mode)).collect();
        }
        schema
    }
}

/// Returns the schema of a field: the rules that hold in every mode with every model.
fn property(spec: &Spec, field: &Field) -> Value {
    let mut property = match &field.kind {
        Kind::Text(_) => json!({ "type": "string" }),
        Kind::Url => json!({ "type": "string", "format": "uri", "pattern": WEB_ADDRESS }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Integer => json!({ "type": "integer", "minimum": -MOST_EXACT, "maximum": MOST_EXACT }),
        Kind::Number => json!({ "type": "number" }),
        Kind::Choice(choices) => json!({ "type": "string", "enum": choices }),
    };
    if field.list {
        property = json!({ "type": "array", "items": property });
    }
    let always = |limit: &&Limit| limit.modes == u64::MAX && limit.models == u64::MAX && limit.when.is_empty();
    for limit in field.limits.iter().filter(always) {
        merge(&mut property, limited(field, limit.bound));
    }
    if field.nullable {
        property = or_null(property);
    }
    if let Some(constant) = &field.constant {
        property["const"] = json(constant);
    }
    if let Some(default) = &field.default {
        property["default"] = json(default);
    }
    if let Some(model) = spec.request.field(&field.wire) {
        property["description"] = json!(description(model));
        if model.deprecated.is_some() {
            property["deprecated"] = json!(true);
        }
    }
    property
}

fn description(field: &crate::model::Field) -> String {
    let deprecated = field.deprecated.as_ref().map(|why| format!(" Deprecated: {}", **why)).unwrap_or_default();
    let choices = field.choices().iter().map(|choice| format!(" {}: {}", *choice.wire, *choice.doc));
    format!("{}{}{deprecated}", *field.doc, choices.collect::<String>())
}

/// Adds null to the type and to the choices.
fn or_null(mut property: Value) -> Value {
    property["type"] = json!([property["type"].take(), "null"]);
    if let Some(choices) = property.get_mut("enum").and_then(Value::as_array_mut) {
        choices.push(Value::Null);
    }
    property
}

fn json(value: &Const) -> Value {
    match value {
        Const::Text(text) => json!(text),
        Const::Number(number) => self::number(*number),
        Const::Truth(truth) => json!(truth),
    }
}

fn number(number: Decimal) -> Value {
    if number.scale == 0 { json!(number.digits) } else { json!(number.value()) }
}

/// Adds members to an object. Inner objects are merged. Of two figures for `maxLength`, the smaller one is kept.
fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                let is_stricter = |own: &Value| name == "maxLength" && own.as_u64() < value.as_u64();
                if !into.get(&name).is_some_and(is_stricter) {
                    merge(into.entry(name).or_insert(Value::Null), value);
                }
            }
        }
        (into, from) => *into = from,
    }
}

/// Returns the schema of a limit, for a field or for the items of its list.
fn limited(field: &Field, bound: Bound) -> Value {
    let (keyword, figure) = match bound {
        Bound::MinLength(least) => ("minLength", json!(least)),
        Bound::MaxLength(most) | Bound::MaxBytes(most) => ("maxLength", json!(most)),
        Bound::MinItems(least) => return json!({ "minItems": least }),
        Bound::MaxItems(most) => return json!({ "maxItems": most }),
        Bound::Min(least) => ("minimum", number(least)),
        Bound::Max(most) => ("maximum", number(most)),
        Bound::Above(bound) => ("exclusiveMinimum", number(bound)),
        Bound::Below(bound) => ("exclusiveMaximum", number(bound)),
        Bound::MultipleOf(step) => ("multipleOf", number(step)),
    };
    let limited = json!({ keyword: figure });
    if field.list { json!({ "items": limited }) } else { limited }
}

/// Returns a schema that only bodies of this mode match. A field that is left out has its default.
fn condition(rules: &Rules, mode: usize) -> Value {
    let terms = rules.modes[mode].when.iter();
    conjunction(rules, terms.map(|(field, wanted)| (*field, Is::OneOf(vec![wanted.clone()].into()))))
}

fn conjunction(rules: &Rules, terms: impl Iterator<Item = (usize, Is)>) -> Value {
    let (mut properties, mut required, mut absent) = (Map::new(), Vec::new(), Vec::new());
    for (index, is) in terms {
        let field = &rules.fields[index];
        match is {
            Is::Given => required.push(json!(field.wire)),
            Is::Absent => absent.push(json!({ "required": [field.wire] })),
            Is::OneOf(values) => {
                let is_default = field.default.as_ref().is_some_and(|default| values.contains(default));
                if !is_default {
                    required.push(json!(field.wire));
                }
                let values: Vec<Value> = values.iter().map(json).collect();
                let is = if let [one] = &values[..] { json!({ "const": one }) } else { json!({ "enum": values }) };
                properties.insert(field.wire.to_string(), is);
            }
        }
    }
    let mut all = json!({ "properties": properties, "required": required });
    if !absent.is_empty() {
        all["not"] = json!({ "anyOf": absent });
    }
    all
}

fn any_of(rules: &Rules, conditions: &[Condition]) -> Value {
    let one =
        |condition: &Condition| conjunction(rules, condition.terms.iter().map(|term| (term.field, term.is.clone())));
    let mut all: Vec<Value> = conditions.iter().map(one).collect();
    if all.len() == 1 { all.remove(0) } else { json!({ "anyOf": all }) }
}

fn in_mode(rules: &Rules, mode: usize) -> Value {
    let forbidden = rules.fields.iter().filter(|field| field.presence.get(mode) == Some(&Presence::Forbidden));
    let forbidden: Map<String, Value> = forbidden.map(|field| (field.wire.to_string(), json!(false))).collect();
    let mut then = json!({ "required": required(rules, mode), "properties": forbidden });
    all_of(&mut then, limits(rules, mode));
    json!({ "title": rules.modes[mode].name, "if": condition(rules, mode), "then": then })
}

/// Sets `allOf`, which must not be empty.
fn all_of(schema: &mut Value, parts: Vec<Value>) {
    if !parts.is_empty() {
        schema["allOf"] = parts.into();
    }
}

fn always_required(rules: &Rules) -> impl Iterator<Item = &Field> {
    rules.fields.iter().filter(|field| field.presence.iter().all(|presence| *presence == Presence::Required))
}

/// Returns the fields that this mode requires and not all modes do.
fn required(rules: &Rules, mode: usize) -> Value {
    let always: Vec<&str> = always_required(rules).map(|field| &*field.wire).collect();
    let here = rules.fields.iter().filter(|field| field.presence.get(mode) == Some(&Presence::Required));
    here.filter(|field| !always.contains(&&*field.wire)).map(|field| json!(field.wire)).collect()
}

/// Returns the limits of this mode that do not hold in every mode with every model.
fn limits(rules: &Rules, mode: usize) -> Vec<Value> {
    let mut found = Vec::new();
    for field in rules.fields.iter() {
        let own = |limit: &&Limit| {
            (limit.modes != u64::MAX || limit.models != u64::MAX || !limit.when.is_empty())
                && (rules.modes.is_empty() || limit.modes >> mode & 1 == 1)
        };
        for limit in field.limits.iter().filter(own) {
            let limited = json!({ "properties": { &*field.wire: limited(field, limit.bound) } });
            let mut conditions: Vec<Value> = models(rules, limit).into_iter().collect();
            if !limit.when.is_empty() {
                conditions.push(any_of(rules, &limit.when));
            }
            found.push(only_if(conditions, limited));
        }
        if field.presence.get(mode) != Some(&Presence::Forbidden) {
            found.extend(field.conditions.iter().map(|conditional| conditioned(rules, field, conditional)));
        }
    }
    let here = |relation: &&Relation| rules.modes.is_empty() || relation.modes >> mode & 1 == 1;
    found.extend(rules.relations.iter().filter(here).filter_map(|relation| {
        let conditions = if relation.when.is_empty() { Vec::new() } else { vec![any_of(rules, &relation.when)] };
        Some(only_if(conditions, relations::asked(rules, relation)?))
    }));
    found
}

fn only_if(mut conditions: Vec<Value>, then: Value) -> Value {
    match conditions.len() {
        0 => then,
        1 => json!({ "if": conditions.remove(0), "then": then }),
        _ => json!({ "if": { "allOf": conditions }, "then": then }),
    }
}

fn conditioned(rules: &Rules, field: &Field, conditional: &Conditional) -> Value {
    let holds = any_of(rules, &conditional.any);
    let wire = &*field.wire;
    let without = match (conditional.choice, &field.kind) {
        (Some(choice), Kind::Choice(choices)) => {
            let other = json!({ "not": { "const": choices.get(choice) } });
            json!({ "properties": { wire: if field.list { json!({ "items": other }) } else { other } } })
        }
        _ => json!({ "properties": { wire: false } }),
    };
    match conditional.effect {
        Effect::Required => json!({ "if": holds, "then": { "required": [wire] } }),
        Effect::Forbidden => json!({ "if": holds, "then": without }),
        Effect::Allowed => json!({ "if": holds, "else": without }),
    }
}

/// Returns the models with which the limit holds; `None` for all.
fn models(rules: &Rules, limit: &Limit) -> Option<Value> {
    let index = rules.model.filter(|_| limit.models != u64::MAX)?;
    let Kind::Choice(choices) = &rules.fields.get(index)?.kind else { return None };
    let named = choices.iter().enumerate().filter(|(index, _)| limit.models >> index & 1 == 1);
    let named: Vec<Const> = named.map(|(_, name)| Const::Text(name.clone())).collect();
    Some(conjunction(rules, std::iter::once((index, Is::OneOf(named.into())))))
}
