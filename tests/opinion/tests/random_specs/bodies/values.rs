//! Values near the limits of a field.

use fastrand::Rng;

use crate::drawing::percent;
use crate::json::Json;
use crate::meaning::{Field, Kind, Matcher, Presence, Spec};

/// Draws a value for the field in a mode.
pub fn draw(spec: &Spec, mode: usize, place: usize, rng: &mut Rng) -> Json {
    let field = &spec.fields[place];
    if let Some((_, value)) = spec.modes[mode].when.iter().find(|(own, _)| *own == place) {
        return value.clone();
    }
    if let Some(constant) = &field.constant {
        return constant.clone();
    }
    if field.is_nullable && percent(rng, 20) {
        return Json::Null;
    }
    value(spec, mode, field, rng)
}

fn value(spec: &Spec, mode: usize, field: &Field, rng: &mut Rng) -> Json {
    if !field.is_list {
        return item(spec, mode, field, rng);
    }
    let count = near(&bounds(field, mode, "items"), 1, rng);
    Json::List((0..count).map(|_| item(spec, mode, field, rng)).collect())
}

/// Returns the figures of limits whose key has this end.
fn bounds(field: &Field, mode: usize, end: &str) -> Vec<f64> {
    let holding = field.limits.iter().filter(|limit| limit.scope.modes[mode]).flat_map(|limit| &limit.bounds);
    holding.filter(|(key, _)| key.ends_with(end)).map(|(_, bound)| *bound).collect()
}

/// Returns a count at a bound, or beside it, or a small one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small counts")]
fn near(bounds: &[f64], least: usize, rng: &mut Rng) -> usize {
    match rng.choice(bounds.iter()) {
        Some(bound) if percent(rng, 60) => *bound as usize,
        Some(bound) if percent(rng, 30) => (*bound as usize + rng.usize(..3)).saturating_sub(1),
        _ => rng.usize(least..least + 3),
    }
}

fn item(spec: &Spec, mode: usize, field: &Field, rng: &mut Rng) -> Json {
    if field.is_open && percent(rng, 25) {
        return Json::Text(unlisted(rng));
    }
    if !field.values.is_empty() && field.kind != Kind::Truth {
        return field.values[rng.usize(..field.values.len())].value.clone();
    }
    let named = named(spec, field);
    if !named.is_empty() && percent(rng, 25) {
        return named[rng.usize(..named.len())].clone();
    }
    match field.kind {
        Kind::Truth => Json::Truth(rng.bool()),
        Kind::Address => address(&bounds(field, mode, "length"), rng),
        Kind::Text(_) => match &field.pattern {
            Some(pattern) if percent(rng, 90) => Json::Text(pattern.draw(rng)),
            _ => Json::Text(letters(near(&bounds(field, mode, "length"), 1, rng), rng)),
        },
        Kind::Integer | Kind::Choice => Json::Number(whole(&bounds(field, mode, ""), rng).to_string()),
        Kind::Number if percent(rng, 40) => Json::Number(whole(&bounds(field, mode, ""), rng).to_string()),
        Kind::Object => Json::Object(members(spec, field, rng)),
        Kind::Number => {
            let eighth = f64::from(rng.i32(-16..80)) / [8.0, 10.0, 100.0, 3.0][rng.usize(..4)];
            Json::number(eighth)
        }
    }
}

/// Draws the members of an object.
fn members(spec: &Spec, field: &Field, rng: &mut Rng) -> Vec<(String, Json)> {
    let mut members = Vec::new();
    for member in &field.members {
        if member.presence.contains(&Presence::Required) || percent(rng, 50) {
            members.push((member.name.clone(), value(spec, 0, member, rng)));
        }
    }
    members
}

/// Draws a text that no choice lists. Some are too short or too long.
fn unlisted(rng: &mut Rng) -> String {
    match rng.u8(..20) {
        0 => String::new(),
        1 => "ü".repeat(65),
        2 => "ü".repeat(64),
        3 => "One".to_owned(),
        4 => "one ".to_owned(),
        _ => ["new", "17:9", "\"\u{1F3B7}\""][rng.usize(..3)].to_owned(),
    }
}

/// Returns the values that conditions name for the field, and its default.
fn named<'a>(spec: &'a Spec, field: &'a Field) -> Vec<&'a Json> {
    let all = spec.fields.iter().flat_map(|other| {
        let of_fields = [&other.required_when, &other.allowed_when, &other.forbidden_when];
        let of_values = other.values.iter().flat_map(|choice| [&choice.allowed_when, &choice.forbidden_when]);
        let of_limits = other.limits.iter().map(|limit| &limit.scope.when);
        of_fields.into_iter().chain(of_values).chain(of_limits)
    });
    let matchers =
        all.flatten().flatten().flatten().filter(|(place, _)| std::ptr::eq(&raw const spec.fields[*place], field));
    let values =
        matchers.filter_map(|(_, matcher)| if let Matcher::Any(values) = matcher { Some(values) } else { None });
    values.flatten().chain(field.default.as_ref().map(|(value, _)| value)).collect()
}

/// Returns characters of one to four bytes.
pub fn letters(count: usize, rng: &mut Rng) -> String {
    (0..count).map(|_| ['a', 'b', 'ß', 'あ', '\u{1F3B7}', '\u{301}', '"', '\0'][rng.usize(..8)]).collect()
}

fn address(bounds: &[f64], rng: &mut Rng) -> Json {
    let begin = ["https://a.example/", "http://b.example/x?y=1"][rng.usize(..2)];
    let count = near(bounds, 20, rng).saturating_sub(begin.len());
    Json::Text(format!("{begin}{}", "c".repeat(count)))
}

#[expect(clippy::cast_possible_truncation, reason = "small bounds")]
fn whole(bounds: &[f64], rng: &mut Rng) -> i64 {
    match rng.choice(bounds.iter()) {
        Some(bound) if percent(rng, 50) => *bound as i64 + rng.i64(-1..2),
        _ => rng.i64(-1..9),
    }
}
