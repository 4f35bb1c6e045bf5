//! What fields refer to: ids can be found, and addresses can be fetched and served.

use crate::fault::Fault;
use crate::model::{Code, Fetched, Field, FieldKind, IdSource, ResultKind, Spec};
use crate::source::At;
use crate::tables::CodeMeaning;

use super::service::{self, url_path};
use super::task::TASK;
use super::{Incomplete, known, known_field};

/// The reason why an operation without `[poll]` has no task that fails.
const AT_ONCE: &str = "the operation answers at once, so that it has no task that could fail";

pub(super) fn check(spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    for field in spec.request.fields.iter().filter(|field| !incomplete.has(&field.wire)) {
        if let Some(source) = &field.source {
            id_source(field, source, spec, incomplete, faults);
        }
        if let Some(fetched) = &field.fetched {
            self::fetched(field, fetched, spec, incomplete, faults);
        }
        if let Some(result) = &field.served_at {
            served(field, result, spec, incomplete, faults);
        }
    }
}

fn id_source(field: &Field, source: &IdSource, spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    if !matches!(*field.kind, FieldKind::Text(_)) || field.is_list() {
        let message = format!("`{}` has a source, but is not a single text", *field.wire);
        faults.push(source.at.fault(message, "remove `source`, or use `type = \"string\"` without `list`"));
    }
    if let Some(member) = &source.member {
        service::given("member", member, faults);
    }
    if let Some(path) = &source.polled_at {
        url_path(&path.with(path.replacen(TASK, "task", 1)), faults);
    }
    if let Some(task) = &source.task {
        task_field(task, source, spec, faults);
    }
    match &source.unknown {
        Some(code) => refusal(code, spec, incomplete, faults),
        None if spec.poll.is_none() => {
            faults.push(source.at.fault(AT_ONCE, "add `unknown`, the code that refuses an unknown id"));
        }
        None => {}
    }
}

/// Checks the field with the task whose results have the id.
fn task_field(task: &At<String>, source: &IdSource, spec: &Spec, faults: &mut Vec<Fault>) {
    if source.member.is_none() {
        let message = "a source with `task` needs `member`, the member of the task's results that has the id";
        faults.push(task.fault(message, "add `member`, such as `member = \"id\"`, or remove `task`"));
    }
    if let Some(path) = &source.polled_at {
        let message = "a source with `task` has no `polled_at`";
        let label = format!("remove it; the source of `{}` says where the task is polled", task.value);
        faults.push(path.fault(message, label));
    }
    known_field(&spec.request, task, faults);
    let Some(field) = spec.request.field(task) else { return };
    if field.source.as_ref().is_none_or(|source| source.member.is_some()) {
        let message = format!("`{}` does not say that it has the id of a task", task.value);
        faults.push(task.fault(message, format!("add a `source` without `member` to the field `{}`", task.value)));
    }
}

/// Checks the code that refuses an unknown id.
fn refusal(code: &At<u32>, spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    let number = code.value;
    match spec.codes.iter().find(|known| known.number.value == number) {
        // A spec without codes has a fault already.
        None if spec.codes.is_empty() || incomplete.has_named("codes") => {}
        None => faults.push(code.fault(format!("the code {number} is not in `[codes]`"), "add it, or use another one")),
        Some(known) if known.means.value == CodeMeaning::Success => {
            let message = format!("the code {number} means success, so that it does not refuse an unknown id");
            faults.push(code.fault(message, "use another code, or remove `unknown`: the task fails later"));
        }
        Some(_) => {}
    }
}

fn fetched(field: &Field, fetched: &Fetched, spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    if !matches!(*field.kind, FieldKind::Url) {
        let message = format!("`{}` is fetched, but is not an address", *field.wire);
        faults.push(fetched.failure.fault(message, "remove `fetched`, or use `type = \"url\"`"));
    }
    if spec.poll.is_none() {
        faults.push(fetched.failure.fault(AT_ONCE, "remove `fetched`, or add `[poll]`"));
    } else if !incomplete.has_named("failures") {
        listed_failure(&fetched.failure, spec, faults);
    }
}

/// Checks that a code is one of the codes of failed tasks. A spec without them says nothing about any code.
fn listed_failure(code: &At<u32>, spec: &Spec, faults: &mut Vec<Fault>) {
    let is_success = |known: &Code| known.number.value == code.value && known.means.value == CodeMeaning::Success;
    if spec.codes.iter().any(is_success) {
        let message = format!("the code {} means success in `[codes]`, and not that a task has failed", code.value);
        faults.push(code.fault(message, "use the code of the failed task"));
        return;
    }
    if spec.failures.is_empty() || spec.failures.iter().any(|failure| failure.number.value == code.value) {
        return;
    }
    let listed: Vec<String> = spec.failures.iter().map(|failure| failure.number.value.to_string()).collect();
    let message = format!("the code {} is not in `[failures]`", code.value);
    faults.push(code.fault(message, format!("add it there, or use one that is listed: {}", listed.join(", "))));
}

fn served(field: &Field, result: &At<String>, spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    if !matches!(*field.kind, FieldKind::Text(_) | FieldKind::Url) || field.is_list() {
        let message = format!("`{}` is served, but is not a single text or address", *field.wire);
        faults.push(result.fault(message, "remove `served_at`, or use `type = \"string\"` or \"url\" without `list`"));
    }
    if incomplete.has_named("results") {
        return;
    }
    known("result", result, spec.results.iter().map(|entry| entry.value.name.as_str()), faults);
    let entry = spec.results.iter().find(|entry| entry.value.name.value == result.value);
    let Some(value) = entry.map(|entry| &entry.value).filter(|value| !incomplete.has(&value.name)) else { return };
    let is_address = matches!(value.kind.value, ResultKind::Audio | ResultKind::Stream | ResultKind::Image);
    if !is_address || value.lists > 0 {
        let message = format!("the result `{}` is not a single address", result.value);
        faults.push(result.fault(message, "name a result of type `audio`, `stream` or `image`, without `list`"));
    }
}
