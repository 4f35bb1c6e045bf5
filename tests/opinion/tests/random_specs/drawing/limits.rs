//! Limits: at the field, or by mode, model and condition.

use fastrand::Rng;

use super::conditions::draw_conditions;
use super::{Draft, Kind, Presence, one, percent};

/// Draws the limits of every field.
pub fn draw(draft: &mut Draft, rng: &mut Rng) {
    for place in 0..draft.fields.len() {
        let field = &draft.fields[place];
        if field.is_constant || field.presence.contains(&Presence::Set) {
            continue;
        }
        let mut entries = Vec::new();
        for key in keys(field.kind, field.is_list, rng) {
            if percent(rng, 55) {
                let bound = figure(key, draft.fields[place].kind, rng);
                draft.fields[place].key(key, &bound);
            } else {
                entries.extend(scoped(draft, place, key, rng));
            }
        }
        if !entries.is_empty() {
            draft.fields[place].key("limits", &format!("[{}]", entries.join(", ")));
        }
    }
}

/// Draws some keys of limits that the type has.
fn keys(kind: Kind, is_list: bool, rng: &mut Rng) -> Vec<&'static str> {
    let mut keys = Vec::new();
    match kind {
        Kind::Text => keys.extend(["min_length", "max_length"].into_iter().filter(|_| percent(rng, 50))),
        Kind::Address => keys.extend(["max_length", "max_bytes"].into_iter().filter(|_| percent(rng, 50))),
        Kind::Integer | Kind::Number => {
            keys.extend([one(rng, &["min", "exclusive_min"]), one(rng, &["max", "exclusive_max"])]);
            keys.retain(|_| percent(rng, 60));
            if percent(rng, 25) {
                keys.push("multiple_of");
            }
        }
        Kind::Truth | Kind::Choice | Kind::WholeChoice | Kind::Object => {}
    }
    if is_list {
        keys.extend(["min_items", "max_items"].into_iter().filter(|_| percent(rng, 40)));
    }
    keys
}

/// Draws limits that hold always.
pub fn of_table(kind: Kind, is_list: bool, rng: &mut Rng) -> Vec<(&'static str, String)> {
    let keys = keys(kind, is_list, rng);
    keys.into_iter().map(|key| (key, figure(key, kind, rng))).collect()
}

fn figure(key: &str, kind: Kind, rng: &mut Rng) -> String {
    let several: &[&str] = match key {
        "min_length" => &["0", "1", "2", "3"],
        // No address has less than 8 characters.
        "max_length" if kind == Kind::Address => &["9", "25", "40"],
        "max_length" => &["4", "5", "9", "30"],
        "max_bytes" => &["25", "40"],
        "min" | "exclusive_min" => &["-2", "-1", "0", "1"],
        "max" | "exclusive_max" => &["4", "7", "12", "1000000"],
        "multiple_of" => &["1", "2", "3", "0.1", "0.05", "0.01"],
        "min_items" => &["1", "2"],
        _ => &["2", "3", "4"],
    };
    one(rng, several).to_owned()
}

/// Draws entries of `limits` for a key.
fn scoped(draft: &Draft, place: usize, key: &str, rng: &mut Rng) -> Vec<String> {
    let decimal = |figure: String, rng: &mut Rng| {
        let has_point = !figure.contains('.')
            && draft.fields[place].kind == Kind::Number
            && !key.ends_with("items")
            && percent(rng, 50);
        if has_point { format!("{figure}.25") } else { figure }
    };
    let entry = |scope: String, rng: &mut Rng| {
        let bound = decimal(figure(key, draft.fields[place].kind, rng), rng);
        // An empty text is allowed in the table of the field alone.
        let bound = if key == "min_length" && bound == "0" { "1".to_owned() } else { bound };
        format!("{{ {scope}{key} = {bound} }}")
    };
    if percent(rng, 30) {
        let when = draw_conditions(draft, place, rng);
        let models = model_parts(draft, rng).into_iter().next().filter(|_| percent(rng, 25)).unwrap_or_default();
        return when.map(|when| entry(format!("when = {when}, {models}"), rng)).into_iter().collect();
    }
    let by_model = draft.model.is_some_and(|model| model != place) && percent(rng, 60);
    let models = if by_model { model_parts(draft, rng) } else { vec![String::new()] };
    let modes = if draft.has_modes() && percent(rng, 60) { mode_parts(draft, place, rng) } else { vec![String::new()] };
    let mut entries = Vec::new();
    let elsewhere = percent(rng, 30) && models.len() + modes.len() > 2;
    for models in &models {
        for modes in &modes {
            if elsewhere && percent(rng, 50) {
                continue;
            }
            let elsewhere = if elsewhere { "elsewhere = \"unlimited\", " } else { "" };
            entries.push(entry(format!("{models}{modes}{elsewhere}"), rng));
        }
    }
    entries
}

/// Divides the models.
fn model_parts(draft: &Draft, rng: &mut Rng) -> Vec<String> {
    let Some(model) = draft.model else { return Vec::new() };
    let values = &draft.fields[model].values;
    let (class, rest) = match draft.classes.first() {
        Some((name, models)) if percent(rng, 60) => (Some(name), &values[models.len()..]),
        _ => (None, values.as_slice()),
    };
    let class = class.map(|name| format!("models = [\"{name}\"], "));
    class.into_iter().chain(rest.iter().map(|value| format!("models = [{value}], "))).collect()
}

/// Divides the modes that allow the field.
fn mode_parts(draft: &Draft, place: usize, rng: &mut Rng) -> Vec<String> {
    let allows = |mode: &usize| draft.fields[place].presence[*mode] != Presence::Forbidden;
    let (one, two): (Vec<usize>, Vec<usize>) = draft.mode_places().filter(allows).partition(|_| rng.bool());
    let parts = [one, two].into_iter().filter(|part| !part.is_empty());
    parts.map(|part| format!("modes = {}, ", draft.mode_list(&part, rng))).collect()
}
