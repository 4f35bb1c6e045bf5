//! Generated programs: every mode × every field × left out, set and set twice; every limit × n and n + 1 × model; every value
//! of a choice. The plain table says which of them compile.
//!
//! The assertions do not depend on the compiler's version: whether a program compiles, how many errors there are, which field
//! and mode they name, and what they say to do.

use std::error::Error;
use std::fmt::Write;

use crate::stranger::Crate;
use crate::table::{self, FIELDS, Holds, MODELS, MODES, Must, Row};
use cover_spec::model::Scalar;
use serde_json::Value;

/// One program with its expected errors. It compiles if there are none.
struct Case {
    code: String,
    errors: Vec<Expected>,
}

/// What an error must contain.
#[derive(Clone)]
struct Expected {
    /// Parts of its message.
    message: Vec<String>,
    /// Parts of its labels and notes.
    hints: Vec<String>,
}

impl Expected {
    fn message(parts: impl IntoIterator<Item = String>) -> Self {
        Self { message: parts.into_iter().collect(), hints: Vec::new() }
    }

    fn hints(self, hints: impl IntoIterator<Item = String>) -> Self {
        Self { hints: hints.into_iter().collect(), ..self }
    }
}

/// An error of the compiler.
struct Found {
    line: usize,
    message: String,
    /// Labels and notes.
    hints: String,
}

/// The Rust expression of a valid value.
fn typed_value(row: &Row) -> &'static str {
    match (row.holds, row.wire) {
        (Holds::Address, _) => "\"https://a.example/x\"",
        (Holds::Truth, _) => "true",
        (Holds::Text, _) => "\"x\"",
        (Holds::Weight, _) => "0.65",
        (Holds::One(_), "model") => "Model::V5",
        (Holds::One(_), _) => "VocalGender::Female",
    }
}

/// Returns the fields of a complete request of the mode, with `field` `times` times.
fn fields(mode: usize, field: &Row, times: usize) -> Vec<&'static Row> {
    let complete = FIELDS.iter().filter(|row| row.must[mode] == Must::Be && row.wire != field.wire);
    let own = FIELDS.iter().filter(|row| row.wire == field.wire);
    complete.chain(own.flat_map(|row| std::iter::repeat_n(row, times))).collect()
}

fn typed(mode: usize, rows: &[&Row]) -> String {
    let calls: Vec<String> = rows.iter().map(|row| format!(".{}({})", row.rust, typed_value(row))).collect();
    format!("CoverRequest::{}(){}.build()", MODES[mode].1, calls.concat())
}

fn literal(mode: usize, rows: &[&Row]) -> String {
    let entries: Vec<String> = rows.iter().map(|row| format!(", {}: {}", row.rust, typed_value(row))).collect();
    format!("cover! {{ mode: {}{} }}", MODES[mode].0, entries.concat())
}

fn required(row: &Row, mode: usize) -> Expected {
    Expected::message([format!("`{}` is required in `{}` mode", row.rust, MODES[mode].0)])
}

/// A missing call, with what the compiler says to do.
fn missing_call(row: &Row, mode: usize) -> Expected {
    let name = row.rust;
    let call = if row.wire == "callBackUrl" {
        format!("call `.{name}(..)` or `.without_callback()` before `.build()`")
    } else {
        format!("call `.{name}(..)` before `.build()`")
    };
    required(row, mode).hints([format!("`{name}` was never given"), call])
}

/// The error about giving the field in this mode, if it may not be given.
fn refused(row: &Row, mode: usize) -> Option<Expected> {
    let name = MODES[mode].0;
    match row.must[mode] {
        Must::Not => Some(Expected::message([format!("`{}` must be left out in `{name}` mode", row.rust)])),
        Must::Mode(value) => Some(Expected::message([format!("`{}` is always {value} in `{name}` mode", row.rust)])),
        Must::Be | Must::May => None,
    }
}

/// A call that may not be made, with what the compiler says to do.
fn refused_call(row: &Row, mode: usize) -> Option<Expected> {
    let remedy = match row.must[mode] {
        Must::Mode(_) => format!("remove `.{}(..)`: the mode sets it", row.rust),
        _ => format!("remove `.{}(..)`, or use a mode that takes it", row.rust),
    };
    Some(refused(row, mode)?.hints([format!("not in `{}` mode", MODES[mode].0), remedy]))
}

fn twice(row: &Row) -> Expected {
    Expected::message([format!("`{}` is already set", row.rust)])
}

fn typed_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for mode in 0..MODES.len() {
        for row in &FIELDS {
            // Every mode sets `customMode` itself, so that it has no setter.
            let no_setter = row.wire == "customMode";
            for times in 0..3 {
                let code = typed(mode, &fields(mode, row, times));
                let errors = match (times, refused_call(row, mode)) {
                    (0, _) if row.must[mode] == Must::Be => vec![missing_call(row, mode)],
                    (0, _) | (1, None) => vec![],
                    _ if no_setter => vec![Expected::message(["no method named `custom_mode`".to_owned()])],
                    (1, Some(refused)) => vec![refused],
                    (_, Some(refused)) => vec![refused.clone(), refused],
                    (_, None) => vec![twice(row)],
                };
                cases.push(Case { code, errors });
            }
        }
    }
    for (name, values) in [("Model", &MODELS[..]), ("VocalGender", &["Male", "Female"])] {
        cases.extend(values.iter().map(|value| Case { code: format!("{name}::{value}"), errors: vec![] }));
        let errors = vec![Expected::message(["named `V6`".to_owned(), name.to_owned()])];
        cases.push(Case { code: format!("{name}::V6"), errors });
    }
    cases
}

