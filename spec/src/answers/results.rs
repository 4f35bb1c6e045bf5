//! Reads results: which place has them, and whether the output is complete.

use std::fmt;

use serde_json::{Map, Value};

use super::at;
use super::value::{as_integer, as_number, as_time, find, is_nothing};
use crate::tables::{Api, JsonPath, MemberSpec, ResultKind, ResultSpec, ShapeSpec};

/// The results of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundResults<'a> {
    /// The value of each result, in the order of the spec.
    pub values: Vec<Option<&'a Value>>,
    /// Index of the place in the spec where each value was found.
    pub places: Vec<Option<usize>>,
    /// Why the output is not complete.
    pub lacking: Option<Lacking>,
}

impl FoundResults<'_> {
    /// Returns whether every result that the output needs is there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.lacking.is_none()
    }

    /// Returns whether there is nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.iter().all(Option::is_none)
    }
}

/// A result that is missing or cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// Where it is, such as `data.images[1]`. It contains no text of the service.
    place: String,
    why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// There is no value, or one that stands for none.
    Nothing(&'static str),
    /// The value has the wrong type.
    Instead { is: &'static str, of: &'static str },
}

impl Lacking {
    /// Returns whether there is a value of another type.
    #[must_use]
    pub fn is_of_another_type(&self) -> bool {
        matches!(self.why, Why::Instead { .. })
    }
}

/// A sentence without its end.
impl fmt::Display for Lacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.place.is_empty() { "the answer itself".to_owned() } else { format!("`{}`", self.place) };
        match self.why {
            Why::Nothing(what) => write!(f, "{place} {what}"),
            Why::Instead { is, of } => write!(f, "{place} is {is} instead of {of}"),
        }
    }
}

/// How much of a value is there.
enum State {
    Complete,
    /// Something is there, but the output needs more.
    Partial(Lacking),
    Nothing(Lacking),
    Wrong(Lacking),
}

/// Returns the results of an answer to a poll, or of an operation that answers at once.
#[must_use]
pub fn results<'a>(api: &Api, body: &'a Value) -> FoundResults<'a> {
    let mut found = FoundResults { values: Vec::new(), places: Vec::new(), lacking: None };
    for result in api.results.iter() {
        let (place, lacking) = look(result, body);
        found.values.push(place.and_then(|place| at(body, &result.at[place])));
        found.places.push(place);
        if !result.optional {
            found.lacking = found.lacking.or(lacking);
        }
    }
    found
}

/// Returns the first place that has something, and why the result is not complete.
fn look(result: &ResultSpec, body: &Value) -> (Option<usize>, Option<Lacking>) {
    let mut first = None;
    for (index, path) in result.at.iter().enumerate() {
        match state_at(&result.shape, body, path) {
            State::Complete => return (Some(index), None),
            // A list of the wrong type may have items that can be read.
            State::Partial(lacking) | State::Wrong(lacking) => return (Some(index), Some(lacking)),
            State::Nothing(lacking) => {
                first.get_or_insert(lacking);
            }
        }
    }
    (None, first)
}

fn state_at(shape: &ShapeSpec, body: &Value, path: &JsonPath) -> State {
    let place = path.join(".");
    match at(body, path) {
        Some(value) => state(shape, shape.lists, value, &place),
        None => State::Nothing(Lacking { place, why: Why::Nothing("is missing") }),
    }
}

fn state(shape: &ShapeSpec, lists: u32, value: &Value, place: &str) -> State {
    if let Some(nothing) = nothing(value) {
        return State::Nothing(lacking(place, nothing));
    }
    match value {
        Value::Array(items) if lists > 0 => list(shape, lists - 1, items, place),
        // Services send a single object where there is one.
        Value::Object(members) if lists == 1 && shape.kind == ResultKind::Object => object(shape, members, place),
        _ if lists > 0 => State::Wrong(instead(place, value, "a list")),
        Value::Object(members) if shape.kind == ResultKind::Object => object(shape, members, place),
        _ if fits(shape.kind, value) => State::Complete,
        _ => State::Wrong(instead(place, value, words(shape.kind))),
    }
}

