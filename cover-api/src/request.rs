//! What every generated request does with its values: check, send, show.

use std::borrow::Cow;
use std::fmt;

use cover_spec::rules::{Field, Kind, Presence, Rules, Value, Violations, looks_like_web_address};
use serde::ser::{Serialize, SerializeMap, Serializer};
use url::Url;

use crate::Link;

/// The full parser, behind the quick look that finds slips while compiling.
pub(crate) fn is_address(text: &str) -> bool {
    looks_like_web_address(text) && (has_plain_host(text) || Url::parse(text).is_ok_and(|url| url.has_host()))
}

/// Is the host of what looks like an address one that every parser takes: labels of ASCII letters and digits, the last
/// of them no number, without user, port or punycode? The parser is asked about the others only.
fn has_plain_host(address: &str) -> bool {
    let Some(scheme) = address.find("//") else { return false };
    let rest = address.as_bytes().get(scheme + 2..).unwrap_or_default();
    let (mut previous, mut label_is_a_name) = (b'.', false);
    for &byte in rest.iter().take_while(|byte| !matches!(byte, b'/' | b'?' | b'#')) {
        let starts_a_label = previous == b'.';
        match byte {
            b'.' | b'-' if !previous.is_ascii_alphanumeric() => return false,
            b'.' | b'-' => {}
            _ if !byte.is_ascii_alphanumeric() => return false,
            _ if starts_a_label => label_is_a_name = byte.is_ascii_alphabetic(),
            _ => {}
        }
        previous = byte;
    }
    previous.is_ascii_alphanumeric() && label_is_a_name
}

#[doc(hidden)]
pub fn check(rules: &Rules, mode: usize, values: &mut [Option<Value<'_>>], decided: u64) -> Result<(), Violations> {
    for (_, value) in values.iter_mut().take(64).enumerate().filter(|(index, _)| decided >> index & 1 == 1) {
        *value = value.take().map(|_| Value::Later);
    }
    rules.check(mode, values, is_address)
}

/// A text is none of those that a field may hold.
///
/// ```
/// use cover_api::{Model, UnknownChoice};
///
/// let error = "V9".parse::<Model>().unwrap_err();
/// assert_eq!(error.to_string(), "must be one of V3_5, V4, V4_5, V4_5PLUS, V5");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownChoice {
    known: &'static [&'static str],
}

impl UnknownChoice {
    #[doc(hidden)]
    #[must_use]
    pub const fn among(known: &'static [&'static str]) -> Self {
        Self { known }
    }
}

impl fmt::Display for UnknownChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be one of {}", self.known.join(", "))
    }
}

impl std::error::Error for UnknownChoice {}

/// What is sent: the mode's own values, those that were given, and the defaults of others that decide the mode.
fn sent<'a>(
    rules: &'a Rules,
    mode: usize,
    values: &'a [Option<Value<'a>>],
) -> impl Iterator<Item = (&'a Field, Cow<'a, Value<'a>>)> {
    let mode_sets = move |index: usize| {
        let when = &rules.modes.get(mode)?.when;
        when.iter().find(|(own, _)| *own == index).map(|(_, value)| value)
    };
    let decides = |index: usize| rules.modes.iter().any(|mode| mode.when.iter().any(|(own, _)| *own == index));
    rules.fields.iter().zip(values).enumerate().filter_map(move |(index, (field, given))| {
        if let Some(given) = given {
            return Some((field, Cow::Borrowed(given)));
        }
        let otherwise = match field.presence.get(mode)? {
            Presence::Forbidden => None,
            Presence::Fixed => mode_sets(index),
            Presence::Required | Presence::Optional => field.default.as_ref().filter(|_| decides(index)),
        };
        Some((field, Cow::Owned(otherwise?.value())))
    })
}

#[doc(hidden)]
pub fn serialize<S: Serializer>(
    rules: &Rules,
    mode: usize,
    values: &[Option<Value<'_>>],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for (field, value) in sent(rules, mode, values) {
        map.serialize_entry(&*field.wire, &Wire { kind: &field.kind, value: &value })?;
    }
    map.end()
}

