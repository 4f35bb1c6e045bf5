//! Presence, said by fields or by modes, and defaults.

use fastrand::Rng;

use super::{Draft, Presence, percent};

const KEYS: [(Presence, &str); 3] =
    [(Presence::Required, "required"), (Presence::Optional, "optional"), (Presence::Forbidden, "forbidden")];

/// Draws the presence of every field in every mode, and the defaults.
pub fn draw(draft: &mut Draft, rng: &mut Rng) {
    for place in 0..draft.fields.len() {
        let presence = presence(draft, place, rng);
        draft.fields[place].presence = presence;
    }
    let said_by_modes = draft.has_modes() && percent(rng, 40);
    // Of the modes, some say the presence of all other fields.
    let others = |rng: &mut Rng| (said_by_modes && percent(rng, 50)).then(|| KEYS[rng.usize(..3)]);
    let others: Vec<Option<(Presence, &str)>> = draft.modes.iter().map(|_| others(rng)).collect();
    let mut lists = vec![Vec::<(&str, String)>::new(); draft.modes.len()];
    for place in 0..draft.fields.len() {
        say(draft, place, &others, &mut lists, said_by_modes, rng);
    }
    for ((mode, others), lists) in draft.modes.iter_mut().zip(others).zip(lists) {
        for (_, key) in KEYS {
            let names: Vec<String> =
                lists.iter().filter(|(it, _)| *it == key).map(|(_, name)| format!("\"{name}\"")).collect();
            if others.is_some_and(|(_, it)| it == key) {
                mode.keys.extend([format!("{key} = \"others\"\n")]);
            } else if !names.is_empty() {
                mode.keys.extend([format!("{key} = [{}]\n", names.join(", "))]);
            }
        }
    }
    for place in 0..draft.fields.len() {
        default(draft, place, rng);
    }
}

fn presence(draft: &Draft, place: usize, rng: &mut Rng) -> Vec<Presence> {
    let is_constant = draft.fields[place].is_constant;
    let same = drawn(rng);
    let is_same = percent(rng, 50);
    let one = |rng: &mut Rng, mode: &super::Mode| match () {
        () if mode.when.iter().any(|(own, _)| *own == place) => Presence::Set,
        () if is_constant => Presence::Required,
        () if is_same => same,
        () => drawn(rng),
    };
    draft.modes.iter().map(|mode| one(rng, mode)).collect()
}

fn drawn(rng: &mut Rng) -> Presence {
    match rng.u8(..10) {
        0 | 1 => Presence::Required,
        2 => Presence::Forbidden,
        _ => Presence::Optional,
    }
}

/// Writes the presence of a field, each mode at the field, or at the mode.
fn say(
    draft: &mut Draft,
    place: usize,
    others: &[Option<(Presence, &str)>],
    lists: &mut [Vec<(&'static str, String)>],
    said_by_modes: bool,
    rng: &mut Rng,
) {
    let field = &draft.fields[place];
    if field.is_constant {
        return;
    }
    let free: Vec<usize> = draft.mode_places().filter(|mode| field.presence[*mode] != Presence::Set).collect();
    let said_by_others = |mode: usize| others[mode].is_some_and(|(presence, _)| presence == field.presence[mode]);
    let all_same = free.iter().all(|mode| field.presence[*mode] == field.presence[free[0]]);
    let is_set_nowhere = free.len() == draft.modes.len();
    if all_same && is_set_nowhere && !(said_by_modes && percent(rng, 60)) {
        let key = KEYS.iter().find(|(presence, _)| *presence == field.presence[free[0]]).map_or("", |(_, key)| *key);
        draft.fields[place].key(key, "\"always\"");
        return;
    }
    let mut said = Vec::new();
    for (presence, key) in KEYS {
        let mut modes = Vec::new();
        for mode in free.iter().copied().filter(|mode| field.presence[*mode] == presence) {
            if said_by_others(mode) && percent(rng, 90) {
                continue;
            }
            // A list beside `"others"` cannot have the same key.
            let is_free = others[mode].is_none_or(|(_, other)| other != key);
            if said_by_modes && is_free && percent(rng, 50) {
                lists[mode].push((key, field.name.clone()));
            } else {
                modes.push(mode);
            }
        }
        if !modes.is_empty() {
            said.push((key, draft.mode_list(&modes, rng)));
        }
    }
    for (key, modes) in said {
        draft.fields[place].key(key, &modes);
    }
}

/// Sometimes gives the field a default.
fn default(draft: &mut Draft, place: usize, rng: &mut Rng) {
    let field = &draft.fields[place];
    let selects = field.presence.contains(&Presence::Set);
    let fits = !field.is_list && !field.values.is_empty() && (selects || field.may_vary());
    if !fits || !percent(rng, 30) {
        return;
    }
    let value = field.values[rng.usize(..field.values.len())].clone();
    if draft.has_modes() && percent(rng, 40) {
        let modes: Vec<usize> = draft
            .mode_places()
            .filter(|mode| field.presence[*mode] != Presence::Forbidden && percent(rng, 60))
            .collect();
        let modes = draft.mode_list(&modes, rng);
        draft.fields[place].key("default", &format!("{{ value = {value}, modes = {modes} }}"));
        return;
    }
    draft.fields[place].key("default", &value);
}
