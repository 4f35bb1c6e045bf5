//! The body of a request, from flags or from JSON.

use std::fs;
use std::io::{self, Read};
use std::str::FromStr;

use clap::ArgMatches;
use clap::parser::ValueSource;
use cover_api::runtime::{AnyRequest, AnyService, Client};
use cover_spec::rules::{Field, Kind};
use serde_json::{Map, Number, Value};

use super::flags::id;
use super::{Operation, mode, words};
use crate::exit::Failure;

/// Longest text that is read from a file or from standard input, in bytes. No service takes as much.
const MAX_TEXT: u64 = 1 << 20;

/// Returns the fields that flags give, by their JSON names.
pub(crate) fn body(operation: &Operation, matches: &ArgMatches) -> Result<Map<String, Value>, Failure> {
    let mut body = match matches.get_one::<String>("body") {
        Some(json) => parse(&text(json, true)?)?,
        None => Map::new(),
    };
    for field in operation.rules.fields.iter() {
        let id = &id(&field.wire);
        let is_given =
            matches.try_contains_id(id).is_ok() && matches.value_source(id) == Some(ValueSource::CommandLine);
        if is_given {
            let given: Vec<&String> = matches.get_many::<String>(id).into_iter().flatten().collect();
            body.insert(field.wire.to_string(), value(field, &given)?);
        }
    }
    Ok(body)
}

/// Completes a body: the address of the song, placeholders, and what the spec suggests.
pub(crate) fn completed(
    operation: &Operation,
    mut body: Map<String, Value>,
    address: Option<&str>,
) -> Map<String, Value> {
    if let (Some(address), Some(field)) = (address, operation.upload_field()) {
        body.insert(field.to_owned(), Value::from(address));
    }
    for field in &operation.spec.request.fields {
        let stand_in = field.placeholder.as_ref().map(|placeholder| placeholder.value.value.clone());
        let suggested = field.suggested.as_ref().map(|suggested| suggested.value.to_string());
        // Only required fields get a value that the user did not choose.
        if let Some(value) = stand_in.or(suggested.filter(|_| field.required.is_some())) {
            body.entry(field.wire.value.clone()).or_insert_with(|| Value::from(value));
        }
    }
    body
}

/// Returns the request with these fields, in the mode with this name, or else in the one that takes them.
pub(crate) fn request(
    client: &Client<AnyService>,
    operation: &Operation,
    body: &Map<String, Value>,
    mode: Option<&str>,
) -> Result<(AnyRequest, Map<String, Value>), Failure> {
    let rules = &operation.rules;
    let in_mode = |mode: Option<usize>| {
        let mut body = body.clone();
        if let Some(mode) = mode {
            mode::complete(rules, &rules.modes[mode], &mut body);
        }
        let request = client.request(Value::Object(body.clone()).to_string());
        request.map(|request| (request, body))
    };
    let mode = match mode {
        Some(name) => Some(mode::named(rules, name).ok_or_else(|| no_such_mode(operation, name))?),
        None => match mode::select(rules, body) {
            Ok(mode) => mode,
            Err(misfits) => {
                let tried = misfits.closest().iter().map(|mode| in_mode(Some(*mode)).err());
                return Err(words::misfits(operation, body, &misfits, &tried.flatten().collect::<Vec<_>>()));
            }
        },
    };
    in_mode(mode).map_err(|violations| words::in_words(operation, body, &violations))
}

fn no_such_mode(operation: &Operation, name: &str) -> Failure {
    let names: Vec<&str> = operation.rules.modes.iter().map(|mode| &*mode.name).collect();
    if names.is_empty() {
        return Failure::usage("--mode: requests of this operation have no modes");
    }
    let nearest = cover_spec::nearest(name, names.iter().copied()).map(|name| format!("; did you mean `{name}`?"));
    Failure::usage(format!("--mode: `{name}` is not one of {}{}", names.join(", "), nearest.unwrap_or_default()))
}

fn parse(json: &str) -> Result<Map<String, Value>, Failure> {
    serde_json::from_str(json).map_err(|error| Failure::usage(format!("--body: not a JSON object: {error}")))
}

/// Reads the value of a flag. A value of another type stays a text, so that it is reported with the other violations.
fn value(field: &Field, given: &[&String]) -> Result<Value, Failure> {
    if field.list {
        let items = given.iter().map(|item| single(&field.kind, item));
        return Ok(Value::Array(items.collect::<Result<_, _>>()?));
    }
    given.last().map_or(Ok(Value::Null), |given| single(&field.kind, given))
}

/// Reads a cell of a table. It is read as the value of a flag, but `-` is a text, and several items of a list are a JSON array.
pub(crate) fn cell(field: &Field, given: &str) -> Result<Value, Failure> {
    if field.list && given.trim_start().starts_with('[') {
        return Ok(serde_json::from_str(given).unwrap_or_else(|_| Value::from(given)));
    }
    let value = match &field.kind {
        _ if given == "-" => Value::from(given),
        Kind::Text(_) | Kind::Object(_) => single(&field.kind, given)?,
        // Spreadsheets write TRUE.
        Kind::Boolean => single(&field.kind, &given.trim().to_ascii_lowercase())?,
        kind => single(kind, given.trim())?,
    };
    Ok(if field.list { Value::Array(vec![value]) } else { value })
}

fn single(kind: &Kind, given: &str) -> Result<Value, Failure> {
    let as_text = || Value::from(given);
    Ok(match kind {
        Kind::Text(_) => Value::from(text(given, false)?),
        Kind::Url | Kind::Choice(_) => as_text(),
        Kind::Boolean => given.parse::<bool>().map_or_else(|_| as_text(), Value::from),
        Kind::Integer | Kind::Number | Kind::IntegerChoice(_) => {
            Number::from_str(given).map_or_else(|_| as_text(), Value::from)
        }
        Kind::Object(_) => serde_json::from_str(&text(given, true)?).unwrap_or_else(|_| as_text()),
    })
}

/// Reads a text: `@file` is the content of a file, `-` is standard input, and `@@` begins a text with `@`. The last line break is left
/// out.
fn text(given: &str, is_json: bool) -> Result<String, Failure> {
    let read = if given == "-" {
        limited("standard input", io::stdin().lock())?
    } else if let Some(literal) = given.strip_prefix("@@") {
        return Ok(format!("@{literal}"));
    } else if let Some(path) = given.strip_prefix('@') {
        let file = fs::File::open(path).map_err(|error| Failure::usage(format!("{path}: {error}")))?;
        limited(path, file)?
    } else if is_json && !given.trim_start().starts_with(['{', '[']) {
        let file = fs::File::open(given).map_err(|error| Failure::usage(format!("{given}: {error}")))?;
        limited(given, file)?
    } else {
        return Ok(given.to_owned());
    };
    let end = read.trim_end_matches(['\r', '\n']).len();
    Ok(read[..end].to_owned())
}

fn limited(name: &str, reader: impl Read) -> Result<String, Failure> {
    let mut text = String::new();
    let read = reader.take(MAX_TEXT + 1).read_to_string(&mut text);
    read.map_err(|error| Failure::usage(format!("{name}: {error}")))?;
    if text.len() as u64 > MAX_TEXT {
        return Err(Failure::usage(format!("{name}: more than {MAX_TEXT} bytes of text")));
    }
    Ok(text)
}
