//! Answers with results: right ones, and such that lack something or have something else.

use fastrand::Rng;

use super::meaning::{Entry, Shape};
use crate::drawing::{one, percent};
use crate::json::Json;

/// Draws an answer. Half of them are right.
pub fn draw(entries: &[Entry], rng: &mut Rng) -> Json {
    let mut answer = Json::Object(Vec::new());
    let changes = if percent(rng, 50) { 0 } else { rng.usize(1..4) };
    for entry in entries {
        if percent(rng, 15) {
            continue;
        }
        for place in &entry.places {
            if entry.places.len() == 1 || percent(rng, 60) {
                let mut value = value(&entry.shape, entry.shape.lists, rng);
                for _ in 0..changes {
                    change(&mut value, rng);
                }
                put(&mut answer, place, value);
            }
        }
    }
    if changes > 0 && percent(rng, 20) {
        change(&mut answer, rng);
    }
    add_envelope(&mut answer);
    answer
}

/// Adds what the answer to a finished task has besides the results.
fn add_envelope(answer: &mut Json) {
    if !matches!(answer, Json::Object(_)) {
        *answer = Json::Object(Vec::new());
    }
    put(answer, &["code".to_owned()], Json::Number("200".to_owned()));
    put(answer, &["state".to_owned()], Json::text("finished"));
}

/// Sets the value at a place. The whole answer gets the members of an object.
fn put(answer: &mut Json, place: &[String], value: Json) {
    let Some((name, rest)) = place.split_first() else {
        if let (Json::Object(members), Json::Object(own)) = (answer, value) {
            members.retain(|(name, _)| own.iter().all(|(other, _)| other != name));
            members.extend(own);
        }
        return;
    };
    if !matches!(answer, Json::Object(_)) {
        *answer = Json::Object(Vec::new());
    }
    let Json::Object(members) = answer else { return };
    let index = members.iter().position(|(member, _)| member == name).unwrap_or_else(|| {
        members.push((name.clone(), Json::Null));
        members.len() - 1
    });
    let inner = &mut members[index].1;
    if rest.is_empty() {
        *inner = value;
    } else {
        put(inner, rest, value);
    }
}

/// Draws a value that can be read.
fn value(shape: &Shape, lists: usize, rng: &mut Rng) -> Json {
    if lists > 0 {
        // A single object stands for a list.
        if shape.kind == "object" && percent(rng, 15) {
            return value(shape, 0, rng);
        }
        return Json::List((0..rng.usize(1..4)).map(|_| value(shape, lists - 1, rng)).collect());
    }
    if shape.kind != "object" {
        return single(&shape.kind, rng);
    }
    let mut members = Vec::new();
    for member in &shape.members {
        if member.is_required || percent(rng, 80) {
            let spelling = member.spellings[rng.usize(..member.spellings.len())].clone();
            members.push((spelling, value(&member.shape, member.shape.lists, rng)));
        }
    }
    if percent(rng, 10) {
        members.push(("unknown".to_owned(), odd(rng)));
    }
    Json::Object(members)
}

fn single(kind: &str, rng: &mut Rng) -> Json {
    let digits = |rng: &mut Rng, several: &[&str]| {
        let digits = one(rng, several);
        if percent(rng, 25) { Json::text(digits) } else { Json::Number(digits.trim().to_owned()) }
    };
    match kind {
        "string" => Json::text(one(rng, &["a", "12", "https://a.example/x", "ß"])),
        "boolean" => Json::Truth(rng.bool()),
        "integer" => digits(rng, &["7", "-2", "7.0", "1e3", "0", " 12 "]),
        "number" | "seconds" => digits(rng, &["184.5", "7", "-0.5", "1e-3", " 2.5 ", "0"]),
        "time" if rng.bool() => Json::text("2026-01-31 12:00:00"),
        "time" => Json::Number(one(rng, &["1700000000000", "1.7e12", "0", "-1"]).to_owned()),
        "any" => odd(rng),
        _ => Json::text(one(rng, &["https://a.example/1.mp3", "https://b.example/x?y=1"])),
    }
}

/// Draws a value of some type.
fn odd(rng: &mut Rng) -> Json {
    match rng.u8(..12) {
        0 => Json::Null,
        1 => Json::text(""),
        2 => Json::List(Vec::new()),
        3 => Json::Object(Vec::new()),
        4 => Json::Number("7.5".to_owned()),
        5 => Json::Number("1e400".to_owned()),
        6 => Json::text("x"),
        7 => Json::Truth(rng.bool()),
        8 => Json::List(vec![Json::Null, Json::text("")]),
        9 => Json::List(vec![Json::text("x"), Json::Number("3".to_owned())]),
        10 => Json::Object(vec![("a".to_owned(), Json::Null), ("b".to_owned(), Json::List(Vec::new()))]),
        _ => Json::Object(vec![("url".to_owned(), Json::text("x"))]),
    }
}

/// Changes the value, or something within it.
fn change(value: &mut Json, rng: &mut Rng) {
    match value {
        Json::List(items) if !items.is_empty() && percent(rng, 75) => {
            let index = rng.usize(..items.len());
            match rng.u8(..6) {
                0 => drop(items.remove(index)),
                1 => items.insert(index, odd(rng)),
                _ => change(&mut items[index], rng),
            }
        }
        Json::Object(members) if !members.is_empty() && percent(rng, 75) => {
            let index = rng.usize(..members.len());
            match rng.u8(..8) {
                0 => drop(members.remove(index)),
                // Another spelling has something else.
                1 => {
                    let (name, _) = &members[index];
                    let other = name.strip_prefix("the_").map_or_else(|| format!("the_{name}"), str::to_owned);
                    if members.iter().all(|(name, _)| *name != other) {
                        members.insert(rng.usize(..=index), (other, odd(rng)));
                    }
                }
                _ => change(&mut members[index].1, rng),
            }
        }
        _ => match rng.u8(..8) {
            0 => *value = Json::List(vec![value.clone()]),
            1 => *value = Json::Object(vec![("url".to_owned(), value.clone())]),
            2 => {
                if let Json::List(items) = value
                    && let Some(first) = items.first().cloned()
                {
                    *value = first;
                }
            }
            _ => *value = odd(rng),
        },
    }
}
