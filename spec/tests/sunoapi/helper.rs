//! The operations, and bodies of their requests.

use std::collections::BTreeSet;

use cover_spec::rules::{Placed, Rules, Value, Violations, looks_like_web_address};
use cover_spec::tables::Api;
use cover_spec::{SHIPPED_SPECS, Spec};
use serde_json::{Value as Json, json};

/// The models before V6.
pub const OLD: [&str; 6] = ["V4", "V4_5", "V4_5PLUS", "V4_5ALL", "V5", "V5_5"];

/// The models that only the pages with V6 have.
pub const NEW: [&str; 3] = ["V6", "V6_WILD", "V6_MINI"];

pub const HOOK: &str = "https://api.example.com/callback";

pub const SONG: &str = "https://storage.example.com/song.mp3";

/// Returns the names of all operations, without the files that are only bases.
pub fn names() -> BTreeSet<String> {
    let names = SHIPPED_SPECS.iter().filter_map(|path| path.strip_prefix("sunoapi/")?.strip_suffix(".toml"));
    names.map(str::to_owned).collect()
}

/// Reads the spec of an operation.
#[track_caller]
pub fn spec(name: &str) -> Spec {
    Spec::parse_shipped(&format!("sunoapi/{name}.toml")).unwrap_or_else(|faults| panic!("{faults}"))
}

/// An operation.
pub struct Operation {
    rules: Rules,
    api: Api,
}

/// Returns an operation by the name of its file.
#[track_caller]
pub fn operation(name: &str) -> Operation {
    let spec = spec(name);
    Operation { rules: spec.rules(), api: spec.api() }
}

impl Operation {
    /// Returns the mode of a body that keeps every rule.
    fn check(&self, body: &Json) -> Result<usize, Violations> {
        let (mode, _) = self.placed(body).check(looks_like_web_address)?;
        Ok(mode)
    }

