//! What every generated request does with its values: check, send, show.

use std::borrow::Cow;
use std::fmt;

use cover_spec::rules::{Kind, Presence, Rules, Value, Violations, looks_like_web_address};
use serde::ser::{SerializeMap, Serializer};
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

/// What is sent: the mode's own values, those that were given, and the defaults of others.
fn sent<'a>(
    rules: &'a Rules,
    mode: usize,
    values: &'a [Option<Value<'a>>],
) -> impl Iterator<Item = (&'a str, &'a Kind, Cow<'a, Value<'a>>)> {
    let mode_sets = move |index: usize| {
        let when = &rules.modes.get(mode)?.when;
        when.iter().find(|(own, _)| *own == index).map(|(_, value)| *value)
    };
    rules.fields.iter().zip(values).enumerate().filter_map(move |(index, (field, given))| {
        let otherwise = match field.presence.get(mode)? {
            Presence::Forbidden => None,
            Presence::Fixed => mode_sets(index),
            Presence::Required | Presence::Optional => field.default,
        };
        let given = given.as_ref().map(Cow::Borrowed);
        Some((&*field.wire, &field.kind, given.or(otherwise.map(|truth| Cow::Owned(Value::Truth(truth))))?))
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
    for (name, _, value) in sent(rules, mode, values) {
        match &*value {
            Value::Text(text) => map.serialize_entry(name, text)?,
            Value::Number(number) => map.serialize_entry(name, number)?,
            Value::Truth(truth) => map.serialize_entry(name, truth)?,
            Value::Other | Value::Later => {}
        }
    }
    map.end()
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
    for (name, kind, value) in sent(rules, mode, values) {
        match (kind, &*value) {
            (Kind::Url, Value::Text(text)) => shown.field(name, &Link::new(&**text)),
            (_, Value::Text(text)) => shown.field(name, text),
            (_, Value::Number(number)) => shown.field(name, number),
            (_, Value::Truth(truth)) => shown.field(name, truth),
            (_, Value::Other | Value::Later) => &mut shown,
        };
    }
    shown.finish()
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
