//! The differences between a spec and the service's own OpenAPI document.
//!
//! Real documents are wrong in many ways. Parts that cannot be understood are ignored.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::lower;
use crate::model::{Field, FieldKind, Scalar, Spec};
use crate::rules::{Bound, Limit, Presence, Unit};

/// Maximum length of a chain of references.
const MOST_STEPS: usize = 32;

/// One difference between the spec and the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    text: String,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The error for a document without the POST of the spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoSuchPath {
    path: String,
    known: Vec<String>,
}

impl fmt::Display for NoSuchPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = if self.known.is_empty() { "none".to_owned() } else { self.known.join(", ") };
        write!(f, "the document has no POST of `{}` with a JSON body; it has {known}", self.path)
    }
}

impl std::error::Error for NoSuchPath {}

impl Spec {
    /// Compares the request with an OpenAPI document of version 3.0 or 3.1, as JSON.
    ///
    /// # Errors
    ///
    /// Fails if the document has no POST for the spec's path with a JSON body.
    ///
    /// ```
    /// let spec = cover_spec::Spec::parse("upload_cover.toml", cover_spec::SHIPPED)?;
    /// let mut document = spec.openapi();
    /// document["components"]["schemas"]["CoverRequest"]["properties"]["personaId"] = serde_json::json!({ "type": "string" });
    /// let drifts: Vec<String> = spec.drift(&document)?.iter().map(ToString::to_string).collect();
    /// assert!(drifts.contains(&"the document has `personaId`, which the spec lacks".to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn drift(&self, document: &Value) -> Result<Vec<Drift>, NoSuchPath> {
        let document = Document(document);
        let path = &*self.submit.path;
        let body = document.body(path).ok_or_else(|| NoSuchPath { path: path.clone(), known: document.posts() })?;
        let mut said = Said::default();
        document.gather(body, &mut said, MOST_STEPS);
        let mut found = Vec::new();
        self.all(&document, &self.request.fields, "", &said, &mut found);
        Ok(found.into_iter().map(|text| Drift { text }).collect())
    }

    /// Compares the fields of the request, or the members of an object. `within` is what precedes their names, such as `segments.`.
    fn all(&self, document: &Document<'_>, fields: &[Field], within: &str, said: &Said<'_>, found: &mut Vec<String>) {
        for field in fields {
            let name = format!("{within}{}", *field.wire);
            match said.properties.get(field.wire.as_str()) {
                None if self.request.forbids(field) => {}
                None => found.push(format!("`{name}` is not in the document")),
                Some(property) => {
                    let property = document.resolved(property);
                    let fixed = within.is_empty() && self.request.decides_mode(field);
                    if !fixed {
                        self.presence(field, &name, said, found);
                    }
                    self.one(document, field, &name, &property, found);
                }
            }
        }
        for name in said.properties.keys().filter(|name| !fields.iter().any(|field| *field.wire == **name)) {
            let required = if said.required.contains(name) { ", and requires it" } else { "" };
            found.push(format!("the document has `{within}{name}`, which the spec lacks{required}"));
        }
    }

    fn presence(&self, field: &Field, name: &str, said: &Said<'_>, found: &mut Vec<String>) {
        let always = self.request.each_mode().all(|mode| field.presence_in(mode) == Presence::Required);
        match (said.required.contains(&field.wire.as_str()), always) {
            (true, false) => found.push(format!("the document requires `{name}`, which the spec does not always")),
            (false, true) => found.push(format!("the spec always requires `{name}`, which the document does not")),
            _ => {}
        }
    }

    fn one(&self, document: &Document<'_>, field: &Field, name: &str, property: &Value, found: &mut Vec<String>) {
        let items = property.get("items").filter(|_| field.is_list()).map(|items| document.resolved(items));
        let item = if field.is_list() { items.as_ref().unwrap_or(&Value::Null) } else { property };
        kinds(field, name, property, item, found);
        choices(field, name, item, found);
        patterns(field, name, item, found);
        self.figures(field, name, property, item, found);
        self.members(document, field, name, item, found);
    }

    /// Compares the members of an object. One that the document has with another type has no members to compare.
    fn members(&self, document: &Document<'_>, field: &Field, name: &str, item: &Value, found: &mut Vec<String>) {
        let types = types(item);
        let is_object = types.is_empty() || types.iter().any(|it| it == "object");
        if field.members().is_empty() || !is_object {
            return;
        }
        let mut said = Said::default();
        document.gather(item, &mut said, MOST_STEPS);
        if said.properties.is_empty() {
            return found.push(format!("`{name}`: the document lists no members"));
        }
        self.all(document, field.members(), &format!("{name}."), &said, found);
    }

    /// Compares the least strict limit of the spec with that of the document.
    fn figures(&self, field: &Field, name: &str, property: &Value, item: &Value, found: &mut Vec<String>) {
        let limits = lower::limits(field, &self.request);
        for (keyword, on_list, of) in FIGURES {
            let said = if *on_list { property } else { item };
            let said = said.get(*keyword).and_then(as_number);
            let figures: Vec<f64> = limits.iter().filter_map(|limit| of(limit.bound)).collect();
            let least = keyword.starts_with("min");
            let loosest = figures.iter().copied().reduce(if least { f64::min } else { f64::max });
            match (loosest, said) {
                // Documents rarely say that texts must not be empty.
                (Some(one), None) if *keyword == "minLength" && one <= 1.0 => {}
                // OpenAPI counts characters.
                (Some(one), Some(said)) if *keyword == "minLength" && is_in_characters(one, field.unit(), said) => {}
                // OpenAPI has no keyword for bytes, and `maxLength` is the nearest.
                (None, Some(said)) if *keyword == "maxLength" && has_max_bytes(&limits, said) => {}
                (Some(one), Some(said)) if (one - said).abs() > 1e-9 => {
                    let several = if figures.len() > 1 { " at its loosest" } else { "" };
                    found.push(format!("`{name}`: {keyword} is {said} in the document and {one}{several} in the spec"));
                }
                (None, Some(said)) => found.push(format!("`{name}`: the document has {keyword} {said}, the spec none")),
                (Some(one), None) => {
                    found.push(format!("`{name}`: the spec has {keyword} {one}, the document none"));
                }
                _ => {}
            }
        }
    }
}

