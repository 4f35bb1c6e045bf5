//! The texts of generated documentation, written from the spec.

use std::fmt::Write;
use std::time::Duration;

use cover_spec::Spec;
use cover_spec::model::{Condition, Field, FieldKind, Limit, Mode, Placeholder, Request, Scalar};
use cover_spec::rules::Presence;

use super::doc_rules as rules;
use super::modes::{Modes, OneMode};

pub(super) fn request(spec: &Spec) -> String {
    let request = &spec.request;
    let mut doc = format!("{}\n", *request.doc);
    if !request.modes.is_empty() {
        let _ = write!(doc, "\nWhat it holds depends on its mode:\n{}", table_of_modes(request));
    }
    let _ = write!(doc, "\nSent by a POST to `{}`.", *spec.submit.path);
    if let Some(page) = &spec.service.docs {
        let _ = write!(doc, " The rules come from <{}>.", **page);
    }
    doc
}

/// A row for each field, a column for each mode.
fn table_of_modes(request: &Request) -> String {
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
        Presence::Fixed => mode.own_value(field).map(|value| format!("`{value}`")).unwrap_or_default(),
    }
}

pub(super) fn builder(spec: &Spec) -> String {
    let name = &*spec.request.name;
    format!(
        "Takes the values of a [`{name}`], in any order.\n\nIts state `S` says which were given; `build` exists once all that \
         the mode requires are."
    )
}

pub(super) fn constructor(spec: &Spec, mode: &OneMode<'_>) -> String {
    let doc = mode.model().map_or("", |mode| mode.doc.as_str());
    format!("Starts a request in `{}` mode: {doc}\n{}", mode.name(), table_of_fields(&spec.request, mode))
}

/// A row for each field that the mode knows.
fn table_of_fields(request: &Request, mode: &OneMode<'_>) -> String {
    let mut table = "\n| setter | | limits |\n|---|---|---|\n".to_owned();
    for field in &request.fields {
        let presence = match mode.presence(field) {
            Presence::Required => "required",
            Presence::Optional => "optional",
            Presence::Forbidden | Presence::Fixed => continue,
        };
        let _ = writeln!(table, "| `{}` | {presence} | {} |", *field.rust, limits_in(field, mode).join("; "));
    }
    table
}

fn limits_in(field: &Field, mode: &OneMode<'_>) -> Vec<String> {
    let holds = |limit: &&Limit| match (&limit.modes, mode.model()) {
        (Some(names), Some(mode)) => names.iter().any(|name| mode.is_named(name)),
        _ => true,
    };
    let bounds = bounds(field).into_iter();
    bounds.chain(field.limits.iter().filter(holds).flat_map(|limit| limit_texts(field, limit))).collect()
}

pub(super) fn outer_marker(name: &str, request: &Request) -> String {
    let inside = request.modes.iter().filter(|mode| mode.parts().contains(&name));
    let names: Vec<String> = inside.map(|mode| format!("`{}`", *mode.name)).collect();
    format!("Stands for the modes {}.", names.join(" and "))
}

pub(super) fn inner_marker(name: &str, mode: &Mode, spec: &Spec) -> String {
    let lone = spec.request.modes.iter().filter(|mode| mode.parts().contains(&name)).count() == 1;
    if lone {
        let mode = spec.request.modes.iter().position(|it| std::ptr::eq(it, mode));
        let modes = Modes::of(&spec.request);
        let Some(mode) = modes.iter().find(|it| Some(it.index) == mode) else { return String::new() };
        let doc = mode.model().map_or("", |mode| mode.doc.as_str());
        format!("The mode `{}`: {doc}\n{}", mode.name(), table_of_fields(&spec.request, mode))
    } else {
        format!("A part of the names of modes, such as `{}`.", *mode.name)
    }
}

pub(super) fn mode_trait(spec: &Spec) -> String {
    format!("The modes of a [`{}`]: {}.", *spec.request.name, mode_names(&spec.request))
}

pub(super) fn mode_names(request: &Request) -> String {
    request.modes.iter().map(|mode| format!("`{}`", *mode.name)).collect::<Vec<_>>().join(", ")
}

pub(super) fn choice(field: &Field) -> String {
    format!("{}\n\nThe values of `{}`.", *field.doc, *field.wire)
}

pub(super) fn setter(field: &Field, spec: &Spec, modes: &Modes<'_>) -> String {
    let mut doc = format!("{}\n\n{}", *field.doc, presences(field, modes));
    for bound in bounds(field) {
        let _ = write!(doc, "\n\n{}.", capital(&bound));
    }
    for limit in &field.limits {
        let modes =
            limit.modes.as_ref().map(|names| names.iter().map(|name| format!("`{}`", **name)).collect::<Vec<_>>());
        let place = modes.map(|modes| format!(" in {}", modes.join(" and "))).unwrap_or_default();
        for text in limit_texts(field, limit) {
            let _ = write!(doc, "\n\n{}{place}.", capital(&text));
        }
        if limit.max_seconds.is_some() {
            doc.push_str(" Not checked: nothing here knows it before sending.");
        }
        for side in &limit.disputed {
            let _ = write!(doc, " The {} says {}.", *side.place, side.figure.value);
        }
    }
    doc += &rules::of_field(field, spec);
    let _ = write!(doc, "\n\nSent as `{}`.", *field.wire);
    if let Some(example) = &field.example {
        let _ = write!(doc, " Example: {}.", example_text(field, &example.value));
    }
    if let Some(default) = spec.request.field(&field.wire).and_then(|field| field.default.as_ref()) {
        let _ = write!(doc, " Where it is not given: {}.", example_text(field, &default.value));
    }
    doc
}

