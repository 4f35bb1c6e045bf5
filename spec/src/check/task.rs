//! Tasks: they can be found, can end, and can be cancelled.

use std::time::Duration;

use crate::fault::Fault;
use crate::model::{Cancel, Poll, Spec, Status, Submit};
use crate::tables::{CodeMeaning, Method, StatusMeaning};

use super::service::{self, json_path, url_path};
use super::{Incomplete, submit};
use crate::source::At;

/// The part of a path that stands for the id of the task.
pub(super) const TASK: &str = "{task}";

/// What to do about a maximum before its minimum.
const SWAP: &str = "swap the two; the shorter one comes first";

pub(super) fn check(spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    submit::path(&spec.submit.path, faults);
    if let Some(task) = &spec.submit.task {
        json_path("task", task, faults);
    }
    if let Some(poll) = &spec.poll {
        self::poll(poll, incomplete, faults);
    }
    if let Some(cancel) = &spec.cancel {
        self::cancel(cancel, incomplete, faults);
        if !["submit", "cancel"].iter().any(|table| incomplete.has_named(table)) {
            no_submit(cancel, &spec.submit, faults);
        }
    }
    statuses(&spec.statuses, incomplete, faults);
    failures(spec, incomplete, faults);
}

/// Reports what only an operation with a task can have. Without `[poll]`, an operation answers at once.
pub(super) fn without_poll(spec: &Spec, faults: &mut Vec<Fault>) {
    if spec.poll.is_some() {
        return;
    }
    let message = "the spec has no `[poll]`, so that the operation answers at once and has no task";
    if let Some(task) = &spec.submit.task {
        faults.push(task.fault(message, "add `[poll]`, or remove `task`"));
    } else if let Some(status) = spec.statuses.first() {
        let label = "add `[poll]`, or remove `[statuses]`; leave out those of a base with `without = [\"statuses\"]`";
        faults.push(status.name.fault(message, label));
    } else if let Some(callback) = &spec.callback {
        let label = "add `[poll]`, or remove `[callback]`; leave out that of a base with `without = [\"callback\"]`";
        faults.push(callback.field.fault(message, label));
    } else if let Some(cancel) = &spec.cancel {
        let label = "add `[poll]`, or remove `[cancel]`; leave out that of a base with `without = [\"cancel\"]`";
        faults.push(cancel.path.fault(message, label));
    } else if let Some(failure) = spec.failures.first() {
        faults.push(failure.number.fault(message, "add `[poll]`, or remove `[failures]`"));
    }
}

fn poll(poll: &Poll, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    let in_path = poll.path.matches(TASK).count();
    url_path(&poll.path.with(poll.path.replacen(TASK, "task", 1)), faults);
    if let Some(query) = &poll.query {
        service::query(query, faults);
    }
    match (&poll.query, in_path) {
        (None, 0) if !incomplete.has_named("poll") => {
            let message = "the poll does not send the id of the task";
            faults.push(poll.path.fault(message, "add `query = \"taskId\"`, or `{task}` to the path"));
        }
        (Some(query), 1..) => {
            faults.push(query.fault("the path already has the id of the task", "remove it in one of the two"));
        }
        _ => {}
    }
    json_path("status", &poll.status, faults);
    let others = [
        ("task", &poll.task),
        ("error_code", &poll.error_code),
        ("error_message", &poll.error_message),
        ("request", &poll.request),
    ];
    for (key, path) in others {
        if let Some(path) = path {
            json_path(key, path, faults);
        }
    }
    let [least, most] = poll.every.value;
    if least.is_zero() || most < least {
        let label = if most < least { SWAP } else { "such as [\"10 s\", \"30 s\"]" };
        faults.push(poll.every.fault("`every` must be the minimum and maximum time", label));
    }
    if let Some(ages) = &poll.expected_duration
        && ages.value[0] >= ages.value[1]
    {
        let label = if ages.value[0] > ages.value[1] { SWAP } else { "such as [\"2 min\", \"4 min\"]" };
        faults.push(ages.fault("`expected_duration` must be a minimum and a maximum age", label));
    }
    if poll.timeout.value == Duration::ZERO {
        faults.push(poll.timeout.fault("`timeout` must not be zero", "such as \"15 min\""));
    }
}

