//! Conditions of fields and of values.

use fastrand::Rng;

use super::{Draft, Kind, Presence, one, percent};

/// Draws the conditions of every field.
pub fn draw(draft: &mut Draft, rng: &mut Rng) {
    for place in 0..draft.fields.len() {
        let field = &draft.fields[place];
        if field.may_vary() && percent(rng, 30) {
            let keys = ["required_when", "allowed_when", "forbidden_when"];
            let count = if percent(rng, 15) { 2 } else { 1 };
            let from = rng.usize(..3);
            for key in keys.iter().cycle().skip(from).take(count) {
                let Some(conditions) = draw_conditions(draft, place, rng) else { continue };
                draft.fields[place].key(key, &conditions);
            }
        }
        if matches!(draft.fields[place].kind, Kind::Choice | Kind::WholeChoice) {
            choice(draft, place, rng);
        }
        if draft.fields[place].kind == Kind::Truth && percent(rng, 25) {
            let value = one(rng, &["true", "false"]).to_owned();
            let condition = condition(draft, place, rng);
            draft.fields[place].entries.extend(condition.map(|condition| (value, condition)));
        }
    }
}

/// Sometimes gives values of a choice a condition.
fn choice(draft: &mut Draft, place: usize, rng: &mut Rng) {
    for entry in 0..draft.fields[place].entries.len() {
        if !percent(rng, 12) {
            continue;
        }
        let Some(condition) = condition(draft, place, rng) else { continue };
        draft.fields[place].entries[entry].1.extend([format!(", {condition}")]);
    }
}

fn condition(draft: &Draft, place: usize, rng: &mut Rng) -> Option<String> {
    let key = one(rng, &["allowed_when", "forbidden_when"]);
    Some(format!("{key} = {}", draw_conditions(draft, place, rng)?))
}

/// Draws a condition, or a list of them, on fields other than this one.
pub fn draw_conditions(draft: &Draft, of: usize, rng: &mut Rng) -> Option<String> {
    if percent(rng, 80) {
        return table(draft, Some(of), rng);
    }
    let (one, two) = (table(draft, Some(of), rng)?, table(draft, Some(of), rng)?);
    Some(format!("[{one}, {two}]"))
}

/// Draws a condition of a rule over several fields.
pub fn draw_when(draft: &Draft, rng: &mut Rng) -> Option<String> {
    table(draft, None, rng)
}

fn table(draft: &Draft, of: Option<usize>, rng: &mut Rng) -> Option<String> {
    let fits = |place: &usize| Some(*place) != of && matchers(draft, *place).is_some();
    let mut places: Vec<usize> = (0..draft.fields.len()).filter(fits).collect();
    rng.shuffle(&mut places);
    places.truncate(if percent(rng, 20) { 2 } else { 1 });
    let matcher = |place: &usize, rng: &mut Rng| {
        let (may_be_given, may_have_values) = matchers(draft, *place)?;
        let name = &draft.fields[*place].name;
        if may_have_values && (!may_be_given || percent(rng, 60)) {
            return Some(format!("\"{name}\" = {}", values(draft, *place, rng)));
        }
        Some(format!("\"{name}\" = {{ given = {} }}", rng.bool()))
    };
    let matchers: Vec<String> = places.iter().filter_map(|place| matcher(place, rng)).collect();
    if matchers.is_empty() { None } else { Some(format!("{{ {} }}", matchers.join(", "))) }
}

/// Whether conditions on the field may ask if it is given, and for its values. `None` if neither decides anything.
fn matchers(draft: &Draft, place: usize) -> Option<(bool, bool)> {
    let field = &draft.fields[place];
    let is_absent = field.presence.iter().all(|presence| *presence == Presence::Forbidden);
    let may_be_given = field.may_vary();
    let may_have_values = !field.is_list && !field.is_constant && !field.values.is_empty() && !is_absent;
    (may_be_given || may_have_values).then_some((may_be_given, may_have_values))
}

fn values(draft: &Draft, place: usize, rng: &mut Rng) -> String {
    let class = draft.classes.last().filter(|_| draft.model == Some(place));
    if let Some((name, _)) = class.filter(|_| percent(rng, 40)) {
        return format!("\"{name}\"");
    }
    let values = &draft.fields[place].values;
    let value = &values[rng.usize(..values.len())];
    match values.iter().find(|other| *other != value) {
        Some(other) if values.len() > 2 && percent(rng, 40) => format!("[{value}, {other}]"),
        _ => value.clone(),
    }
}
