//! Limits, compared for every mode with every model.

use super::fields::{places, presence};
use super::{Changes, Effect, modes};
use crate::lower;
use crate::model::{Field, Mode, Request};
use crate::rules::{Bound, Limit, Presence};

/// One figure that is another in some modes with some models.
struct Moved {
    was: Option<Bound>,
    is: Option<Bound>,
    places: Vec<(String, String)>,
}

pub(super) fn compare(old_request: &Request, old: &Field, new_request: &Request, new: &Field, changes: &mut Changes) {
    let mut moved: Vec<Moved> = Vec::new();
    for mode in places(new_request) {
        let old_mode = mode.and_then(|mode| modes::find(&old_request.modes, mode));
        let there = |field: &Field, mode| presence(field, mode) != Presence::Forbidden;
        if (mode.is_some() && old_mode.is_none()) || !there(old, old_mode) || !there(new, mode) {
            continue;
        }
        for model in shared_models(old_request, new_request) {
            let was = holding(old_request, old, old_mode, model);
            let is = holding(new_request, new, mode, model);
            for (was, is) in pairs(&was, &is) {
                let place =
                    (mode.map_or(String::new(), |mode| mode.name.value.clone()), model.unwrap_or("").to_owned());
                match moved.iter_mut().find(|moved| moved.was == was && moved.is == is) {
                    Some(moved) => moved.places.push(place),
                    None => moved.push(Moved { was, is, places: vec![place] }),
                }
            }
        }
    }
    for moved in moved {
        moved.tell(new_request, new, changes);
    }
    conditional(old, new, changes);
    let seconds = |field: &Field| field.limits.iter().filter_map(|limit| limit.max_seconds).map(|at| at.value).max();
    if seconds(old) != seconds(new) {
        let said = seconds(new).map_or("says nothing of".to_owned(), |most| format!("gives {most} s for"));
        changes.neutral(format!("`{}`: the documentation {said} the longest recording; it is not checked", *new.wire));
    }
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

/// The limits without conditions that hold in this mode with this model; the tightest of each kind.
fn holding(request: &Request, field: &Field, mode: Option<&Mode>, model: Option<&str>) -> Vec<Bound> {
    let rules = lower::rules(request);
    let Some(table) = rules.fields.iter().find(|it| it.wire == *field.wire.value) else { return Vec::new() };
    let bit = |set: u64, index: Option<usize>| set == u64::MAX || index.is_some_and(|index| set >> index & 1 == 1);
    let mode = mode.and_then(|mode| request.modes.iter().position(|it| it.name.value == mode.name.value));
    let model = model.and_then(|model| request.models().iter().position(|it| *it == model));
    let holds = |limit: &&Limit| limit.when.is_empty() && bit(limit.modes, mode) && bit(limit.models, model);
    let mut tightest: Vec<Bound> = Vec::new();
    for bound in table.limits.iter().filter(holds).map(|limit| limit.bound) {
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

/// What it does that one limit takes the place of another of its kind.
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
    fn tell(&self, request: &Request, field: &Field, changes: &mut Changes) {
        let place = place(&self.places, request, field);
        let wire = &*field.wire;
        let effect = effect(self.was, self.is);
        let refused = if effect == Effect::Breaking { ": requests that built before may now be refused" } else { "" };
        let text = match (self.was, self.is) {
            (Some(was), Some(is)) => {
                format!("`{wire}`{place}: {} instead of {}{refused}", words(field, is), words(field, was))
            }
            (None, Some(is)) => format!("`{wire}`{place}: {}{refused}", words(field, is)),
            (Some(was), None) => format!("`{wire}`{place}: no longer {}", words(field, was)),
            (None, None) => return,
        };
        changes.add(effect, text);
    }
}

fn words(field: &Field, bound: Bound) -> String {
    bound.words(match *field.kind {
        crate::model::FieldKind::Text(unit) => unit,
        _ => crate::rules::Unit::Chars,
    })
}

/// " with V4 in `Custom<Vocal>`"; models are left out where it is all, and modes where it is all that take the field.
fn place(places: &[(String, String)], request: &Request, field: &Field) -> String {
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
        if models.len() < request.models().len() { format!(" with {}", models.join(", ")) } else { String::new() };
    let taking = request.modes.iter().filter(|mode| presence(field, Some(mode)) != Presence::Forbidden).count();
    let modes: Vec<String> = modes.iter().map(|mode| format!("`{mode}`")).collect();
    let in_modes = if modes.len() < taking { format!(" in {}", modes.join(" and ")) } else { String::new() };
    with + &in_modes
}

/// Limits with conditions of their own: whatever is not the same on both sides is told as it stands.
fn conditional(old: &Field, new: &Field, changes: &mut Changes) {
    let told = |field: &Field| -> Vec<String> {
        let limits = field.limits.iter().filter(|limit| !limit.when.is_empty());
        let all = limits.flat_map(|limit| {
            let when = super::conditions::describe(&limit.when);
            limit.bounds.iter().map(move |bound| format!("{} where {when}", words(field, bound.1))).collect::<Vec<_>>()
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
