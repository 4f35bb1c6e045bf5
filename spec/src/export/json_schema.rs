//! The rules of a request as JSON Schema 2020-12.
//!
//! JSON Schema has no keyword for lengths in bytes or UTF-16 units. The schema limits the number of characters instead, so
//! that it accepts every text that the rules accept: a character has 1 to 4 bytes, and 1 or 2 UTF-16 units. If an address
//! has both `max_length` and `max_bytes`, the smaller figure is its `maxLength`.

use serde_json::{Map, Value, json};

use super::conditions::{Asked, any_of, json, number, only_if};
use super::relations;
use crate::lower;
use crate::model::Spec;
use crate::rules::{
    Bound, Condition, Conditional, Const, Effect, Field, Is, Kind, Limit, MOST_EXACT, Presence, Relating, Relation,
    Rules, Term, Unit,
};

/// The addresses that [`looks_like_web_address`](crate::rules::looks_like_web_address) accepts, approximately.
const WEB_ADDRESS: &str = r#"^[Hh][Tt][Tt][Pp][Ss]?://([^/?#@\x00-\x20]*@)*(\[[^\]\x00-\x20]+\]|[^/?#@:\[\]%\x00-\x20]+)(:[0-9]*)?([/?#]|$)[^\x00-\x20\x7f<>"{}|\\^`]*$"#;

impl Spec {
    /// Returns the rules of the request as JSON Schema 2020-12.
    ///
    /// Differences and totals that JSON Schema cannot express are listed in `$comment`.
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
            relations::asked(&rules, 0, table).is_none().then(|| relation.doc.value.clone())
        };
        let both = self.request.relations.iter().zip(rules.relations.iter());
        let unsaid: Vec<String> = both.filter_map(|both| unsaid(&both)).collect();
        if !unsaid.is_empty() {
            schema["$comment"] = json!(format!("JSON Schema cannot express these rules: {}", unsaid.join(" ")));
        }
        if rules.modes.is_empty() {
            let forbidden = forbidden(&rules, 0);
            let has_forbidden = forbidden["properties"].as_object().is_some_and(|fields| !fields.is_empty());
            let parts = has_forbidden.then_some(forbidden).into_iter().chain(limits(&rules, 0));
            all_of(&mut schema, parts.chain(totals(&rules)).collect());
        } else {
            schema["anyOf"] = (0..rules.modes.len()).map(|mode| selection(&rules, mode)).collect();
            schema["allOf"] = (0..rules.modes.len()).map(|mode| in_mode(&rules, mode)).chain(totals(&rules)).collect();
        }
        schema
    }
}

/// Returns the schema of a field: the rules that hold in every mode with every model.
fn property(spec: &Spec, field: &Field) -> Value {
    let mut property = value(field);
    if let Some(model) = spec.request.field(&field.wire) {
        document(&mut property, model);
        let path = if model.is_list() { "/items/properties" } else { "/properties" };
        if let Some(members) = property.pointer_mut(path) {
            model.members().iter().for_each(|member| document(&mut members[member.wire.as_str()], member));
        }
    }
    property
}

fn document(property: &mut Value, model: &crate::model::Field) {
    property["description"] = json!(description(model));
    if let Some(suggested) = &model.suggested {
        let value = json(&lower::constant(suggested));
        property["examples"] = json!([if model.is_list() { json!([value]) } else { value }]);
    }
    if model.deprecated.is_some() {
        property["deprecated"] = json!(true);
    }
}

/// Returns the schema of an object in the request.
fn object(members: &[Field]) -> Value {
    let required = members.iter().filter(|member| member.presence.first() == Some(&Presence::Required));
    let required: Vec<&str> = required.map(|member| &*member.wire).collect();
    let properties: Map<String, Value> =
        members.iter().map(|member| (member.wire.to_string(), value(member))).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// Returns the schema of a field's value, without its documentation.
fn value(field: &Field) -> Value {
    let mut property = match &field.kind {
        Kind::Text(_) => json!({ "type": "string" }),
        Kind::Url => json!({ "type": "string", "format": "uri", "pattern": WEB_ADDRESS }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Integer => json!({ "type": "integer", "minimum": -MOST_EXACT, "maximum": MOST_EXACT }),
        Kind::Number => json!({ "type": "number" }),
        Kind::Choice(choices) => json!({ "type": "string", "enum": choices }),
        Kind::IntegerChoice(choices) => json!({ "type": "integer", "enum": choices }),
        Kind::Object(members) => object(members),
    };
    if let Some(pattern) = &field.pattern {
        property["pattern"] = json!(pattern.text());
    }
    if field.list {
        property = json!({ "type": "array", "items": property });
    }
    for limit in field.limits.iter().filter(|limit| limit.holds_always()) {
        merge(&mut property, limited(field, limit.bound));
    }
    if field.nullable {
        property = or_null(property);
    }
    if let Some(constant) = &field.constant {
        property["const"] = json(constant);
    }
    if let Some(default) = field.default_in(None) {
        property["default"] = json(default);
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

/// Adds members to an object. Inner objects are merged. Of two figures for one keyword, the stricter one is kept.
fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                if !into.get(&name).is_some_and(|own| is_stricter(&name, own, &value)) {
                    merge(into.entry(name).or_insert(Value::Null), value);
                }
            }
        }
        (into, from) => *into = from,
    }
}

fn is_stricter(keyword: &str, own: &Value, other: &Value) -> bool {
    match keyword {
        "minLength" | "minItems" | "minimum" | "exclusiveMinimum" => own.as_f64() > other.as_f64(),
        "maxLength" | "maxItems" | "maximum" | "exclusiveMaximum" => own.as_f64() < other.as_f64(),
        _ => false,
    }
}

