//! Specs of a few lines, and bodies that are checked against them.

use cover_spec::rules::{Field, Object, Placed, Presence, Rules, Value, Violations, looks_like_web_address};
use cover_spec::tables::{Api, Credits, CreditsSpec};
use cover_spec::{Faults, Spec};
use serde_json::Value as Json;

use crate::complete::completed;

/// The two modes of many tests. The field `fast` selects one.
pub const FAST_AND_SLOW: &str = r#"
modes.Fast = { when = { fast = true }, doc = "Without waiting." }
modes.Slow = { when = { fast = false }, doc = "With a queue." }
fields.fast = { type = "boolean", doc = "Whether to skip the queue." }
"#;

/// A field `model` that selects the model `mini` or `grand`. It may be left out.
pub const MODELS: &str = r#"
request = { name = "ExampleRequest", doc = "A request.", model = "model" }
fields.model.type = "choice"
fields.model.name = "Model"
fields.model.doc = "The model."
fields.model.optional = "always"
fields.model.values = { mini = { doc = "Small." }, grand = { doc = "Large." } }
"#;

/// Returns a field with these keys. It is optional unless they say its presence.
pub fn field(name: &str, kind: &str, keys: &str) -> String {
    let says_presence =
        ["required = ", "optional = ", "forbidden = ", "constant = "].iter().any(|key| keys.contains(key));
    let presence = if says_presence { "" } else { ", optional = \"always\"" };
    bare_field(name, kind, &format!("{keys}{presence}"))
}

/// Returns a field with these keys and no others.
pub fn bare_field(name: &str, kind: &str, keys: &str) -> String {
    let keys = keys.trim_start_matches(", ");
    let comma = if keys.is_empty() { "" } else { ", " };
    format!("fields.{name} = {{ type = \"{kind}\", doc = \"A field.\"{comma}{keys} }}")
}

/// Returns a choice of texts with these keys. It is optional unless they say its presence.
pub fn choice(name: &str, values: &[&str], keys: &str) -> String {
    let values: Vec<String> = values.iter().map(|value| format!("{value} = {{ doc = \"A value.\" }}")).collect();
    let comma = if keys.is_empty() { "" } else { ", " };
    field(name, "choice", &format!("name = \"{name}Kind\", values = {{ {} }}{comma}{keys}", values.join(", ")))
}

/// Reads a spec with these lines.
pub fn read(lines: &[&str]) -> Result<Spec, Faults> {
    Spec::parse("spec.toml", &completed(&lines.join("\n")))
}

/// Reads a spec without faults.
#[track_caller]
pub fn spec(lines: &[&str]) -> Spec {
    read(lines).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Returns the table of the service of a spec without faults.
#[track_caller]
pub fn service(lines: &[&str]) -> Api {
    spec(lines).api()
}

/// Returns the messages of the faults of a spec.
pub fn faults(lines: &[&str]) -> Vec<String> {
    let Err(faults) = read(lines) else { return Vec::new() };
    faults.iter().map(|fault| fault.message().to_owned()).collect()
}

/// Asserts that a spec with these lines has no faults.
#[track_caller]
pub fn no_faults(lines: &[&str]) {
    spec(lines);
}

/// The rules of a request.
pub struct Request(pub Rules);

/// Returns the rules of a spec without faults.
#[track_caller]
pub fn request(lines: &[&str]) -> Request {
    Request(spec(lines).rules())
}

impl Request {
    /// Checks a body, and returns the name of its mode.
    fn check(&self, body: &str) -> Result<String, Violations> {
        self.checked(body, |mode, _| self.0.modes.get(mode).map(|mode| mode.name.to_string()).unwrap_or_default())
    }

    /// Returns the price of a body that keeps every rule.
    #[track_caller]
    pub fn price(&self, credits: &CreditsSpec, body: &str) -> Credits {
        let price = self.checked(body, |mode, values| credits.price(&self.0, mode, values));
        price.unwrap_or_else(|violations| panic!("{body}: {violations}"))
    }

    /// Checks a body, and returns what `of` makes of its mode and values.
    fn checked<T>(&self, body: &str, of: impl FnOnce(usize, &[Option<Value<'_>>]) -> T) -> Result<T, Violations> {
        let body: Json = serde_json::from_str(body).expect("the body is JSON");
        let mut placed = Placed::none(&self.0);
        for (name, value) in body.as_object().expect("the body is an object") {
            let field = self.0.fields.iter().find(|field| field.wire == *name);
            let members = field.and_then(|field| field.kind.members()).unwrap_or_default();
            placed.put(name, self::value(value, members));
        }
        let (mode, values) = placed.check(looks_like_web_address)?;
        Ok(of(mode, &values))
    }

    /// Asserts that these bodies keep every rule.
    #[track_caller]
    pub fn accepts(&self, bodies: &[&str]) {
        for body in bodies {
            if let Err(violations) = self.check(body) {
                panic!("{body}: {violations}");
            }
        }
    }

    /// Asserts that a body breaks rules, and what is said about them.
    #[track_caller]
    pub fn refuses(&self, body: &str, violations: &str) {
        match self.check(body) {
            Ok(_) => panic!("{body} is accepted"),
            Err(found) => assert_eq!(found.to_string(), violations, "{body}"),
        }
    }

    /// Returns the mode of a body that keeps every rule.
    #[track_caller]
    pub fn mode(&self, body: &str) -> String {
        self.check(body).unwrap_or_else(|violations| panic!("{body}: {violations}"))
    }

    /// Returns the presence of a field in each mode.
    pub fn presence(&self, name: &str) -> &[Presence] {
        let field = self.0.fields.iter().find(|field| field.wire == name);
        &field.expect("the spec has the field").presence
    }
}

/// Returns the value of a field, whose objects have these members.
fn value<'a>(json: &'a Json, members: &[Field]) -> Value<'a> {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Truth(*truth),
        Json::Number(number) => number.as_f64().map_or(Value::Other, Value::Number),
        Json::String(text) => Value::text(text),
        Json::Array(items) => Value::List(items.iter().map(|item| value(item, members)).collect()),
        Json::Object(json) => {
            let mut object = Object::default();
            for (name, json) in json {
                if let Some((index, _)) = object.place(members, name) {
                    object.put(index, value(json, &[]));
                }
            }
            Value::Object(object)
        }
    }
}
