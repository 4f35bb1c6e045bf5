use crate::case;
use crate::model::{
    Asks, Choice, Conditions, Dispute, Field, FieldKind, Limit, Mode, Placeholder, Relation, Request, Total,
};
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
        relations: relations(root),
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
    // The name of a choice is its type's; its setter is named as the field.
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
        required: section.mode_set("required"),
        optional: section.mode_set("optional"),
        forbidden: section.mode_set("forbidden"),
        conditions: Conditions { required: section.conditions("required_when"), ..conditions(section) },
        bounds: section.bounds(),
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

fn conditions(section: &Section<'_>) -> Conditions {
    let [allowed, forbidden] = ["allowed_when", "forbidden_when"].map(|key| section.conditions(key));
    Conditions { required: Vec::new(), allowed, forbidden }
}

fn limit(section: &Section<'_>) -> Limit {
    let limit = Limit {
        at: section.name().with(()),
        modes: section.texts("modes"),
        models: section.texts("models"),
        when: section.conditions("when"),
        bounds: section.bounds(),
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

fn relations(root: &Section<'_>) -> Vec<Relation> {
    let [groups, totals, differences] = ["groups", "totals", "differences"].map(|key| root.sections(key));
    let groups = groups.iter().map(|section| relation(section, group(section)));
    let totals = totals.iter().map(|section| relation(section, total(section)));
    let differences = differences.iter().map(|section| relation(section, difference(section)));
    groups.chain(totals).chain(differences).collect()
}

fn relation(section: &Section<'_>, asks: Asks) -> Relation {
    let relation = Relation {
        at: section.name().with(()),
        doc: section.needs_text("doc"),
        modes: section.texts("modes"),
        when: section.conditions("when"),
        asks,
    };
    section.unknown_keys();
    relation
}

fn group(section: &Section<'_>) -> Asks {
    let [at_least_one, at_most_one, all_or_none] =
        ["at_least_one", "at_most_one", "all_or_none"].map(|key| section.texts(key));
    let all = [
        at_least_one.map(Asks::AtLeastOne),
        at_most_one.map(Asks::AtMostOne),
        all_or_none.map(Asks::AllOrNone),
        section.lists_of_texts("exactly_one").map(Asks::ExactlyOne),
    ];
    let all = all.into_iter().flatten().collect();
    one_of(section, all, "`at_least_one`, `at_most_one`, `all_or_none` or `exactly_one`")
}

fn total(section: &Section<'_>) -> Asks {
    let total = Total { least: section.whole("min"), most: section.whole("max") };
    let items = section.texts("items").map(|fields| Asks::Items(fields, total.clone()));
    let length = section.texts("length").map(|fields| Asks::Length(fields, total));
    one_of(section, items.into_iter().chain(length).collect(), "`items` or `length`")
}

/// What a table asks, which must be one thing.
fn one_of(section: &Section<'_>, all: Vec<Asks>, keys: &str) -> Asks {
    if all.len() != 1 {
        let name = section.name();
        section.report(name.fault(format!("an entry of `{}` asks one thing", name.value), format!("give {keys}")));
    }
    all.into_iter().next().unwrap_or_else(|| Asks::AtMostOne(Vec::new()))
}

fn difference(section: &Section<'_>) -> Asks {
    Asks::Difference(
        [section.needs_text("larger"), section.needs_text("smaller")],
        [section.decimal("min"), section.decimal("max")],
    )
}