/// Returns the schema of a limit, for a field or for the items of its list.
fn limited(field: &Field, bound: Bound) -> Value {
    let unit = if let Kind::Text(unit) = field.kind { unit } else { Unit::Chars };
    let (keyword, figure) = match bound {
        Bound::MinLength(least) => ("minLength", json!(least.div_ceil(unit.most_per_char()))),
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

/// Returns a schema that only bodies of this mode match.
fn selection(rules: &Rules, mode: usize) -> Value {
    let mut asked = Asked::default();
    for (index, wanted) in rules.modes[mode].when.iter() {
        asked.one_of(&rules.fields[*index], std::slice::from_ref(wanted), Some(mode));
    }
    asked.schema()
}

fn in_mode(rules: &Rules, mode: usize) -> Value {
    let mut then = forbidden(rules, mode);
    then["required"] = required(rules, mode);
    for field in rules.fields.iter().filter(|field| !counts_always(field)) {
        if let Some(default) = field.default_in(Some(mode)) {
            then["properties"][&*field.wire] = json!({ "default": json(default) });
        }
    }
    all_of(&mut then, limits(rules, mode));
    json!({ "title": rules.modes[mode].name, "if": selection(rules, mode), "then": then })
}

/// Whether the service assumes the default of the field in all modes.
fn counts_always(field: &Field) -> bool {
    field.default_in(None).is_some()
}

/// Returns a schema that refuses the fields that the mode forbids.
fn forbidden(rules: &Rules, mode: usize) -> Value {
    let forbidden = rules.fields.iter().filter(|field| field.presence.get(mode) == Some(&Presence::Forbidden));
    let forbidden: Map<String, Value> = forbidden.map(|field| (field.wire.to_string(), json!(false))).collect();
    json!({ "properties": forbidden })
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

/// Returns the limits of this mode that do not hold in every mode with every model, and the rules that depend on values.
fn limits(rules: &Rules, mode: usize) -> Vec<Value> {
    let mut found = Vec::new();
    for (index, field) in rules.fields.iter().enumerate() {
        let presence = field.presence.get(mode).copied();
        if presence == Some(Presence::Forbidden) {
            continue;
        }
        let own = |limit: &&Limit| !limit.holds_always() && (rules.modes.is_empty() || limit.modes >> mode & 1 == 1);
        for limit in field.limits.iter().filter(own) {
            let limited = json!({ "properties": { &*field.wire: limited(field, limit.bound) } });
            let mut conditions: Vec<Value> = models(rules, mode, limit).into_iter().collect();
            if !limit.when.is_empty() {
                conditions.push(any_of(rules, mode, &limit.when));
            }
            found.extend(only_if(conditions, limited));
        }
        let applies = |conditional: &&Conditional| conditional.value.is_some() || presence == Some(Presence::Optional);
        found.extend(field.conditions.iter().filter(applies).filter_map(|it| conditioned(rules, mode, index, it)));
    }
    let here = |relation: &&Relation| {
        !is_total_of_every_body(relation) && (rules.modes.is_empty() || relation.modes >> mode & 1 == 1)
    };
    found.extend(rules.relations.iter().filter(here).filter_map(|relation| {
        let when = (!relation.when.is_empty()).then(|| any_of(rules, mode, &relation.when));
        only_if(when.into_iter().collect(), relations::asked(rules, mode, relation)?)
    }));
    found
}

/// Returns the totals that hold in every mode. They are long, so they are not repeated for each mode.
fn totals(rules: &Rules) -> impl Iterator<Item = Value> {
    rules.relations.iter().filter(|it| is_total_of_every_body(it)).filter_map(|it| relations::asked(rules, 0, it))
}

fn is_total_of_every_body(relation: &Relation) -> bool {
    matches!(relation.asks, Relating::Items { .. }) && relation.modes == u64::MAX && relation.when.is_empty()
}

/// Returns the rule of a condition. `None` if it always holds in this mode.
fn conditioned(rules: &Rules, mode: usize, index: usize, conditional: &Conditional) -> Option<Value> {
    let field = &rules.fields[index];
    let wire = &*field.wire;
    let without = match &conditional.value {
        Some(value) => match rules.modes.get(mode).and_then(|mode| mode.own_value(index)) {
            // The body may leave the field out, and has the value of the mode anyway.
            Some(own) if own == value => json!(false),
            Some(_) => return None,
            None => {
                let other = json!({ "not": { "const": json(value) } });
                json!({ "properties": { wire: if field.list { json!({ "items": other }) } else { other } } })
            }
        },
        None => json!({ "properties": { wire: false } }),
    };
    let holds = any_of(rules, mode, &conditional.any);
    match (conditional.effect, holds) {
        (Effect::Required, holds) => only_if(vec![holds], json!({ "required": [wire] })),
        (Effect::Forbidden, holds) => only_if(vec![holds], without),
        (Effect::Allowed, Value::Bool(true)) => None,
        (Effect::Allowed, Value::Bool(false)) => Some(without),
        (Effect::Allowed, holds) => Some(json!({ "if": holds, "else": without })),
    }
}

/// Returns the models with which the limit holds; `None` for all.
fn models(rules: &Rules, mode: usize, limit: &Limit) -> Option<Value> {
    let field = rules.model.filter(|_| limit.models != u64::MAX)?;
    let Kind::Choice(choices) = &rules.fields.get(field)?.kind else { return None };
    let named = choices.iter().enumerate().filter(|(index, _)| limit.models >> index & 1 == 1);
    let named = named.map(|(_, name)| Const::Text(name.clone())).collect();
    let terms = vec![Term { field, is: Is::OneOf(named) }].into();
    Some(any_of(rules, mode, &[Condition { terms }]))
}
