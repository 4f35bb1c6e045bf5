//! `[[disputed]]`.

use toml::de::{DeTable, DeValue};

use crate::model::{Disputed, Statement};
use crate::source::{At, Section};

pub(super) fn disputed(root: &Section<'_>, table: &DeTable<'_>) -> Vec<Disputed> {
    root.sections("disputed").iter().map(|section| entry(section, table)).collect()
}

fn entry(section: &Section<'_>, table: &DeTable<'_>) -> Disputed {
    let entry = Disputed {
        about: section.needs_text("about"),
        statements: section.sections("statements").iter().map(statement).collect(),
        doc: section.text("doc"),
    };
    if !section.holds("statements") {
        section.missing("statements");
    }
    section.unknown_keys();
    if section.holds("about") && !has(table, &entry.about) {
        let message = format!("`disputed` is about `{}`, which this spec does not have", entry.about.value);
        section.report(entry.about.fault(message, "name a table or a key, such as \"codes.429\" or \"fields.text\""));
    }
    let says: Vec<&At<String>> = entry.statements.iter().map(|it| &it.says).collect();
    if section.holds("statements") && says.windows(2).all(|two| two[0].value == two[1].value) {
        let message = "`disputed` needs two statements that differ";
        section.report(section.name().fault(message, "add what the other place says"));
    }
    entry
}

fn statement(section: &Section<'_>) -> Statement {
    let statement = Statement { says: section.needs_text("says"), place: section.needs_text("place") };
    section.unknown_keys();
    for (key, text) in [("says", &statement.says), ("place", &statement.place)] {
        if !text.is_nowhere() && text.trim().is_empty() {
            section.report(text.fault(format!("`{key}` is empty"), "add a text"));
        }
    }
    statement
}

/// Whether a table has a part of this name. A part of a name that has a point is in quotes.
fn has(table: &DeTable<'_>, name: &str) -> bool {
    let (key, rest) = match name.strip_prefix('"').and_then(|name| name.split_once('"')) {
        Some((key, rest)) => (key, rest.strip_prefix('.')),
        None => name.split_once('.').map_or((name, None), |(key, rest)| (key, Some(rest))),
    };
    match (table.get(key).map(toml::Spanned::get_ref), rest) {
        (Some(_), None) => true,
        (Some(DeValue::Table(part)), Some(rest)) => has(part, rest),
        _ => false,
    }
}
