//! Following a task: it can be found, it can end, and it brings something.

use std::time::Duration;

use crate::diagnostic::Fault;
use crate::model::{Poll, Spec, Status, Track, TrackKind};
use crate::source::At;
use crate::wire::StatusMeaning;

use super::known_field;
use super::service::{json_path, url_path};

/// Where the id of the task stands in a path.
const TASK: &str = "{task}";

pub(super) fn check(spec: &Spec, faults: &mut Vec<Fault>) {
    url_path(&spec.submit.path, faults);
    json_path("task", &spec.submit.task, faults);
    poll(&spec.poll, faults);
    statuses(&spec.statuses, faults);
    track(&spec.track, faults);
    for echo in spec.track.fields.iter().filter_map(|field| field.echo.as_ref()) {
        known_field(&spec.request, echo, faults);
    }
}

fn poll(poll: &Poll, faults: &mut Vec<Fault>) {
    let in_path = poll.path.matches(TASK).count();
    url_path(&poll.path.with(poll.path.replacen(TASK, "task", 1)), faults);
    match (&poll.query, in_path) {
        (None, 0) => {
            let message = "the poll does not say which task it is about";
            faults.push(poll.path.fault(message, "add `query = \"taskId\"`, or `{task}` to the path"));
        }
        (Some(query), 1..) => {
            faults.push(query.fault("the task stands in the path already", "take it out here or there"));
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
    tracks(&poll.tracks, faults);
    let [least, most] = poll.every.value;
    if least.is_zero() || most < least {
        faults.push(poll.every.fault("`every` gives the least and the most time", "such as [\"10 s\", \"30 s\"]"));
    }
    if let Some(typical) = poll.typical.as_ref().filter(|typical| typical.value[0] >= typical.value[1]) {
        faults.push(typical.fault("`typical` gives two ages, the earlier first", "such as [\"2 min\", \"4 min\"]"));
    }
    if poll.deadline.value == Duration::ZERO {
        faults.push(poll.deadline.fault("`deadline` is no time at all", "such as \"15 min\""));
    }
}

/// An object counts as a track, so that what lies inside an earlier place is never reached.
fn tracks(places: &[At<String>], faults: &mut Vec<Fault>) {
    for (index, place) in places.iter().enumerate() {
        if !place.is_empty() {
            json_path("tracks", place, faults);
        }
        if let Some(earlier) = places[..index].iter().find(|earlier| holds(earlier, place)) {
            let message = format!("`tracks` are never read at `{}`", place.value);
            faults.push(place.fault(message, format!("`{}` stands before it: take one of them out", earlier.value)));
        }
    }
}

/// Is the inner place the outer one, or inside of it?
fn holds(outer: &str, inner: &str) -> bool {
    let rest = inner.strip_prefix(outer);
    outer.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn statuses(statuses: &[Status], faults: &mut Vec<Fault>) {
    for status in statuses {
        let running = status.means.value == StatusMeaning::Running;
        if running != status.stage.is_some() {
            let label = if running { "add `stage = 0`, or a later one" } else { "take `stage` out" };
            let message = format!("`{}`: running statuses have a stage, and no others", *status.name);
            faults.push(status.name.fault(message, label));
        }
    }
    let has = |meaning: StatusMeaning| statuses.iter().any(|status| status.means.value == meaning);
    if let Some(last) = statuses.last().filter(|_| !has(StatusMeaning::Done)) {
        faults.push(last.name.fault("no status means that the task is done", "add one with `means = \"done\"`"));
    }
}

fn track(track: &Track, faults: &mut Vec<Fault>) {
    if !track.fields.is_empty() && !track.fields.iter().any(|field| field.kind.value == TrackKind::Audio) {
        faults.push(track.name.fault("no field of a track is its audio", "add one with `type = \"audio\"`"));
    }
    let mut seen: Vec<&At<String>> = Vec::new();
    for spelling in track.fields.iter().flat_map(|field| &field.spellings) {
        if seen.iter().any(|other| other.value == spelling.value) {
            let message = format!("`{}` is the spelling of two fields", spelling.value);
            faults.push(spelling.fault(message, "take it out of one of them"));
        }
        seen.push(spelling);
    }
}