/// What tells this request apart from others, in a form that is the same for equal requests: the values that the caller gave
/// and those that make the mode, by name. Left out are the address for callbacks, constants, values that equal the default,
/// and the query of addresses, which differs whenever the same song is signed anew.
#[doc(hidden)]
#[must_use]
pub fn canonical(rules: &Rules, mode: usize, values: &[Option<Value<'_>>], callback: Option<&str>) -> Vec<u8> {
    let makes_mode = |index: usize| rules.modes.iter().any(|mode| mode.when.iter().any(|(own, _)| *own == index));
    let mut canonical = Vec::with_capacity(rules.fields.len());
    for (field, value) in sent(rules, mode, values) {
        let index = rules.fields.iter().position(|other| std::ptr::eq(other, field)).unwrap_or_default();
        let is_default = field.default.as_ref().is_some_and(|default| default.is(&value) == Some(true));
        let is_fixed = field.presence.get(mode) == Some(&Presence::Fixed) && makes_mode(index);
        let counts = is_fixed || (field.constant.is_none() && !is_default);
        if counts && Some(&*field.wire) != callback {
            canonical.push((&*field.wire, &field.kind, value));
        }
    }
    canonical.sort_unstable_by_key(|(name, ..)| *name);
    let mut bytes = Vec::new();
    let mut map = serde_json::Serializer::new(&mut bytes);
    let values = canonical.iter().map(|(name, kind, value)| (*name, Unsigned { kind, value }));
    map.collect_map(values).expect("values of a request can be written as JSON");
    bytes
}

/// A value without what a new signature changes: the query of an address.
struct Unsigned<'a> {
    kind: &'a Kind,
    value: &'a Value<'a>,
}

impl Serialize for Unsigned<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::Text(text) if *self.kind == Kind::Url => {
                serializer.serialize_str(text.split(['?', '#']).next().unwrap_or_default())
            }
            Value::List(items) => serializer.collect_seq(items.iter().map(|value| Unsigned { kind: self.kind, value })),
            value => Wire { kind: self.kind, value }.serialize(serializer),
        }
    }
}

/// A value, as it is sent.
struct Wire<'a> {
    kind: &'a Kind,
    value: &'a Value<'a>,
}

impl Serialize for Wire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::Text(text) => serializer.serialize_str(text),
            #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53, as was checked")]
            Value::Number(number) if *self.kind == Kind::Integer => serializer.serialize_i64(*number as i64),
            Value::Number(number) => serializer.serialize_f64(*number),
            Value::Truth(truth) => serializer.serialize_bool(*truth),
            Value::List(items) => serializer.collect_seq(items.iter().map(|value| Wire { kind: self.kind, value })),
            Value::Cut { .. } | Value::Null | Value::Other | Value::Later => serializer.serialize_unit(),
        }
    }
}

#[doc(hidden)]
pub fn debug(
    name: &str,
    rules: &Rules,
    mode: usize,
    values: &[Option<Value<'_>>],
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let mut shown = f.debug_struct(name);
    for (field, value) in sent(rules, mode, values) {
        shown.field(&field.wire, &Wire { kind: &field.kind, value: &value });
    }
    shown.finish()
}

impl fmt::Debug for Wire<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            Value::Text(text) if *self.kind == Kind::Url => Link::new(&**text).fmt(f),
            Value::Text(text) => text.fmt(f),
            Value::Number(number) if *self.kind == Kind::Integer => fmt::Display::fmt(number, f),
            Value::Number(number) => number.fmt(f),
            Value::Truth(truth) => truth.fmt(f),
            Value::List(items) => {
                f.debug_list().entries(items.iter().map(|value| Wire { kind: self.kind, value })).finish()
            }
            Value::Cut { .. } | Value::Null | Value::Other | Value::Later => f.write_str("null"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hosts and paths of pieces that parsers stumble over: whatever is called plain, the parser takes.
    #[test]
    fn the_parser_takes_every_plain_host() {
        let pieces = [
            "a",
            "Z",
            "0",
            "9",
            "-",
            "--",
            ".",
            "xn--",
            "xn--a",
            "0x",
            "0xf",
            "256",
            "localhost",
            "com",
            "_",
            "%41",
            "@",
            ":",
            ":80",
            "é",
            "\u{ad}",
            "/",
            "?",
            "#",
            "[::1]",
        ];
        let mut plain = 0;
        for index in 0..pieces.len().pow(4) {
            let picked = (0..4).map(|place| pieces[index / pieces.len().pow(place) % pieces.len()]);
            let address = format!("https://{}/path", picked.collect::<String>());
            if looks_like_web_address(&address) && has_plain_host(&address) {
                plain += 1;
                assert!(Url::parse(&address).is_ok_and(|url| url.has_host()), "{address}");
            }
        }
        assert!(plain > 1000, "{plain}");
    }
}
