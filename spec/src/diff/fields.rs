//! Fields that are added, removed, or have other types or modes.

use super::conditions::Conditioned;
use super::{Changes, conditions, limits, modes};
use crate::lower;
use crate::model::{Choice, Field, FieldKind, Mode, Request, Spec};
use crate::rules::Presence;

pub(super) fn compare(old: &Spec, new: &Spec, changes: &mut Changes) {
    let (old, new) = (&old.request, &new.request);
    for field in &old.fields {
        match new.field(&field.wire) {
            None if field.constant.is_some() => changes.neutral(format!("`{}` is no longer sent", *field.wire)),
            None => changes
                .breaking(format!("the field `{}` is removed, with its setter `.{}(..)`", *field.wire, *field.rust)),
            Some(other) => one(old, field, new, other, changes),
        }
    }
    for field in new.fields.iter().filter(|field| old.field(&field.wire).is_none()) {
        added(new, field, changes);
    }
}

fn added(request: &Request, field: &Field, changes: &mut Changes) {
    let wire = &*field.wire;
    if field.constant.is_some() {
        return changes.neutral(format!("`{wire}` is new; it is always sent with the same value"));
    }
    let required: Vec<&str> =
        request.each_mode().filter(|mode| field.presence_in(*mode) == Presence::Required).map(name).collect();
    if required.is_empty() {
        changes.loosening(format!("the field `{wire}` is new"));
    } else {
        let place = place(&required, request);
        changes.breaking(format!("the field `{wire}` is new and required{place}: every request needs it"));
    }
}

fn one(old_request: &Request, old: &Field, new_request: &Request, new: &Field, changes: &mut Changes) {
    let wire = &*new.wire;
    if old.constant.is_some() != new.constant.is_some() {
        let text = if new.constant.is_some() { "is constant: its setter is removed" } else { "is no longer constant" };
        return changes.breaking(format!("`{wire}` {text}"));
    }
    if old.constant.as_deref() != new.constant.as_deref() {
        changes.neutral(format!("`{wire}` has another constant value"));
    }
    if old.rust.value != new.rust.value {
        changes.breaking(format!("`{wire}`: its setter is `.{}(..)` instead of `.{}(..)`", *new.rust, *old.rust));
    }
    types(old, new, changes);
    presences(old_request, old, new_request, new, changes);
    if old.default.as_deref() != new.default.as_deref() {
        let decides = old_request.decides_mode(old) || new_request.decides_mode(new);
        let text = match &new.default {
            Some(default) => format!("`{wire}`: the default is {}", default.value),
            None => format!("`{wire}`: the default is removed"),
        };
        if decides { changes.breaking(text) } else { changes.neutral(text) }
    }
    deprecation(&format!("`{wire}`"), old.deprecated.is_some(), new.deprecated.as_deref(), changes);
    placeholders(old, new, changes);
    choices(old_request, old, new_request, new, changes);
    let of = |request, field: &Field| Conditioned { request, conditions: field.conditions.clone() };
    conditions::compare(&format!("`{wire}`"), &of(old_request, old), &of(new_request, new), changes);
    limits::compare(old_request, old, new_request, new, changes);
}

fn types(old: &Field, new: &Field, changes: &mut Changes) {
    let wire = &*new.wire;
    let (old_kind, new_kind) = (lower::kind(&old.kind), lower::kind(&new.kind));
    let same = std::mem::discriminant(&old_kind) == std::mem::discriminant(&new_kind);
    if !same || old.is_list() != new.is_list() {
        let list = |field: &Field| if field.is_list() { "a list, each " } else { "" };
        let (was, is) = (list(old).to_owned() + old_kind.word(), list(new).to_owned() + new_kind.word());
        changes.breaking(format!("`{wire}` is {is} instead of {was}"));
    } else if let (FieldKind::Text(was), FieldKind::Text(is)) = (&*old.kind, &*new.kind)
        && was != is
    {
        changes.breaking(format!("`{wire}` is counted in {} instead of {}", is.word(2), was.word(2)));
    }
    match (old.is_nullable(), new.is_nullable()) {
        (true, false) => changes.breaking(format!("`{wire}` may no longer be null")),
        (false, true) => changes.loosening(format!("`{wire}` may be null")),
        _ => {}
    }
    if let (FieldKind::Choice(was, _), FieldKind::Choice(is, _)) = (&*old.kind, &*new.kind)
        && was.value != is.value
    {
        changes.breaking(format!("the type of `{wire}` is `{}` instead of `{}`", is.value, was.value));
    }
}

