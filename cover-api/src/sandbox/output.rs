//! The results of a task, made up from their description in the spec.

use std::time::Duration;

use cover_spec::answers::{Object, put};
use cover_spec::model::{At, Ready, ResultKind, ResultValue, Spec};
use cover_spec::tables::Api;
use serde_json::{Value, json};

use super::media;

/// Number of items of an inner list, and of a list without `count`.
const ITEMS: u32 = 2;

/// What the results of a task are made of.
pub(super) struct Output<'a> {
    pub(super) spec: &'a Spec,
    pub(super) task: &'a str,
    pub(super) request: &'a Object,
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
    pub(super) fn put_into_answer(&self, api: &Api, body: &mut Value) {
        for (index, result) in api.results.iter().enumerate() {
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
    pub(super) fn put_into_callback(&self, api: &Api, body: &mut Value) {
        for (index, result) in api.results.iter().enumerate() {
            if let Some(place) = &result.callback {
                put(body, place, self.result(index, <[_]>::last));
            }
        }
    }

    fn result(&self, index: usize, spelling: impl Fn(&[At<String>]) -> Option<&At<String>> + Copy) -> Value {
        let result = &self.spec.results[index];
        if self.ready == Ready::Nothing {
            return Value::Null;
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
                let echo = value.echo.as_ref().and_then(|echo| self.request.get(&echo.value));
                echo.cloned().unwrap_or_else(|| json!(format!("{}-{number}", self.task)))
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
