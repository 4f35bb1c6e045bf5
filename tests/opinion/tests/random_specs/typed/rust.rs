//! Bodies as calls of the typed builder.

use std::fmt::Write;

use crate::drawing::{Draft, Field, Kind};
use crate::json::Json;
use crate::meaning::{Broken, Like, Presence, Spec};

/// Rules that a program cannot break, since it does not compile.
const BY_TYPES: [&str; 5] = ["null", "required", "required member", "forbidden", "group by types"];

/// Rules for which a program has no words.
const UNSAID: [&str; 7] = ["object", "twice", "unknown", "unknown member", "mode", "constant", "type"];

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
pub fn builder(draft: &Draft, spec: &Spec, body: &Json, likes: &[Like], module: &str) -> Option<String> {
    let Json::Object(members) = body else { return None };
    let mode = mode(draft, spec, members)?;
    let mut expression = format!("{module}::WorkRequest::{}()", constructor(draft, mode));
    for (name, value) in members {
        let field = draft.fields.iter().find(|field| field.name == *name)?;
        let like = like(field, spec, likes);
        // The builder sends what is constant or set by the mode.
        if field.is_constant || field.presence[mode] == Presence::Set {
            continue;
        }
        match value {
            Json::Null => write!(expression, ".null_{}()", field.setter).ok()?,
            _ => expression.push_str(&call(field, value, like, module)?),
        }
    }
    Some(expression + ".build()")
}

/// Returns the call of a setter.
fn call(field: &Field, value: &Json, like: Option<&Json>, module: &str) -> Option<String> {
    let value = match value {
        Json::List(items) if field.is_list => {
            let items = items.iter().map(|item| literal(field, item, like, module)).collect::<Option<Vec<_>>>()?;
            format!("Vec::<{}>::from([{}])", type_of(field, module), items.join(", "))
        }
        single => literal(field, single, like, module)?,
    };
    Some(format!(".{}({value})", field.setter))
}

/// Returns an object that is built.
fn object(field: &Field, members: &[(String, Json)], module: &str) -> Option<String> {
    let call = |(name, value): &(String, Json)| {
        let member = field.members.iter().find(|member| member.name == *name)?;
        call(member, value, None, module)
    };
    let calls = members.iter().map(call).collect::<Option<String>>()?;
    Some(format!("{module}::{}::builder(){calls}.build()", field.title))
}

/// Returns the options for reading a body. `None` if it is read without.
pub fn options(draft: &Draft, spec: &Spec, likes: &[Like], module: &str) -> Option<String> {
    let unlisted = |field: &Field| {
        let listed = literal(field, like(field, spec, likes)?, None, module)?;
        Some(format!(".unlisted({listed})"))
    };
    let unlisted: String = draft.fields.iter().filter_map(unlisted).collect();
    (!unlisted.is_empty()).then(|| format!("cover_api::FromJson::new(){unlisted}"))
}

/// Returns what unlisted values of the field are like.
fn like<'a>(field: &Field, spec: &Spec, likes: &'a [Like]) -> Option<&'a Json> {
    likes.iter().find(|(place, _)| spec.fields[*place].name == field.name).map(|(_, like)| like)
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
        Kind::Choice | Kind::WholeChoice | Kind::Object => format!("{module}::{}", field.title),
    }
}

/// Returns a value as Rust. It has the type of its own, which need not be that of the field.
fn literal(field: &Field, value: &Json, like: Option<&Json>, module: &str) -> Option<String> {
    let is_choice = matches!(field.kind, Kind::Choice | Kind::WholeChoice);
    match value {
        Json::Text(_) | Json::Number(_) if is_choice => {
            let choice = format!("{module}::{}", field.title);
            let variant = |value: &Json| field.variants.iter().find(|(known, _)| *known == value.to_string());
            match (variant(value), value) {
                (Some((_, variant)), _) => Some(format!("{choice}::{variant}")),
                (None, Json::Text(text)) => {
                    Some(format!("{choice}::unlisted({text:?}, {choice}::{})", variant(like?)?.1))
                }
                (None, _) => None,
            }
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
        Json::Object(members) if field.kind == Kind::Object => object(field, members, module),
        Json::Null | Json::List(_) | Json::Object(_) => None,
    }
}
