//! For every spec of this repository, random bodies are valid or not alike for the table of rules and for an independent
//! validator of the exported JSON Schema.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use cover_opinion::random_seed;
use cover_spec::model::Scalar;
use cover_spec::rules::{
    Bound, Field, Figure, Kind, Object, Placed, Presence, Rule, Rules, Unit, Value, Violations, looks_like_web_address,
};
use cover_spec::{Checked, Spec};
use fastrand::Rng;
use serde_json::{Map, Value as Json, json};

/// Number of bodies for each spec and seed.
const BODIES: usize = 500;

/// Number of bodies that are drawn until one is valid.
const MOST_DRAWS: usize = 1_000;

/// Longest text that is drawn near a limit, since some services take whole files as text.
const LONGEST: u32 = 100_000;

fn specs() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = vec![root.join("spec/upload_cover.toml")];
    let mut folders = vec![root.join("spec/sunoapi"), root.join("tests/specs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    Ok(paths)
}

#[test]
fn the_rules_and_the_exported_schema_agree_about_every_spec() -> Result<(), Box<dyn Error>> {
    for seed in [1, random_seed()] {
        for path in specs()? {
            agree(&path, seed)?;
        }
    }
    Ok(())
}

fn agree(path: &Path, seed: u64) -> Result<(), Box<dyn Error>> {
    let shown = path.display().to_string();
    println!("{shown}, seed {seed}");
    let Checked::Spec(spec) = Checked::read(path)?.map_err(|faults| faults.to_string())? else { return Ok(()) };
    let rules = spec.rules();
    let exported = spec.json_schema();
    let says_less = exported.get("$comment").is_some();
    let schema = jsonschema::draft202012::new(&exported)?;
    let mut rng = Rng::with_seed(seed);
    let mut taken = 0;
    for number in 0..BODIES {
        let mut body = drawn(&spec, &rules, &mut rng);
        let mut tries = 0;
        // Half of the bodies are valid.
        while number % 2 == 0 && refused(&rules, &body).is_some() && tries < MOST_DRAWS {
            body = drawn(&spec, &rules, &mut rng);
            tries += 1;
        }
        let refused = refused(&rules, &body);
        taken += usize::from(refused.is_none());
        let by_schema = schema.is_valid(&Json::Object(body.clone()));
        let is_inexpressible = refused.as_ref().is_some_and(|it| {
            it.iter().all(|one| (says_less && is_inexpressible_rule(one.rule())) || is_counted_otherwise(one.limit()))
        });
        assert!(
            refused.is_none() == by_schema || is_inexpressible,
            "{shown}, seed {seed}, body {number}: rules {refused:?}, schema {by_schema}: {}",
            Json::Object(body),
        );
    }
    println!("{taken} of {BODIES} bodies are valid");
    assert!(taken > BODIES / 4, "{shown}, seed {seed}: only {taken} bodies are valid");
    Ok(())
}

/// Whether JSON Schema can express the rule in some cases only.
fn is_inexpressible_rule(rule: Rule) -> bool {
    matches!(rule, Rule::MinDifference | Rule::MaxDifference | Rule::MinTotal | Rule::MaxTotal)
}

/// Whether the limit is a length in units that JSON Schema does not count.
fn is_counted_otherwise(limit: Option<Figure>) -> bool {
    matches!(limit, Some(Figure::Length(_, Unit::Bytes | Unit::Utf16)))
}

fn refused(rules: &Rules, body: &Map<String, Json>) -> Option<Violations> {
    let mut placed = Placed::none(rules);
    for (name, value) in body {
        let field = rules.fields.iter().find(|field| field.wire == *name);
        placed.put(name, rule_value(value, field.and_then(|field| field.kind.members()).unwrap_or_default()));
    }
    placed.check(looks_like_web_address).err()
}

/// Returns the value of a field, whose objects have these members.
fn rule_value<'a>(value: &'a Json, members: &[Field]) -> Value<'a> {
    match value {
        Json::String(text) => Value::text(text),
        Json::Bool(truth) => Value::Truth(*truth),
        Json::Number(number) => number.as_f64().map_or(Value::Other, Value::Number),
        Json::Array(items) => Value::List(items.iter().map(|item| rule_value(item, members)).collect()),
        Json::Null => Value::Null,
        Json::Object(json) => {
            let mut object = Object::default();
            for (name, json) in json {
                if let Some((index, _)) = object.place(members, name) {
                    object.put(index, rule_value(json, &[]));
                }
            }
            Value::Object(object)
        }
    }
}

