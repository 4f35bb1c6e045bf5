//! Generated programs: every mode × every field, with a setter that takes an `Option`. The plain table says which of them
//! compile.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;

use serde_json::Value;

use crate::stranger::Crate;
use crate::table::{FIELDS, Holds, MODES, Must, Row};

/// Returns the Rust expression of a `None` of the field's type.
fn none(row: &Row) -> &'static str {
    match row.holds {
        Holds::Address | Holds::Text => "None::<&str>",
        Holds::Truth | Holds::Weight | Holds::One(_) => "None",
    }
}

/// Returns calls of the setter in a mode, each with a part of the error that it causes, if any.
fn cases(row: &Row, mode: usize) -> Vec<(String, Option<String>)> {
    let (name, place) = (row.rust, MODES[mode].0);
    let once = format!("CoverRequest::{}().maybe_{name}({})", MODES[mode].1, none(row));
    let twice = format!("{once}.maybe_{name}({})", none(row));
    let is_optional_somewhere = row.must.contains(&Must::May);
    match row.must[mode] {
        _ if !is_optional_somewhere => vec![(once, Some(format!("no method named `maybe_{name}`")))],
        Must::May => vec![(once, None), (twice, Some(format!("`{name}` is already set")))],
        Must::Be => vec![(once, Some(format!("`{name}` needs a value in `{place}` mode")))],
        Must::Not => vec![(once, Some(format!("`{name}` must be left out in `{place}` mode")))],
        Must::Mode(value) => vec![(once, Some(format!("`{name}` is always {value} in `{place}` mode")))],
    }
}

/// Returns the first error of each line.
fn errors(stdout: &[u8]) -> Result<BTreeMap<usize, String>, Box<dyn Error>> {
    let mut errors = BTreeMap::new();
    for line in std::str::from_utf8(stdout)?.lines() {
        let message = &serde_json::from_str::<Value>(line)?["message"];
        let place = message["spans"].as_array().and_then(|spans| spans.iter().find(|span| span["is_primary"] == true));
        if let (Some("error"), Some(place)) = (message["level"].as_str(), place) {
            let line = usize::try_from(place["line_start"].as_u64().ok_or("no line")?)?;
            errors.entry(line).or_insert(message["message"].as_str().ok_or("no text")?.to_owned());
        }
    }
    Ok(errors)
}

#[test]
fn a_field_takes_an_option_where_it_is_optional() -> Result<(), Box<dyn Error>> {
    let modes = 0..MODES.len();
    let cases: Vec<_> = modes.flat_map(|mode| FIELDS.iter().flat_map(move |row| cases(row, mode))).collect();
    let mut program = "#![allow(unused)] use cover_api::*; fn main() {}\n".to_owned();
    for (index, (call, _)) in cases.iter().enumerate() {
        writeln!(program, "fn case_{index}() {{ let _ = {call}; }}")?;
    }
    let stranger = Crate::new("optional_values")?;
    stranger.write("src/main.rs", &program)?;

    let output = stranger.cargo(&["check", "--message-format", "json"])?;
    let found = errors(&output.stdout)?;
    for (index, (call, expected)) in cases.iter().enumerate() {
        match (found.get(&(index + 2)), expected) {
            (None, None) => {}
            (Some(error), Some(expected)) => assert!(error.contains(expected), "{call}\n{error}"),
            (error, _) => panic!("{call}\n{error:?}, and expected was {expected:?}"),
        }
    }
    assert!(
        found.len() == cases.iter().filter(|(_, error)| error.is_some()).count(),
        "errors about no case: {found:#?}"
    );
    Ok(())
}
