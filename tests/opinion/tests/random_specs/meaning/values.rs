//! The types of values, and the limits of one field.

use super::body::Body;
use super::decimal::{as_number, is_multiple};
use super::{Broken, Field, Kind, Unit};
use crate::json::Json;

/// The greatest whole number.
const GREATEST: f64 = 9_007_199_254_740_991.0;

/// Whether the value, or each item, has the type of the field. The error says whether a JSON Schema can tell.
pub fn has_type(field: &Field, value: &Json) -> Result<(), bool> {
    match (field.is_list, value) {
        (true, Json::List(items)) => items.iter().try_for_each(|item| item_has_type(field, item)),
        (true, _) => Err(true),
        (false, _) => item_has_type(field, value),
    }
}

fn item_has_type(field: &Field, value: &Json) -> Result<(), bool> {
    let fits = match (field.kind, value) {
        (Kind::Text(_), Json::Text(_))
        | (Kind::Truth, Json::Truth(_))
        | (Kind::Number, Json::Number(_))
        | (Kind::Object, Json::Object(_)) => true,
        (Kind::Address, Json::Text(text)) => return is_address(text),
        (Kind::Integer, Json::Number(_)) => {
            value.as_number().is_some_and(|number| number.fract() == 0.0 && number.abs() <= GREATEST)
        }
        (Kind::Choice, _) => field.values.iter().any(|choice| choice.value.is(value)),
        _ => false,
    };
    if fits { Ok(()) } else { Err(true) }
}

/// The bodies of this test have only addresses that are right or wrong at their begin.
fn is_address(text: &str) -> Result<(), bool> {
    let text = text.to_ascii_lowercase();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(true)?;
    let is_odd = |letter: char| letter.is_control() || letter == '"';
    if rest.starts_with(|first: char| first.is_alphanumeric()) && !rest.contains(is_odd) { Ok(()) } else { Err(false) }
}

/// Returns the length of a text in a unit.
pub fn length(text: &str, unit: Unit) -> usize {
    match unit {
        Unit::Chars => text.chars().count(),
        Unit::Utf16 => text.encode_utf16().count(),
        Unit::Bytes => text.len(),
    }
}

/// Checks the limits and the pattern of a field that the body has with a value of its type.
pub fn check_limits(body: &Body<'_>, place: usize, broken: &mut Vec<Broken>) {
    let field = &body.spec.fields[place];
    let Some(value) = body.member(place).filter(|value| **value != Json::Null) else { return };
    if has_type(field, value).is_err() {
        return;
    }
    let limits = field.limits.iter().filter(|limit| body.holds(&limit.scope)).flat_map(|limit| &limit.bounds);
    check_value(field, value, limits, broken);
}

/// Checks a value of its type against these limits and the pattern of its field.
pub fn check_value<'a>(
    field: &Field,
    value: &Json,
    limits: impl Iterator<Item = &'a (String, f64)>,
    broken: &mut Vec<Broken>,
) {
    let may_be_empty = field.limits[0].bounds.iter().any(|(key, least)| key == "min_length" && *least == 0.0);
    let items = match value {
        Json::List(items) => items.as_slice(),
        _ => std::slice::from_ref(value),
    };
    for (key, bound) in limits {
        let kept = match key.as_str() {
            "min_items" => as_number(items.len()) >= *bound,
            "max_items" => as_number(items.len()) <= *bound,
            _ => true,
        };
        if !kept {
            broken.push(Broken::of(&field.name, "items"));
        }
        for item in items {
            if let Err(is_in_schema) = keeps(field, item, key, *bound) {
                let rule = if key == "multiple_of" { "multiple" } else { "limit" };
                broken.push(Broken::of(&field.name, rule).in_schema(is_in_schema));
            }
        }
    }
    for item in items {
        let Json::Text(text) = item else { continue };
        if text.is_empty() && !may_be_empty && matches!(field.kind, Kind::Text(_)) {
            broken.push(Broken::of(&field.name, "limit"));
        }
        if field.pattern.as_ref().is_some_and(|pattern| !pattern.matches(text)) {
            broken.push(Broken::of(&field.name, "pattern"));
        }
    }
}

/// Whether an item keeps a limit. The error says whether a JSON Schema can tell.
fn keeps(field: &Field, item: &Json, key: &str, bound: f64) -> Result<(), bool> {
    let judge = |kept: bool| if kept { Ok(()) } else { Err(true) };
    if let Json::Text(text) = item {
        let unit = match field.kind {
            Kind::Text(unit) => unit,
            _ => Unit::Chars,
        };
        let length = as_number(length(text, unit));
        let chars = as_number(text.chars().count());
        // What follows for characters.
        let most_units = match unit {
            Unit::Chars => 1.0,
            Unit::Utf16 => 2.0,
            Unit::Bytes => 4.0,
        };
        return match key {
            "min_length" if length < bound => Err(chars * most_units < bound),
            "max_length" if length > bound => Err(chars > bound),
            "max_bytes" if as_number(text.len()) > bound => Err(chars > bound),
            _ => Ok(()),
        };
    }
    let Some(number) = item.as_number() else { return Ok(()) };
    match key {
        "min" => judge(number >= bound),
        "max" => judge(number <= bound),
        "exclusive_min" => judge(number > bound),
        "exclusive_max" => judge(number < bound),
        // Validators compute with larger numbers in binary.
        "multiple_of" if !is_multiple(number, bound) => Err(number.abs() <= GREATEST),
        _ => Ok(()),
    }
}
