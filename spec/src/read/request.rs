//! `[request]`, `[modes]`, `[fields]` and `[classes]`.

use super::conditions::{any_of, bounds, conditions, field_set, mode_set};
use super::pattern::pattern;
use super::reference::{fetched, id_source};
use super::relations;
use crate::case;
use crate::model::{
    Choice, Conditions, DefaultValue, Dispute, Field, FieldKind, Limit, Mode, ModeSet, Place, Placeholder, Request,
    Scalar,
};
use crate::rules::{Decimal, MOST_EXACT, Unit};
use crate::source::{At, Section};

#[derive(Clone, Copy)]
enum TypeName {
    Text,
    Url,
    Boolean,
    Integer,
    Number,
    Choice,
    Object,
}

const TYPES: &[(&str, TypeName)] = &[
    ("string", TypeName::Text),
    ("url", TypeName::Url),
    ("boolean", TypeName::Boolean),
    ("integer", TypeName::Integer),
    ("number", TypeName::Number),
    ("choice", TypeName::Choice),
    ("object", TypeName::Object),
];

const UNITS: &[(&str, Unit)] = &[("chars", Unit::Chars), ("utf16", Unit::Utf16), ("bytes", Unit::Bytes)];

/// What a choice consists of if not of texts.
const CHOICES_OF: &[(&str, ())] = &[("integer", ())];

pub(crate) const PLACES: &[(&str, Place)] = &[("path", Place::Path), ("query", Place::Query)];

const ELSEWHERE: &[(&str, ())] = &[("unlimited", ())];

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
        required: field_set(section, "required"),
        optional: field_set(section, "optional"),
        forbidden: field_set(section, "forbidden"),
    };
    section.unknown_keys();
    mode
}

fn field(section: &Section<'_>) -> Field {
    let wire = section.name().clone();
    let kind = kind(section);
    let is_choice = matches!(*kind, FieldKind::Choice(..));
    // The `name` of a choice or an object is that of its type, so its setter has a key of its own.
    let is_named = is_choice || matches!(*kind, FieldKind::Object(..));
    let name = if is_named { section.text("setter") } else { section.text("name") };
    let is_text = matches!(*kind, FieldKind::Text(_));
    let field = Field {
        rust: name.unwrap_or_else(|| wire.with(case::snake(&wire))),
        doc: section.needs_text("doc"),
        kind,
        place: section.one_of("in", PLACES),
        list: section.truth("list"),
        open: if is_choice { section.truth("open") } else { None },
        nullable: section.truth("nullable"),
        constant: section.scalar("constant"),
        deprecated: section.text("deprecated"),
        example: section.scalar("example"),
        suggested: section.scalar("suggested"),
        default: default(section),
        required: mode_set(section, "required"),
        optional: mode_set(section, "optional"),
        forbidden: mode_set(section, "forbidden"),
        conditions: Conditions { required: any_of(section, "required_when"), ..conditions(section) },
        pattern: if is_text { pattern(section) } else { None },
        bounds: bounds(section),
        limits: section.sections("limits").iter().map(limit).collect(),
        placeholder: section.section("placeholder").map(|section| placeholder(&section)),
        source: id_source(section),
        fetched: fetched(section),
        served_at: section.text("served_at"),
        wire,
    };
    section.unknown_keys();
    field
}

/// Reads a member of an object.
fn member(section: &Section<'_>) -> Field {
    let wire = section.name().clone();
    let kind = member_kind(section, &wire);
    let name = if matches!(*kind, FieldKind::Choice(..)) { section.text("setter") } else { section.text("name") };
    let is_text = matches!(*kind, FieldKind::Text(_));
    let is_required = section.truth("required");
    let always = |holds| Some(ModeSet::Always(wire.with(()))).filter(|_| holds);
    let is_needed = is_required.as_ref().is_some_and(|it| it.value);
    let member = Field {
        rust: name.unwrap_or_else(|| wire.with(case::snake(&wire))),
        doc: section.needs_text("doc"),
        place: None,
        list: section.truth("list"),
        nullable: None,
        open: None,
        constant: None,
        deprecated: None,
        example: None,
        suggested: None,
        default: None,
        required: always(is_needed),
        optional: always(!is_needed),
        forbidden: None,
        conditions: Conditions::default(),
        pattern: if is_text { pattern(section) } else { None },
        bounds: bounds(section),
        limits: Vec::new(),
        placeholder: None,
        source: None,
        fetched: None,
        served_at: None,
        kind,
        wire,
    };
    section.unknown_keys();
    member
}

/// Reads the type of a member, which is not an object. The values of a choice have no conditions.
fn member_kind(section: &Section<'_>, wire: &At<String>) -> At<FieldKind> {
    let kind = kind(section);
    match &*kind {
        FieldKind::Object(..) => {
            let message = format!("the member `{}` is an object, which members of an object cannot be", wire.value);
            section.report(kind.fault(message, "use another type, or leave the member out"));
        }
        FieldKind::Choice(_, choices) => {
            for choice in choices.iter().filter(|choice| choice.conditions.iter().next().is_some()) {
                let message = format!(
                    "the value `{}` of the member `{}` has a condition, which members of an object cannot have",
                    *choice.wire, wire.value,
                );
                section.report(choice.wire.fault(message, "remove the condition"));
            }
        }
        FieldKind::Boolean(values) => {
            for (value, _) in values {
                let message = format!("the member `{}` has `values`, which only a choice can have here", wire.value);
                section.report(value.fault(message, "remove `values`"));
            }
        }
        FieldKind::Text(_) | FieldKind::Url | FieldKind::Integer | FieldKind::Number => {}
    }
    kind
}

