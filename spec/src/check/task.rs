//! Polling: a task can be found, can end, and has results.

use std::time::Duration;

use crate::fault::Fault;
use crate::model::{Poll, Spec, Status, Track, TrackKind};
use crate::source::At;
use crate::tables::StatusMeaning;

use super::service::{self, json_path, url_path};
use super::{Incomplete, known_field};

/// The part of a path that stands for the id of the task.
const TASK: &str = "{task}";

/// What to do about a maximum before its minimum.
const SWAP: &str = "swap the two; the shorter one comes first";

pub(super) fn check(spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    url_path(&spec.submit.path, faults);
    json_path("task", &spec.submit.task, faults);
    poll(&spec.poll, incomplete, faults);
    statuses(&spec.statuses, incomplete, faults);
    track(&spec.track, incomplete, faults);
    for echo in spec.track.fields.iter().filter_map(|field| field.echo.as_ref()) {
        known_field(&spec.request, echo, faults);
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
    tracks(&poll.tracks, faults);
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

/// Reports places inside an earlier one. The object at the earlier place is a track itself, so they are never read.
fn tracks(places: &[At<String>], faults: &mut Vec<Fault>) {
    for (index, place) in places.iter().enumerate() {
        if !place.is_empty() {
            json_path("tracks", place, faults);
        }
        if let Some(earlier) = places[..index].iter().find(|earlier| holds(earlier, place)) {
            let message = format!("`tracks` are never read from `{}`", place.value);
            faults.push(place.fault(message, format!("remove one of them; `{}` comes first", earlier.value)));
        }
    }
}

/// Whether the inner place is the outer one, or inside it.
fn holds(outer: &str, inner: &str) -> bool {
    let rest = inner.strip_prefix(outer);
    outer.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
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

fn track(track: &Track, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    let all_known = !track.fields.iter().any(|field| incomplete.has(&field.name));
    if all_known && !track.fields.is_empty() && !track.fields.iter().any(|field| field.kind.value == TrackKind::Audio) {
        faults.push(track.name.fault("no field of the track has the type `audio`", "add one with `type = \"audio\"`"));
    }
    let mut seen: Vec<&At<String>> = Vec::new();
    for spelling in track.fields.iter().flat_map(|field| &field.spellings) {
        if seen.iter().any(|other| other.value == spelling.value) {
            let message = format!("`{}` is a spelling of two fields", spelling.value);
            faults.push(spelling.fault(message, "remove one of them"));
        }
        seen.push(spelling);
    }
}
