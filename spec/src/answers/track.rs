//! Reads tracks and their fields.

use serde_json::Value;

/// A JSON object.
pub type Object = serde_json::Map<String, Value>;

/// Number of tracks that are read from an answer.
pub const MAX_TRACKS: usize = 1_000;

/// A point in time, as the service gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time<'a> {
    /// Milliseconds since the Unix epoch.
    Millis(i64),
    /// A text.
    Text(&'a str),
}

/// Returns the tracks of a list, or a single track, at most [`MAX_TRACKS`]. Placeholders whose fields are all empty are left out.
pub fn tracks(list: Option<&Value>) -> impl Iterator<Item = &Object> {
    let one = list.filter(|value| value.is_object());
    let objects = list.and_then(Value::as_array).into_iter().flatten().chain(one).filter_map(Value::as_object);
    objects.filter(|object| !object.values().all(is_nothing)).take(MAX_TRACKS)
}

/// Returns whether a value is null or an empty text, which services send for a field without a value.
pub(crate) fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(str::is_empty)
}

/// Returns the first value among the spellings that is neither null nor an empty text, and its spelling.
pub(crate) fn find<'a, 's>(from: &'a Object, spellings: &[&'s str]) -> Option<(&'s str, &'a Value)> {
    let mut given = spellings.iter().filter_map(|spelling| Some((*spelling, from.get(*spelling)?)));
    given.find(|(_, value)| !is_nothing(value))
}

/// Returns a text that is not empty.
#[must_use]
pub fn text<'a>(from: &'a Object, spellings: &[&str]) -> Option<&'a str> {
    find(from, spellings)?.1.as_str()
}

/// Returns a number, also if it is written as a text.
#[must_use]
pub fn number(from: &Object, spellings: &[&str]) -> Option<f64> {
    as_number(find(from, spellings)?.1)
}

/// Returns a time, from a number or a text.
#[must_use]
pub fn time<'a>(from: &'a Object, spellings: &[&str]) -> Option<Time<'a>> {
    as_time(find(from, spellings)?.1)
}

pub(crate) fn as_number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).filter(|number| number.is_finite())
}

pub(crate) fn as_time(value: &Value) -> Option<Time<'_>> {
    value.as_i64().map(Time::Millis).or_else(|| value.as_str().map(Time::Text))
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
        let from = object(&json!({ "first": "", "second": "https://a.example" }));
        assert_eq!(text(&from, &["first", "second"]), Some("https://a.example"));
    }

    #[test]
    fn times_are_numbers_or_texts() {
        let from = object(&json!({ "a": 1_700_000_000_000_i64, "b": "2025-01-31 12:00:00" }));
        assert_eq!(time(&from, &["a"]), Some(Time::Millis(1_700_000_000_000)));
        assert_eq!(time(&from, &["b"]), Some(Time::Text("2025-01-31 12:00:00")));
    }

    #[test]
    fn numbers_may_be_written_as_texts() {
        let from = object(&json!({ "a": 184.5, "b": "184.5", "c": "long", "d": "inf" }));
        assert_eq!([number(&from, &["a"]), number(&from, &["b"])], [Some(184.5); 2]);
        assert_eq!([number(&from, &["c"]), number(&from, &["d"])], [None; 2]);
    }
}
