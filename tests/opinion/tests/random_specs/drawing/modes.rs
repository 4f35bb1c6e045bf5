//! Modes, and the fields that select them.

use fastrand::Rng;

use super::fields::{choice, integer, truth};
use super::{Draft, Field, Kind, Mode, percent};

/// Draws the modes of a spec, or the one of a spec without modes.
pub fn draw(draft: &mut Draft, rng: &mut Rng) {
    if percent(rng, 35) {
        draft.modes.push(Mode::default());
        return;
    }
    draft.fields.push(selector("kind", "Kind", rng));
    let first = values(&draft.fields[0]);
    if percent(rng, 40) {
        for (value, name) in first.iter().zip(["Red", "Green", "Blue"]) {
            draft.modes.push(mode(name, vec![(0, value)]));
        }
        return;
    }
    draft.fields.push(selector("size", "Size", rng));
    if percent(rng, 25) {
        draft.fields.push(selector("shade", "Shade", rng));
    }
    // A name has the same position in all modes.
    let has_shades: Vec<bool> =
        values(&draft.fields[1]).iter().map(|_| draft.fields.len() > 2 && percent(rng, 50)).collect();
    for (place, (value, outer)) in first.iter().zip(["Red", "Green", "Blue"]).enumerate() {
        // Only some of the outer modes have inner ones.
        if place > 0 && percent(rng, 40) {
            draft.modes.push(mode(outer, vec![(0, value)]));
        } else {
            inner(draft, outer, value, &has_shades);
        }
    }
}

/// Draws the modes inside of an outer one.
fn inner(draft: &mut Draft, outer: &str, outer_value: &String, has_shades: &[bool]) {
    let (sizes, shades) = (values(&draft.fields[1]), draft.fields.get(2).map(values).unwrap_or_default());
    for ((size, has_shades), name) in sizes.iter().zip(has_shades).zip(["Small", "Large", "Huge"]) {
        if !has_shades {
            draft.modes.push(mode(&format!("{outer}<{name}>"), vec![(0, outer_value), (1, size)]));
            continue;
        }
        for (shade, innermost) in shades.iter().zip(["Dark", "Light", "Grey"]) {
            let when = vec![(0, outer_value), (1, size), (2, shade)];
            draft.modes.push(mode(&format!("{outer}<{name}<{innermost}>>"), when));
        }
    }
}

fn mode(name: &str, when: Vec<(usize, &String)>) -> Mode {
    let when = when.into_iter().map(|(place, value)| (place, value.clone())).collect();
    Mode { name: name.to_owned(), when, keys: String::new() }
}

fn values(field: &Field) -> Vec<String> {
    field.values.clone()
}

/// Draws a field with two or three values.
fn selector(name: &str, title: &str, rng: &mut Rng) -> Field {
    let mut field = match rng.u8(..4) {
        0 => truth(name),
        1 => {
            let mut field = integer(name);
            field.key("min", "1");
            field.key("max", "2");
            field.values = vec!["1".to_owned(), "2".to_owned()];
            field
        }
        2 => choice(name, title, Kind::WholeChoice, rng),
        _ => choice(name, title, Kind::Choice, rng),
    };
    if percent(rng, 10) {
        field.nullable();
    }
    field
}
