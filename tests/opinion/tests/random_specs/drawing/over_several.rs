//! Groups, totals and differences.

use fastrand::Rng;

use super::conditions::draw_when;
use super::{Draft, Kind, Presence, one, percent};

/// Draws some rules over several fields.
pub fn draw(draft: &mut Draft, rng: &mut Rng) {
    for _ in 0..rng.usize(0..5) {
        let rule = match rng.u8(..7) {
            0..3 => group(draft, rng),
            3 => total(draft, "items", |kind, is_list| is_list && kind != Kind::Address, rng),
            4 => total(draft, "length", |kind, _| kind == Kind::Text, rng),
            _ => difference(draft, rng),
        };
        draft.over_several.extend(rule);
    }
}

/// Draws the modes and the condition of a rule over these fields: modes that forbid none of them.
fn scope(draft: &Draft, fields: &[usize], rng: &mut Rng) -> String {
    let allows = |mode: &usize| fields.iter().all(|place| draft.fields[*place].presence[*mode] != Presence::Forbidden);
    let mut modes: Vec<usize> = draft.mode_places().filter(allows).collect();
    rng.shuffle(&mut modes);
    let is_all = modes.len() == draft.modes.len();
    let mut scope = "doc = \"A reason.\"\n".to_owned();
    if draft.has_modes() && (!is_all || percent(rng, 20)) {
        modes.truncate(rng.usize(1..=modes.len().max(1)));
        scope.extend([format!("modes = {}\n", draft.mode_list(&modes, rng))]);
    }
    if percent(rng, 35) {
        scope.extend(draw_when(draft, rng).map(|when| format!("when = {when}\n")));
    }
    scope
}

fn names(draft: &Draft, places: &[usize]) -> String {
    let names: Vec<String> = places.iter().map(|place| format!("\"{}\"", draft.fields[*place].name)).collect();
    format!("[{}]", names.join(", "))
}

/// Draws some of the fields that have a value in some bodies.
fn some_counted(draft: &Draft, fits: impl Fn(usize) -> bool, least: usize, rng: &mut Rng) -> Option<Vec<usize>> {
    let is_absent = |place: usize| draft.fields[place].presence.iter().all(|it| *it == Presence::Forbidden);
    let mut places: Vec<usize> = (0..draft.fields.len()).filter(|place| fits(*place) && !is_absent(*place)).collect();
    rng.shuffle(&mut places);
    places.truncate(rng.usize(least..4));
    (places.len() >= least).then_some(places)
}

/// Draws some of the fields that are optional in a mode.
fn some_fields(draft: &Draft, fits: impl Fn(usize) -> bool, least: usize, rng: &mut Rng) -> Option<Vec<usize>> {
    let mode = rng.usize(..draft.modes.len());
    let is_optional = |place: &usize| {
        let field = &draft.fields[*place];
        fits(*place) && !field.is_constant && field.presence[mode] == Presence::Optional
    };
    let mut places: Vec<usize> = (0..draft.fields.len()).filter(is_optional).collect();
    rng.shuffle(&mut places);
    places.truncate(rng.usize(least..4));
    (places.len() >= least).then_some(places)
}

fn group(draft: &Draft, rng: &mut Rng) -> Option<String> {
    let fields = some_fields(draft, |_| true, 2, rng)?;
    let key = one(rng, &["at_least_one", "at_most_one", "all_or_none", "exactly_one"]);
    let listed = match key {
        "exactly_one" => {
            let lists: Vec<String> = fields.chunks(rng.usize(1..fields.len())).map(|list| names(draft, list)).collect();
            format!("[{}]", lists.join(", "))
        }
        _ => names(draft, &fields),
    };
    let scope = scope(draft, &fields, rng);
    Some(format!("\n[[groups]]\n{key} = {listed}\n{scope}"))
}

fn total(draft: &Draft, key: &str, fits: fn(Kind, bool) -> bool, rng: &mut Rng) -> Option<String> {
    let fits = |place: usize| fits(draft.fields[place].kind, draft.fields[place].is_list);
    let fields = some_counted(draft, fits, 2, rng)?;
    let max = rng.usize(3..9);
    let bounds = match rng.u8(..3) {
        0 => "min = 1\n".to_owned(),
        1 => format!("max = {max}\n"),
        _ => format!("min = 2\nmax = {max}\n"),
    };
    let scope = scope(draft, &fields, rng);
    Some(format!("\n[[totals]]\n{key} = {}\n{bounds}{scope}", names(draft, &fields)))
}

fn difference(draft: &Draft, rng: &mut Rng) -> Option<String> {
    let is_number = |place: usize| {
        let field = &draft.fields[place];
        matches!(field.kind, Kind::Integer | Kind::Number) && !field.is_list
    };
    let fields = some_counted(draft, is_number, 2, rng)?;
    let bounds = one(
        rng,
        &[
            "min = 1\n",
            "max = 3\n",
            "min = 0\nmax = 4\n",
            "min = -2\n",
            "max = 0.5\n",
            "min = 0.000000001\n",
            "max = 0.3\n",
        ],
    );
    let name = |place: usize| &draft.fields[fields[place]].name;
    let scope = scope(draft, &fields[..2], rng);
    Some(format!("\n[[differences]]\nlarger = \"{}\"\nsmaller = \"{}\"\n{bounds}{scope}", name(0), name(1)))
}
