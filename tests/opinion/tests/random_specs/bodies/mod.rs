//! Bodies near the rules of a spec: half of them keep every rule, if such bodies are found.

mod mutate;
mod values;

use fastrand::Rng;

use crate::drawing::percent;
use crate::json::Json;
use crate::meaning::{Broken, Like, Presence, Spec, evaluate_with};

/// Number of changes that are tried to make a body keep the rules.
const MOST_CHANGES: usize = 60;

/// Draws for some of the open choices what their unlisted values are like.
pub fn likes(spec: &Spec, rng: &mut Rng) -> Vec<Like> {
    let mut likes = Vec::new();
    for (place, field) in spec.fields.iter().enumerate().filter(|(_, field)| field.is_open) {
        if percent(rng, 70) {
            likes.push((place, field.values[rng.usize(..field.values.len())].value.clone()));
        }
    }
    likes
}

/// Draws a body whose unlisted values are like these.
pub fn draw(spec: &Spec, likes: &[Like], rng: &mut Rng) -> Json {
    let mode = rng.usize(..spec.modes.len());
    let mut body = Vec::new();
    for place in 0..spec.fields.len() {
        if is_given(spec, mode, place, rng) {
            body.push((spec.fields[place].name.clone(), values::draw(spec, mode, place, rng)));
        }
    }
    let mut body = improved(spec, likes, mode, body, rng);
    if percent(rng, 20) {
        rng.shuffle(&mut body);
    }
    if percent(rng, 50) {
        for _ in 0..rng.usize(1..3) {
            mutate::change(spec, &mut body, rng);
        }
    }
    Json::Object(body)
}

fn is_given(spec: &Spec, mode: usize, place: usize, rng: &mut Rng) -> bool {
    let field = &spec.fields[place];
    match field.presence[mode] {
        _ if field.constant.is_some() => true,
        Presence::Required => true,
        // Its default may select the mode.
        Presence::Set => field.default.is_none() || percent(rng, 60),
        Presence::Optional => percent(rng, 50),
        Presence::Forbidden => false,
    }
}

/// Changes fields of broken rules until the body keeps all rules, or the last try.
fn improved(spec: &Spec, likes: &[Like], mode: usize, body: Vec<(String, Json)>, rng: &mut Rng) -> Vec<(String, Json)> {
    let judge = |body: &[(String, Json)]| evaluate_with(spec, &Json::Object(body.to_vec()), likes);
    let mut broken = judge(&body);
    let mut body = body;
    for _ in 0..MOST_CHANGES {
        if broken.is_empty() {
            break;
        }
        let mut changed = body.clone();
        let place = one_to_change(spec, &broken, rng);
        redraw(spec, mode, place, &mut changed, rng);
        let then = judge(&changed);
        if then.len() <= broken.len() {
            (body, broken) = (changed, then);
        }
    }
    body
}

/// Returns a field of a broken rule, or sometimes any field, which its condition may name.
fn one_to_change(spec: &Spec, broken: &[Broken], rng: &mut Rng) -> usize {
    let names = &broken[rng.usize(..broken.len())].fields;
    let any = rng.usize(..spec.fields.len());
    if names.is_empty() || percent(rng, 30) {
        return any;
    }
    let name = &names[rng.usize(..names.len())];
    spec.fields.iter().position(|field| field.name == *name).unwrap_or(any)
}

/// Draws the value of a field again, or leaves the field out.
fn redraw(spec: &Spec, mode: usize, place: usize, body: &mut Vec<(String, Json)>, rng: &mut Rng) {
    let name = &spec.fields[place].name;
    let is_there = body.iter().any(|(member, _)| member == name);
    body.retain(|(member, _)| member != name);
    if is_given(spec, mode, place, rng) || (!is_there && spec.fields[place].presence[mode] == Presence::Optional) {
        body.push((name.clone(), values::draw(spec, mode, place, rng)));
    }
}
