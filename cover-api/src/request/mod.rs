//! What generated requests call: checks, serialization, `Debug`, and the bytes that identify a request.

pub mod choice;
pub mod json;
mod kept;
pub mod state;
pub mod unlisted;
pub mod value;

use std::borrow::Cow;
use std::fmt;

use cover_spec::rules::{Field, Kind, Object, Presence, Rules, Value, Violations, looks_like_web_address};
use cover_spec::tables::Api;
use serde::ser::{Serialize, SerializeMap, Serializer};
use url::Url;

use crate::response::Link;

/// Whether a text is a web address. A cheap look decides most cases; the parser decides the rest.
pub(crate) fn is_address(text: &str) -> bool {
    looks_like_web_address(text) && (has_plain_host(text) || Url::parse(text).is_ok_and(|url| url.has_host()))
}

/// Whether the host of an address consists of labels of ASCII letters and digits, without user, port or punycode. The last label
/// begins with a letter. Every parser accepts such a host.
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

#[doc(hidden)]
pub fn check_lengths(
    (rules, api): (&Rules, &Api),
    mode: usize,
    values: &[Option<Value<'_>>],
    length_of: &dyn Fn(&str) -> Option<f64>,
) -> Result<(), Violations> {
    let upload = api.upload.as_ref().and_then(|upload| Some((upload.field.as_deref()?, &*upload.seconds)));
    upload.map_or(Ok(()), |limits| rules.check_lengths(mode, values, limits, length_of))
}

/// The error for a text or a number that is not one of the choices of a field.
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

/// Returns the fields that are sent: the given values, the values that the mode sets, and the defaults of fields that other modes
/// set.
fn sent<'a>(
    rules: &'a Rules,
    mode: usize,
    values: &'a [Option<Value<'a>>],
) -> impl Iterator<Item = (&'a Field, Cow<'a, Value<'a>>)> {
    let decides = |index: usize| rules.modes.iter().any(|mode| mode.own_value(index).is_some());
    rules.fields.iter().zip(values).enumerate().filter_map(move |(index, (field, given))| {
        if let Some(given) = given {
            return Some((field, Cow::Borrowed(given)));
        }
        let otherwise = match field.presence.get(mode)? {
            Presence::Forbidden => None,
            Presence::Fixed => rules.modes.get(mode)?.own_value(index),
            Presence::Required | Presence::Optional => field.default_in(Some(mode)).filter(|_| decides(index)),
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
        map.serialize_entry(&*field.wire, &SentValue { kind: &field.kind, value: &value })?;
    }
    map.end()
}

/// Returns the bytes that identify a request; equal requests have equal bytes.
///
/// They contain the values that the caller gave and those that make the mode, sorted by name. They leave out the address for
/// callbacks, constants, values that equal the default, and the query of addresses, which differs each time that an address is
/// presigned.
#[doc(hidden)]
#[must_use]
pub fn canonical(rules: &Rules, mode: usize, values: &[Option<Value<'_>>], callback: Option<&str>) -> Vec<u8> {
    let makes_mode = |index: usize| rules.modes.iter().any(|mode| mode.own_value(index).is_some());
    let mut canonical = Vec::with_capacity(rules.fields.len());
    for (field, value) in sent(rules, mode, values) {
        let index = rules
            .fields
            .iter()
            .position(|other| std::ptr::eq(other, field))
            .expect("the fields that are sent are those of the rules");
        // A value that is not listed is like another, but not equal to it.
        let is_listed = !matches!(*value, Value::Unlisted { .. });
        let is_default =
            is_listed && field.default_in(Some(mode)).is_some_and(|default| default.is(&value) == Some(true));
        let is_fixed = field.presence.get(mode) == Some(&Presence::Fixed) && makes_mode(index);
        let counts = is_fixed || (field.constant.is_none() && !is_default);
        if counts && Some(&*field.wire) != callback {
            canonical.push((&*field.wire, &field.kind, value));
        }
    }
    canonical.sort_unstable_by_key(|(name, ..)| *name);
    let mut bytes = Vec::new();
    let mut map = serde_json::Serializer::new(&mut bytes);
    let values = canonical.iter().map(|(name, kind, value)| (*name, WithoutQuery { kind, value }));
    map.collect_map(values).expect("values of a request can be written as JSON");
    bytes
}

/// A value, without the query if it is an address.
struct WithoutQuery<'a> {
    kind: &'a Kind,
    value: &'a Value<'a>,
}

impl Serialize for WithoutQuery<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::Text(text) if *self.kind == Kind::Url => {
                serializer.serialize_str(text.split(['?', '#']).next().expect("a split has a first part"))
            }
            Value::List(items) => {
                serializer.collect_seq(items.iter().map(|value| WithoutQuery { kind: self.kind, value }))
            }
            Value::Object(object) => {
                let mut members: Vec<_> = members(self.kind, object).collect();
                members.sort_unstable_by_key(|(name, ..)| *name);
                serializer.collect_map(members.iter().map(|(name, kind, value)| (name, WithoutQuery { kind, value })))
            }
            value => SentValue { kind: self.kind, value }.serialize(serializer),
        }
    }
}

