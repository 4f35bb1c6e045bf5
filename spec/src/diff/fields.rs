//! Fields that are added, removed, or have other types or modes.

use super::conditions::Conditioned;
use super::{Changes, conditions, limits, modes};
use crate::lower;
use crate::model::{Choice, Condition, Field, FieldKind, Mode, Request, Scalar, Spec};
use crate::rules::{Kind, Presence};

pub(super) fn compare(old: &Spec, new: &Spec, changes: &mut Changes) {
    let (old, new) = (&old.request, &new.request);
    for field in &old.fields {
        match new.field(&field.wire) {
            None if field.constant.is_some() => changes.neutral(format!("`{}` is no longer sent", *field.wire)),
            None if old.forbids(field) => changes.neutral(format!("the forbidden field `{}` is removed", *field.wire)),
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
    if request.forbids(field) {
        return changes.neutral(format!("the field `{wire}` is new and must be left out"));
    }
    let required: Vec<&str> =
        request.each_mode().filter(|mode| field.presence_in(*mode) == Presence::Required).map(name).collect();
    if !required.is_empty() {
        let place = place(&required, request);
        changes.breaking(format!("the field `{wire}` is new and required{place}: every request needs it"));
    } else if !field.conditions.required.is_empty() {
        let when = Condition::any_in_words(&field.conditions.required);
        changes.breaking(format!("the field `{wire}` is new and required if {when}"));
    } else {
        changes.loosening(format!("the field `{wire}` is new"));
    }
}

fn one(old_request: &Request, old: &Field, new_request: &Request, new: &Field, changes: &mut Changes) {
    let wire = &*new.wire;
    if old.constant.is_some() != new.constant.is_some() {
        let text = if new.constant.is_some() { "is constant: its setter is removed" } else { "is no longer constant" };
        return changes.breaking(format!("`{wire}` {text}"));
    }
    if old.constant.as_deref() != new.constant.as_deref() {
        if old_request.asks_for_value(old) || new_request.asks_for_value(new) {
            let text = "has another constant value, on which other rules depend: requests that built before may now be";
            changes.breaking(format!("`{wire}` {text} refused"));
        } else {
            changes.neutral(format!("`{wire}` has another constant value"));
        }
    }
    if old.rust.value != new.rust.value {
        changes.breaking(format!("`{wire}`: its setter is `.{}(..)` instead of `.{}(..)`", *new.rust, *old.rust));
    }
    types(old, new, changes);
    members(old_request, old, new_request, new, changes);
    patterns(old, new, changes);
    presences(old_request, old, new_request, new, changes);
    defaults(old_request, old, new_request, new, changes);
    suggestions(old, new, changes);
    deprecation(&format!("`{wire}`"), old.deprecated.is_some(), new.deprecated.as_deref(), changes);
    placeholders(old, new, changes);
    choices(old_request, old, new_request, new, changes);
    truths(old_request, old, new_request, new, changes);
    let of = |request, field: &Field| Conditioned { request, conditions: field.conditions.clone() };
    conditions::compare(&format!("`{wire}`"), &of(old_request, old), &of(new_request, new), changes);
    limits::compare(old_request, old, new_request, new, changes);
}

fn types(old: &Field, new: &Field, changes: &mut Changes) {
    let wire = &*new.wire;
    let (old_kind, new_kind) = (lower::kind(&old.kind), lower::kind(&new.kind));
    let same = std::mem::discriminant(&old_kind) == std::mem::discriminant(&new_kind);
    if !same || old.is_list() != new.is_list() {
        let type_of = |field: &Field, kind: &Kind| {
            let list = if field.is_list() { "a list, each " } else { "" };
            let one_of = if field.choices().is_empty() { "" } else { "one of several values, each " };
            format!("{list}{one_of}{}", kind.word())
        };
        let (was, is) = (type_of(old, &old_kind), type_of(new, &new_kind));
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
    match (old.is_open(), new.is_open()) {
        (true, false) => changes.breaking(format!("`{wire}` takes only listed values")),
        (false, true) => changes.loosening(format!("`{wire}` takes values that are not listed")),
        _ => {}
    }
    if let (FieldKind::Choice(was, _), FieldKind::Choice(is, _)) | (FieldKind::Object(was, _), FieldKind::Object(is, _)) =
        (&*old.kind, &*new.kind)
        && was.value != is.value
    {
        changes.breaking(format!("the type of `{wire}` is `{}` instead of `{}`", is.value, was.value));
    }
}

/// Compares the members of an object, each under a name such as `segments.start`.
fn members(old_request: &Request, old: &Field, new_request: &Request, new: &Field, changes: &mut Changes) {
    let (FieldKind::Object(_, was), FieldKind::Object(_, is)) = (&*old.kind, &*new.kind) else { return };
    let placed = |member: &Field| {
        let wire = member.wire.with(format!("{}.{}", *new.wire, *member.wire));
        Field { wire, ..member.clone() }
    };
    let (was, is): (Vec<Field>, Vec<Field>) = (was.iter().map(placed).collect(), is.iter().map(placed).collect());
    for member in &was {
        match is.iter().find(|other| *other.wire == *member.wire) {
            Some(other) => one(old_request, member, new_request, other, changes),
            None => changes.breaking(format!("the member `{}` is removed, with its setter", *member.wire)),
        }
    }
    for member in is.iter().filter(|member| !was.iter().any(|other| *other.wire == *member.wire)) {
        match member.required {
            Some(_) => changes.breaking(format!("the member `{}` is new and required", *member.wire)),
            None => changes.loosening(format!("the member `{}` is new", *member.wire)),
        }
    }
}

fn patterns(old: &Field, new: &Field, changes: &mut Changes) {
    let wire = &*new.wire;
    match (old.pattern.as_deref(), new.pattern.as_deref()) {
        (was, Some(is)) if was != Some(is) => {
            changes.breaking(format!("`{wire}` must match `{is}`: requests that built before may now be refused"));
        }
        (Some(was), None) => changes.loosening(format!("`{wire}` need no longer match `{was}`")),
        _ => {}
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
            (was, Presence::Optional) if conditions_refuse(was, new) => changes.breaking(format!(
                "`{wire}` is optional{place}, where its conditions hold now: requests that built before may now be refused"
            )),
            (Presence::Required, _) => changes.loosening(format!("`{wire}` may be left out{place}")),
            _ => changes.loosening(format!("`{wire}` is allowed{place}")),
        }
    }
}

/// Whether the conditions of a field that is optional now may refuse what was built before. A field has conditions only
/// where it is optional.
fn conditions_refuse(was: Presence, new: &Field) -> bool {
    let conditions = &new.conditions;
    match was {
        Presence::Required => !conditions.allowed.is_empty() || !conditions.forbidden.is_empty(),
        _ => !conditions.required.is_empty(),
    }
}

fn defaults(old_request: &Request, old: &Field, new_request: &Request, new: &Field, changes: &mut Changes) {
    // Other presences are reported by themselves.
    let comparable = |was: Presence, is: Presence| {
        let either = |presence| was == presence || is == presence;
        was == is || !(either(Presence::Forbidden) || either(Presence::Fixed))
    };
    let pairs = modes::pairs(old_request, new_request).into_iter();
    let mut pairs = pairs.filter(|(was, is)| comparable(old.presence_in(*was), new.presence_in(*is)));
    if pairs.all(|(was, is)| old.default_in(was) == new.default_in(is)) {
        return;
    }
    let wire = &*new.wire;
    let text = match &new.default {
        Some(default) => {
            let counts = new_request.each_mode().filter(|mode| new.default_in(*mode).is_some()).map(name);
            let place = place(&counts.collect::<Vec<_>>(), new_request);
            format!("`{wire}`: the default is {}{place}", *default.value)
        }
        None => format!("`{wire}`: the default is removed"),
    };
    let counts = |request: &Request, field| request.decides_mode(field) || request.asks_for_value(field);
    let is_asked = counts(old_request, old) || counts(new_request, new);
    if is_asked { changes.breaking(text) } else { changes.neutral(text) }
}

fn deprecation(what: &str, was: bool, is: Option<&String>, changes: &mut Changes) {
    match is {
        Some(why) if !was => changes.neutral(format!("{what} is deprecated and compiles with a warning: {why}")),
        None if was => changes.neutral(format!("{what} is no longer deprecated")),
        _ => {}
    }
}

fn suggestions(old: &Field, new: &Field, changes: &mut Changes) {
    let wire = &*new.wire;
    match (old.suggested.as_deref(), new.suggested.as_deref()) {
        (was, Some(is)) if was != Some(is) => changes.neutral(format!("`{wire}`: the suggested value is {is}")),
        (Some(_), None) => changes.neutral(format!("`{wire}`: the suggested value is removed")),
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

/// Compares the conditions of the values of a boolean.
fn truths(old_request: &Request, old: &Field, new_request: &Request, new: &Field, changes: &mut Changes) {
    let (FieldKind::Boolean(_), FieldKind::Boolean(_)) = (&*old.kind, &*new.kind) else { return };
    for truth in [true, false].map(Scalar::Truth) {
        let of = |request, field: &Field| {
            let own = field.conditional_values().find(|(value, _)| *value == truth);
            Conditioned { request, conditions: own.map(|(_, conditions)| conditions.clone()).unwrap_or_default() }
        };
        let what = format!("`{}` = {truth}", *new.wire);
        conditions::compare(&what, &of(old_request, old), &of(new_request, new), changes);
    }
}
