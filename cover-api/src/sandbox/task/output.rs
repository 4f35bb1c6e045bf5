//! The results of a task, made up from their description in the spec.

use std::time::Duration;

use cover_spec::answers::put;
use cover_spec::model::{At, Ready, ResultKind, ResultValue, Spec};
use serde_json::{Value, json};

use super::{Accepted, media};
use crate::sandbox::operation::Operation;

/// Number of items of an inner list, and of a list without `count`.
const ITEMS: u32 = 2;

/// What the results of a task are made of.
pub(super) struct Output<'a> {
    pub(super) operation: &'a Operation,
    pub(super) task: &'a str,
    pub(super) accepted: &'a Accepted,
    pub(super) ready: Ready,
    /// Base address of files.
    pub(super) url: &'a str,
    pub(super) created: Duration,
}

/// Returns the number of files of each kind that a task has.
pub(super) fn files(spec: &Spec) -> u32 {
    spec.results.iter().map(|result| result.count.as_ref().map_or(ITEMS, |count| count.value)).max().unwrap_or(0)
}

impl Output<'_> {
    /// Puts the results into the answer to a poll, each at its first place, with the first spellings in the spec.
    pub(super) fn put_into_answer(&self, body: &mut Value) {
        for (index, result) in self.operation.api.results.iter().enumerate() {
            let value = self.result(index, <[_]>::first);
            match result.at.first() {
                // A list or a single value is the whole answer.
                Some(place) if place.is_empty() && !value.is_object() && !value.is_null() => *body = value,
                Some(place) => put(body, place, value),
                None => {}
            }
        }
    }

    /// Puts the results into a callback, with the last spellings in the spec.
    pub(super) fn put_into_callback(&self, body: &mut Value) {
        for (index, result) in self.operation.api.results.iter().enumerate() {
            if let Some(place) = &result.callback {
                put(body, place, self.result(index, <[_]>::last));
            }
        }
    }

    /// Whether a member of a finished item has this text.
    pub(super) fn has(&self, member: &str, text: &str) -> bool {
        let is_finished = match self.ready {
            Ready::Nothing | Ready::Streams => return false,
            Ready::First => |number: usize| number == 0,
            Ready::All => |_| true,
        };
        self.operation.spec.results.iter().enumerate().any(|(index, result)| match self.result(index, <[_]>::first) {
            Value::Array(items) => {
                let mut finished = items.iter().enumerate().filter(|(number, _)| is_finished(*number));
                finished.any(|(_, item)| holds(&result.value, item, member, text))
            }
            single => holds(&result.value, &single, member, text),
        })
    }

    fn result(&self, index: usize, spelling: impl Fn(&[At<String>]) -> Option<&At<String>> + Copy) -> Value {
        let result = &self.operation.spec.results[index];
        if self.ready == Ready::Nothing {
            return Value::Null;
        }
        if self.accepted.served.contains_key(&result.value.name.value) {
            return json!(format!("{}/files/{}/{}", self.url, self.task, *result.value.name));
        }
        let count = result.count.as_ref().map_or(ITEMS, |count| count.value);
        self.list(&result.value, result.value.lists, count, 0, spelling)
    }

    /// Returns a list with `count` items, or a single value. `number` is that of the outermost item.
    fn list(
        &self,
        value: &ResultValue,
        lists: u32,
        count: u32,
        number: u32,
        spelling: impl Fn(&[At<String>]) -> Option<&At<String>> + Copy,
    ) -> Value {
        match lists {
            0 => self.single(value, number, spelling),
            _ => (0..count).map(|item| self.list(value, lists - 1, ITEMS, number.max(item), spelling)).collect(),
        }
    }

    /// Returns one value. Addresses that are not ready are empty texts, as services send them.
    fn single(
        &self,
        value: &ResultValue,
        number: u32,
        spelling: impl Fn(&[At<String>]) -> Option<&At<String>> + Copy,
    ) -> Value {
        let finished = self.ready == Ready::All || (self.ready == Ready::First && number == 0);
        let file = |kind: &str| json!(format!("{}/files/{}/{number}.{kind}", self.url, self.task));
        match value.kind.value {
            ResultKind::Object => {
                let members = value.members.iter().filter_map(|member| {
                    let name = spelling(&member.spellings)?.value.clone();
                    Some((name, self.list(member, member.lists, ITEMS, number, spelling)))
                });
                Value::Object(members.collect())
            }
            ResultKind::Text => {
                let echo = value.echo.as_ref().and_then(|echo| self.accepted.request.get(&echo.value));
                let example = value.example.as_ref().map(|example| json!(example.value));
                echo.cloned().or(example).unwrap_or_else(|| json!(format!("{}-{number}", self.task)))
            }
            ResultKind::Audio if !finished => json!(""),
            ResultKind::Audio | ResultKind::Stream => file("wav"),
            ResultKind::Image => file("svg"),
            ResultKind::Seconds if !finished => Value::Null,
            ResultKind::Seconds => json!(f64::from(media::SECONDS)),
            ResultKind::Time => json!(u64::try_from(self.created.as_millis()).unwrap_or_default()),
            ResultKind::Integer => json!(number),
            ResultKind::Number => json!(f64::from(number) + 0.5),
            ResultKind::Boolean => json!(true),
            ResultKind::Any => json!({ "number": number }),
        }
    }
}

/// Whether a value has a member with this name and text, at any depth.
fn holds(value: &ResultValue, json: &Value, member: &str, text: &str) -> bool {
    match json {
        Value::Array(items) => items.iter().any(|item| holds(value, item, member, text)),
        Value::Object(members) => value.members.iter().any(|inner| {
            let json = inner.spellings.first().and_then(|name| members.get(&name.value));
            json.is_some_and(|json| holds(inner, json, member, text))
        }),
        Value::String(found) => {
            let mut names = value.spellings.iter().chain([&value.name]);
            found == text && names.any(|name| name.value == member)
        }
        _ => false,
    }
}