/// Reads a value, or `{ value = …, modes = […] }`.
fn default(section: &Section<'_>) -> Option<DefaultValue> {
    if !section.has_table("default") {
        return section.scalar("default").map(|value| DefaultValue { value, modes: None });
    }
    let section = section.section("default")?;
    let default = DefaultValue { value: section.needs_scalar("value"), modes: section.needs_texts("modes") };
    section.unknown_keys();
    Some(default)
}

fn kind(section: &Section<'_>) -> At<FieldKind> {
    let name = section.needs_one_of("type", TYPES, TypeName::Text);
    // A type that cannot be read may have been any.
    section.knows(if name.is_nowhere() { &["name", "open", "setter", "unit", "values", "fields"] } else { &[] });
    let kind = match name.value {
        TypeName::Text => FieldKind::Text(section.one_of("unit", UNITS).map(|unit| unit.value).unwrap_or_default()),
        TypeName::Url => FieldKind::Url,
        TypeName::Boolean => FieldKind::Boolean(values(section).iter().filter_map(truth).collect()),
        TypeName::Integer => FieldKind::Integer,
        TypeName::Number => FieldKind::Number,
        TypeName::Object => FieldKind::Object(section.needs_text("name"), members(section)),
        TypeName::Choice => {
            let values = choices(section).entries();
            let values = match section.one_of("of", CHOICES_OF) {
                Some(_) => values.iter().filter_map(number).collect(),
                None => values.iter().map(text).collect(),
            };
            FieldKind::Choice(section.needs_text("name"), values)
        }
    };
    name.with(kind)
}

/// Reads the members of an object, which needs at least one.
fn members(section: &Section<'_>) -> Vec<Field> {
    let fields = section.needs_section("fields");
    if fields.is_empty() {
        let message = format!("the object `{}` has no members", section.name().value);
        section.report(fields.name().fault(message, "add at least one"));
    }
    fields.entries().iter().map(member).collect()
}

/// Returns the table of a choice's values, which must not be empty.
fn choices<'a>(section: &Section<'a>) -> Section<'a> {
    let values = section.needs_section("values");
    if values.is_empty() {
        let message = format!("the choice `{}` has no values", section.name().value);
        section.report(values.name().fault(message, "add at least one"));
    }
    values
}

/// Returns the entries of `values`, which a boolean need not have.
fn values<'a>(section: &Section<'a>) -> Vec<Section<'a>> {
    section.section("values").map(Section::entries).unwrap_or_default()
}

/// Reads the conditions of `true` or `false`.
fn truth(section: &Section<'_>) -> Option<(At<bool>, Conditions)> {
    let name = section.name();
    let conditions = conditions(section);
    section.unknown_keys();
    let Ok(value) = name.parse() else {
        let message = format!("`{}` is not a value of a boolean", name.value);
        section.report(name.fault(message, "write `true` or `false`"));
        return None;
    };
    Some((name.with(value), conditions))
}

/// Reads a value that is a text.
fn text(section: &Section<'_>) -> Choice {
    let wire = section.name();
    let rust = section.text("name").unwrap_or_else(|| wire.with(case::pascal(wire)));
    choice(section, rust, Scalar::Text(wire.value.clone()))
}

/// Reads a value that is a whole number.
fn number(section: &Section<'_>) -> Option<Choice> {
    let wire = section.name();
    let choice = |digits| choice(section, section.needs_text("name"), Scalar::Number(Decimal { digits, scale: 0 }));
    match wire.parse::<i64>() {
        Ok(digits) if digits.unsigned_abs() > MOST_EXACT.unsigned_abs() => {
            let message = format!("`{}` is beyond the whole numbers that are exact in JSON", wire.value);
            section.report(wire.fault(message, format!("use numbers from -{MOST_EXACT} to {MOST_EXACT}")));
            None
        }
        Ok(digits) if digits.to_string() == wire.value => Some(choice(digits)),
        Ok(digits) => {
            let message = format!("`{}` is not a whole number in its shortest form", wire.value);
            section.report(wire.fault(message, format!("write `{digits}`")));
            None
        }
        Err(_) => {
            let message = format!("`{}` is not a whole number", wire.value);
            section.report(wire.fault(message, "write a number, such as `5`, or remove `of = \"integer\"` for texts"));
            None
        }
    }
}

fn choice(section: &Section<'_>, rust: At<String>, value: Scalar) -> Choice {
    let choice = Choice {
        wire: section.name().clone(),
        rust,
        value,
        doc: section.needs_text("doc"),
        deprecated: section.text("deprecated"),
        conditions: conditions(section),
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
        elsewhere: section.one_of("elsewhere", ELSEWHERE),
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
