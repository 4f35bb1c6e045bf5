//! What every generated request does with its values: check, send, show.

use std::fmt;

use cover_spec::rules::{Kind, Presence, Rules, Value, Violations, looks_like_web_address};
use serde::ser::{SerializeMap, Serializer};
use url::Url;

use crate::Link;

/// The full parser, behind the quick look that finds slips while compiling.
pub(crate) fn is_address(text: &str) -> bool {
    looks_like_web_address(text) && Url::parse(text).is_ok_and(|url| url.has_host())
}

#[doc(hidden)]
pub fn check(rules: &Rules, mode: usize, values: &[Option<Value<'_>>]) -> Result<(), Violations> {
    rules.check(mode, values, is_address)
}

/// What is sent: the mode's own values, those that were given, and the defaults of others.
fn sent<'a>(
    rules: &'a Rules,
    mode: usize,
    values: &'a [Option<Value<'a>>],
) -> impl Iterator<Item = (&'a str, &'a Kind, Value<'a>)> {
    let mode_sets = move |index: usize| {
        let when = &rules.modes.get(mode)?.when;
        when.iter().find(|(own, _)| *own == index).map(|(_, value)| Value::Truth(*value))
    };
    rules.fields.iter().zip(values).enumerate().filter_map(move |(index, (field, given))| {
        let value = match field.presence.get(mode)? {
            Presence::Forbidden => None,
            Presence::Fixed => mode_sets(index),
            Presence::Required | Presence::Optional => given.or(field.default.map(Value::Truth)),
        };
        Some((&*field.wire, &field.kind, value?))
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
        match value {
            Value::Text(text) => map.serialize_entry(name, text)?,
            Value::Number(number) => map.serialize_entry(name, &number)?,
            Value::Truth(truth) => map.serialize_entry(name, &truth)?,
            Value::Other => {}
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
        match (kind, value) {
            (Kind::Url, Value::Text(text)) => shown.field(name, &Link::new(text)),
            (_, Value::Text(text)) => shown.field(name, &text),
            (_, Value::Number(number)) => shown.field(name, &number),
            (_, Value::Truth(truth)) => shown.field(name, &truth),
            (_, Value::Other) => &mut shown,
        };
    }
    shown.finish()
}
