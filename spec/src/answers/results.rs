//! Reads results: which place has them, and whether the output is complete.

use std::fmt;

use serde_json::{Map, Value};

use super::value::{as_integer, as_number, as_time, find, is_nothing};
use super::{address, at};
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
    /// Where it is, such as `data.images[1]`.
    place: String,
    why: Why,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Why {
    /// There is no value, or one that stands for none.
    Nothing(&'static str),
    /// The value has the wrong type.
    Instead { is: &'static str, of: &'static str },
    /// The beginning of a text that is not an address.
    NoAddress(String),
}

impl Lacking {
    /// Returns whether there is a value of another type.
    #[must_use]
    pub fn is_of_another_type(&self) -> bool {
        matches!(self.why, Why::Instead { .. })
    }

    /// Replaces the text of the service, if there is any, by what may be shown of it.
    #[must_use]
    pub fn shown(mut self, shown: impl FnOnce(&str) -> String) -> Self {
        if let Why::NoAddress(text) = &mut self.why {
            *text = shown(text);
        }
        self
    }
}

/// A sentence without its end.
impl fmt::Display for Lacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.place.is_empty() { "the answer itself".to_owned() } else { format!("`{}`", self.place) };
        match &self.why {
            Why::Nothing(what) => write!(f, "{place} {what}"),
            Why::Instead { is, of } => write!(f, "{place} is {is} instead of {of}"),
            Why::NoAddress(text) => write!(f, "{place} is the text `{text}` instead of an http or https address"),
        }
    }
}

/// Where a value is. It is written only if the value is not complete.
#[derive(Clone, Copy)]
enum Place<'a> {
    At(&'a JsonPath),
    Item(&'a Place<'a>, usize),
    Member(&'a Place<'a>, &'a str),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(path) => f.write_str(&path.join(".")),
            Self::Item(list, index) => write!(f, "{list}[{index}]"),
            // The answer itself is the object.
            Self::Member(Self::At(path), name) if path.is_empty() => f.write_str(name),
            Self::Member(object, name) => write!(f, "{object}.{name}"),
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
        found.lacking = found.lacking.or(lacking);
    }
    found
}

/// Returns the first place where the result is complete, else the first that has a part of it, else the first that has anything, and
/// why the output is not complete because of the result.
fn look(result: &ResultSpec, body: &Value) -> (Option<usize>, Option<Lacking>) {
    let (mut partial, mut wrong, mut nothing) = (None, None, None);
    for (index, path) in result.at.iter().enumerate() {
        let (first, place, lacking) = match state_at(&result.shape, body, path) {
            State::Complete => return (Some(index), None),
            State::Partial(lacking) => (&mut partial, Some(index), lacking),
            // A list of the wrong type may have items that can be read.
            State::Wrong(lacking) => (&mut wrong, Some(index), lacking),
            State::Nothing(lacking) => (&mut nothing, None, lacking),
        };
        first.get_or_insert((place, lacking));
    }
    let counts = !result.optional || (partial.is_none() && wrong.is_some());
    let found = partial.or(wrong).or(nothing);
    found.map_or((None, None), |(place, lacking)| (place, Some(lacking).filter(|_| counts)))
}

fn state_at(shape: &ShapeSpec, body: &Value, path: &JsonPath) -> State {
    let place = Place::At(path);
    match at(body, path) {
        Some(value) => match unreadable(shape, shape.lists, value, place) {
            Some(lacking) => State::Wrong(lacking),
            None => state(shape, shape.lists, value, place),
        },
        None => State::Nothing(lacking(place, "is missing")),
    }
}

fn state(shape: &ShapeSpec, lists: u32, value: &Value, place: Place<'_>) -> State {
    if is_nothing(value) {
        return State::Nothing(lacking(place, nothing(value)));
    }
    match value {
        Value::Array(items) if lists > 0 => list(shape, lists - 1, items, place),
        // Services send a single object where there is one.
        Value::Object(_) if lists > 0 && matches!(shape.kind, ResultKind::Object | ResultKind::Any) => {
            state(shape, lists - 1, value, place)
        }
        _ if lists > 0 => State::Wrong(instead(place, value, "a list")),
        Value::Object(members) if shape.kind == ResultKind::Object => object(shape, members, place),
        _ if fits(shape.kind, value) => State::Complete,
        Value::String(text) if is_address(shape.kind) => State::Nothing(no_address(place, text)),
        _ => State::Wrong(instead(place, value, words(shape.kind))),
    }
}

