//! Every mode × every field × left out, set, set twice, every limit × n, n + 1 × model, and every value of a choice:
//! programs that are generated, and what must happen, which the plain table says.
//!
//! What is asserted does not depend on the compiler's version: whether it fails, how many errors there are, and that
//! they name the field and the mode.

mod stranger;
mod table;

use std::error::Error;
use std::fmt::Write;

use cover_spec::model::Scalar;
use serde_json::Value;
use stranger::Crate;
use table::{FIELDS, Holds, MODELS, MODES, Must, Row};

/// One program, and what each of its errors must contain: all parts of one entry. No entry: it compiles.
struct Case {
    code: String,
    errors: Vec<Vec<String>>,
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

/// The fields that a complete request of the mode has, and `field` so many times.
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

fn required(row: &Row, mode: usize) -> Vec<String> {
    vec![format!("`{}` is required in `{}` mode", row.rust, MODES[mode].0)]
}

/// What is wrong with giving the field in this mode, if anything.
fn refused(row: &Row, mode: usize) -> Option<Vec<String>> {
    let name = MODES[mode].0;
    match row.must[mode] {
        Must::Not => Some(vec![format!("`{}` must be left out in `{name}` mode", row.rust)]),
        Must::Mode(value) => Some(vec![format!("`{}` is always {value} in `{name}` mode", row.rust)]),
        Must::Be | Must::May => None,
    }
}

fn twice(row: &Row) -> Vec<String> {
    vec![format!("`{}` is already set", row.rust)]
}

fn typed_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for mode in 0..MODES.len() {
        for row in &FIELDS {
            // No mode leaves `customMode` to the user: there is no setter at all.
            let no_setter = row.wire == "customMode";
            for times in 0..3 {
                let code = typed(mode, &fields(mode, row, times));
                let errors = match (times, refused(row, mode)) {
                    (0, _) if row.must[mode] == Must::Be => vec![required(row, mode)],
                    (0, _) | (1, None) => vec![],
                    _ if no_setter => vec![vec!["no method named `custom_mode`".to_owned()]],
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
        let errors = vec![vec!["named `V6`".to_owned(), name.to_owned()]];
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
    let error = vec![format!("{}: {} characters, at most {most}", row.rust, most + 1), place];
    vec![Case { code: code(most), errors: vec![] }, Case { code: code(most + 1), errors: vec![error] }]
}

/// The messages of all errors, by the line that they are about.
fn errors(stdout: &[u8]) -> Result<Vec<(usize, String)>, Box<dyn Error>> {
    let mut errors = Vec::new();
    for line in std::str::from_utf8(stdout)?.lines() {
        let message = &serde_json::from_str::<Value>(line)?["message"];
        let place = message["spans"].as_array().and_then(|spans| spans.iter().find(|span| span["is_primary"] == true));
        if let (Some("error"), Some(place)) = (message["level"].as_str(), place) {
            let line = usize::try_from(place["line_start"].as_u64().ok_or("no line")?)?;
            errors.push((line, message["message"].as_str().ok_or("no text")?.to_owned()));
        }
    }
    Ok(errors)
}

/// Compiles all cases at once, one in each line, and compares what is said of each.
fn compile(folder: &str, cases: &[Case]) -> Result<(), Box<dyn Error>> {
    let mut program = "#![allow(unused)] use cover_api::*; fn main() {}\n".to_owned();
    for (index, case) in cases.iter().enumerate() {
        writeln!(program, "fn case_{index}() {{ let _ = {}; }}", case.code)?;
    }
    let stranger = Crate::new(folder)?;
    stranger.write("src/main.rs", &program)?;
    // Without a build: everything is said by `cargo check`.
    let output = stranger.cargo(&["check", "--message-format", "json"])?;
    let found = errors(&output.stdout)?;
    let expected: usize = cases.iter().map(|case| case.errors.len()).sum();
    for (index, case) in cases.iter().enumerate() {
        let own: Vec<&str> =
            found.iter().filter(|(line, _)| *line == index + 2).map(|(_, message)| message.as_str()).collect();
        assert_eq!(own.len(), case.errors.len(), "{:.300}\n{own:#?}", case.code);
        for parts in &case.errors {
            let is_said = own.iter().any(|message| parts.iter().all(|part| message.contains(part)));
            assert!(is_said, "{:.300}\n{parts:?} is not in {own:#?}", case.code);
        }
    }
    assert_eq!(found.len(), expected, "errors about no case\n{}", String::from_utf8_lossy(&output.stderr));
    println!("{} programs, {expected} errors", cases.len());
    Ok(())
}

#[test]
fn the_table_has_every_field_and_mode_of_the_spec() {
    let spec = cover_spec::Spec::parse(cover_spec::SHIPPED_PATH, cover_spec::SHIPPED).expect("no faults");
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
fn every_call_of_the_builder_is_decided_as_the_table_says() -> Result<(), Box<dyn Error>> {
    compile("matrix_typed", &typed_cases())
}

#[test]
fn every_literal_request_is_decided_as_the_table_says() -> Result<(), Box<dyn Error>> {
    compile("matrix_literal", &literal_cases())
}