/// A value as it is sent.
struct SentValue<'a> {
    kind: &'a Kind,
    value: &'a Value<'a>,
}

impl Serialize for SentValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::Text(text) | Value::Unlisted { text, .. } => serializer.serialize_str(text),
            #[expect(clippy::cast_possible_truncation, reason = "the checks allow only whole numbers below 2^53")]
            Value::Number(number) if is_whole(self.kind) => serializer.serialize_i64(*number as i64),
            Value::Number(number) => serializer.serialize_f64(*number),
            Value::Truth(truth) => serializer.serialize_bool(*truth),
            Value::List(items) => {
                serializer.collect_seq(items.iter().map(|value| SentValue { kind: self.kind, value }))
            }
            Value::Object(object) => {
                let members = members(self.kind, object);
                serializer.collect_map(members.map(|(name, kind, value)| (name, SentValue { kind, value })))
            }
            Value::Cut { .. } | Value::Null | Value::TooMany | Value::Other | Value::Later => {
                serializer.serialize_unit()
            }
        }
    }
}

/// Returns the given members of an object, each with its name, type and value.
fn members<'a>(kind: &'a Kind, object: &'a Object<'_>) -> impl Iterator<Item = (&'a str, &'a Kind, &'a Value<'a>)> {
    object.given(kind.members().unwrap_or_default()).map(|(member, value)| (&*member.wire, &member.kind, value))
}

/// Whether numbers of this type have no point.
fn is_whole(kind: &Kind) -> bool {
    matches!(kind, Kind::Integer | Kind::IntegerChoice(_))
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
        shown.field(&field.wire, &SentValue { kind: &field.kind, value: &value });
    }
    shown.finish()
}

/// Shows the object in the field with this index.
#[doc(hidden)]
pub fn debug_object(
    name: &str,
    rules: &Rules,
    field: usize,
    values: &[Option<Value<'_>>],
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let members = rules.fields.get(field).and_then(|field| field.kind.members()).unwrap_or_default();
    let mut shown = f.debug_struct(name);
    for (member, value) in members.iter().zip(values) {
        if let Some(value) = value {
            shown.field(&member.wire, &SentValue { kind: &member.kind, value });
        }
    }
    shown.finish()
}

impl fmt::Debug for SentValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            Value::Text(text) if *self.kind == Kind::Url => Link::new(&**text).fmt(f),
            Value::Text(text) | Value::Unlisted { text, .. } => text.fmt(f),
            Value::Number(number) if is_whole(self.kind) => fmt::Display::fmt(number, f),
            Value::Number(number) => number.fmt(f),
            Value::Truth(truth) => truth.fmt(f),
            Value::List(items) => {
                f.debug_list().entries(items.iter().map(|value| SentValue { kind: self.kind, value })).finish()
            }
            Value::Object(object) => {
                let members = members(self.kind, object);
                f.debug_map().entries(members.map(|(name, kind, value)| (name, SentValue { kind, value }))).finish()
            }
            Value::Cut { .. } | Value::Null | Value::TooMany | Value::Other | Value::Later => f.write_str("null"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Combines pieces that parsers reject or interpret.
    #[test]
    fn the_parser_accepts_every_plain_host() {
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
