//! One TOML value → a value of Rust.

use std::fmt;
use std::time::Duration;

use toml::de::DeValue;

use super::At;
use crate::rules::Decimal;

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

pub(super) fn kind(value: &DeValue<'_>) -> String {
    let name = value.type_str();
    let article = if name.starts_with(['a', 'i']) { "an" } else { "a" };
    format!("{article} {name}")
}

pub(super) fn as_whole(value: &DeValue<'_>) -> Option<u32> {
    let number = value.as_integer()?;
    u32::from_str_radix(number.as_str(), number.radix()).ok()
}

pub(super) fn as_decimal(value: &DeValue<'_>) -> Option<Decimal> {
    match value {
        DeValue::Integer(number) if number.radix() == 10 => Decimal::parse(number.as_str()),
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
