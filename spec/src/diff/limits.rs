//! Limits, compared in every mode with every model.

use super::{Changes, Effect, modes};
use crate::lower;
use crate::model::{Condition, Field, Mode, Request};
use crate::rules::{Bound, Limit, Presence};

/// A figure that changes in some modes with some models.
struct Moved {
    was: Option<Bound>,
    is: Option<Bound>,
    places: Vec<(String, String)>,
}

pub(super) fn compare(old_request: &Request, old: &Field, new_request: &Request, new: &Field, changes: &mut Changes) {
    let (old_limits, new_limits) = (lower::limits(old, old_request), lower::limits(new, new_request));
    let mut moved: Vec<Moved> = Vec::new();
    for (old_mode, mode) in modes::pairs(old_request, new_request) {
        let there = |field: &Field, mode| field.presence_in(mode) != Presence::Forbidden;
        if !there(old, old_mode) || !there(new, mode) {
            continue;
        }
        for model in shared_models(old_request, new_request) {
            let was = holding(old_request, &old_limits, old_mode, model);
            let is = holding(new_request, &new_limits, mode, model);
            let mode_name = mode.or(old_mode).map_or(String::new(), |mode| mode.name.value.clone());
            for (was, is) in pairs(&was, &is) {
                let place = (mode_name.clone(), model.unwrap_or("").to_owned());
                match moved.iter_mut().find(|moved| moved.was == was && moved.is == is) {
                    Some(moved) => moved.places.push(place),
                    None => moved.push(Moved { was, is, places: vec![place] }),
                }
            }
        }
    }
    let (request, field) = if new_request.modes.is_empty() { (old_request, old) } else { (new_request, new) };
    for moved in moved {
        moved.tell(request, new_request, field, changes);
    }
    conditional(old, new, changes);
    if seconds(old) != seconds(new) {
        let text = "the documented maximum length of the recording changes; it is not checked";
        changes.neutral(format!("`{}`: {text}", *new.wire));
    }
}

/// Returns the limits that are only documented, with their models.
fn seconds(field: &Field) -> Vec<(u32, Vec<String>)> {
    let of = |limit: &crate::model::Limit| limit.models.clone().unwrap_or_default();
    let limits = field.limits.iter().filter_map(|limit| Some((limit.max_seconds?.value, of(limit))));
    let names = |models: Vec<crate::model::At<String>>| {
        let mut names: Vec<String> = models.into_iter().map(|model| model.value).collect();
        names.sort();
        names
    };
    let mut all: Vec<_> = limits.map(|(seconds, models)| (seconds, names(models))).collect();
    all.sort();
    all
}

fn shared_models<'a>(old: &'a Request, new: &'a Request) -> Vec<Option<&'a str>> {
    let known = old.models();
    if known.is_empty() && new.models().is_empty() {
        return vec![None];
    }
    if known.is_empty() || new.models().is_empty() {
        return new.models().into_iter().chain(known).map(Some).collect();
    }
    new.models().into_iter().filter(|model| known.contains(model)).map(Some).collect()
}

/// Returns the limits without conditions in this mode with this model, the strictest of each kind.
fn holding(request: &Request, limits: &[Limit], mode: Option<&Mode>, model: Option<&str>) -> Vec<Bound> {
    let bit = |set: u64, index: Option<usize>| set == u64::MAX || index.is_some_and(|index| set >> index & 1 == 1);
    let mode = mode.and_then(|mode| request.modes.iter().position(|it| it.name.value == mode.name.value));
    let model = model.and_then(|model| request.models().iter().position(|it| *it == model));
    let holds = |limit: &&Limit| limit.when.is_empty() && bit(limit.modes, mode) && bit(limit.models, model);
    let mut tightest: Vec<Bound> = Vec::new();
    for bound in limits.iter().filter(holds).map(|limit| limit.bound) {
        match tightest.iter_mut().find(|other| std::mem::discriminant(*other) == std::mem::discriminant(&bound)) {
            Some(other) if effect(Some(*other), Some(bound)) == Effect::Breaking => *other = bound,
            Some(_) => {}
            None => tightest.push(bound),
        }
    }
    tightest
}