fn example_text(field: &Field, value: &Scalar) -> String {
    match (value, &*field.kind) {
        (Scalar::Text(text), FieldKind::Choice(name, choices)) => {
            let rust = choices.iter().find(|choice| *choice.wire == *text).map_or(text, |choice| &choice.rust);
            format!("[`{0}::{rust}`]", **name)
        }
        (Scalar::Text(text), _) => format!("`{text}`"),
        (Scalar::Number(number), _) => format!("`{number}`"),
        (Scalar::Truth(truth), _) => format!("`{truth}`"),
    }
}

/// "Required in `A` and `B`. Must be left out in `C`."
fn presences(field: &Field, modes: &Modes<'_>) -> String {
    let named = |wanted: &[Presence]| {
        let names = modes.iter().filter(|mode| wanted.contains(&mode.presence(field)));
        names.map(|mode| format!("`{}`", mode.name())).collect::<Vec<_>>()
    };
    let count = modes.iter().count();
    let sentences = [
        ("Required", named(&[Presence::Required])),
        ("Optional", named(&[Presence::Optional])),
        ("Must be left out", named(&[Presence::Forbidden])),
        ("Set by the mode", named(&[Presence::Fixed])),
    ];
    let sentence = |(word, names): &(&str, Vec<String>)| match names.len() {
        0 => None,
        all if all == count => Some(format!("{word}.")),
        _ => Some(format!("{word} in {}.", names.join(" and "))),
    };
    sentences.iter().filter_map(sentence).collect::<Vec<_>>().join(" ")
}

fn bounds(field: &Field) -> Vec<String> {
    field.bounds.iter().map(|bound| rules::bound(field, bound.1)).collect()
}

fn limit_texts(field: &Field, limit: &Limit) -> Vec<String> {
    let models =
        limit.models.as_ref().map(|names| names.iter().map(|name| format!("`{}`", **name)).collect::<Vec<_>>());
    let models = models.map(|models| format!(" with {}", models.join(", "))).unwrap_or_default();
    let when =
        if limit.when.is_empty() { String::new() } else { format!(" where {}", Condition::any_in_words(&limit.when)) };
    let seconds = limit.max_seconds.as_ref().map(|seconds| format!("at most {} seconds long", seconds.value));
    let bounds = limit.bounds.iter().map(|bound| rules::bound(field, bound.1));
    bounds.chain(seconds).map(|text| format!("{text}{models}{when}")).collect()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

pub(super) fn literal(spec: &Spec, name: &str, tries: bool) -> String {
    let request = &*spec.request.name;
    let what = if tries {
        format!(
            "Builds a [`{request}`] of any values: literals are checked while compiling, the rest when it runs. Gives a \
             `Result` with [`Violations`](::cover_api::Violations)."
        )
    } else {
        format!(
            "Builds a [`{request}`] of literals, which is checked whole while compiling: it gives a request, and not a \
             `Result`. Of addresses, scheme, host, port and characters are checked; what only a full parser finds, such as \
             a host that is no domain name, is left to the service."
        )
    };
    let mode = spec.request.modes.first().map(|mode| format!("mode: {}, ", *mode.name)).unwrap_or_default();
    format!(
        "{what}\n\nWritten as `{name}! {{ {mode}field: value, … }}`, with the names of the setters; `_` stands for a \
         field's placeholder. It can stand wherever an expression can, but not in a `const`: a request owns its texts."
    )
}

pub(super) fn placeholder(field: &Field, placeholder: &Placeholder) -> String {
    format!("{}\n\nStands in for `{}` and sends `{}`.", *placeholder.doc, *field.rust, *placeholder.value)
}

pub(super) fn build(mode: &OneMode<'_>) -> String {
    let place = if mode.name().is_empty() { String::new() } else { format!(" in `{}` mode", mode.name()) };
    format!("Checks the values against the limits{place}.\n\n# Errors\n\nEvery broken limit at once.")
}

pub(super) fn service(spec: &Spec) -> String {
    let service = &spec.service;
    let mut doc = format!("{}\n\n", *service.doc);
    if let Some(page) = &service.docs {
        let _ = writeln!(doc, "Documented at <{}>.", **page);
    }
    if let Some(retention) = &service.retention {
        let _ = writeln!(doc, "Results are deleted after {}.", duration(retention.value));
    }
    doc.push_str("\n| code | meaning | was a task created? | may it be sent again? |\n|---|---|---|---|\n");
    for code in &spec.codes {
        let created = format!("{:?}", code.created.value).to_lowercase();
        let resend = code.resend.as_ref().map(|after| format!("after {}", duration(after.value)));
        let resend = resend.unwrap_or_else(|| "no".to_owned());
        let _ = writeln!(doc, "| {} | {} | {created} | {resend} |", code.number.value, *code.doc);
    }
    doc.push_str("| any other | not documented | perhaps | no |\n");
    doc
}

fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{} ms", duration.as_millis()),
        _ if seconds.is_multiple_of(86_400) => format!("{} days", seconds / 86_400),
        _ => format!("{seconds} s"),
    }
}
