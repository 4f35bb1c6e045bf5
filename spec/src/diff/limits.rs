//! Limits, compared in every mode with every model.

use super::{Changes, Effect, modes};
use crate::lower;
use crate::model::{Condition, Field, Mode, Request};
use crate::rules::{Bound, Limit, Presence};

/// A limit that holds, with its conditions in words. The words are empty if it has none.
type Holding = (String, Bound);

/// A figure that changes in some modes with some models, under the same conditions.
struct Moved {
    when: String,
    was: Option<Bound>,
    is: Option<Bound>,
    places: Vec<(String, String)>,
}

pub(super) fn compare(old_request: &Request, old: &Field, new_request: &Request, new: &Field, changes: &mut Changes) {
    let (old_limits, new_limits) = (limits(old, old_request), limits(new, new_request));
    let mut moved: Vec<Moved> = Vec::new();
    for (old_mode, mode) in modes::pairs(old_request, new_request) {
        let there = |field: &Field, mode| field.presence_in(mode) != Presence::Forbidden;
        if !there(old, old_mode) || !there(new, mode) {
            continue;
        }
        let without_model = leaves_model_out(old_request, old_mode) && leaves_model_out(new_request, mode);
        for model in shared_models(old_request, new_request, without_model) {
            let was = holding(old_request, &old_limits, old_mode, model);
            let is = holding(new_request, &new_limits, mode, model);
            let mode_name = mode.or(old_mode).map_or(String::new(), |mode| mode.name.value.clone());
            for (when, was, is) in pairs(&was, &is) {
                let place = (mode_name.clone(), model.unwrap_or("").to_owned());
                match moved.iter_mut().find(|moved| moved.when == when && moved.was == was && moved.is == is) {
                    Some(moved) => moved.places.push(place),
                    None => moved.push(Moved { when: when.to_owned(), was, is, places: vec![place] }),
                }
            }
        }
    }
    let (request, field) = if new_request.modes.is_empty() { (old_request, old) } else { (new_request, new) };
    for moved in moved {
        moved.tell(request, new_request, field, changes);
    }
    if seconds(old) != seconds(new) {
        let text = "the maximum length of the recording changes; it is checked only for uploads";
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

/// Whether requests in this mode may have no model.
fn leaves_model_out(request: &Request, mode: Option<&Mode>) -> bool {
    let Some(model) = request.model.as_ref().and_then(|model| request.field(model)) else { return true };
    let may = matches!(model.presence_in(mode), Presence::Optional | Presence::Forbidden);
    model.is_nullable() || (may && model.default_in(mode).is_none())
}

/// Returns the models that both have, and `None` if requests of both may have no model.
fn shared_models<'a>(old: &'a Request, new: &'a Request, without_model: bool) -> Vec<Option<&'a str>> {
    let (known, models) = (old.models(), new.models());
    let shared: Vec<&str> = if known.is_empty() || models.is_empty() {
        models.into_iter().chain(known).collect()
    } else {
        models.into_iter().filter(|model| known.contains(model)).collect()
    };
    shared.into_iter().map(Some).chain(without_model.then_some(None)).collect()
}

fn limits(field: &Field, request: &Request) -> Vec<(String, Limit)> {
    let limits = lower::limits(field, request);
    let whens = field.limits.iter().flat_map(|limit| {
        let when = Condition::any_in_words(&limit.when);
        std::iter::repeat_n(when, limit.bounds.iter().count())
    });
    let whens: Vec<String> = whens.collect();
    // The limits that always hold are first.
    let always = limits.len().saturating_sub(whens.len());
    std::iter::repeat_n(String::new(), always).chain(whens).zip(limits).collect()
}

/// Returns the limits in this mode with this model, the strictest of each kind under the same conditions.
fn holding(request: &Request, limits: &[(String, Limit)], mode: Option<&Mode>, model: Option<&str>) -> Vec<Holding> {
    let bit = |set: u64, index: Option<usize>| set == u64::MAX || index.is_some_and(|index| set >> index & 1 == 1);
    let mode = mode.and_then(|mode| request.modes.iter().position(|it| it.name.value == mode.name.value));
    let model = model.and_then(|model| request.models().iter().position(|it| *it == model));
    let holds = |limit: &Limit| bit(limit.modes, mode) && bit(limit.models, model);
    let mut tightest: Vec<Holding> = Vec::new();
    for (when, limit) in limits.iter().filter(|(_, limit)| holds(limit)) {
        let one = (when.clone(), limit.bound);
        match tightest.iter_mut().find(|other| are_alike(other, &one)) {
            Some(other) if effect(Some(other.1), Some(one.1)) == Effect::Breaking => *other = one,
            Some(_) => {}
            None => tightest.push(one),
        }
    }
    tightest
}

/// Whether two limits are about the same, under the same conditions.
fn are_alike((when, bound): &Holding, (other_when, other): &Holding) -> bool {
    let kind = |bound: &Bound| {
        std::mem::discriminant(&match *bound {
            Bound::Above(figure) => Bound::Min(figure),
            Bound::Below(figure) => Bound::Max(figure),
            bound => bound,
        })
    };
    // Several steps may hold under the same conditions, and none of them need be the strictest.
    let is_one_of_several = !when.is_empty() && matches!(bound, Bound::MultipleOf(_));
    when == other_when && kind(bound) == kind(other) && (!is_one_of_several || bound == other)
}

fn pairs<'a>(was: &'a [Holding], is: &'a [Holding]) -> Vec<(&'a str, Option<Bound>, Option<Bound>)> {
    let like = |all: &[Holding], one: &Holding| all.iter().find(|other| are_alike(other, one)).map(|other| other.1);
    let changed = was.iter().map(|one| (&*one.0, Some(one.1), like(is, one))).filter(|(_, was, is)| was != is);
    let new = is.iter().filter(|one| like(was, one).is_none()).map(|one| (&*one.0, None, Some(one.1)));
    changed.chain(new).collect()
}

/// Returns the effect of replacing a limit by another of its kind.
fn effect(was: Option<Bound>, is: Option<Bound>) -> Effect {
    let (Some(was), Some(is)) = (was, is) else {
        return if is.is_some() { Effect::Breaking } else { Effect::Loosening };
    };
    let (old, new) = (was.figure().value(), is.figure().value());
    let looser = match is {
        // The figure itself is allowed by one, and not by the other.
        Bound::Above(_) if matches!(was, Bound::Min(_)) => new < old,
        Bound::Below(_) if matches!(was, Bound::Max(_)) => new > old,
        Bound::MinLength(_) | Bound::MinItems(_) | Bound::Min(_) | Bound::Above(_) => new <= old,
        Bound::MultipleOf(step) => step.divides(old),
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
        let when = if self.when.is_empty() { String::new() } else { format!(" if {}", self.when) };
        let words = |bound: Bound| bound.words(field.unit());
        let text = match (self.was, self.is) {
            (Some(was), Some(is)) => {
                let same_kind = std::mem::discriminant(&was) == std::mem::discriminant(&is);
                let before = if same_kind { was.figure().to_string() } else { words(was) };
                format!("`{wire}`{place}: {} instead of {before}{when}{refused}", words(is))
            }
            (None, Some(is)) => format!("`{wire}`{place}: {}{when}{refused}", words(is)),
            (Some(was), None) => format!("`{wire}`{place}: no longer {}{when}", words(was)),
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
    let with = if models.len() >= new_request.models().len() {
        String::new()
    } else {
        let no_model = places.iter().any(|place| place.1.is_empty()).then_some("no model");
        format!(" with {}", models.into_iter().chain(no_model).collect::<Vec<_>>().join(", "))
    };
    let taking = request.modes.iter().filter(|mode| field.presence(mode) != Presence::Forbidden).count();
    let modes: Vec<String> = modes.iter().map(|mode| format!("`{mode}`")).collect();
    let in_modes = if modes.len() < taking { format!(" in {}", modes.join(" and ")) } else { String::new() };
    with + &in_modes
}