fn cancel(cancel: &Cancel, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    url_path(&cancel.path.with(cancel.path.replacen(TASK, "task", 1)), faults);
    if let Some(query) = &cancel.query {
        service::query(query, faults);
    }
    if let Some(body) = &cancel.body {
        json_path("body", body, faults);
    }
    if let (Some(body), method @ Method::Delete) = (&cancel.body, cancel.method()) {
        let message = format!("a {} has no body, so that it cannot send the id of the task there", method.name());
        return faults.push(body.fault(message, "add `{task}` to the path or a `query`, or change `method`"));
    }
    let in_path = cancel.path.contains(TASK);
    let others: Vec<&At<String>> = [&cancel.query, &cancel.body].into_iter().flatten().collect();
    if others.is_empty() && !in_path && !incomplete.has_named("cancel") {
        let message = "the cancel does not send the id of the task";
        let label = "add `{task}` to the path, or `query = \"taskId\"`, or `body = \"taskId\"`";
        faults.push(cancel.path.fault(message, label));
    }
    if let Some(again) = others.get(usize::from(!in_path)) {
        let first = if in_path { "the path" } else { "the query" };
        faults.push(again.fault(format!("{first} already has the id of the task"), "keep one of them"));
    }
}

/// Reports a cancel that the service may read as a submit.
fn no_submit(cancel: &Cancel, submit: &Submit, faults: &mut Vec<Fault>) {
    if cancel.method() != submit.method() || !may_be_equal(&cancel.path, &submit.path) {
        return;
    }
    let (method, cancelled, submitted) = (cancel.method().name(), &*cancel.path, &*submit.path);
    let why = if cancelled == submitted {
        "the cancel has the method and the path of `[submit]`".to_owned()
    } else {
        format!("the cancel, {method} {cancelled}, may have the same path as the submit, {method} {submitted}")
    };
    let message = format!("{why}, so that it could buy another task");
    faults.push(cancel.path.fault(message, "change `path` or `method`, or remove `[cancel]`"));
}

/// Whether two paths may be equal once their placeholders, such as `{task}`, have values. A slash at the end does not count.
fn may_be_equal(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim_end_matches('/'), other.trim_end_matches('/'));
    one.split('/').count() == other.split('/').count()
        && one.split('/').zip(other.split('/')).all(|(one, other)| may_be_equal_parts(one, other))
}

fn may_be_equal_parts(one: &str, other: &str) -> bool {
    match (around_placeholder(one), around_placeholder(other)) {
        (None, None) => one == other,
        (Some(around), None) => fits(around, other),
        (None, Some(around)) => fits(around, one),
        (Some((before, after)), Some((other_before, other_after))) => {
            (before.starts_with(other_before) || other_before.starts_with(before))
                && (after.ends_with(other_after) || other_after.ends_with(after))
        }
    }
}

/// Returns what is before and after the placeholder of a part of a path.
fn around_placeholder(part: &str) -> Option<(&str, &str)> {
    let (before, rest) = part.split_once('{')?;
    Some((before, rest.split_once('}')?.1))
}

/// Whether a placeholder between these texts can have a value with which the part is this one. A whole part is never empty.
fn fits((before, after): (&str, &str), part: &str) -> bool {
    !part.is_empty() && part.strip_prefix(before).is_some_and(|rest| rest.ends_with(after))
}

fn statuses(statuses: &[Status], incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    let all_known = !statuses.iter().any(|status| incomplete.has(&status.name));
    for status in statuses {
        let running = status.means.value == StatusMeaning::Running;
        if running != status.stage.is_some() {
            let label = if running { "add `stage = 0` or a higher one" } else { "remove `stage`" };
            let message = format!("`{}`: running statuses need a `stage`, and others must not have one", *status.name);
            faults.push(status.name.fault(message, label));
        }
    }
    let has = |meaning: StatusMeaning| statuses.iter().any(|status| status.means.value == meaning);
    if let Some(last) = statuses.last().filter(|_| all_known && !has(StatusMeaning::Done)) {
        faults.push(last.name.fault("no status has `means = \"done\"`", "add one"));
    }
}

fn failures(spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    for (index, failure) in spec.failures.iter().enumerate() {
        let number = failure.number.value;
        if spec.failures[..index].iter().any(|other| other.number.value == number) {
            faults.push(failure.number.fault(format!("there are two failures {number}"), "remove one of them"));
        }
        let code = spec.codes.iter().find(|code| code.number.value == number);
        let is_success = code.is_some_and(|code| code.means.value == CodeMeaning::Success);
        if is_success {
            let message = format!("the code {number} means success in `[codes]`, and not that a task has failed");
            faults.push(failure.number.fault(message, "remove it from `[failures]`"));
        }
    }
    if let (Some(failure), Some(poll)) = (spec.failures.first(), &spec.poll)
        && poll.error_code.is_none()
        && spec.callback.is_none()
        && !["poll", "callback"].iter().any(|table| incomplete.has_named(table))
    {
        let message = "no answer has the codes of `[failures]`";
        faults.push(
            failure.number.fault(message, "add `error_code`, their place, under `[poll]`, or remove `[failures]`"),
        );
    }
}
