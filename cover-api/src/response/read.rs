//! Reads the fields of objects leniently: a value of the wrong type counts as missing.

use serde_json::Value;

use super::{Link, Timestamp};

/// A JSON object.
pub type Object = serde_json::Map<String, Value>;

/// Returns the first value among the spellings that is neither null nor an empty text.
fn find<'a>(from: &'a Object, spellings: &[&str]) -> Option<&'a Value> {
    spellings.iter().filter_map(|spelling| from.get(*spelling)).find(|value| !is_nothing(value))
}

pub(crate) fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(str::is_empty)
}

/// Returns a text that is not empty.
#[must_use]
pub fn text(from: &Object, spellings: &[&str]) -> Option<String> {
    find(from, spellings)?.as_str().map(str::to_owned)
}

/// Returns a link. Whether it is an address is checked when it is used.
#[must_use]
pub fn link(from: &Object, spellings: &[&str]) -> Option<Link> {
    text(from, spellings).map(Link::new)
}

/// Returns a number, also if it is written as a text.
#[must_use]
pub fn number(from: &Object, spellings: &[&str]) -> Option<f64> {
    let value = find(from, spellings)?;
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).filter(|number| number.is_finite())
}

/// Returns a time, from a number or a text.
#[must_use]
pub fn time(from: &Object, spellings: &[&str]) -> Option<Timestamp> {
    let value = find(from, spellings)?;
    value.as_i64().map(Timestamp::Millis).or_else(|| Some(Timestamp::Text(value.as_str()?.to_owned())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: &Value) -> Object {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn null_empty_texts_and_wrong_types_count_as_missing() {
        let from = object(&json!({ "a": null, "b": "", "c": 5, "d": [] }));
        for key in ["a", "b", "c", "d", "e"] {
            assert_eq!(text(&from, &[key]), None, "{key}");
        }
    }

    #[test]
    fn the_first_spelling_with_a_value_is_read() {
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
    fn numbers_may_be_written_as_texts() {
        let from = object(&json!({ "a": 184.5, "b": "184.5", "c": "long", "d": "inf" }));
        assert_eq!([number(&from, &["a"]), number(&from, &["b"])], [Some(184.5); 2]);
        assert_eq!([number(&from, &["c"]), number(&from, &["d"])], [None; 2]);
    }
}