fn name(mode: Option<&Mode>) -> &str {
    mode.map_or("", |mode| mode.name.as_str())
}

/// Returns " in `A` and `B`", or an empty text if these are all modes.
pub(super) fn place(names: &[&str], request: &Request) -> String {
    if names.len() >= request.modes.len() {
        return String::new();
    }
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!(" in {}", names.join(" and "))
}

fn presences(old_request: &Request, old: &Field, new_request: &Request, new: &Field, changes: &mut Changes) {
    let mut moved: Vec<((Presence, Presence), Vec<&str>)> = Vec::new();
    let same_kind = old_request.modes.is_empty() == new_request.modes.is_empty();
    for (was, is) in modes::pairs(old_request, new_request) {
        let shift = (old.presence_in(was), new.presence_in(is));
        let by_mode = [shift.0, shift.1].contains(&Presence::Fixed);
        if shift.0 == shift.1 || (by_mode && !same_kind) {
            continue;
        }
        match moved.iter_mut().find(|(other, _)| *other == shift) {
            Some((_, modes)) => modes.push(name(is.or(was))),
            None => moved.push((shift, vec![name(is.or(was))])),
        }
    }
    let request = if new_request.modes.is_empty() { old_request } else { new_request };
    let wire = &*new.wire;
    for (shift, modes) in moved {
        let place = place(&modes, request);
        match shift {
            (_, Presence::Required) => changes.breaking(format!("`{wire}` is required{place}")),
            (_, Presence::Forbidden) => changes.breaking(format!("`{wire}` must be left out{place}")),
            (_, Presence::Fixed) => {
                changes.breaking(format!("`{wire}` is set by the mode{place}: its setter is removed there"));
            }
            (Presence::Fixed, _) => changes.breaking(format!("`{wire}` is no longer set by the mode{place}")),
            (Presence::Required, _) => changes.loosening(format!("`{wire}` may be left out{place}")),
            _ => changes.loosening(format!("`{wire}` is allowed{place}")),
        }
    }
}

fn deprecation(what: &str, was: bool, is: Option<&String>, changes: &mut Changes) {
    match is {
        Some(why) if !was => changes.neutral(format!("{what} is deprecated and compiles with a warning: {why}")),
        None if was => changes.neutral(format!("{what} is no longer deprecated")),
        _ => {}
    }
}

fn placeholders(old: &Field, new: &Field, changes: &mut Changes) {
    let wire = &*new.wire;
    match (&old.placeholder, &new.placeholder) {
        (Some(was), Some(is)) if was.setter.value != is.setter.value => {
            changes.breaking(format!("`{wire}`: `.{}()` instead of `.{}()`", *is.setter, *was.setter));
        }
        (Some(was), Some(is)) if was.value.value != is.value.value => {
            changes.neutral(format!("`{wire}`: `.{}()` sends another address", *is.setter));
        }
        (Some(was), None) => changes.breaking(format!("`{wire}`: `.{}()` is removed", *was.setter)),
        (None, Some(is)) => changes.loosening(format!("`{wire}`: `.{}()` is new and sends a placeholder", *is.setter)),
        _ => {}
    }
}

fn choices(old_request: &Request, old: &Field, new_request: &Request, new: &Field, changes: &mut Changes) {
    let (FieldKind::Choice(_, was), FieldKind::Choice(_, is)) = (&*old.kind, &*new.kind) else { return };
    let wire = &*new.wire;
    let find =
        |choices: &'_ [Choice], like: &Choice| choices.iter().position(|choice| choice.wire.value == like.wire.value);
    for choice in was {
        let Some(other) = find(is, choice).map(|index| &is[index]) else {
            changes.breaking(format!("`{wire}` no longer allows {}", *choice.wire));
            continue;
        };
        if choice.rust.value != other.rust.value {
            let (was, is) = (&*choice.rust, &*other.rust);
            changes.breaking(format!("`{wire}`: {} is named `{is}` instead of `{was}`", *choice.wire));
        }
        let what = format!("`{wire}` = {}", *choice.wire);
        deprecation(&what, choice.deprecated.is_some(), other.deprecated.as_deref(), changes);
        let of = |request, choice: &Choice| Conditioned { request, conditions: choice.conditions.clone() };
        conditions::compare(&what, &of(old_request, choice), &of(new_request, other), changes);
    }
    for choice in is.iter().filter(|choice| find(was, choice).is_none()) {
        changes.loosening(format!("`{wire}` allows {}", *choice.wire));
    }
}
