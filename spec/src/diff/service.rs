//! The service: names of generated types, addresses, codes, statuses and results.

use super::Changes;
use crate::model::{Code, FailureCode, ResultEntry, ResultValue, Spec, Status};

pub(super) fn compare(old: &Spec, new: &Spec, changes: &mut Changes) {
    names(old, new, changes);
    addresses(old, new, changes);
    codes(old, new, changes);
    cancels(old, new, changes);
    callback(old, new, changes);
    uploads(old, new, changes);
    statuses(old, new, changes);
    failures(old, new, changes);
    results(old, new, changes);
}

fn names(old: &Spec, new: &Spec, changes: &mut Changes) {
    let names = [(&old.service.name, &new.service.name), (&old.request.name, &new.request.name)];
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
    let [was, is] = [old, new].map(|spec| spec.service.account.as_deref());
    if was != is {
        let name = |name: Option<&String>| name.map_or("not named".to_owned(), |name| format!("`{name}`"));
        changes.breaking(format!(
            "the account is {} instead of {}: purchases in ledgers are not found, and may be paid again",
            name(is),
            name(was)
        ));
    }
}

fn addresses(old: &Spec, new: &Spec, changes: &mut Changes) {
    let texts = [
        ("the base URL", &old.service.base_url, &new.service.base_url),
        ("the path of the POST", &old.submit.path, &new.submit.path),
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
    polls(old, new, changes);
}

fn polls(old: &Spec, new: &Spec, changes: &mut Changes) {
    let (old, new) = match (&old.poll, &new.poll) {
        (Some(old), Some(new)) => (old, new),
        (Some(_), None) => {
            return changes.breaking("the operation answers at once: a send returns the results".to_owned());
        }
        (None, Some(_)) => return changes.breaking("the operation creates tasks: a send returns a task".to_owned()),
        (None, None) => return,
    };
    if old.path.value != new.path.value {
        changes.neutral(format!("the path of the poll is `{}` instead of `{}`", *new.path, *old.path));
    }
    for (what, was, is) in [("the request", &old.request, &new.request), ("the task's id", &old.task, &new.task)] {
        let (was, is) = (was.as_deref(), is.as_deref());
        match is {
            Some(path) if was != is => changes.neutral(format!("answers to polls repeat {what} at `{path}`")),
            None if was.is_some() => changes.neutral(format!("answers to polls do not repeat {what} any more")),
            _ => {}
        }
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

fn cancels(old: &Spec, new: &Spec, changes: &mut Changes) {
    match (&old.cancel, &new.cancel) {
        (Some(_), None) => changes.breaking("tasks cannot be cancelled any more".to_owned()),
        (None, Some(_)) => changes.loosening("tasks can be cancelled".to_owned()),
        _ => {}
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

fn uploads(old: &Spec, new: &Spec, changes: &mut Changes) {
    match (&old.upload, &new.upload) {
        (Some(_), None) => changes.breaking("uploads are removed".to_owned()),
        (None, Some(_)) => changes.loosening("uploads are new".to_owned()),
        _ => {}
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

fn failures(old: &Spec, new: &Spec, changes: &mut Changes) {
    let lists = |failures: &[FailureCode], number: u32| failures.iter().any(|it| it.number.value == number);
    for failure in old.failures.iter().filter(|it| !lists(&new.failures, it.number.value)) {
        let number = failure.number.value;
        changes.neutral(format!("the failure {number} is not listed any more: whether it is refunded is not known"));
    }
    for failure in new.failures.iter().filter(|it| !lists(&old.failures, it.number.value)) {
        changes.neutral(format!("the failure {} is new", failure.number.value));
    }
}

fn results(old: &Spec, new: &Spec, changes: &mut Changes) {
    let find = |results: &'_ [ResultEntry], like: &ResultEntry| {
        results.iter().position(|it| it.value.rust.value == like.value.rust.value)
    };
    for result in &old.results {
        let name = &*result.value.rust;
        let Some(other) = find(&new.results, result).map(|at| &new.results[at]) else {
            changes.breaking(format!("the result `{name}` is removed"));
            continue;
        };
        if has_other_type(&result.value, &other.value) {
            changes.breaking(format!("the result `{name}` has another type"));
        }
        let [was, is] = [result, other].map(ResultEntry::places);
        if was != is {
            changes.neutral(format!("the result `{name}` is read at {is} instead of {was}"));
        }
        members(&result.value, &other.value, changes);
    }
    for result in new.results.iter().filter(|result| find(&old.results, result).is_none()) {
        changes.loosening(format!("the result `{}` is new", *result.value.rust));
    }
}

/// Returns whether the Rust type differs, but for the name of an object.
fn has_other_type(was: &ResultValue, is: &ResultValue) -> bool {
    was.kind.value != is.kind.value || was.lists != is.lists
}

fn members(old: &ResultValue, new: &ResultValue, changes: &mut Changes) {
    if let (Some(was), Some(is)) = (&old.ty, &new.ty)
        && was.value != is.value
    {
        changes.breaking(format!("the type `{}` is renamed to `{}`", was.value, is.value));
    }
    let find =
        |members: &'_ [ResultValue], like: &ResultValue| members.iter().position(|it| it.rust.value == like.rust.value);
    let name = new.ty.as_deref().map_or("", String::as_str);
    for member in &old.members {
        match find(&new.members, member).map(|at| &new.members[at]) {
            None => changes.breaking(format!("the field `{}` of `{name}` is removed", *member.rust)),
            Some(other) => {
                if has_other_type(member, other) {
                    changes.breaking(format!("the field `{}` of `{name}` has another type", *member.rust));
                }
                members(member, other, changes);
            }
        }
    }
    for member in new.members.iter().filter(|member| find(&old.members, member).is_none()) {
        changes.loosening(format!("the field `{}` of `{name}` is new", *member.rust));
    }
}
