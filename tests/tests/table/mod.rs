//! The rules of upload-and-cover a second time: a plain table, written from the service's page and not from the spec. A mistake
//! in one of them shows as a difference.

#![allow(dead_code, reason = "each test that uses the table uses a part of it")]

use serde_json::{Map, Value};

/// The type of a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    Address,
    Truth,
    Text,
    Weight,
    One(&'static [&'static str]),
}

/// Whether a field is required, optional or forbidden.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Must {
    Be,
    May,
    Not,
    /// The mode sets this value.
    Mode(bool),
}

use Holds::{Address, One, Text, Truth, Weight};
use Must::{Be, May, Mode, Not};

pub struct Row {
    pub wire: &'static str,
    pub rust: &'static str,
    pub holds: Holds,
    /// In the order of [`MODES`].
    pub must: [Must; 3],
}

/// Name, constructor, `customMode`, and `instrumental` if the mode sets it.
pub const MODES: [(&str, &str, bool, Option<bool>); 3] = [
    ("Custom<Instrumental>", "custom_instrumental", true, Some(true)),
    ("Custom<Vocal>", "custom_vocal", true, Some(false)),
    ("NonCustom", "non_custom", false, None),
];

pub const MODELS: [&str; 5] = ["V3_5", "V4", "V4_5", "V4_5PLUS", "V5"];

#[rustfmt::skip]
pub const FIELDS: [Row; 13] = [
    Row { wire: "uploadUrl",           rust: "upload_url",           holds: Address,        must: [Be, Be, Be] },
    Row { wire: "callBackUrl",         rust: "call_back_url",        holds: Address,        must: [Be, Be, Be] },
    Row { wire: "customMode",          rust: "custom_mode",          holds: Truth,          must: [Mode(true), Mode(true), Mode(false)] },
    Row { wire: "instrumental",        rust: "instrumental",         holds: Truth,          must: [Mode(true), Mode(false), May] },
    Row { wire: "model",               rust: "model",                holds: One(&MODELS),   must: [Be, Be, Be] },
    Row { wire: "prompt",              rust: "prompt",               holds: Text,           must: [May, Be, Be] },
    Row { wire: "style",               rust: "style",                holds: Text,           must: [Be, Be, Not] },
    Row { wire: "title",               rust: "title",                holds: Text,           must: [Be, Be, Not] },
    Row { wire: "negativeTags",        rust: "negative_tags",        holds: Text,           must: [May, May, Not] },
    Row { wire: "vocalGender",         rust: "vocal_gender",         holds: One(&["m", "f"]), must: [May, May, Not] },
    Row { wire: "styleWeight",         rust: "style_weight",         holds: Weight,         must: [May, May, Not] },
    Row { wire: "weirdnessConstraint", rust: "weirdness_constraint", holds: Weight,         must: [May, May, Not] },
    Row { wire: "audioWeight",         rust: "audio_weight",         holds: Weight,         must: [May, May, Not] },
];

/// Returns the most characters of a text in a mode with a model.
pub fn most(wire: &str, mode: usize, model: &str) -> Option<usize> {
    let old = matches!(model, "V3_5" | "V4");
    match (wire, mode, old) {
        ("prompt", 2, _) => Some(400),
        ("prompt", _, true) => Some(3000),
        ("prompt", _, false) => Some(5000),
        ("style", _, true) => Some(200),
        ("style", _, false) => Some(1000),
        ("title", _, true) => Some(80),
        ("title", _, false) => Some(100),
        _ => None,
    }
}

/// Returns the mode of a body as an index in [`MODES`].
fn mode_of(body: &Map<String, Value>) -> Option<usize> {
    let instrumental = body.get("instrumental").and_then(Value::as_bool);
    match (body.get("customMode")?.as_bool()?, instrumental) {
        (true, Some(true)) => Some(0),
        (true, Some(false)) => Some(1),
        (false, _) => Some(2),
        (true, None) => None,
    }
}

/// Returns true if the body is valid.
pub fn takes(body: &Map<String, Value>) -> bool {
    let Some(mode) = mode_of(body) else { return false };
    let model = body.get("model").and_then(Value::as_str).unwrap_or_default();
    let known = body.keys().all(|name| FIELDS.iter().any(|row| row.wire == name));
    known && FIELDS.iter().all(|row| fits(row, mode, model, body.get(row.wire)))
}

fn fits(row: &Row, mode: usize, model: &str, value: Option<&Value>) -> bool {
    let Some(value) = value else { return row.must[mode] != Be };
    let right = match row.holds {
        Address => value.as_str().is_some_and(|text| text.starts_with("http://") || text.starts_with("https://")),
        Truth => value.is_boolean(),
        Text => value.as_str().is_some_and(|text| {
            let count = text.chars().count();
            count > 0 && most(row.wire, mode, model).is_none_or(|most| count <= most)
        }),
        // At most two decimals.
        Weight => value.as_f64().is_some_and(|weight| {
            let decimals = format!("{weight}").split_once('.').map_or(0, |(_, decimals)| decimals.len());
            (0.0..=1.0).contains(&weight) && decimals <= 2
        }),
        One(known) => value.as_str().is_some_and(|text| known.contains(&text)),
    };
    right && row.must[mode] != Not
}
