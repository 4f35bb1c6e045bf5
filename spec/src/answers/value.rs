//! Reads single values and members of objects.

use serde_json::Value;

use crate::rules::{MOST_EXACT, Str};

/// A JSON object.
pub type Object = serde_json::Map<String, Value>;

/// A point in time, as the service gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time<'a> {
    /// Milliseconds since the Unix epoch.
    Millis(i64),
    /// A text.
    Text(&'a str),
}

/// Returns whether a value counts as missing: null, an empty text, and a list or an object with nothing else, which services send for
/// a field without a value.
#[must_use]
pub fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.iter().all(is_nothing),
        Value::Object(members) => members.values().all(is_nothing),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Returns the first value among the spellings that does not count as missing, and its spelling.
#[must_use]
pub fn find<'a, 's>(from: &'a Object, spellings: &'s [Str]) -> Option<(&'s str, &'a Value)> {
    let mut given = spellings.iter().filter_map(|spelling| Some((&**spelling, from.get(&**spelling)?)));
    given.find(|(_, value)| !is_nothing(value))
}

/// Returns a whole number, also if it is written as a text or with a point.
#[must_use]
pub fn as_integer(value: &Value) -> Option<i64> {
    let exact = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
    exact.or_else(|| whole(as_number(value)?))
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "it is a whole number that is exact")]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() <= MOST_EXACT as f64).then_some(number as i64)
}

/// Returns a number, also if it is written as a text.
#[must_use]
pub fn as_number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| number.is_finite())
}

/// Returns a time, from a whole number or a text.
#[must_use]
pub fn as_time(value: &Value) -> Option<Time<'_>> {
    match value {
        Value::String(text) => Some(Time::Text(text)),
        number => as_integer(number).map(Time::Millis),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_spelling_with_a_value_is_read() {
        let json = json!({ "first": "", "second": "https://a.example", "third": null });
        let from = json.as_object().unwrap();
        let spellings = ["third", "first", "second"].map(Str::Borrowed);
        assert_eq!(find(from, &spellings), Some(("second", &json!("https://a.example"))));
        assert_eq!(find(from, &spellings[..2]), None, "null and empty texts count as missing");
        let json = json!({ "first": [null, {}], "second": [0] });
        let from = json.as_object().unwrap();
        assert_eq!(find(from, &spellings), Some(("second", &json!([0]))), "so do lists and objects of them");
    }

    #[test]
    fn times_are_numbers_or_texts() {
        assert_eq!(as_time(&json!(1_700_000_000_000_i64)), Some(Time::Millis(1_700_000_000_000)));
        assert_eq!(as_time(&json!("2025-01-31 12:00:00")), Some(Time::Text("2025-01-31 12:00:00")));
        assert_eq!(as_time(&json!(1.7e12)), Some(Time::Millis(1_700_000_000_000)));
        assert_eq!([as_time(&json!([])), as_time(&json!(0.5))], [None; 2]);
    }

    #[test]
    fn numbers_may_be_written_as_texts() {
        assert_eq!([json!(184.5), json!("184.5"), json!(" 184.5 ")].map(|it| as_number(&it)), [Some(184.5); 3]);
        assert_eq!([as_number(&json!("long")), as_number(&json!("inf"))], [None; 2]);
        assert_eq!([json!(7), json!(7.0), json!("7"), json!("7.0")].map(|it| as_integer(&it)), [Some(7); 4]);
        assert_eq!([as_integer(&json!(7.5)), as_integer(&json!(1e300)), as_integer(&json!("x"))], [None; 3]);
    }
}
