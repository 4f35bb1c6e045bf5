//! Results: each can be found, and the output can be complete.

use crate::fault::Fault;
use crate::model::{ResultEntry, ResultKind, ResultValue, Spec};
use crate::source::At;

use super::service::json_path;
use super::{Incomplete, known, known_field};

pub(super) fn check(spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    for result in &spec.results {
        places(&result.at, faults);
        if let Some(callback) = &result.callback {
            json_path("callback", callback, faults);
        }
        if let Some(count) = result.count.as_ref().filter(|_| result.value.lists == 0) {
            faults.push(count.fault("`count` is for lists", "remove it, or add `list = true`"));
        }
        for value in result.value.walk() {
            spellings(value, faults);
            if let Some(echo) = &value.echo {
                known_field(&spec.request, echo, faults);
            }
            if let Some(example) = &value.example
                && value.kind.value != ResultKind::Text
                && !incomplete.has(&value.name)
            {
                faults
                    .push(example.fault(format!("`{}` is not a text, but has an `example`", *value.name), "remove it"));
            }
            if let Some(named) = &value.file_name {
                file_name(value, named, incomplete, faults);
            }
            if value.kind.value == ResultKind::Object && value.members.is_empty() && !incomplete.has(&value.name) {
                let message = format!("the object `{}` has no `fields`", *value.name);
                faults.push(value.name.fault(message, "add one, or use `type = \"any\"`"));
            }
        }
    }
    whole_answer(spec, incomplete, faults);
    needed(&spec.results, incomplete, faults);
}

/// Reports a result that is the whole answer, although the answer is an object and the result is not.
fn whole_answer(spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    let has_code = spec.envelope.as_ref().is_some_and(|envelope| envelope.code.is_some());
    let has_status = spec.poll.as_ref().is_some_and(|poll| !poll.status.is_empty());
    let why = match (has_code, has_status) {
        (true, _) => "`code` of `[envelope]` is",
        (_, true) => "`status` of `[poll]` is",
        _ => return,
    };
    for ResultEntry { at, value, .. } in &spec.results {
        // A single object stands for a list with one object.
        let can_be_object = matches!(value.kind.value, ResultKind::Object | ResultKind::Any);
        if can_be_object || incomplete.has(&value.name) {
            continue;
        }
        for place in at.iter().filter(|place| place.is_empty()) {
            let message =
                format!("`{}` is the whole answer, which is an object, since {why} a place in it", *value.name);
            faults.push(place.fault(message, "write the place of the value, or use `type = \"object\"`"));
        }
    }
}

/// Reports a spec whose output is complete without any result.
fn needed(results: &[ResultEntry], incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    if incomplete.has_named("results") || results.iter().any(|result| incomplete.has(&result.value.name)) {
        return;
    }
    if let Some(first) = results.first().filter(|_| results.iter().all(|result| result.optional)) {
        let label = "remove `optional` where the output is not complete without the result";
        faults.push(first.value.name.fault("all results are optional", label));
    }
}

/// Reports places inside an earlier one. What is at the earlier place is the result itself, so they are never read.
fn places(places: &[At<String>], faults: &mut Vec<Fault>) {
    for (index, place) in places.iter().enumerate() {
        if !place.is_empty() {
            json_path("at", place, faults);
        }
        if let Some(earlier) = places[..index].iter().find(|earlier| holds(earlier, place)) {
            let message = format!("the result is never read from `{}`", place.value);
            faults.push(place.fault(message, format!("remove one of them; `{}` comes first", earlier.value)));
        }
    }
}

/// Whether the inner place is the outer one, or inside it.
fn holds(outer: &str, inner: &str) -> bool {
    let rest = inner.strip_prefix(outer);
    outer.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Reports a name of files that is no text of the object, or that has no object.
fn file_name(value: &ResultValue, named: &At<String>, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    if incomplete.has(&value.name) {
        return;
    }
    if value.kind.value != ResultKind::Object {
        let message = format!("`{}` is not an object, but has a `file_name`", *value.name);
        faults.push(named.fault(message, "remove it"));
        return;
    }
    match value.members.iter().find(|member| member.name.value == named.value) {
        Some(member) if incomplete.has(&member.name) => {}
        Some(member) if *member.kind != ResultKind::Text || member.lists > 0 => {
            let message = format!("`{}` cannot name the files of `{}`, because it is not a text", **named, *value.name);
            faults.push(named.fault(message, "use a member with `type = \"string\"` that is no list"));
        }
        Some(_) => {}
        None => known("member", named, value.members.iter().map(|member| member.name.as_str()), faults),
    }
}

fn spellings(value: &ResultValue, faults: &mut Vec<Fault>) {
    let mut seen: Vec<&At<String>> = Vec::new();
    for spelling in value.members.iter().flat_map(|member| &member.spellings) {
        if seen.iter().any(|other| other.value == spelling.value) {
            let message = format!("`{}` is a spelling of two fields", spelling.value);
            faults.push(spelling.fault(message, "remove one of them"));
        }
        seen.push(spelling);
    }
}
