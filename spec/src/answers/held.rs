//! Whether an answer that refuses a request has results nevertheless.

use serde_json::Value;

use super::pick::pick_all;
use crate::rules::Str;
use crate::tables::{Api, JsonPath};

/// Returns whether the body of an operation that answers at once has anything in a place of a result. The body may be truncated.
///
/// The type of the value does not matter: a service may send what it was paid for in another form. The whole body, its code and its
/// message prove nothing, since a refusal has them too.
pub(super) fn has_results(api: &Api, bytes: &[u8]) -> bool {
    if api.poll.is_some() {
        return false;
    }
    let paths: Vec<&JsonPath> =
        api.results.iter().flat_map(|result| result.at.iter()).filter(|path| !path.is_empty()).collect();
    let found = pick_all(bytes, &paths);
    paths.iter().zip(found).any(|(path, value)| {
        let envelope = [&api.code, &api.message].into_iter().filter(|known| !known.is_empty());
        let envelope: Vec<&[Str]> = envelope.filter_map(|known| known.strip_prefix(&***path)).collect();
        value.is_some_and(|value| !is_empty(&value, &envelope))
    })
}

/// Returns whether a value is null, false, 0 or empty, or has only such values besides the code and the message, which are at these paths.
fn is_empty(value: &Value, envelope: &[&[Str]]) -> bool {
    if envelope.iter().any(|path| path.is_empty()) {
        return true;
    }
    match value {
        Value::Null => true,
        Value::Bool(is_true) => !is_true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.iter().all(|item| is_empty(item, &[])),
        Value::Object(members) => members.iter().all(|(name, value)| is_empty(value, &beneath(envelope, name))),
    }
}

/// Returns the rest of the paths that lead through this member.
fn beneath<'a>(paths: &[&'a [Str]], name: &str) -> Vec<&'a [Str]> {
    let through = paths.iter().filter_map(|path| path.split_first()).filter(|(first, _)| **first == name);
    through.map(|(_, rest)| rest).collect()
}
