//! Requests that come as JSON.

use std::fmt;

use cover_spec::rules::{Presence, Rules, Value, Violations};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value as Json;

use crate::Link;
use crate::request::is_address;

/// A request that keeps every rule, as JSON.
pub struct Checked<'r> {
    rules: &'r Rules,
    mode: usize,
    pairs: Vec<(String, Json)>,
}

/// Reads a request and checks it against every rule.
///
/// # Errors
///
/// Every broken rule; what is no JSON object breaks one.
pub fn check<'r>(rules: &'r Rules, bytes: &[u8]) -> Result<Checked<'r>, Violations> {
    let Pairs(pairs) = serde_json::from_slice(bytes).map_err(|_| Violations::no_object())?;
    let named = pairs.iter().map(|(name, value)| (name.as_str(), rule_value(value)));
    let mode = rules.check_named(named, is_address)?;
    Ok(Checked { rules, mode, pairs })
}

fn rule_value(value: &Json) -> Value<'_> {
    match value {
        Json::String(text) => Value::Text(text),
        Json::Bool(truth) => Value::Truth(*truth),
        Json::Number(number) => number.as_f64().map_or(Value::Other, Value::Number),
        _ => Value::Other,
    }
}

impl Checked<'_> {
    /// The index of its mode.
    #[must_use]
    pub fn mode(&self) -> usize {
        self.mode
    }

    /// The value of a field, by its index; `None` for one that the mode sets by itself.
    fn given(&self, field: usize) -> Option<&Json> {
        let field = self.rules.fields.get(field)?;
        let fixed = field.presence.get(self.mode) == Some(&Presence::Fixed);
        let found = self.pairs.iter().find(|(name, _)| *name == field.wire).map(|(_, value)| value);
        found.filter(|_| !fixed)
    }

    /// A text.
    #[must_use]
    pub fn text(&self, field: usize) -> Option<String> {
        self.given(field)?.as_str().map(str::to_owned)
    }

    /// An address.
    #[must_use]
    pub fn link(&self, field: usize) -> Option<Link> {
        self.text(field).map(Link::new)
    }

    /// A number.
    #[must_use]
    pub fn number(&self, field: usize) -> Option<f64> {
        self.given(field)?.as_f64()
    }

    /// True or false.
    #[must_use]
    pub fn truth(&self, field: usize) -> Option<bool> {
        self.given(field)?.as_bool()
    }

    /// One of several texts.
    #[must_use]
    pub fn choice<T: std::str::FromStr>(&self, field: usize) -> Option<T> {
        self.given(field)?.as_str()?.parse().ok()
    }

    /// The names and values as they came.
    #[cfg(feature = "sandbox")]
    pub(crate) fn into_object(self) -> crate::read::Object {
        self.pairs.into_iter().collect()
    }
}

/// The members of an object as they came, doubled ones too.
struct Pairs(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(Members)
    }
}
