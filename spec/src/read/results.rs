//! `[results]`.

use crate::case;
use crate::model::{ResultEntry, ResultKind, ResultValue};
use crate::source::{At, Section};

pub(crate) const RESULT_KINDS: &[(&str, ResultKind)] = &[
    ("string", ResultKind::Text),
    ("integer", ResultKind::Integer),
    ("number", ResultKind::Number),
    ("boolean", ResultKind::Boolean),
    ("seconds", ResultKind::Seconds),
    ("time", ResultKind::Time),
    ("audio", ResultKind::Audio),
    ("stream", ResultKind::Stream),
    ("image", ResultKind::Image),
    ("object", ResultKind::Object),
    ("any", ResultKind::Any),
];

/// Objects within objects that are read. Deeper ones have no members.
const MAX_DEPTH: u32 = 8;

pub(super) fn results(root: &Section<'_>) -> Vec<ResultEntry> {
    root.needs_section("results").entries().iter().map(entry).collect()
}

fn entry(section: &Section<'_>) -> ResultEntry {
    let name = section.name().clone();
    let kind = kind(section);
    let entry = ResultEntry {
        at: section.needs_one_or_more_texts("at"),
        callback: section.text("callback"),
        count: section.whole("count"),
        optional: section.truth("optional").is_some_and(|optional| optional.value),
        value: ResultValue {
            rust: name.with(case::snake(&name)),
            doc: section.needs_text("doc"),
            lists: lists(section),
            ty: type_name(section, &kind),
            spellings: Vec::new(),
            echo: None,
            example: section.text("example"),
            file_name: section.text("file_name"),
            required: false,
            members: members(section, &kind, 1),
            kind,
            name,
        },
    };
    section.unknown_keys();
    entry
}

fn kind(section: &Section<'_>) -> At<ResultKind> {
    section.needs_one_of("type", RESULT_KINDS, ResultKind::Any)
}

/// `true`, or the number of lists within each other.
fn lists(section: &Section<'_>) -> u32 {
    if section.is_truth("list") {
        return section.truth("list").map_or(0, |list| u32::from(list.value));
    }
    let Some(lists) = section.whole("list") else { return 0 };
    if !(1..=2).contains(&lists.value) {
        section.report(lists.fault("`list` is neither true, 1 nor 2", "use `true`, or 2 for a list of lists"));
    }
    lists.value.min(2)
}

/// A file of parts may have the members of an object, and leave its type to others.
fn type_name(section: &Section<'_>, kind: &At<ResultKind>) -> Option<At<String>> {
    match kind.value {
        ResultKind::Object => Some(section.needs_text("name")),
        _ if kind.is_nowhere() => section.text("name"),
        _ => None,
    }
}

fn members(section: &Section<'_>, kind: &At<ResultKind>, depth: u32) -> Vec<ResultValue> {
    let members = match kind.value {
        ResultKind::Object => section.needs_section("fields"),
        _ if kind.is_nowhere() => section.section("fields").unwrap_or_else(|| section.absent("fields")),
        _ => return Vec::new(),
    };
    if depth > MAX_DEPTH {
        let message = format!("objects are nested more than {MAX_DEPTH} deep");
        section.report(section.name().fault(message, "use `type = \"any\"` here"));
        return Vec::new();
    }
    members.entries().iter().map(|section| member(section, depth)).collect()
}

fn member(section: &Section<'_>, depth: u32) -> ResultValue {
    let name = section.name().clone();
    let kind = kind(section);
    let is_object = kind.value == ResultKind::Object;
    let rust = section.text(if is_object { "field" } else { "name" });
    let member = ResultValue {
        rust: rust.unwrap_or_else(|| name.with(case::snake(&name))),
        doc: section.needs_text("doc"),
        lists: lists(section),
        ty: is_object.then(|| section.needs_text("name")),
        spellings: section.texts("spellings").unwrap_or_else(|| vec![name.clone()]),
        echo: section.text("echo"),
        example: section.text("example"),
        file_name: section.text("file_name"),
        required: section.truth("required").is_some_and(|required| required.value),
        members: members(section, &kind, depth + 1),
        kind,
        name,
    };
    section.unknown_keys();
    member
}