fn pairs(was: &[Bound], is: &[Bound]) -> Vec<(Option<Bound>, Option<Bound>)> {
    let like = |bounds: &[Bound], one: &Bound| {
        bounds.iter().find(|other| std::mem::discriminant(*other) == std::mem::discriminant(one)).copied()
    };
    let changed = was.iter().map(|bound| (Some(*bound), like(is, bound))).filter(|(was, is)| was != is);
    let new = is.iter().filter(|bound| like(was, bound).is_none()).map(|bound| (None, Some(*bound)));
    changed.chain(new).collect()
}

/// Returns the effect of replacing a limit by another of its kind.
pub(super) fn effect(was: Option<Bound>, is: Option<Bound>) -> Effect {
    let (Some(was), Some(is)) = (was, is) else {
        return if is.is_some() { Effect::Breaking } else { Effect::Loosening };
    };
    let (old, new) = (was.figure().value(), is.figure().value());
    let looser = match is {
        Bound::MinLength(_) | Bound::MinItems(_) | Bound::Min(_) | Bound::Above(_) => new <= old,
        Bound::MultipleOf(_) => new > 0.0 && ((old / new).round() * new - old).abs() < 1e-9,
        _ => new >= old,
    };
    if looser { Effect::Loosening } else { Effect::Breaking }
}

impl Moved {
    fn tell(&self, request: &Request, new_request: &Request, field: &Field, changes: &mut Changes) {
        let place = place(&self.places, request, new_request, field);
        let wire = &*field.wire;
        let effect = effect(self.was, self.is);
        let refused = if effect == Effect::Breaking { ": requests that built before may now be refused" } else { "" };
        let text = match (self.was, self.is) {
            (Some(was), Some(is)) => {
                format!("`{wire}`{place}: {} instead of {}{refused}", is.words(field.unit()), was.figure())
            }
            (None, Some(is)) => format!("`{wire}`{place}: {}{refused}", is.words(field.unit())),
            (Some(was), None) => format!("`{wire}`{place}: no longer {}", was.words(field.unit())),
            (None, None) => return,
        };
        changes.add(effect, text);
    }
}

/// Returns a text like " with V4 in `Custom<Vocal>`". It leaves out models if they are all models, and modes if they
/// are all modes that allow the field.
fn place(places: &[(String, String)], request: &Request, new_request: &Request, field: &Field) -> String {
    let distinct = |of: fn(&(String, String)) -> &String| {
        let mut all: Vec<&str> = Vec::new();
        for name in places.iter().map(|place| of(place).as_str()).filter(|name| !name.is_empty()) {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        all
    };
    let (modes, models) = (distinct(|place| &place.0), distinct(|place| &place.1));
    let with =
        if models.len() < new_request.models().len() { format!(" with {}", models.join(", ")) } else { String::new() };
    let taking = request.modes.iter().filter(|mode| field.presence(mode) != Presence::Forbidden).count();
    let modes: Vec<String> = modes.iter().map(|mode| format!("`{mode}`")).collect();
    let in_modes = if modes.len() < taking { format!(" in {}", modes.join(" and ")) } else { String::new() };
    with + &in_modes
}

/// Compares limits with conditions. A limit that is not the same on both sides is shown as it is.
fn conditional(old: &Field, new: &Field, changes: &mut Changes) {
    let told = |field: &Field| -> Vec<String> {
        let limits = field.limits.iter().filter(|limit| !limit.when.is_empty());
        let all = limits.flat_map(|limit| {
            let when = Condition::any_in_words(&limit.when);
            limit
                .bounds
                .iter()
                .map(move |bound| format!("{} if {when}", bound.1.words(field.unit())))
                .collect::<Vec<_>>()
        });
        all.collect()
    };
    let (was, is) = (told(old), told(new));
    for text in is.iter().filter(|text| !was.contains(text)) {
        changes.breaking(format!("`{}`: {text}: requests that built before may now be refused", *new.wire));
    }
    for text in was.iter().filter(|text| !is.contains(text)) {
        changes.loosening(format!("`{}`: no longer {text}", *new.wire));
    }
}
