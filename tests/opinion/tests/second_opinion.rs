//! Random bodies are valid or not alike for `from_json`, for an independent validator of the exported JSON Schema, and for the
//! plain table.

#[path = "../../tests/table/mod.rs"]
mod table;

use cover_api::CoverRequest;
use cover_opinion::random_seed;
use fastrand::Rng;
use serde_json::{Map, Value, json};
use table::{FIELDS, Holds, MODES, Must};

const BODIES: usize = 20_000;

/// Returns a valid body in a random mode.
fn valid(rng: &mut Rng) -> Map<String, Value> {
    let mode = rng.usize(..MODES.len());
    let model = *rng.choice(table::MODELS.iter()).expect("models");
    let mut body = Map::new();
    for row in &FIELDS {
        let value = match row.must[mode] {
            Must::Not => continue,
            Must::May if rng.bool() => continue,
            Must::Mode(value) => json!(value),
            Must::Be | Must::May => value(row, mode, model, rng),
        };
        body.insert(row.wire.to_owned(), value);
    }
    body
}

fn value(row: &table::Row, mode: usize, model: &str, rng: &mut Rng) -> Value {
    match row.holds {
        Holds::Address => {
            let addresses =
                ["https://storage.example.com/song.mp3", "http://127.0.0.1:8080", "https://a.example/x?y=z#w"];
            json!(rng.choice(addresses))
        }
        Holds::Truth => json!(rng.bool()),
        Holds::Text => {
            let most = table::most(row.wire, mode, model).unwrap_or(50);
            json!(text(if rng.u8(..4) == 0 { most } else { rng.usize(1..=most.min(60)) }, rng))
        }
        Holds::Weight if rng.u8(..10) == 0 => json!(rng.u8(..2)),
        Holds::Weight => json!(f64::from(rng.u8(..=100)) / 100.0),
        Holds::One(_) if row.wire == "model" => json!(model),
        Holds::One(known) => json!(rng.choice(known.iter())),
    }
}

/// Returns characters of one to four bytes, some of them combining.
fn text(length: usize, rng: &mut Rng) -> String {
    (0..length).map(|_| *rng.choice(['a', 'ß', 'あ', '🎷', '\u{301}', '"', ' '].iter()).expect("letters")).collect()
}

/// Changes the body so that it may break a rule.
fn bend(body: &mut Map<String, Value>, rng: &mut Rng) {
    let row = rng.choice(FIELDS.iter()).expect("fields");
    let name = row.wire.to_owned();
    let odd =
        [json!(null), json!(7), json!(""), json!([]), json!({}), json!(true), json!("V4"), json!(-0.01), json!(1.01)];
    match rng.u8(..8) {
        0 => drop(body.remove(&name)),
        1 => drop(body.insert(name, rng.choice(odd).expect("values"))),
        2 => drop(body.insert("unknown".to_owned(), json!(1))),
        3 => {
            // The length of any limit, and one more.
            let most = *rng.choice([80, 100, 200, 400, 500, 1000, 3000, 5000].iter()).expect("limits");
            let text = text(most + rng.usize(..2), rng);
            let texts = ["prompt", "style", "title"];
            body.insert((*rng.choice(texts.iter()).expect("texts")).to_owned(), json!(text));
        }
        4 => {
            let weights = [0.005, 0.655, 1.001, 0.1 + 0.2, -1e-9, 1e300, 0.29, 0.57];
            let fields = ["styleWeight", "weirdnessConstraint", "audioWeight"];
            body.insert((*rng.choice(fields.iter()).expect("weights")).to_owned(), json!(rng.choice(weights)));
        }
        5 => drop(body.insert("model".to_owned(), json!(rng.choice(["V3_5", "V4", "V5", "V6", "v4", ""])))),
        6 => drop(body.insert(
            (*rng.choice(["uploadUrl", "callBackUrl"].iter()).expect("addresses")).to_owned(),
            json!(rng.choice(["ftp://a.example/x", "a.example", "", "http//a.example", "mailto:a@b.example"])),
        )),
        _ => drop(body.insert(
            (*rng.choice(["customMode", "instrumental"].iter()).expect("switches")).to_owned(),
            json!(rng.bool()),
        )),
    }
}

fn agree(seed: u64) {
    println!("seed {seed}");
    let spec = cover_spec::Spec::parse_shipped("upload_cover.toml").expect("no faults");
    let schema = jsonschema::draft202012::new(&spec.json_schema()).expect("a schema");
    let mut rng = Rng::with_seed(seed);
    let mut taken = 0;
    for number in 0..BODIES {
        let mut body = valid(&mut rng);
        assert!(table::takes(&body), "seed {seed}, body {number} should be valid: {}", Value::Object(body));
        for _ in 0..rng.u8(..3) {
            bend(&mut body, &mut rng);
        }
        let by_table = table::takes(&body);
        let body = Value::Object(body);
        let read = CoverRequest::from_json(body.to_string());
        let by_schema = schema.is_valid(&body);
        assert!(
            read.is_ok() == by_table && by_schema == by_table,
            "seed {seed}, body {number}: from_json {:?}, schema {by_schema}, table {by_table}: {body}",
            read.map(drop).map_err(|violations| violations.to_string()),
        );
        taken += usize::from(by_table);
    }
    assert!((BODIES * 2 / 5..BODIES * 3 / 5).contains(&taken), "about half should be valid: {taken} of {BODIES}");
}

#[test]
fn three_opinions_agree_with_the_first_seed() {
    agree(1);
}

#[test]
fn three_opinions_agree_with_the_second_seed() {
    agree(2);
}

#[test]
fn three_opinions_agree_with_a_random_seed() {
    agree(random_seed());
}
