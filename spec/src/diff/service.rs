//! The service: names of generated types, addresses, codes, statuses and tracks.

use super::Changes;
use crate::model::{Code, Spec, Status, TrackField};

pub(super) fn compare(old: &Spec, new: &Spec, changes: &mut Changes) {
    names(old, new, changes);
    addresses(old, new, changes);
    codes(old, new, changes);
    callback(old, new, changes);
    statuses(old, new, changes);
    tracks(old, new, changes);
}

fn names(old: &Spec, new: &Spec, changes: &mut Changes) {
    let names = [
        (&old.service.name, &new.service.name),
        (&old.request.name, &new.request.name),
        (&old.track.name, &new.track.name),
    ];
    for (was, is) in names.iter().filter(|(was, is)| was.value != is.value) {
        changes.breaking(format!("the type `{}` is renamed to `{}`", was.value, is.value));
    }
    let macros = [(&old.request.literal, &new.request.literal), (&old.request.try_literal, &new.request.try_literal)];
    for (was, is) in macros {
        match (was.as_deref(), is.as_deref()) {
            (Some(was), is) if Some(was) != is => changes.breaking(format!("the macro `{was}!` is removed")),
            (None, Some(is)) => changes.loosening(format!("the macro `{is}!` is new")),
            _ => {}
        }
    }
    if old.service.id.value != new.service.id.value {
        changes.breaking(format!("the id of the service is `{}`: stored task handles are refused", *new.service.id));
    }
}

fn addresses(old: &Spec, new: &Spec, changes: &mut Changes) {
    let texts = [
        ("the base URL", &old.service.base_url, &new.service.base_url),
        ("the path of the POST", &old.submit.path, &new.submit.path),
        ("the path of the poll", &old.poll.path, &new.poll.path),
        ("the header of the API key", &old.service.auth_header, &new.service.auth_header),
        ("the scheme of the API key", &old.service.auth_scheme, &new.service.auth_scheme),
    ];
    for (what, was, is) in texts.iter().filter(|(_, was, is)| was.value != is.value) {
        changes.neutral(format!("{what} is `{}` instead of `{}`", is.value, was.value));
    }
    for (what, was, is) in [
        ("API key", &old.service.env_key, &new.service.env_key),
        ("base URL", &old.service.env_url, &new.service.env_url),
    ] {
        if was.value != is.value {
            changes.breaking(format!("the {what} is read from `{}` instead of `{}`", is.value, was.value));
        }
    }
    for (what, was, is) in
        [("the request", &old.poll.request, &new.poll.request), ("the task's id", &old.poll.task, &new.poll.task)]
    {
        let (was, is) = (was.as_deref(), is.as_deref());
        match is {
            Some(path) if was != is => changes.neutral(format!("answers to polls repeat {what} at `{path}`")),
            None if was.is_some() => changes.neutral(format!("answers to polls do not repeat {what} any more")),
            _ => {}
        }
    }
    let [was, is] = [old, new].map(|spec| spec.poll.track_places());
    if was != is {
        changes.neutral(format!("tracks are read at {is} instead of {was}"));
    }
}

fn codes(old: &Spec, new: &Spec, changes: &mut Changes) {
    let lists = |codes: &[Code], number: u32| codes.iter().any(|code| code.number.value == number);
    for code in old.codes.iter().filter(|code| !lists(&new.codes, code.number.value)) {
        let number = code.number.value;
        changes
            .neutral(format!("code {number} is not listed any more: a request that it answers has an unknown outcome"));
    }
    for code in new.codes.iter().filter(|code| !lists(&old.codes, code.number.value)) {
        changes.neutral(format!("code {} is new", code.number.value));
    }
}

fn callback(old: &Spec, new: &Spec, changes: &mut Changes) {
    let [was, is] = [old, new].map(|spec| spec.api().callback);
    match (was, is) {
        (Some(_), None) => changes.breaking("callbacks are removed".to_owned()),
        (None, Some(_)) => changes.loosening("callbacks are new".to_owned()),
        (Some(was), Some(is)) => match (&was.signature, &is.signature) {
            (None, Some(_)) => changes.breaking("callbacks are signed: clients need the key".to_owned()),
            (Some(_), None) => changes.neutral("callbacks are not signed any more".to_owned()),
            (was, is) if was != is => changes.neutral("the signature of callbacks changes".to_owned()),
            _ => {}
        },
        (None, None) => {}
    }
}

fn statuses(old: &Spec, new: &Spec, changes: &mut Changes) {
    let find = |statuses: &'_ [Status], like: &Status| statuses.iter().position(|it| it.name.value == like.name.value);
    for status in &old.statuses {
        match find(&new.statuses, status).map(|at| &new.statuses[at]) {
            None => changes.breaking(format!("the status `{}` is removed", *status.name)),
            Some(other) if status.rust.value != other.rust.value => {
                changes.breaking(format!("the status `{}` is renamed to `{}`", *status.rust, *other.rust));
            }
            Some(_) => {}
        }
    }
    for status in new.statuses.iter().filter(|status| find(&old.statuses, status).is_none()) {
        changes.loosening(format!("the status `{}` is new", *status.name));
    }
}

fn tracks(old: &Spec, new: &Spec, changes: &mut Changes) {
    let find =
        |fields: &'_ [TrackField], like: &TrackField| fields.iter().position(|it| it.rust.value == like.rust.value);
    let name = &*new.track.name;
    for field in &old.track.fields {
        match find(&new.track.fields, field).map(|at| &new.track.fields[at]) {
            None => changes.breaking(format!("the field `{}` of `{name}` is removed", *field.rust)),
            Some(other) if field.kind.value != other.kind.value => {
                changes.breaking(format!("the field `{}` of `{name}` has another type", *field.rust));
            }
            Some(_) => {}
        }
    }
    for field in new.track.fields.iter().filter(|field| find(&old.track.fields, field).is_none()) {
        changes.loosening(format!("the field `{}` of `{name}` is new", *field.rust));
    }
}
