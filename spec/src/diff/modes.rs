//! Modes that are added, removed or changed.

use super::Changes;
use crate::model::{Mode, Request, Spec};

pub(super) fn compare(old: &Spec, new: &Spec, changes: &mut Changes) {
    let (old, new) = (&old.request, &new.request);
    if old.modes.is_empty() != new.modes.is_empty() {
        let (had, has) = if old.modes.is_empty() { ("no modes", "modes") } else { ("modes", "no modes") };
        changes.breaking(format!("`{}` had {had} and has {has}: its constructors change", *new.name));
        return;
    }
    for mode in &old.modes {
        match find(&new.modes, mode) {
            None => changes.breaking(format!("the mode `{}` is removed", *mode.name)),
            Some(other) if conditions(mode) != conditions(other) => {
                changes.breaking(format!("the mode `{}` changes: it is sent with {}", *mode.name, describe(other)));
            }
            Some(_) => {}
        }
    }
    for mode in new.modes.iter().filter(|mode| find(&old.modes, mode).is_none()) {
        let name = &*mode.name;
        changes.breaking(format!("the mode `{name}` is new: programs that match on every mode need another arm"));
    }
}

fn find<'a>(modes: &'a [Mode], like: &Mode) -> Option<&'a Mode> {
    modes.iter().find(|mode| mode.name.value == like.name.value)
}

/// Pairs of modes to compare: those with the same name. If one side has no modes, each mode is paired with `None`.
pub(super) fn pairs<'a>(old: &'a Request, new: &'a Request) -> Vec<(Option<&'a Mode>, Option<&'a Mode>)> {
    match (old.modes.is_empty(), new.modes.is_empty()) {
        (true, true) => vec![(None, None)],
        (true, false) => new.modes.iter().map(|mode| (None, Some(mode))).collect(),
        (false, true) => old.modes.iter().map(|mode| (Some(mode), None)).collect(),
        (false, false) => {
            let both = new.modes.iter().filter_map(|mode| Some((Some(find(&old.modes, mode)?), Some(mode))));
            both.collect()
        }
    }
}

fn conditions(mode: &Mode) -> Vec<(&str, String)> {
    let mut all: Vec<_> = mode.when.iter().map(|(wire, value)| (wire.as_str(), value.value.to_string())).collect();
    all.sort();
    all
}

fn describe(mode: &Mode) -> String {
    let parts: Vec<String> = conditions(mode).iter().map(|(wire, value)| format!("`{wire}` = {value}")).collect();
    parts.join(" and ")
}