    fn placed<'r>(&'r self, body: &'r Json) -> Placed<'r, 'r> {
        let mut placed = Placed::none(&self.rules);
        for (name, value) in body.as_object().expect("the body is an object") {
            placed.put(name, self::value(value));
        }
        placed
    }

    /// Returns the price of a body that keeps every rule, in credits.
    #[track_caller]
    pub fn price(&self, body: &Json) -> String {
        let (mode, values) =
            self.placed(body).check(looks_like_web_address).unwrap_or_else(|violations| panic!("{body}: {violations}"));
        let credits = self.api.credits.as_ref().expect("the operation has a price");
        credits.price(&self.rules, mode, &values).to_string()
    }

    /// Asserts that a body keeps every rule.
    #[track_caller]
    pub fn takes(&self, body: &Json) {
        if let Err(violations) = self.check(body) {
            panic!("{body}: {violations}");
        }
    }

    /// Asserts that a body has this mode.
    #[track_caller]
    pub fn takes_as(&self, mode: &str, body: &Json) {
        match self.check(body) {
            Ok(found) => assert_eq!(self.rules.modes[found].name, mode, "{body}"),
            Err(violations) => panic!("{body}: {violations}"),
        }
    }

    /// Asserts that a body breaks exactly these rules. Each is the field and the rule, such as `title max_length`.
    #[track_caller]
    pub fn refuses(&self, body: &Json, broken: &[&str]) {
        let Err(violations) = self.check(body) else { panic!("{body} is taken") };
        let found = violations.iter().map(|it| format!("{} {}", it.field(), it.rule().name()));
        assert_eq!(found.collect::<BTreeSet<_>>(), broken.iter().map(|&it| it.to_owned()).collect(), "{body}");
    }

    /// Asserts that a body breaks these rules without these fields, and keeps them with them.
    #[track_caller]
    pub fn needs(&self, body: &Json, fields: &[&str]) {
        self.takes(body);
        for field in fields {
            self.refuses(&without(body, field), &[&format!("{field} required")]);
        }
    }

    /// Asserts that each of these members may be added to a body.
    #[track_caller]
    pub fn may_have(&self, body: &Json, members: &Json) {
        self.takes(body);
        for (name, value) in members.as_object().expect("members") {
            self.takes(&and(body, &json!({ name: value })));
        }
    }

    /// Asserts that none of these members may be added to a body.
    #[track_caller]
    pub fn must_not_have(&self, body: &Json, members: &Json) {
        self.takes(body);
        for (name, value) in members.as_object().expect("members") {
            self.refuses(&and(body, &json!({ name: value })), &[&format!("{name} forbidden")]);
        }
    }

    /// Asserts that a text may have `most` characters in a body, and not one more.
    #[track_caller]
    pub fn at_most(&self, body: &Json, field: &str, most: usize) {
        self.takes(&and(body, &json!({ field: "é".repeat(most) })));
        self.refuses(&and(body, &json!({ field: "é".repeat(most + 1) })), &[&format!("{field} max_length")]);
    }

    /// Asserts that the weights are numbers from 0 to 1 with two decimals.
    #[track_caller]
    pub fn has_weights(&self, body: &Json) {
        for field in ["styleWeight", "weirdnessConstraint", "audioWeight"] {
            for value in [0.0, 0.01, 0.65, 1.0] {
                self.takes(&and(body, &json!({ field: value })));
            }
            for (value, rule) in [(-0.01, "min"), (1.01, "max"), (0.655, "multiple_of")] {
                self.refuses(&and(body, &json!({ field: value })), &[&format!("{field} {rule}")]);
            }
        }
    }

    /// Asserts that a body takes a length of 10 to 360 seconds with these models, and none with all others.
    #[track_caller]
    pub fn has_duration(&self, body: &Json, with: &[&str], all: &[&str]) {
        for model in all {
            let body = |seconds: u32| and(body, &json!({ "model": model, "duration": seconds }));
            if with.contains(model) {
                self.takes(&body(10));
                self.takes(&body(360));
                self.refuses(&body(9), &["duration min"]);
                self.refuses(&body(361), &["duration max"]);
            } else {
                self.refuses(&body(20), &["duration forbidden"]);
            }
        }
    }

    /// Asserts that a body takes voices with these models, and only personas with all others.
    #[track_caller]
    pub fn has_voices(&self, body: &Json, with: &[&str], all: &[&str]) {
        for model in all {
            let body = |kind: &str| and(body, &json!({ "model": model, "personaId": "p", "personaModel": kind }));
            self.takes(&body("style_persona"));
            if with.contains(model) {
                self.takes(&body("voice_persona"));
            } else {
                self.refuses(&body("voice_persona"), &["personaModel condition"]);
            }
        }
    }

    /// Asserts that the model is one of these.
    #[track_caller]
    pub fn has_models(&self, body: &Json, models: &[&str]) {
        for model in models {
            self.takes(&and(body, &json!({ "model": model })));
        }
        self.refuses(&and(body, &json!({ "model": "V3_5" })), &["model choice"]);
        for model in OLD.iter().chain(&NEW).filter(|model| !models.contains(model)) {
            self.refuses(&and(body, &json!({ "model": model })), &["model choice"]);
        }
    }

    /// Asserts that the uploaded recording of a body has at most so many seconds.
    #[track_caller]
    pub fn at_most_seconds(&self, body: &Json, field: &str, most: f64) {
        let limits = &self.api.upload.as_ref().expect("the spec has an upload").seconds;
        let (mode, values) = self.placed(body).check(looks_like_web_address).expect("the body keeps every rule");
        let check = |seconds: f64| self.rules.check_lengths(mode, &values, (field, limits), &|_| Some(seconds));
        assert!(check(most).is_ok(), "{body}");
        assert!(check(most + 0.5).is_err(), "{body}");
    }
}

/// Returns a body with other members.
pub fn and(body: &Json, members: &Json) -> Json {
    let mut body = body.clone();
    let members = members.as_object().expect("members").clone();
    body.as_object_mut().expect("the body is an object").extend(members);
    body
}

/// Returns a body without a member.
pub fn without(body: &Json, name: &str) -> Json {
    let mut body = body.clone();
    body.as_object_mut().expect("the body is an object").remove(name).expect("the body has the member");
    body
}

fn value(json: &Json) -> Value<'_> {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Truth(*truth),
        Json::Number(number) => number.as_f64().map_or(Value::Other, Value::Number),
        Json::String(text) => Value::text(text),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Object(_) => Value::Other,
    }
}
