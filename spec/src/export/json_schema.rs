//! The rules of a request as JSON Schema 2020-12, whose validators know nothing of this crate.
//!
//! Lengths in bytes or UTF-16 units have no keyword there: they are exported as lengths in characters, which are never
//! more, so that the schema refuses nothing that the rules take.

use serde_json::{Map, Value, json};

use crate::model::{FieldKind, Spec};
use crate::rules::{Bound, Field, Kind, Limit, Presence, Rules};

/// What [`looks_like_web_address`](crate::rules::looks_like_web_address) takes, as far as a pattern can tell.
const WEB_ADDRESS: &str =
    r#"^[Hh][Tt][Tt][Pp][Ss]?://([^/?#@\s]*@)*(\[[^\]\s]+\]|[^/?#@:\[\]%\s]+)(:[0-9]{0,5})?([/?#]|$)[^\s<>"{}|\\^`]*$"#;

impl Spec {
    /// The rules of the request as JSON Schema 2020-12: modes as if and then, limits by model, unknown fields refused.
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
        });
        if rules.modes.is_empty() {
            schema["required"] = required(&rules, 0);
            schema["allOf"] = limits(&rules, 0).into();
        } else {
            let conditions = (0..rules.modes.len()).map(|mode| condition(&rules, mode));
            schema["anyOf"] = conditions.collect();
            schema["allOf"] = (0..rules.modes.len()).map(|mode| in_mode(&rules, mode)).collect();
        }
        schema
    }
}

/// What holds in every mode with every model.
fn property(spec: &Spec, field: &Field) -> Value {
    let mut property = match &field.kind {
        Kind::Text(_) => json!({ "type": "string" }),
        Kind::Url => json!({ "type": "string", "format": "uri", "pattern": WEB_ADDRESS }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Number => json!({ "type": "number" }),
        Kind::Choice(choices) => json!({ "enum": choices }),
    };
    if let Some(model) = spec.request.field(&field.wire) {
        property["description"] = json!(*model.doc);
        if let FieldKind::Choice(_, choices) = &*model.kind {
            let docs: Vec<String> = choices.iter().map(|choice| format!("{}: {}", *choice.wire, *choice.doc)).collect();
            property["description"] = json!(format!("{} {}", *model.doc, docs.join(" ")));
        }
    }
    if let Some(default) = field.default {
        property["default"] = json!(default);
    }
    for limit in field.limits.iter().filter(|limit| limit.modes == u64::MAX && limit.models == u64::MAX) {
        let (keyword, figure) = keyword(limit);
        property[keyword] = figure;
    }
    property
}

fn keyword(limit: &Limit) -> (&'static str, Value) {
    match limit.bound {
        Bound::MinLength(least) => ("minLength", json!(least)),
        Bound::MaxLength(most) => ("maxLength", json!(most)),
        Bound::Min(least) => ("minimum", json!(least.value())),
        Bound::Max(most) => ("maximum", json!(most.value())),
        Bound::MultipleOf(step) => ("multipleOf", json!(step.value())),
    }
}

/// Holds for bodies of this mode alone. A field that is left out counts with its default.
fn condition(rules: &Rules, mode: usize) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (field, wanted) in rules.modes[mode].when.iter() {
        let field = &rules.fields[*field];
        properties.insert(field.wire.to_string(), json!({ "const": wanted }));
        if field.default != Some(*wanted) {
            required.push(json!(field.wire));
        }
    }
    json!({ "properties": properties, "required": required })
}

fn in_mode(rules: &Rules, mode: usize) -> Value {
    let forbidden = rules.fields.iter().filter(|field| field.presence.get(mode) == Some(&Presence::Forbidden));
    let forbidden: Map<String, Value> = forbidden.map(|field| (field.wire.to_string(), json!(false))).collect();
    json!({
        "title": rules.modes[mode].name,
        "if": condition(rules, mode),
        "then": { "required": required(rules, mode), "properties": forbidden, "allOf": limits(rules, mode) },
    })
}

fn required(rules: &Rules, mode: usize) -> Value {
    let required = rules.fields.iter().filter(|field| field.presence.get(mode) == Some(&Presence::Required));
    required.map(|field| json!(field.wire)).collect()
}

/// The limits of this mode that do not hold in every mode with every model.
fn limits(rules: &Rules, mode: usize) -> Vec<Value> {
    let mut found = Vec::new();
    for field in rules.fields.iter() {
        let own = |limit: &&Limit| {
            (limit.modes != u64::MAX || limit.models != u64::MAX)
                && (rules.modes.is_empty() || limit.modes >> mode & 1 == 1)
        };
        for limit in field.limits.iter().filter(own) {
            let (keyword, figure) = keyword(limit);
            let limited = json!({ "properties": { &*field.wire: { keyword: figure } } });
            found.push(match models(rules, limit) {
                None => limited,
                Some((model, named)) => json!({
                    "if": { "properties": { model: { "enum": named } }, "required": [model] },
                    "then": limited,
                }),
            });
        }
    }
    found
}

/// The field of the models and those for which the limit holds; `None` where it holds for all.
fn models<'a>(rules: &'a Rules, limit: &Limit) -> Option<(&'a str, Vec<&'a str>)> {
    let field = rules.model.and_then(|index| rules.fields.get(index)).filter(|_| limit.models != u64::MAX)?;
    let Kind::Choice(choices) = &field.kind else { return None };
    let named = choices.iter().enumerate().filter(|(index, _)| limit.models >> index & 1 == 1);
    Some((&field.wire, named.map(|(_, name)| &**name).collect()))
}