/// A list is complete if one of its items is. An item of the wrong type makes it unreadable.
fn list(shape: &ShapeSpec, lists: u32, items: &[Value], place: &str) -> State {
    let (mut is_complete, mut partial) = (false, None);
    for (index, item) in items.iter().enumerate() {
        match state(shape, lists, item, &format!("{place}[{index}]")) {
            State::Complete => is_complete = true,
            State::Partial(lacking) => {
                partial.get_or_insert(lacking);
            }
            State::Wrong(lacking) => return State::Wrong(lacking),
            State::Nothing(_) => {}
        }
    }
    match partial {
        _ if is_complete => State::Complete,
        Some(lacking) => State::Partial(lacking),
        None => State::Nothing(lacking(place, "has only empty items")),
    }
}

fn object(shape: &ShapeSpec, members: &Map<String, Value>, place: &str) -> State {
    if members.values().all(is_nothing) {
        return State::Nothing(lacking(place, "has only empty members"));
    }
    let required = shape.members.iter().filter(|member| member.required);
    if let Some(lacking) = required.clone().find_map(|member| member_lacks(member, members, place)) {
        return State::Partial(lacking);
    }
    if required.count() > 0 {
        return State::Complete;
    }
    let is_audio = |member: &&MemberSpec| member.shape.kind == ResultKind::Audio;
    let has_audio = shape.members.iter().any(|member| is_audio(&member));
    let mut counted = shape.members.iter().filter(|member| !has_audio || is_audio(member)).peekable();
    let first = counted.peek().map(|member| member_lacks(member, members, place));
    match first {
        // An object without members.
        None => State::Complete,
        Some(_) if counted.any(|member| member_lacks(member, members, place).is_none()) => State::Complete,
        Some(lacking) => State::Partial(lacking.expect("the first member is not complete")),
    }
}

/// Returns why a member is not complete.
fn member_lacks(member: &MemberSpec, members: &Map<String, Value>, place: &str) -> Option<Lacking> {
    let named = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    let first = member.spellings.first().map_or("", |spelling| spelling);
    let Some((spelling, value)) = find(members, &member.spellings) else {
        let is_there = member.spellings.iter().any(|spelling| members.contains_key(&**spelling));
        return Some(lacking(&named(first), if is_there { "is empty" } else { "is missing" }));
    };
    match state(&member.shape, member.shape.lists, value, &named(spelling)) {
        State::Complete => None,
        State::Partial(lacking) | State::Nothing(lacking) | State::Wrong(lacking) => Some(lacking),
    }
}

/// Returns what stands for a missing value.
fn nothing(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null => Some("is null"),
        Value::String(text) if text.is_empty() => Some("is an empty text"),
        Value::Array(items) if items.is_empty() => Some("is an empty list"),
        Value::Object(members) if members.is_empty() => Some("is an empty object"),
        _ => None,
    }
}

fn lacking(place: &str, what: &'static str) -> Lacking {
    Lacking { place: place.to_owned(), why: Why::Nothing(what) }
}

fn instead(place: &str, value: &Value, of: &'static str) -> Lacking {
    Lacking { place: place.to_owned(), why: Why::Instead { is: type_of(value), of } }
}

/// Names the type of a value.
pub(crate) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Returns whether a single value that is no declared object can be read as its type.
#[must_use]
pub fn fits(kind: ResultKind, value: &Value) -> bool {
    match kind {
        ResultKind::Text | ResultKind::Audio | ResultKind::Stream | ResultKind::Image => value.is_string(),
        ResultKind::Integer => as_integer(value).is_some(),
        ResultKind::Number | ResultKind::Seconds => as_number(value).is_some(),
        ResultKind::Boolean => value.is_boolean(),
        ResultKind::Time => as_time(value).is_some(),
        ResultKind::Object => value.is_object(),
        ResultKind::Any => true,
    }
}

/// Returns a type as messages name it.
pub(crate) fn words(kind: ResultKind) -> &'static str {
    match kind {
        ResultKind::Text => "a text",
        ResultKind::Integer => "a whole number",
        ResultKind::Number | ResultKind::Seconds => "a number",
        ResultKind::Boolean => "true or false",
        ResultKind::Time => "a whole number of milliseconds or a text",
        ResultKind::Audio | ResultKind::Stream | ResultKind::Image => "an address",
        ResultKind::Object => "an object",
        ResultKind::Any => "a value",
    }
}
