//! Bodies as calls of the typed builder.

use std::fmt::Write;

use crate::drawing::{Draft, Field, Kind};
use crate::json::Json;
use crate::meaning::{Broken, Presence, Spec};

/// Rules that a program cannot break, since it does not compile.
const BY_TYPES: [&str; 4] = ["null", "required", "forbidden", "group by types"];

/// Rules for which a program has no words.
const UNSAID: [&str; 6] = ["object", "twice", "unknown", "mode", "constant", "type"];

/// What becomes of a program that builds a body.
#[derive(Clone, Copy, PartialEq)]
pub enum Outcome {
    Accepted,
    Refused,
    DoesNotCompile,
}

/// Returns what becomes of a program that builds the body. `None` if no program can say the body.
pub fn outcome(broken: &[Broken]) -> Option<Outcome> {
    let has = |rules: &[&str]| broken.iter().any(|it| rules.contains(&it.rule));
    match () {
        () if has(&UNSAID) => None,
        () if has(&BY_TYPES) => Some(Outcome::DoesNotCompile),
        () if broken.is_empty() => Some(Outcome::Accepted),
        () => Some(Outcome::Refused),
    }
}

/// Returns an expression that builds the body, with the types of the module. `None` if Rust has no words for a value.
pub fn builder(draft: &Draft, spec: &Spec, body: &Json, module: &str) -> Option<String> {
    let Json::Object(members) = body else { return None };
    let mode = mode(draft, spec, members)?;
    let mut expression = format!("{module}::WorkRequest::{}()", constructor(draft, mode));
    for (name, value) in members {
        let field = draft.fields.iter().find(|field| field.name == *name)?;
        // The builder sends what is constant or set by the mode.
        if field.is_constant || field.presence[mode] == Presence::Set {
            continue;
        }
        match (value, field.is_list) {
            (Json::Null, _) => write!(expression, ".null_{}()", field.setter).ok()?,
            (Json::List(items), true) => {
                let items = items.iter().map(|item| literal(field, item, module)).collect::<Option<Vec<_>>>()?;
                let list = format!("Vec::<{}>::from([{}])", type_of(field, module), items.join(", "));
                write!(expression, ".{}({list})", field.setter).ok()?;
            }
            _ => write!(expression, ".{}({})", field.setter, literal(field, value, module)?).ok()?,
        }
    }
    Some(expression + ".build()")
}

/// Returns the mode of a body: the one whose values the body has, also by default.
fn mode(draft: &Draft, spec: &Spec, members: &[(String, Json)]) -> Option<usize> {
    let has = |(place, value): &(usize, Json)| {
        let field = &spec.fields[*place];
        let given = members.iter().find(|(name, _)| *name == field.name).map(|(_, given)| given);
        given.or(field.default.as_ref().map(|(default, _)| default)).is_some_and(|it| it.is(value))
    };
    let mode = spec.modes.iter().find(|mode| mode.when.iter().all(has))?;
    draft.modes.iter().position(|drawn| drawn.name == mode.name)
}

fn constructor(draft: &Draft, mode: usize) -> String {
    let name = draft.modes[mode].name.to_lowercase().replace('<', "_").replace('>', "");
    if name.is_empty() { "builder".to_owned() } else { name }
}

fn type_of(field: &Field, module: &str) -> String {
    match field.kind {
        Kind::Text | Kind::Address => "&str".to_owned(),
        Kind::Truth => "bool".to_owned(),
        Kind::Integer => "i64".to_owned(),
        Kind::Number => "f64".to_owned(),
        Kind::Choice | Kind::WholeChoice => format!("{module}::{}", field.title),
    }
}

/// Returns a value as Rust. It has the type of its own, which need not be that of the field.
fn literal(field: &Field, value: &Json, module: &str) -> Option<String> {
    let is_choice = matches!(field.kind, Kind::Choice | Kind::WholeChoice);
    match value {
        Json::Text(_) | Json::Number(_) if is_choice => {
            let (_, variant) = field.variants.iter().find(|(known, _)| *known == value.to_string())?;
            Some(format!("{module}::{}::{variant}", field.title))
        }
        Json::Text(text) => Some(format!("{text:?}")),
        Json::Truth(truth) => Some(truth.to_string()),
        Json::Number(_) => {
            let number = value.as_number()?;
            let is_whole = number.fract() == 0.0 && number.abs() < 1e18;
            Some(if is_whole && field.kind != Kind::Number {
                format!("{number}_i64")
            } else {
                format!("{number:?}_f64")
            })
        }
        Json::Null | Json::List(_) | Json::Object(_) => None,
    }
}