fn literal_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for mode in 0..MODES.len() {
        for row in &FIELDS {
            for times in 0..3 {
                let mut errors = Vec::new();
                if times == 0 && row.must[mode] == Must::Be {
                    errors.push(required(row, mode));
                }
                if times == 2 {
                    errors.push(twice(row));
                }
                errors.extend(refused(row, mode).filter(|_| times > 0));
                cases.push(Case { code: literal(mode, &fields(mode, row, times)), errors });
            }
        }
        for model in MODELS {
            cases.extend(FIELDS.iter().flat_map(|row| edges(row, mode, model)));
        }
    }
    cases
}

/// The longest text that a field takes, and one character more.
fn edges(row: &Row, mode: usize, model: &str) -> Vec<Case> {
    let allowed = matches!(row.must[mode], Must::Be | Must::May);
    let Some(most) = table::most(row.wire, mode, model).filter(|_| allowed) else { return Vec::new() };
    let code = |length: usize| {
        let text = format!("{}: \"{}\"", row.rust, "ß".repeat(length));
        let plain = literal(mode, &fields(mode, row, 1));
        plain.replace(&format!("{}: \"x\"", row.rust), &text).replace("Model::V5", model)
    };
    let place = format!("in {}", MODES[mode].0);
    let error = Expected::message([format!("{}: {} characters, at most {most}", row.rust, most + 1), place]);
    vec![Case { code: code(most), errors: vec![] }, Case { code: code(most + 1), errors: vec![error] }]
}

/// Reads the errors in the compiler's output.
fn errors(stdout: &[u8]) -> Result<Vec<Found>, Box<dyn Error>> {
    let mut errors = Vec::new();
    for line in std::str::from_utf8(stdout)?.lines() {
        let message = &serde_json::from_str::<Value>(line)?["message"];
        let list = |name: &str| message[name].as_array().map_or(&[][..], Vec::as_slice);
        let place = list("spans").iter().find(|span| span["is_primary"] == true);
        let (Some("error"), Some(place)) = (message["level"].as_str(), place) else { continue };
        let labels = list("spans").iter().filter_map(|span| span["label"].as_str());
        let notes = list("children").iter().filter_map(|note| note["message"].as_str());
        errors.push(Found {
            line: usize::try_from(place["line_start"].as_u64().ok_or("no line")?)?,
            message: message["message"].as_str().ok_or("no text")?.to_owned(),
            hints: labels.chain(notes).collect::<Vec<_>>().join("\n"),
        });
    }
    Ok(errors)
}

/// Compiles all cases at once, one in each line, and compares what the compiler says of each.
fn compile(folder: &str, cases: &[Case]) -> Result<(), Box<dyn Error>> {
    let mut program = "#![allow(unused)] use cover_api::*; fn main() {}\n".to_owned();
    for (index, case) in cases.iter().enumerate() {
        writeln!(program, "fn case_{index}() {{ let _ = {}; }}", case.code)?;
    }
    let stranger = Crate::new(folder)?;
    stranger.write("src/main.rs", &program)?;
    // `cargo check` reports everything without a build.
    let output = stranger.cargo(&["check", "--message-format", "json"])?;
    let found = errors(&output.stdout)?;
    let expected: usize = cases.iter().map(|case| case.errors.len()).sum();
    for (index, case) in cases.iter().enumerate() {
        let found: Vec<_> = found.iter().filter(|error| error.line == index + 2).collect();
        compare(case, &found);
    }
    assert_eq!(found.len(), expected, "errors outside of the cases\n{}", String::from_utf8_lossy(&output.stderr));
    println!("{} programs, {expected} errors", cases.len());
    Ok(())
}

fn compare(case: &Case, found: &[&Found]) {
    let said: Vec<_> = found.iter().map(|error| (&error.message, &error.hints)).collect();
    assert_eq!(found.len(), case.errors.len(), "{:.300}\n{said:#?}", case.code);
    for Expected { message, hints } in &case.errors {
        let is_said = found.iter().any(|error| {
            message.iter().all(|part| error.message.contains(part))
                && hints.iter().all(|part| error.hints.contains(part))
        });
        assert!(is_said, "{:.300}\n{message:?} with {hints:?} is not in {said:#?}", case.code);
    }
}

#[test]
fn the_table_has_every_field_and_mode_of_the_spec() {
    let spec = cover_spec::Spec::parse_shipped("upload_cover.toml").expect("no faults");
    let mut fields: Vec<&str> = spec.request.fields.iter().map(|field| field.wire.as_str()).collect();
    let mut known = FIELDS.map(|row| row.wire);
    fields.sort_unstable();
    known.sort_unstable();
    assert_eq!(fields, known);
    assert!(spec.request.modes.iter().map(|mode| mode.name.as_str()).eq(MODES.map(|(name, ..)| name)));
    for (name, _, custom, instrumental) in MODES {
        let mode = spec.request.modes.iter().find(|mode| *mode.name == name).expect("a mode");
        let value = |wire: &str| mode.when.iter().find(|(field, _)| **field == wire).map(|(_, value)| &value.value);
        let truth = |wire: &str| value(wire).map(|value| *value == Scalar::Truth(true));
        assert_eq!([truth("customMode"), truth("instrumental")], [Some(custom), instrumental]);
    }
}

#[test]
fn every_call_of_the_builder_compiles_if_the_table_allows_it() -> Result<(), Box<dyn Error>> {
    compile("matrix_typed", &typed_cases())
}

#[test]
fn every_literal_request_compiles_if_the_table_allows_it() -> Result<(), Box<dyn Error>> {
    compile("matrix_literal", &literal_cases())
}
