//! The service: names of generated types, addresses, codes, statuses and tracks.

use super::Changes;
use crate::model::{Code, Spec, Status, TrackField};
use crate::tables;

pub(super) fn compare(old: &Spec, new: &Spec, changes: &mut Changes) {
    names(old, new, changes);
    addresses(old, new, changes);
    codes(old, new, changes);
    rate_limit(old, new, changes);
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
    let find = |codes: &'_ [Code], number: u32| codes.iter().position(|code| code.number.value == number);
    for code in &old.codes {
        let number = code.number.value;
        match find(&new.codes, number).map(|at| &new.codes[at]) {
            None => changes.neutral(format!(
                "code {number} is not listed any more: a request that it answers has an unknown outcome"
            )),
            Some(other) => {
                if (code.means.value, code.created.value) != (other.means.value, other.created.value) {
                    let (means, created) = (other.means.value, other.created.value);
                    changes.neutral(format!("code {number} means {means:?}, created: {created:?}"));
                }
                if code.retry_after.as_deref() != other.retry_after.as_deref() {
                    changes.neutral(format!("code {number}: `retry_after` changes"));
                }
            }
        }
    }
    for code in new.codes.iter().filter(|code| find(&old.codes, code.number.value).is_none()) {
        changes.neutral(format!("code {} is new", code.number.value));
    }
}

fn rate_limit(old: &Spec, new: &Spec, changes: &mut Changes) {
    let [was, is] = [old, new].map(|spec| {
        spec.rate_limit.as_ref().map(|rate_limit| {
            (rate_limit.requests.value, rate_limit.per.as_secs_f64(), rate_limit.task_every.as_deref())
        })
    });
    if was != is {
        let said =
            is.map_or("is removed".to_owned(), |(requests, per, _)| format!("is {requests} requests in {per} s"));
        changes.neutral(format!("the rate limit {said}"));
    }
}

fn callback(old: &Spec, new: &Spec, changes: &mut Changes) {
    let [was, is] = [old, new].map(|spec| spec.api().callback);
    match (was, is) {
        (Some(_), None) => changes.breaking("callbacks are removed".to_owned()),
        (None, Some(_)) => changes.loosening("callbacks are new".to_owned()),
        (Some(was), Some(is)) => {
            match (&was.signature, &is.signature) {
                (None, Some(_)) => changes.breaking("callbacks are signed: clients need the key".to_owned()),
                (Some(_), None) => changes.neutral("callbacks are not signed any more".to_owned()),
                (was, is) if was != is => changes.neutral("the signature of callbacks changes".to_owned()),
                _ => {}
            }
            if (tables::CallbackSpec { signature: None, ..was }) != (tables::CallbackSpec { signature: None, ..is }) {
                changes.neutral("the form of callbacks changes".to_owned());
            }
        }
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
            Some(other) if status.means.value != other.means.value => {
                changes.neutral(format!("the status `{}` means {:?}", *status.name, other.means.value));
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
