//! Changes that may break a rule.

use fastrand::Rng;

use super::values;
use crate::drawing::percent;
use crate::json::Json;
use crate::meaning::Spec;

/// Changes one thing of the body.
pub fn change(spec: &Spec, body: &mut Vec<(String, Json)>, rng: &mut Rng) {
    let field = &spec.fields[rng.usize(..spec.fields.len())];
    let name = field.name.clone();
    let mode = rng.usize(..spec.modes.len());
    let other = values::draw(spec, mode, rng.usize(..spec.fields.len()), rng);
    let own = |rng: &mut Rng| {
        let place = spec.fields.iter().position(|it| it.name == name).unwrap_or_default();
        values::draw(spec, mode, place, rng)
    };
    match rng.u8(..28) {
        0..3 => body.retain(|(member, _)| *member != name),
        3 => put(body, &name, Json::Null),
        4 => put(body, &name, other),
        5..9 | 16..20 => {
            let value = own(rng);
            put(body, &name, value);
        }
        9 => put(body, &name, odd(rng)),
        10 => body.push((["unknown", "", "Kind"][rng.usize(..3)].to_owned(), other)),
        11 => {
            let value = own(rng);
            body.push((name, value));
        }
        12 => put(body, &name, Json::List(Vec::new())),
        13 => {
            let value = own(rng);
            put(body, &name, Json::List(vec![value]));
        }
        14 => put(body, &name, Json::List(vec![Json::Null])),
        15 => put(body, &name, Json::Text(String::new())),
        _ => bend(body, rng),
    }
}

/// Gives a member another value.
fn put(body: &mut Vec<(String, Json)>, name: &str, value: Json) {
    match body.iter_mut().find(|(member, _)| member == name) {
        Some((_, there)) => *there = value,
        None => body.push((name.to_owned(), value)),
    }
}

fn odd(rng: &mut Rng) -> Json {
    let digits =
        ["0.5", "1e300", "-1e300", "9007199254740991", "9007199254740992", "1e-7", "-0", "2.0", "100", "1E1", "1e400"];
    match rng.u8(..16) {
        0 => Json::Object(Vec::new()),
        1 => Json::Object(vec![("a".to_owned(), Json::Null)]),
        2 => Json::Truth(rng.bool()),
        3 => Json::text("true"),
        4 => Json::text("1"),
        5 => Json::text("ftp://a.example/x"),
        6 => Json::text("a.example"),
        7 => Json::List(vec![Json::List(Vec::new())]),
        _ => Json::Number(digits[rng.usize(..digits.len())].to_owned()),
    }
}

/// Changes the value of one member a little.
fn bend(body: &mut [(String, Json)], rng: &mut Rng) {
    let Some((_, value)) = rng.choice(body.iter_mut()) else { return };
    bend_value(value, rng);
}

fn bend_value(value: &mut Json, rng: &mut Rng) {
    match value {
        Json::Text(text) => match rng.u8(..4) {
            0 => text.push_str(&values::letters(1, rng)),
            1 => drop(text.pop()),
            2 => *text = text.to_uppercase(),
            _ => *text = values::letters(text.chars().count(), rng),
        },
        Json::Number(digits) => {
            let number: f64 = digits.parse().unwrap_or_default();
            *digits = match rng.u8(..7) {
                0 if number.fract() == 0.0 => format!("{number:.1}"),
                1 => (number + 1.0).to_string(),
                2 => (number - 1.0).to_string(),
                3 => (number + 0.1).to_string(),
                4 => (number - 0.001).to_string(),
                5 if number.abs() < 1e6 => (number - 0.000_000_000_4).to_string(),
                _ => (-number).to_string(),
            };
        }
        Json::Truth(truth) => *truth = !*truth,
        Json::List(items) => match (rng.u8(..4), items.first().cloned()) {
            (0, Some(first)) => items.push(first),
            (1, _) => drop(items.pop()),
            (2, _) => items.push(odd(rng)),
            _ => items.iter_mut().take(1).for_each(|item| bend_value(item, rng)),
        },
        Json::Object(members) if !members.is_empty() && percent(rng, 80) => bend_object(members, rng),
        Json::Null | Json::Object(_) => *value = odd(rng),
    }
}

fn bend_object(members: &mut Vec<(String, Json)>, rng: &mut Rng) {
    let index = rng.usize(..members.len());
    match rng.u8(..8) {
        0 => drop(members.remove(index)),
        1 => members.push(("unknown".to_owned(), odd(rng))),
        2 => members.push(members[index].clone()),
        3 => members[index].1 = odd(rng),
        4 => members[index].1 = Json::Null,
        _ => bend_value(&mut members[index].1, rng),
    }
}
