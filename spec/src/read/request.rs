//! `[request]`, `[modes]`, `[fields]` and `[classes]`.

use super::conditions::{any_of, bounds, conditions, mode_set};
use super::relations;
use crate::case;
use crate::model::{Choice, Conditions, Dispute, Field, FieldKind, Limit, Mode, Placeholder, Request};
use crate::rules::Unit;
use crate::source::{At, Section};

#[derive(Clone, Copy)]
enum TypeName {
    Text,
    Url,
    Boolean,
    Integer,
    Number,
    Choice,
}

const TYPES: &[(&str, TypeName)] = &[
    ("string", TypeName::Text),
    ("url", TypeName::Url),
    ("boolean", TypeName::Boolean),
    ("integer", TypeName::Integer),
    ("number", TypeName::Number),
    ("choice", TypeName::Choice),
];

const UNITS: &[(&str, Unit)] = &[("chars", Unit::Chars), ("utf16", Unit::Utf16), ("bytes", Unit::Bytes)];

pub(super) fn request(root: &Section<'_>) -> Request {
    let section = root.needs_section("request");
    let request = Request {
        name: section.needs_text("name"),
        doc: section.needs_text("doc"),
        model: section.text("model"),
        literal: section.text("literal"),
        try_literal: section.text("try_literal"),
        modes: root.section("modes").map(Section::entries).unwrap_or_default().iter().map(mode).collect(),
        fields: root.needs_section("fields").entries().iter().map(field).collect(),
        classes: root.section("classes").map(Section::lists).unwrap_or_default(),
        relations: relations::relations(root),
    };
    section.unknown_keys();
    request
}

fn mode(section: &Section<'_>) -> Mode {
    let mode = Mode {
        name: section.name().clone(),
        when: section.needs_section("when").scalars(),
        doc: section.needs_text("doc"),
    };
    section.unknown_keys();
    mode
}

fn field(section: &Section<'_>) -> Field {
    let wire = section.name().clone();
    let kind = kind(section);
    // The `name` of a choice is that of its type, so its setter has a key of its own.
    let name = if matches!(*kind, FieldKind::Choice(..)) { section.text("setter") } else { section.text("name") };
    let field = Field {
        rust: name.unwrap_or_else(|| wire.with(case::snake(&wire))),
        doc: section.needs_text("doc"),
        kind,
        list: section.truth("list"),
        nullable: section.truth("nullable"),
        constant: section.scalar("constant"),
        deprecated: section.text("deprecated"),
        example: section.scalar("example"),
        default: section.scalar("default"),
        required: mode_set(section, "required"),
        optional: mode_set(section, "optional"),
        forbidden: mode_set(section, "forbidden"),
        conditions: Conditions { required: any_of(section, "required_when"), ..conditions(section) },
        bounds: bounds(section),
        limits: section.sections("limits").iter().map(limit).collect(),
        placeholder: section.section("placeholder").map(|section| placeholder(&section)),
        wire,
    };
    section.unknown_keys();
    field
}

fn kind(section: &Section<'_>) -> At<FieldKind> {
    let name = section.needs_one_of("type", TYPES, TypeName::Text);
    let kind = match name.value {
        TypeName::Text => FieldKind::Text(section.one_of("unit", UNITS).map(|unit| unit.value).unwrap_or_default()),
        TypeName::Url => FieldKind::Url,
        TypeName::Boolean => FieldKind::Boolean,
        TypeName::Integer => FieldKind::Integer,
        TypeName::Number => FieldKind::Number,
        TypeName::Choice => FieldKind::Choice(
            section.needs_text("name"),
            section.needs_section("values").entries().iter().map(choice).collect(),
        ),
    };
    name.with(kind)
}

fn choice(section: &Section<'_>) -> Choice {
    let wire = section.name().clone();
    let choice = Choice {
        rust: section.text("name").unwrap_or_else(|| wire.with(case::pascal(&wire))),
        doc: section.needs_text("doc"),
        deprecated: section.text("deprecated"),
        conditions: conditions(section),
        wire,
    };
    section.unknown_keys();
    choice
}

fn limit(section: &Section<'_>) -> Limit {
    let limit = Limit {
        at: section.name().with(()),
        modes: section.texts("modes"),
        models: section.texts("models"),
        when: any_of(section, "when"),
        bounds: bounds(section),
        max_seconds: section.whole("max_seconds"),
        disputed: section.sections("disputed").iter().map(dispute).collect(),
    };
    section.unknown_keys();
    limit
}

fn dispute(section: &Section<'_>) -> Dispute {
    let dispute = Dispute { figure: section.needs_decimal("figure"), place: section.needs_text("place") };
    section.unknown_keys();
    dispute
}

fn placeholder(section: &Section<'_>) -> Placeholder {
    let placeholder = Placeholder {
        setter: section.needs_text("setter"),
        value: section.needs_text("value"),
        doc: section.needs_text("doc"),
    };
    section.unknown_keys();
    placeholder
}