/// Returns a body in a random mode that breaks some rules.
fn drawn(spec: &Spec, rules: &Rules, rng: &mut Rng) -> Map<String, Json> {
    let mode = rng.usize(..rules.modes.len().max(1));
    let mut body = Map::new();
    for (index, field) in rules.fields.iter().enumerate() {
        let own = rules.modes.get(mode).and_then(|mode| mode.when.iter().find(|(own, _)| *own == index));
        let there = match field.presence.get(mode) {
            Some(Presence::Required | Presence::Fixed) => rng.u8(..60) > 0,
            Some(Presence::Forbidden) => rng.u8(..60) == 0,
            _ => rng.bool(),
        };
        if !there {
            continue;
        }
        let value = match (own.map(|(_, value)| value).or(field.constant.as_ref()), rng.u8(..80)) {
            (Some(constant), 1..) => scalar(&constant.value()),
            (_, 0) => rng
                .choice([json!(null), json!({}), json!([]), json!(true), json!("x"), json!(7), json!(0.5)])
                .unwrap_or_default(),
            _ if field.nullable && rng.u8(..4) == 0 => json!(null),
            _ => value_of_type(spec, field, rng),
        };
        body.insert(field.wire.to_string(), value);
    }
    if rng.u8(..60) == 0 {
        body.insert("unknown".to_owned(), json!(1));
    }
    body
}

fn scalar(value: &Value<'_>) -> Json {
    match value {
        Value::Text(text) => json!(text),
        Value::Number(number) => json!(number),
        Value::Truth(truth) => json!(truth),
        _ => Json::Null,
    }
}

fn most_items(field: &Field) -> usize {
    let most = field.limits.iter().find_map(|limit| match limit.bound {
        Bound::MaxItems(most) => usize::try_from(most).ok(),
        _ => None,
    });
    most.unwrap_or(3) + 1
}

fn value_of_type(spec: &Spec, field: &Field, rng: &mut Rng) -> Json {
    if field.list {
        return (0..rng.usize(..=most_items(field))).map(|_| item(spec, field, rng)).collect();
    }
    item(spec, field, rng)
}

/// Returns a value near one of the limits of the field.
fn item(spec: &Spec, field: &Field, rng: &mut Rng) -> Json {
    let example = spec.request.field(&field.wire).and_then(|field| field.example.as_deref());
    if let (Some(_), Some(Scalar::Text(example)), 1..) = (&field.pattern, example, rng.u8(..8)) {
        return json!(example);
    }
    let limit = rng.choice(field.limits.iter()).map(|limit| limit.bound);
    match &field.kind {
        Kind::Text(_) => {
            let letters = ["a", "ß", "あ", "🎷", "\u{301}"];
            let near = match limit {
                Some(Bound::MinLength(count) | Bound::MaxLength(count)) if count <= LONGEST && rng.bool() => {
                    (count as usize + rng.usize(..3)).saturating_sub(1)
                }
                _ => rng.usize(1..6),
            };
            json!((0..near).map(|_| rng.choice(letters).unwrap_or("a")).collect::<String>())
        }
        Kind::Url if rng.u8(..20) == 0 => json!("ftp://a.example"),
        Kind::Url => match limit {
            // JSON Schema counts characters: ASCII is as many bytes.
            Some(Bound::MaxLength(count) | Bound::MaxBytes(count)) if count <= LONGEST && rng.bool() => {
                let near = (count as usize + rng.usize(..3)).saturating_sub(1);
                json!(format!("{:a<near$}", "http://a"))
            }
            _ => json!(rng.choice(["https://a.example/x", "http://b.example", "https://c.example?q=1"])),
        },
        Kind::Boolean => json!(rng.bool()),
        Kind::Choice(choices) if rng.u8(..40) > 0 => json!(rng.choice(choices.iter())),
        Kind::Choice(_) => json!("none of them"),
        Kind::IntegerChoice(choices) => {
            let near = rng.choice(choices.iter()).copied().unwrap_or_default();
            if rng.u8(..40) == 0 { json!(near + rng.i64(-1..2)) } else { json!(near) }
        }
        Kind::Integer => {
            let near = match limit {
                Some(Bound::Min(bound) | Bound::Max(bound)) if rng.u8(..4) == 0 => bound.digits + rng.i64(-1..2),
                _ => rng.i64(0..40),
            };
            if rng.u8(..40) == 0 { json!(0.5) } else { json!(near) }
        }
        Kind::Number => match limit {
            Some(Bound::Min(bound) | Bound::Max(bound) | Bound::Above(bound) | Bound::Below(bound)) if rng.bool() => {
                json!(bound.value() + f64::from(rng.i32(-1..2)) / 10.0)
            }
            _ if rng.bool() => json!(f64::from(rng.i32(0..100)) / 100.0),
            _ => json!(f64::from(rng.i32(0..80))),
        },
        Kind::Object(members) => {
            let mut object = serde_json::Map::new();
            for member in &**members {
                let is_required = member.presence.first() == Some(&Presence::Required);
                if rng.u8(..10) > 0 && (is_required || rng.bool()) {
                    object.insert(member.wire.to_string(), value_of_type(spec, member, rng));
                }
            }
            Json::Object(object)
        }
    }
}
