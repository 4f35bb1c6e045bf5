//! `cover-spec drift`

use std::fmt::Write;

use serde_json::Value;

use crate::Outcome;
use crate::files::{self, Failure};

pub(crate) fn drift(spec: &str, document: &str) -> Result<Outcome, Failure> {
    files::read_once(&[spec, document])?;
    let failed = |error| Failure::Document(files::shown(document).to_owned(), error);
    let parsed = parse(&files::read(document)?).map_err(failed)?;
    let found = files::spec(spec)?.drift(&parsed).map_err(|error| failed(error.into()))?;
    let (spec, document) = (files::shown(spec), files::shown(document));
    let mut text = String::new();
    for drift in &found {
        let _ = writeln!(text, "{drift}");
    }
    let _ = match found.len() {
        0 => writeln!(text, "{spec} and {document} agree"),
        1 => writeln!(text, "1 difference between {spec} and {document}"),
        count => writeln!(text, "{count} differences between {spec} and {document}"),
    };
    Ok(Outcome { text, fine: found.is_empty() })
}

/// Parses JSON or YAML. JSON has a parser of its own, whose errors are better.
fn parse(text: &str) -> Result<Value, Box<dyn std::error::Error>> {
    if text.trim_start().starts_with(['{', '[']) {
        return Ok(serde_json::from_str(text)?);
    }
    Ok(serde_saphyr::from_str(text)?)
}
