//! Places of the spec, and what an answer has there.

use serde_json::Value;

use super::Trial;
use super::words::{described, member, type_of};
use crate::answers::{self, Object, is_nothing};
use crate::suggest::{list, nearest};
use crate::tables::JsonPath;

/// Whether an answer must have a value at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Must,
    May,
}

impl Trial {
    /// Notes a place at which the answer has nothing, or a value that does not fit. `fits` returns what the value should be instead.
    pub(super) fn look(
        &mut self,
        body: &Value,
        what: &str,
        path: &JsonPath,
        need: Need,
        fits: impl Fn(&Value) -> Result<(), &'static str>,
    ) {
        if path.is_empty() {
            return;
        }
        match find(body, path) {
            Err(why) => self.missing(need, format!("{what} at {}: {}", name(path), why.words(need))),
            Ok(value) if is_nothing(value) => {
                self.missing(need, format!("{what} at {}: {}", name(path), type_of(value)));
            }
            Ok(value) => {
                if let Err(instead) = fits(value) {
                    self.not_understood.push(format!("{what} at {}: {}, {instead}", name(path), described(value)));
                }
            }
        }
    }

    pub(super) fn missing(&mut self, need: Need, text: String) {
        match need {
            Need::Must => self.not_understood.push(text),
            Need::May => self.nothing.push(text),
        }
    }
}

/// Returns a place as messages show it.
pub(super) fn name(path: &JsonPath) -> String {
    if path.is_empty() { "the answer itself".to_owned() } else { format!("`{}`", path.join(".")) }
}

/// Why there is no value at a path.
pub(super) enum Missing<'a> {
    /// The object at the path of this text lacks the next key.
    Key(String, &'a str, &'a Object),
    /// The value at the path of this text is not an object.
    NotAnObject(String, &'a Value),
}

/// Returns the value at a path.
pub(super) fn find<'a>(body: &'a Value, path: &'a JsonPath) -> Result<&'a Value, Missing<'a>> {
    let mut value = body;
    for (depth, key) in path.iter().enumerate() {
        let parent = || if depth == 0 { "the answer".to_owned() } else { format!("`{}`", path[..depth].join(".")) };
        let Some(object) = value.as_object() else {
            return Err(Missing::NotAnObject(parent(), value));
        };
        value = object.get(&**key).ok_or_else(|| Missing::Key(parent(), key, object))?;
    }
    Ok(value)
}

impl Missing<'_> {
    /// Describes the reason. The keys of the object are listed only if a value must be there.
    pub(super) fn words(&self, need: Need) -> String {
        match self {
            Self::NotAnObject(parent, value) => format!("{parent} is {}", type_of(value)),
            Self::Key(parent, key, object) => {
                let members: Vec<String> = object.keys().map(|key| member(key)).collect();
                let known = members.iter().map(String::as_str);
                let hint = match (nearest(key, known.clone()), need) {
                    (Some(near), _) => format!("; did you mean `{near}`?"),
                    (None, Need::Must) => format!("; it has {}", list(known)),
                    (None, Need::May) => String::new(),
                };
                format!("{parent} has no `{key}`{hint}")
            }
        }
    }
}

pub(super) fn text(value: &Value) -> Result<(), &'static str> {
    if value.is_string() { Ok(()) } else { Err("not a text") }
}

pub(super) fn text_or_number(value: &Value) -> Result<(), &'static str> {
    if value.is_string() || value.is_number() { Ok(()) } else { Err("not a text or a number") }
}

pub(super) fn text_or_object(value: &Value) -> Result<(), &'static str> {
    if value.is_string() || value.is_object() { Ok(()) } else { Err("not a text or an object") }
}

/// A code may be written as a text.
pub(super) fn whole_number(value: &Value) -> Result<(), &'static str> {
    if answers::as_code(value).is_some() { Ok(()) } else { Err("not a whole number from 0 to 4294967295") }
}
