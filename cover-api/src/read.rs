//! Reads what services send, forgiving what they get wrong: a value of the wrong type counts as none.

use std::fmt;

use serde_json::Value;

use crate::Link;
use crate::redact::Shown;

/// A JSON object.
pub type Object = serde_json::Map<String, Value>;

/// A point in time, as the service tells it.
///
/// The services tell no time zone, so that a text stays a text.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Timestamp {
    /// Milliseconds since 1970-01-01, UTC.
    Millis(i64),
    /// A text such as `2025-01-31 12:00:00`.
    Text(String),
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Millis(millis) => millis.fmt(f),
            Self::Text(text) => Shown(text).fmt(f),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Millis(millis) => f.debug_tuple("Millis").field(millis).finish(),
            Self::Text(text) => f.debug_tuple("Text").field(&Shown(text)).finish(),
        }
    }
}

/// The first of the spellings that holds anything. Null and empty texts hold nothing.
fn find<'a>(from: &'a Object, spellings: &[&str]) -> Option<&'a Value> {
    spellings.iter().filter_map(|spelling| from.get(*spelling)).find(|value| !is_nothing(value))
}

pub(crate) fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(str::is_empty)
}

/// A text that is not empty.
#[must_use]
pub fn text(from: &Object, spellings: &[&str]) -> Option<String> {
    find(from, spellings)?.as_str().map(str::to_owned)
}

/// An address; whether it is one is checked where it is used.
#[must_use]
pub fn link(from: &Object, spellings: &[&str]) -> Option<Link> {
    text(from, spellings).map(Link::new)
}

/// A number, also one that came as a text.
#[must_use]
pub fn number(from: &Object, spellings: &[&str]) -> Option<f64> {
    let value = find(from, spellings)?;
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).filter(|number| number.is_finite())
}

/// A point in time, as a number or a text.
#[must_use]
pub fn time(from: &Object, spellings: &[&str]) -> Option<Timestamp> {
    let value = find(from, spellings)?;
    value.as_i64().map(Timestamp::Millis).or_else(|| Some(Timestamp::Text(value.as_str()?.to_owned())))
}

/// The value at the end of a path of keys.
pub(crate) fn at<'a, K: AsRef<str>>(value: &'a Value, path: &[K]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(key.as_ref()))
}

/// Puts a value at the end of a path of keys, and makes the objects on the way. Where there is no path, an object's
/// members go beside what is there.
#[cfg(feature = "callback")]
pub(crate) fn put(body: &mut Value, path: &[impl AsRef<str>], value: Value) {
    if path.is_empty() {
        if let (Value::Object(body), Value::Object(members)) = (body, value) {
            body.extend(members);
        }
        return;
    }
    let mut place = body;
    for key in path {
        if !place.is_object() {
            *place = Value::Object(Object::new());
        }
        place = &mut place[key.as_ref()];
    }
    *place = value;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: &Value) -> Object {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn null_empty_and_wrong_types_are_nothing() {
        let from = object(&json!({ "a": null, "b": "", "c": 5, "d": [] }));
        for key in ["a", "b", "c", "d", "e"] {
            assert_eq!(text(&from, &[key]), None, "{key}");
        }
    }

    #[test]
    fn every_spelling_is_tried_and_the_first_that_holds_anything_wins() {
        let from = object(&json!({ "audioUrl": "", "audio_url": "https://a.example" }));
        assert_eq!(link(&from, &["audioUrl", "audio_url"]), Some(Link::new("https://a.example")));
    }

    #[test]
    fn times_are_numbers_or_texts() {
        let from = object(&json!({ "a": 1_700_000_000_000_i64, "b": "2025-01-31 12:00:00" }));
        assert_eq!(time(&from, &["a"]), Some(Timestamp::Millis(1_700_000_000_000)));
        assert_eq!(time(&from, &["b"]), Some(Timestamp::Text("2025-01-31 12:00:00".to_owned())));
    }

    #[test]
    fn numbers_may_come_as_texts() {
        let from = object(&json!({ "a": 184.5, "b": "184.5", "c": "long", "d": "inf" }));
        assert_eq!([number(&from, &["a"]), number(&from, &["b"])], [Some(184.5); 2]);
        assert_eq!([number(&from, &["c"]), number(&from, &["d"])], [None; 2]);
    }

    #[test]
    fn a_value_is_put_at_the_end_of_its_path() {
        let mut body = json!({ "data": null });
        put(&mut body, &["data", "response", "list"], json!([1]));
        put(&mut body, &["data", "status"], json!("DONE"));
        assert_eq!(body, json!({ "data": { "response": { "list": [1] }, "status": "DONE" } }));
    }
}
