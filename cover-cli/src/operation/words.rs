//! Broken rules in the words of the command line.

use cover_api::{Rule, Violation, Violations};
use serde_json::{Map, Value};

use super::flags::name;
use super::{Misfits, Operation};
use crate::exit::Failure;

/// Describes each rule that a body breaks, with the flag of its field: `--title: 120 characters, at most 100 with V5`.
pub(super) fn in_words(operation: &Operation, body: &Map<String, Value>, violations: &Violations) -> Failure {
    let mut lines: Vec<String> = violations.iter().map(|violation| line(operation, body, violation)).collect();
    if violations.omitted() > 0 {
        lines.push(format!("and {} more", violations.omitted()));
    }
    Failure::usage(lines.join("\n"))
}

/// Describes why no single mode takes the fields, and the values that no mode takes. `tried` are the violations in the modes that come
/// closest.
pub(super) fn misfits(
    operation: &Operation,
    body: &Map<String, Value>,
    misfits: &Misfits,
    tried: &[Violations],
) -> Failure {
    match misfits {
        Misfits::Several(modes) => Failure::usage(format!("the fields fit several modes: {}", modes.join(", ")))
            .hint("choose one with `--mode MODE`"),
        Misfits::None { all, .. } => {
            let flags =
                |fields: &[usize]| fields.iter().map(|index| flag(operation, *index)).collect::<Vec<_>>().join(", ");
            let lines = all.iter().map(|misfit| {
                let missing = (!misfit.missing.is_empty()).then(|| format!("also needs {}", flags(&misfit.missing)));
                let excess = (!misfit.excess.is_empty()).then(|| format!("does not take {}", flags(&misfit.excess)));
                let why: Vec<String> = [missing, excess].into_iter().flatten().collect();
                format!("  {}: {}", misfit.mode, why.join(", and "))
            });
            let head = std::iter::once("no mode takes these fields:".to_owned());
            let lines: Vec<String> = head.chain(lines).chain(in_each(operation, body, tried)).collect();
            Failure::usage(lines.join("\n"))
        }
    }
}

/// Returns the violations that all of these have, apart from fields that are missing or forbidden.
fn in_each(operation: &Operation, body: &Map<String, Value>, tried: &[Violations]) -> Vec<String> {
    let Some((first, others)) = tried.split_first() else { return Vec::new() };
    let is_same = |one: &Violation, other: &Violation| {
        (one.field(), one.rule(), one.limit()) == (other.field(), other.rule(), other.limit())
    };
    let is_of_value =
        |violation: &&Violation| !matches!(violation.rule(), Rule::Required | Rule::Forbidden | Rule::Mode);
    let is_in_all = |one: &&Violation| others.iter().all(|other| other.iter().any(|other| is_same(one, other)));
    first.iter().filter(is_of_value).filter(is_in_all).map(|violation| line(operation, body, violation)).collect()
}

fn line(operation: &Operation, body: &Map<String, Value>, violation: &Violation) -> String {
    let text = violation.to_string();
    let (_, rest) = text.split_once(": ").unwrap_or(("", &text));
    let names: Vec<String> = violation.fields().iter().map(|wire| by_wire(operation, wire)).collect();
    format!("{}: {rest}{}", names.join(", "), given(body, violation).unwrap_or_default())
}

/// Says which value was given where another choice was wanted, and the nearest choice.
fn given(body: &Map<String, Value>, violation: &Violation) -> Option<String> {
    let [wire] = violation.fields() else { return None };
    let given = body.get(wire.as_ref() as &str)?.as_str().filter(|_| violation.rule() == Rule::Choice)?;
    let choices = violation.detail()?;
    let nearest = cover_spec::nearest(given, choices.split(", "));
    let nearest = nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default();
    Some(format!(", not `{given}`{nearest}"))
}

fn by_wire(operation: &Operation, place: &str) -> String {
    // A member of an object has a place such as `segments[2].start`.
    let end = place.find(['.', '[']).unwrap_or(place.len());
    let (wire, rest) = place.split_at(end);
    let index = operation.rules.fields.iter().position(|field| field.wire == wire);
    index.map_or_else(|| place.to_owned(), |index| flag(operation, index) + rest)
}

fn flag(operation: &Operation, index: usize) -> String {
    if operation.song_field() == Some(index) {
        return "SONG".to_owned();
    }
    format!("--{}", name(&operation.rules.fields[index].rust))
}
