//! One TOML value → a value of Rust.

use std::fmt;
use std::time::Duration;

use toml::de::DeValue;

use super::At;
use crate::rules::{Decimal, MOST_EXACT};

/// A value of a field, such as an example or a default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// `"…"`
    Text(String),
    /// `0.65`
    Number(Decimal),
    /// `true`
    Truth(bool),
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
            Self::Truth(truth) => truth.fmt(f),
        }
    }
}

pub(super) const SCALAR: &str = "a text, a number, true or false";
pub(super) const DURATION: &str = "a duration, such as \"10 s\" (units: ms, s, min, h, days)";

/// Describes the type of a value, and why a number cannot be used.
pub(super) fn kind(value: &DeValue<'_>) -> String {
    let name = value.type_str();
    let article = if name.starts_with(['a', 'i']) { "an" } else { "a" };
    let flaw = flaw(value).unwrap_or_default();
    format!("{article} {name}{flaw}")
}

/// Describes a value that is not a duration.
pub(super) fn no_duration(value: &DeValue<'_>) -> String {
    let number = value.as_str().unwrap_or_default();
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    match value {
        DeValue::String(_) if is_number => format!("the unit is missing, such as \"{number} s\""),
        DeValue::Integer(number) => format!("the unit is missing, such as \"{number} s\""),
        other => format!("this is {}", kind(other)),
    }
}

/// Returns why a number is not a [`Decimal`].
fn flaw(value: &DeValue<'_>) -> Option<String> {
    let beyond = || Some(format!(" beyond {MOST_EXACT}, where numbers in JSON are not exact"));
    match value {
        DeValue::Integer(_) if as_decimal(value).is_none() => beyond(),
        DeValue::Float(number) if as_decimal(value).is_none() => {
            let text = number.as_str();
            // `inf` and `nan`
            if text.contains('n') {
                return Some(", which JSON does not have".to_owned());
            }
            let number: f64 = text.parse().ok()?;
            if number.abs() >= 1e15 { beyond() } else { Some(" with more than 15 digits".to_owned()) }
        }
        _ => None,
    }
}

pub(super) fn as_whole(value: &DeValue<'_>) -> Option<u32> {
    let number = value.as_integer()?;
    u32::from_str_radix(number.as_str(), number.radix()).ok()
}

pub(super) fn as_decimal(value: &DeValue<'_>) -> Option<Decimal> {
    match value {
        DeValue::Integer(number) => {
            let digits = i64::from_str_radix(number.as_str(), number.radix()).ok()?;
            Decimal::parse(&digits.to_string())
        }
        DeValue::Float(number) => Decimal::parse(number.as_str()),
        _ => None,
    }
}

pub(crate) fn as_scalar(value: &DeValue<'_>) -> Option<Scalar> {
    match value {
        DeValue::String(text) => Some(Scalar::Text(text.to_string())),
        DeValue::Boolean(truth) => Some(Scalar::Truth(*truth)),
        other => as_decimal(other).map(Scalar::Number),
    }
}

pub(super) fn as_texts(value: &DeValue<'_>) -> Option<Vec<At<String>>> {
    let items = value.as_array()?.iter();
    items.map(|item| Some(At::new(item.get_ref().as_str()?.to_owned(), item.span()))).collect()
}

pub(super) fn as_duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at(text.find(|letter: char| !letter.is_ascii_digit())?);
    let millis: u64 = match unit.trim() {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "days" => 86_400_000,
        _ => return None,
    };
    // At most a century, which can be added to any point in time.
    let total = number.parse::<u64>().ok()?.checked_mul(millis)?;
    (total <= 100 * 365 * 86_400_000).then(|| Duration::from_millis(total))
}

/// Returns a duration in the greatest unit of the language in which it is a whole number.
pub(crate) fn duration_in_words(duration: &Duration) -> String {
    let millis = duration.as_millis();
    let units = [(86_400_000, "days"), (3_600_000, "h"), (60_000, "min"), (1_000, "s")];
    match units.iter().find(|(unit, _)| millis > 0 && millis.is_multiple_of(*unit)) {
        Some((unit, name)) => format!("{} {name}", millis / unit),
        None => format!("{millis} ms"),
    }
}

/// Returns a value as TOML in one line, cut after 60 characters.
pub(crate) fn in_short(value: &DeValue<'_>) -> String {
    const MOST: usize = 60;
    let text = in_full(value);
    if text.chars().count() <= MOST {
        return text;
    }
    text.chars().take(MOST).chain(['…']).collect()
}

fn in_full(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| in_full(item.get_ref())).collect();
            format!("[{}]", items.join(", "))
        }
        DeValue::Table(table) => {
            let mut entries: Vec<_> = table.iter().collect();
            entries.sort_by_key(|(key, _)| key.span().start);
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{} = {}", key.get_ref(), in_full(value.get_ref())))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}
