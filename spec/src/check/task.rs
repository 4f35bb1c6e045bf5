//! Polling: a task can be found, and can end.

use std::time::Duration;

use crate::fault::Fault;
use crate::model::{Poll, Spec, Status};
use crate::tables::StatusMeaning;

use super::service::{self, json_path, url_path};
use super::{Incomplete, submit};

/// The part of a path that stands for the id of the task.
const TASK: &str = "{task}";

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
    statuses(&spec.statuses, incomplete, faults);
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