/// Whether `figure` is the number of characters that a text with the minimum length `least` has at least.
fn is_in_characters(least: f64, unit: Unit, figure: f64) -> bool {
    ((least / f64::from(unit.most_per_char())).ceil() - figure).abs() < 1e-9
}

fn has_max_bytes(limits: &[Limit], figure: f64) -> bool {
    let is_same = |bound| matches!(bound, Bound::MaxBytes(most) if (f64::from(most) - figure).abs() < 1e-9);
    limits.iter().any(|limit| is_same(limit.bound))
}

type FigureOf = fn(Bound) -> Option<f64>;

const FIGURES: &[(&str, bool, FigureOf)] = &[
    ("minLength", false, |it| if let Bound::MinLength(it) = it { Some(it.into()) } else { None }),
    ("maxLength", false, |it| if let Bound::MaxLength(it) = it { Some(it.into()) } else { None }),
    ("minItems", true, |it| if let Bound::MinItems(it) = it { Some(it.into()) } else { None }),
    ("maxItems", true, |it| if let Bound::MaxItems(it) = it { Some(it.into()) } else { None }),
    ("minimum", false, |it| if let Bound::Min(it) = it { Some(it.value()) } else { None }),
    ("maximum", false, |it| if let Bound::Max(it) = it { Some(it.value()) } else { None }),
    ("multipleOf", false, |it| if let Bound::MultipleOf(it) = it { Some(it.value()) } else { None }),
];

/// Reads a number. Some documents have numbers as texts.
fn as_number(value: &Value) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    // The limits of exact integers in JSON are not limits of a field.
    (number.abs() < 9_007_199_254_740_991.0).then_some(number)
}

fn kinds(field: &Field, name: &str, property: &Value, item: &Value, found: &mut Vec<String>) {
    let wanted: &[&str] = match &*field.kind {
        FieldKind::Choice(..) if is_of_numbers(field) => &["integer", "number"],
        FieldKind::Text(_) | FieldKind::Url | FieldKind::Choice(..) => &["string"],
        FieldKind::Boolean(_) => &["boolean"],
        FieldKind::Integer => &["integer", "number"],
        FieldKind::Number => &["number", "integer"],
        FieldKind::Object(..) => &["object"],
    };
    let types = types(item);
    if !types.is_empty() && !types.iter().any(|it| wanted.contains(&it.as_str())) {
        found.push(format!("`{name}`: type {} in the document", types.join(" or ")));
    }
    let is_list = self::types(property).iter().any(|it| it == "array");
    if is_list != field.is_list() && !self::types(property).is_empty() {
        found.push(format!("`{name}`: {} list in the document", if is_list { "a" } else { "no" }));
    }
}

fn types(schema: &Value) -> Vec<String> {
    let all = match schema.get("type") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    all.into_iter().filter(|name| name != "null").collect()
}

fn choices(field: &Field, name: &str, item: &Value, found: &mut Vec<String>) {
    let FieldKind::Choice(_, choices) = &*field.kind else { return };
    let one = item.get("const").map(std::slice::from_ref);
    let Some(said) = item.get("enum").and_then(Value::as_array).map(Vec::as_slice).or(one) else {
        return found.push(format!("`{name}`: the document lists no values"));
    };
    let is_of_numbers = is_of_numbers(field);
    let as_text = |value: &Value| match value {
        Value::Number(number) if is_of_numbers => number.as_f64().map(|number| number.to_string()),
        Value::String(text) if !is_of_numbers => Some(text.clone()),
        _ => None,
    };
    let said: Vec<String> = said.iter().filter_map(as_text).collect();
    for choice in choices.iter().filter(|choice| !said.contains(&choice.wire)) {
        found.push(format!("`{name}`: the document lacks {}", *choice.wire));
    }
    for value in said.iter().filter(|value| !choices.iter().any(|choice| *choice.wire == **value)) {
        found.push(format!("`{name}`: the document has {value}, which the spec lacks"));
    }
}

