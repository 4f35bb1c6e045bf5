//! The documentation of modes: their markers, and what `build` asks in each.

use std::fmt::Write;

use cover_spec::Spec;
use cover_spec::model::{Field, Limit, Mode, Request};
use cover_spec::rules::Presence;

use super::setter::limit_texts;
use super::{listed, rules};
use crate::generate::groups::Group;
use crate::generate::modes::{Modes, OneMode, Reach};
use crate::generate::text::text;

/// Returns a table with a row for each field and a column for each mode.
pub(super) fn table_of_modes(request: &Request) -> String {
    let names: Vec<String> = request.modes.iter().map(|mode| format!("`{}`", *mode.name)).collect();
    let mut table = format!("\n| field | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for field in &request.fields {
        let cells: Vec<String> = request.modes.iter().map(|mode| cell(field, mode)).collect();
        let _ = writeln!(table, "| `{}` | {} |", *field.wire, cells.join(" | "));
    }
    table
}

fn cell(field: &Field, mode: &Mode) -> String {
    match field.presence(mode) {
        Presence::Required => "required".to_owned(),
        Presence::Optional => "optional".to_owned(),
        Presence::Forbidden => "—".to_owned(),
        Presence::Fixed => {
            let value = mode.own_value(field).expect("a mode has a value for each field that it fixes");
            format!("`{value}`")
        }
    }
}

pub(in crate::generate) fn constructor(spec: &Spec, mode: &OneMode<'_>) -> String {
    format!(
        "Returns a builder in `{}` mode: {}\n{}",
        mode.name(),
        text(mode.doc()),
        table_of_fields(&spec.request, mode)
    )
}

/// Returns a table with a row for each field that has a setter in the mode.
fn table_of_fields(request: &Request, mode: &OneMode<'_>) -> String {
    let mut table = "\n| setter | | limits |\n|---|---|---|\n".to_owned();
    for field in &request.fields {
        let presence = match mode.presence(field) {
            Presence::Required => "required",
            Presence::Optional => "optional",
            Presence::Forbidden | Presence::Fixed => continue,
        };
        let _ = writeln!(table, "| `{}` | {presence} | {} |", *field.rust, limits_in(field, request, mode).join("; "));
    }
    table
}

fn limits_in(field: &Field, request: &Request, mode: &OneMode<'_>) -> Vec<String> {
    let holds = |limit: &&Limit| match (&limit.modes, mode.model()) {
        (Some(names), Some(mode)) => names.iter().any(|name| mode.is_named(name)),
        _ => true,
    };
    let bounds = rules::bounds(field).into_iter();
    bounds.chain(field.limits.iter().filter(holds).flat_map(|limit| limit_texts(field, limit, request))).collect()
}

pub(in crate::generate) fn outer_marker(name: &str, request: &Request) -> String {
    let inside = request.modes.iter().filter(|mode| mode.parts().contains(&name));
    let names: Vec<&str> = inside.map(|mode| mode.name.as_str()).collect();
    format!("The outer part of the modes {}.", listed(&names, "and"))
}

pub(in crate::generate) fn inner_marker(name: &str, mode: &OneMode<'_>, spec: &Spec) -> String {
    let is_alone = spec.request.modes.iter().filter(|mode| mode.parts().contains(&name)).count() == 1;
    if is_alone {
        format!("The mode `{}`: {}\n{}", mode.name(), text(mode.doc()), table_of_fields(&spec.request, mode))
    } else {
        format!("A part of the names of modes, such as `{}`.", mode.name())
    }
}

pub(in crate::generate) fn mode_trait(spec: &Spec) -> String {
    format!("A mode of a [`{}`]: {}.", *spec.request.name, mode_names(&spec.request))
}

pub(in crate::generate) fn mode_names(request: &Request) -> String {
    let names: Vec<&str> = request.modes.iter().map(|mode| mode.name.as_str()).collect();
    listed(&names, "or")
}

pub(in crate::generate) fn mode_group(members: &[&OneMode<'_>]) -> String {
    let names: Vec<&str> = members.iter().map(|mode| mode.name()).collect();
    format!("The modes {}, which share setters.", listed(&names, "and"))
}

/// Returns the documentation of `build` on the builder's page, where it stands for that of every mode.
pub(in crate::generate) fn build(spec: &Spec, modes: &Modes<'_>, groups: &[Group<'_>]) -> String {
    let mut doc =
        "Checks every limit, and returns the request.\n\nIt compiles once these fields are set:\n\n".to_owned();
    for mode in modes.iter() {
        let required = modes.settable.iter().filter(|field| mode.presence(field) == Presence::Required);
        let required: Vec<String> = required.map(|field| rules::setters_of(field)).collect();
        let place = if mode.name().is_empty() { String::new() } else { format!("In `{}`: ", mode.name()) };
        let required = if required.is_empty() { "none".to_owned() } else { required.join(", ") };
        let _ = writeln!(doc, "- {place}{required}.");
    }
    for group in groups {
        let (message, note) = group.message();
        let _ = writeln!(doc, "\n{} {message}: {note}.", place_of(group, modes));
    }
    let _ = write!(doc, "\n{}", errors(&spec.request.name));
    doc
}

/// "In `Picture`,", or "In addition," where the group concerns every mode.
fn place_of(group: &Group<'_>, modes: &Modes<'_>) -> String {
    match modes.reach_where(|mode| group.concerns(mode)) {
        Some(reach) if !matches!(reach, Reach::All) => {
            let names: Vec<&str> = modes.iter().filter(|mode| reach.has(mode)).map(OneMode::name).collect();
            format!("In {},", listed(&names, "and"))
        }
        _ => "In addition,".to_owned(),
    }
}

/// Returns the documentation of `build` in one mode.
pub(in crate::generate) fn build_in(spec: &Spec, mode: &OneMode<'_>) -> String {
    let place = if mode.name().is_empty() { String::new() } else { format!(" in `{}` mode", mode.name()) };
    format!("Checks every limit{place}, and returns the request.\n\n{}", errors(&spec.request.name))
}

fn errors(request: &str) -> String {
    format!("# Errors\n\n[`Violations`](::cover_api::Violations) lists every limit that the `{request}` breaks.")
}
