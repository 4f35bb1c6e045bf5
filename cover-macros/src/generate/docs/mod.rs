//! The texts of generated documentation, written from the spec.

pub(super) mod examples;
mod modes;
mod rules;
mod setter;

use std::fmt::Write;
use std::time::Duration;

use cover_spec::Spec;
use cover_spec::model::{Choice, Field, ResultValue, Status, Upload};
use cover_spec::tables::StatusMeaning;

use super::text::{cell, text};

pub(super) use modes::{build, build_in, constructor, inner_marker, mode_group, mode_names, mode_trait, outer_marker};
pub(super) use setter::{maybe_setter, null_setter, placeholder, setter};

pub(super) fn request(spec: &Spec) -> String {
    let request = &spec.request;
    let mut doc = format!("{}\n", text(&request.doc));
    if !request.modes.is_empty() {
        doc += "\nThe mode decides which fields it has:\n";
        doc += &modes::table_of_modes(request);
    }
    let _ = write!(doc, "\nSent as a {} to `{}`.", spec.submit.method().name(), *spec.submit.path);
    if let Some(page) = &spec.service.docs {
        let _ = write!(doc, " The rules come from <{}>.", **page);
    }
    if let Some(credits) = &spec.credits {
        let _ = write!(doc, "\n\nPrice: {} credits.", text(&credits.price_in_words()));
    }
    doc
}

pub(super) fn builder(spec: &Spec, maybe: Option<&str>) -> String {
    let request = &*spec.request.name;
    let mut doc = format!(
        "Sets the fields of [`{request}`], in any order.\n\n\
         [`build`](Self::build) compiles once every field that the mode requires is set. A setter that the mode does not \
         have does not compile, and neither does a second call of the same setter."
    );
    if let Some(maybe) = maybe {
        let _ = write!(
            doc,
            "\n\n# Values that may be absent\n\n\
             Setting a field changes the builder's type, so a variable cannot be assigned a builder with one more field \
             inside an `if`. Pass an `Option` instead: see [`{maybe}`](Self::{maybe})."
        );
    }
    let _ = write!(
        doc,
        "\n\n# Functions that return a builder\n\n\
         The type of an unfinished builder has the state of every field, [`Set`](::cover_api::state::Set) or \
         [`Unset`](::cover_api::state::Unset). Write `-> _` as the return type, and the compiler's error spells the type \
         out. A function that returns the finished `{request}` needs no such type."
    );
    doc
}

pub(super) fn object(field: &Field) -> String {
    format!("{}\n\nA value of `{}`.", text(&field.doc), *field.wire)
}

pub(super) fn object_builder(object: &str) -> String {
    format!(
        "Sets the members of [`{object}`], in any order.\n\n\
         [`build`](Self::build) compiles once every required member is set. A second call of the same setter does not \
         compile."
    )
}

pub(super) fn build_object(object: &str) -> String {
    format!("Returns the [`{object}`]. The `build` of the request that holds it checks its limits.")
}

pub(super) fn choice(field: &Field) -> String {
    format!("{}\n\nThe values of `{}`.", text(&field.doc), *field.wire)
}

pub(super) fn choice_value(choice: &Choice) -> String {
    format!("{} Sent as `{}`.", text(&choice.doc), *choice.wire)
}

pub(super) fn result(object: &ResultValue) -> String {
    format!("{}\n\nA field is `None` or empty where the service sends nothing or an empty text.", text(&object.doc))
}

pub(super) fn status(status: &Status) -> String {
    let meaning = match status.means.value {
        StatusMeaning::Done => "The task is done.",
        StatusMeaning::DoneWithResults => "The task is done if it has output, and still running otherwise.",
        StatusMeaning::Failed => "The task has failed.",
        StatusMeaning::Cancelled => "The task was cancelled.",
        _ => "The task is still running.",
    };
    format!("{} {meaning} In answers: `{}`.", text(&status.doc), *status.name)
}

pub(super) fn literal(spec: &Spec, name: &str, tries: bool) -> String {
    let request = &*spec.request.name;
    let what = if tries {
        format!(
            "Builds a [`{request}`] from any values. Literals are checked at compile time, other values at run time.\n\n\
             Returns a `Result` with [`Violations`](::cover_api::Violations)."
        )
    } else {
        format!(
            "Builds a [`{request}`] from literals, which are checked at compile time.\n\n\
             Returns the request itself, and not a `Result`. Scheme, host, port and characters of an address are \
             checked. The service checks what needs a full parser, such as whether the host is a valid domain name."
        )
    };
    let mode = spec.request.modes.first().map(|mode| format!("mode: {}, ", *mode.name)).unwrap_or_default();
    format!(
        "{what}\n\nThe form is `{name}! {{ {mode}field: value, … }}`, with the names of the setters. `_` stands for a \
         field's placeholder. The macro is an expression, but not a `const` one, because a request owns its texts."
    )
}

pub(super) fn service(spec: &Spec) -> String {
    let service = &spec.service;
    let mut doc = text(&service.doc);
    if let Some(page) = &service.docs {
        let _ = write!(doc, "\n\nDocumented at <{}>.", **page);
    }
    if let Some(retention) = &service.retention {
        let _ = write!(doc, "\n\nResults are deleted after {}.", duration(retention.value));
    }
    if let Some(rate_limit) = &spec.rate_limit {
        let (requests, per) = (rate_limit.requests.value, duration(rate_limit.per.value));
        let _ = write!(doc, "\n\nRate limit: {requests} requests of one API key in {per}.");
    }
    let uploads = spec.upload.as_ref().map(Upload::limits_in_words).unwrap_or_default();
    if !uploads.is_empty() {
        let _ = write!(doc, "\n\nUploads of local files: {}.", text(&uploads.join("; ")));
    }
    doc.push_str("\n\n| code | meaning | task created | can be sent again |\n|---|---|---|---|\n");
    for code in &spec.codes {
        let created = format!("{:?}", code.created.value).to_lowercase();
        let retry = code.retry_after.as_ref().map(|after| format!("after {}", duration(after.value)));
        let retry = retry.unwrap_or_else(|| "no".to_owned());
        let _ = writeln!(doc, "| {} | {} | {created} | {retry} |", code.number.value, cell(&code.doc));
    }
    doc.push_str("| any other | not documented | perhaps | no |\n");
    failures(spec, &mut doc);
    let mut disputed = spec.disputed_about_others().peekable();
    if disputed.peek().is_some() {
        doc.push_str("\nThe documentation contradicts itself about more than single fields:\n\n");
    }
    for it in disputed {
        let _ = writeln!(doc, "- `{}`: {}", *it.about, text(&it.words()));
    }
    doc
}

fn failures(spec: &Spec, doc: &mut String) {
    if spec.failures.is_empty() {
        return;
    }
    doc.push_str("\n| code of a failed task | meaning | refunded |\n|---|---|---|\n");
    for failure in &spec.failures {
        let refunded = format!("{:?}", failure.refunded()).to_lowercase();
        let _ = writeln!(doc, "| {} | {} | {refunded} |", failure.number.value, cell(&failure.doc));
    }
    doc.push_str("| any other | not documented | unknown |\n");
}

fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{} ms", duration.as_millis()),
        _ if seconds.is_multiple_of(86_400) => format!("{} days", seconds / 86_400),
        _ => format!("{seconds} s"),
    }
}

/// "`a`, `b` and `c`"
fn listed(names: &[impl AsRef<str>], last: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    match &quoted[..] {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., end] => format!("{} {last} {end}", most.join(", ")),
    }
}