/// A list is complete if one of its items is. An item that is not empty and cannot be read makes it wrong. Not all items are empty.
fn list(shape: &ShapeSpec, lists: u32, items: &[Value], place: Place<'_>) -> State {
    let (mut is_complete, mut partial) = (false, None);
    for (index, item) in items.iter().enumerate().filter(|(_, item)| !is_nothing(item)) {
        match state(shape, lists, item, Place::Item(&place, index)) {
            State::Complete => is_complete = true,
            State::Partial(lacking) => {
                partial.get_or_insert(lacking);
            }
            // Nothing: a text that is not an address.
            State::Wrong(lacking) | State::Nothing(lacking) => return State::Wrong(lacking),
        }
    }
    partial.filter(|_| !is_complete).map_or(State::Complete, State::Partial)
}

fn object(shape: &ShapeSpec, members: &Map<String, Value>, place: Place<'_>) -> State {
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
fn member_lacks(member: &MemberSpec, members: &Map<String, Value>, place: Place<'_>) -> Option<Lacking> {
    let first = member.spellings.first().map_or("", |spelling| spelling);
    let Some((spelling, value)) = find(members, &member.spellings) else {
        let is_there = member.spellings.iter().any(|spelling| members.contains_key(&**spelling));
        return Some(lacking(Place::Member(&place, first), if is_there { "is empty" } else { "is missing" }));
    };
    match state(&member.shape, member.shape.lists, value, Place::Member(&place, spelling)) {
        State::Complete => None,
        State::Partial(lacking) | State::Nothing(lacking) | State::Wrong(lacking) => Some(lacking),
    }
}

/// Returns the first required member at any depth that has a value which cannot be read.
fn unreadable(shape: &ShapeSpec, lists: u32, value: &Value, place: Place<'_>) -> Option<Lacking> {
    match value {
        Value::Array(items) if lists > 0 => {
            let mut items = items.iter().enumerate();
            items.find_map(|(index, item)| unreadable(shape, lists - 1, item, Place::Item(&place, index)))
        }
        Value::Object(_) if lists > 0 => unreadable(shape, lists - 1, value, place),
        Value::Object(members) => shape.members.iter().find_map(|member| unreadable_member(member, members, place)),
        _ => None,
    }
}

fn unreadable_member(member: &MemberSpec, members: &Map<String, Value>, place: Place<'_>) -> Option<Lacking> {
    let (spelling, value) = find(members, &member.spellings)?;
    let (shape, place) = (&member.shape, Place::Member(&place, spelling));
    match state(shape, shape.lists, value, place) {
        // Nothing: a text that is not an address.
        State::Wrong(lacking) | State::Nothing(lacking) if member.required => Some(lacking),
        _ => unreadable(shape, shape.lists, value, place),
    }
}

/// Describes a value that counts as missing.
fn nothing(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "is an empty text",
        Value::Array(items) if items.is_empty() => "is an empty list",
        Value::Array(_) => "has only empty items",
        Value::Object(members) if members.is_empty() => "is an empty object",
        Value::Object(_) => "has only empty members",
        _ => "is null",
    }
}

fn lacking(place: Place<'_>, what: &'static str) -> Lacking {
    Lacking { place: place.to_string(), why: Why::Nothing(what) }
}

/// Keeps the beginning of the text, without what may be secret if it is an address of another kind.
fn no_address(place: Place<'_>, text: &str) -> Lacking {
    const MAX_SHOWN: usize = 60;
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let user = text[..end].rfind('@').map_or(0, |at| at + 1);
    let beginning = text[user..end].chars().take(MAX_SHOWN).collect();
    Lacking { place: place.to_string(), why: Why::NoAddress(beginning) }
}

fn instead(place: Place<'_>, value: &Value, of: &'static str) -> Lacking {
    Lacking { place: place.to_string(), why: Why::Instead { is: type_of(value), of } }
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

/// Returns whether a single value, other than an object with members in the spec, can be read as its type.
#[must_use]
pub fn fits(kind: ResultKind, value: &Value) -> bool {
    match kind {
        ResultKind::Text => value.is_string(),
        ResultKind::Audio | ResultKind::Stream | ResultKind::Image => {
            value.as_str().is_some_and(|text| address(text).is_some())
        }
        ResultKind::Integer => as_integer(value).is_some(),
        ResultKind::Number | ResultKind::Seconds => as_number(value).is_some(),
        ResultKind::Boolean => value.is_boolean(),
        ResultKind::Time => as_time(value).is_some(),
        ResultKind::Object => value.is_object(),
        ResultKind::Any => true,
    }
}

fn is_address(kind: ResultKind) -> bool {
    matches!(kind, ResultKind::Audio | ResultKind::Stream | ResultKind::Image)
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