fn is_of_numbers(field: &Field) -> bool {
    field.choices().iter().any(|choice| matches!(choice.value, Scalar::Number(_)))
}

fn patterns(field: &Field, name: &str, item: &Value, found: &mut Vec<String>) {
    let said = item.get("pattern").and_then(Value::as_str);
    match (field.pattern.as_ref().map(|pattern| pattern.as_str()), said) {
        (Some(own), Some(said)) if own != said => {
            found.push(format!("`{name}`: the pattern is `{said}` in the document and `{own}` in the spec"));
        }
        (Some(own), None) => found.push(format!("`{name}`: the spec has the pattern `{own}`, the document none")),
        // The export of an address has a pattern that the spec cannot have.
        (None, Some(said)) if matches!(*field.kind, FieldKind::Text(_)) => {
            found.push(format!("`{name}`: the document has the pattern `{said}`, the spec none"));
        }
        _ => {}
    }
}

/// The combined properties of the schemas of a body or an object.
#[derive(Default)]
struct Said<'a> {
    properties: BTreeMap<&'a str, &'a Value>,
    required: Vec<&'a str>,
}

struct Document<'a>(&'a Value);

impl<'a> Document<'a> {
    fn posts(&self) -> Vec<String> {
        let paths = self.0.get("paths").and_then(Value::as_object).into_iter().flatten();
        paths.filter(|(_, item)| item.get("post").is_some()).map(|(path, _)| path.clone()).collect()
    }

    /// Returns the schema of the body of a POST. The path of the document may lack a beginning that its servers have.
    fn body(&self, path: &str) -> Option<&'a Value> {
        let paths = self.0.get("paths")?.as_object()?;
        let same = |known: &str| known.trim_end_matches('/') == path.trim_end_matches('/');
        let ends = |known: &str| !known.is_empty() && known != "/" && path.ends_with(known);
        let item =
            paths.iter().find(|(known, _)| same(known)).or_else(|| paths.iter().find(|(known, _)| ends(known)))?.1;
        let body = self.follow(self.follow(item, MOST_STEPS).get("post")?.get("requestBody")?, MOST_STEPS);
        let content = body.get("content")?.as_object()?;
        let json = content.iter().find(|(kind, _)| kind.contains("json")).or_else(|| content.iter().next())?;
        json.1.get("schema")
    }

    fn follow<'v>(&self, value: &'v Value, steps: usize) -> &'v Value
    where
        'a: 'v,
    {
        let Some(reference) = value.get("$ref").and_then(Value::as_str).filter(|_| steps > 0) else { return value };
        match reference.strip_prefix('#').and_then(|pointer| self.0.pointer(pointer)) {
            Some(target) => self.follow(target, steps - 1),
            None => value,
        }
    }

    /// Returns the schema of a property, combined with those of its references and lists of schemas.
    fn resolved(&self, property: &Value) -> Value {
        let mut found = self.follow(property, 1).clone();
        for key in ["allOf", "anyOf", "oneOf"] {
            let Some(parts) = found.get(key).and_then(Value::as_array).cloned() else { continue };
            for (name, value) in parts.iter().filter_map(|part| self.follow(part, 1).as_object()).flatten() {
                if found.get(name).is_none() {
                    found[name] = value.clone();
                }
            }
        }
        found
    }

    /// Collects the properties of a schema and its parts. Properties of only some alternatives are not required.
    fn gather<'v>(&self, schema: &'v Value, said: &mut Said<'v>, steps: usize)
    where
        'a: 'v,
    {
        if steps == 0 {
            return;
        }
        let schema = self.follow(schema, MOST_STEPS);
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if property.is_object() {
                said.properties.entry(name).or_insert(property);
            }
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        said.required.extend(required.filter_map(Value::as_str));
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.gather(part, said, steps - 1);
        }
        for key in ["oneOf", "anyOf"] {
            for part in schema.get(key).and_then(Value::as_array).into_iter().flatten() {
                let required = said.required.len();
                self.gather(part, said, steps - 1);
                said.required.truncate(required);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SHIPPED;

    #[test]
    fn the_export_of_a_limit_in_bytes_does_not_differ_from_it() -> Result<(), Box<dyn std::error::Error>> {
        for (limits, most) in [
            ("max_bytes = 2048", 2048),
            ("max_length = 100\nmax_bytes = 2048", 100),
            ("max_length = 100\nmax_bytes = 100", 100),
        ] {
            let text = SHIPPED.replace("[fields.uploadUrl]", &format!("[fields.uploadUrl]\n{limits}"));
            let spec = Spec::parse("spec.toml", &text)?;
            let differs = |document: &Value| -> Result<bool, NoSuchPath> {
                Ok(spec.drift(document)?.iter().any(|drift| drift.text.contains("`uploadUrl`")))
            };
            let mut document = spec.openapi();
            assert!(!differs(&document)?, "{limits}");
            let address = &mut document["components"]["schemas"]["CoverRequest"]["properties"]["uploadUrl"];
            assert_eq!(address["maxLength"], most, "{limits}");
            address["maxLength"] = (most + 1).into();
            assert!(differs(&document)?, "{limits}");
        }
        Ok(())
    }
}
