//! What LANGUAGE.md says about the results of an answer.

use toml::{Table, Value};

use crate::json::Json;

/// One result of a spec.
pub struct Entry {
    pub name: String,
    pub places: Vec<Vec<String>>,
    pub is_optional: bool,
    pub shape: Shape,
}

/// The type of a value, and whether it is in lists.
pub struct Shape {
    pub kind: String,
    pub lists: usize,
    pub members: Vec<Member>,
}

/// A member of an object.
pub struct Member {
    pub spellings: Vec<String>,
    pub is_required: bool,
    pub shape: Shape,
}

/// What is wrong at a place of an answer.
#[derive(Debug, PartialEq)]
pub struct Blame {
    pub place: String,
    /// Whether there is a value of another type. Otherwise, nothing is there.
    pub is_wrong: bool,
}

/// How much of a value is there.
pub enum State {
    Missing(Vec<Blame>),
    Complete,
    /// It is a list or an object that lacks something.
    Partial(Vec<Blame>),
    Wrong(Vec<Blame>),
}

/// A result in an answer.
pub struct Found<'a> {
    /// Index of the place, and the value there.
    pub value: Option<(usize, &'a Json)>,
    /// Why the output is not complete because of it; empty if it is.
    pub blames: Vec<Blame>,
}

/// Reads the results of a spec without faults.
pub fn read(text: &str) -> Vec<Entry> {
    let table: Table = text.parse().expect("TOML");
    let results = table["results"].as_table().into_iter().flatten();
    results.filter_map(|(name, entry)| Some(self::entry(name, entry.as_table()?))).collect()
}

fn entry(name: &str, entry: &Table) -> Entry {
    let places = match &entry["at"] {
        Value::Array(places) => places.iter().filter_map(Value::as_str).map(names).collect(),
        place => place.as_str().map(names).into_iter().collect(),
    };
    Entry { name: name.to_owned(), places, is_optional: is_true(entry, "optional"), shape: shape(entry) }
}

fn names(place: &str) -> Vec<String> {
    place.split('.').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn is_true(table: &Table, key: &str) -> bool {
    table.get(key).and_then(Value::as_bool) == Some(true)
}

fn shape(value: &Table) -> Shape {
    let members = value.get("fields").and_then(Value::as_table).into_iter().flatten();
    Shape {
        kind: value["type"].as_str().unwrap_or_default().to_owned(),
        lists: match value.get("list") {
            Some(Value::Integer(2)) => 2,
            _ => usize::from(is_true(value, "list")),
        },
        members: members.filter_map(|(name, table)| Some(member(name, table.as_table()?))).collect(),
    }
}

fn member(name: &str, member: &Table) -> Member {
    let spellings = member.get("spellings").and_then(Value::as_array);
    let spellings = spellings.map(|all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    Member {
        spellings: spellings.unwrap_or_else(|| vec![name.to_owned()]),
        is_required: is_true(member, "required"),
        shape: shape(member),
    }
}

/// Whether a value counts as missing.
pub fn is_missing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Text(text) => text.is_empty(),
        Json::List(items) => items.iter().all(is_missing),
        Json::Object(members) => members.iter().all(|(_, value)| is_missing(value)),
        Json::Truth(_) | Json::Number(_) => false,
    }
}

/// Finds a result in an answer.
pub fn find<'a>(entry: &Entry, answer: &'a Json) -> Found<'a> {
    let (mut partial, mut wrong, mut missing) = (None, None, Vec::new());
    for (index, place) in entry.places.iter().enumerate() {
        let Some(value) = at(answer, place) else {
            missing.push(blame(&place.join("."), false));
            continue;
        };
        match whole_state(&entry.shape, value, &place.join(".")) {
            State::Complete => return Found { value: Some((index, value)), blames: Vec::new() },
            State::Partial(blames) => partial = partial.or(Some((index, value, blames))),
            State::Wrong(blames) => wrong = wrong.or(Some((index, value, blames))),
            State::Missing(blames) => missing.extend(blames),
        }
    }
    let is_wrong = partial.is_none() && wrong.is_some();
    let (value, mut blames) = match partial.or(wrong) {
        Some((index, value, blames)) => (Some((index, value)), blames),
        None => (None, missing),
    };
    if entry.is_optional && !is_wrong {
        blames.clear();
    }
    Found { value, blames }
}

fn at<'a>(answer: &'a Json, place: &[String]) -> Option<&'a Json> {
    place.iter().try_fold(answer, |value, name| value.member(name))
}

fn blame(place: &str, is_wrong: bool) -> Blame {
    Blame { place: place.to_owned(), is_wrong }
}

/// Judges the value of a result. A required member of another type makes it one of another type.
fn whole_state(shape: &Shape, value: &Json, place: &str) -> State {
    let mut blames = Vec::new();
    blame_required(shape, shape.lists, value, place, &mut blames);
    match state(shape, shape.lists, value, place) {
        State::Wrong(own) => State::Wrong(own.into_iter().chain(blames).collect()),
        _ if !blames.is_empty() => State::Wrong(blames),
        state => state,
    }
}

/// Blames every required member that is there and cannot be read.
fn blame_required(shape: &Shape, lists: usize, value: &Json, place: &str, blames: &mut Vec<Blame>) {
    match value {
        Json::List(items) if lists > 0 => {
            for (index, item) in items.iter().enumerate() {
                blame_required(shape, lists - 1, item, &format!("{place}[{index}]"), blames);
            }
        }
        Json::Object(members) => {
            for member in &shape.members {
                let Some((name, value)) = given(member, members) else { continue };
                let place = within(place, name);
                let state = state(&member.shape, member.shape.lists, value, &place);
                if let (true, State::Wrong(own) | State::Missing(own)) = (member.is_required, state) {
                    blames.extend(own);
                }
                blame_required(&member.shape, member.shape.lists, value, &place, blames);
            }
        }
        _ => {}
    }
}

/// Judges a value at a place that is in this number of lists.
pub fn state(shape: &Shape, lists: usize, value: &Json, place: &str) -> State {
    match value {
        _ if is_missing(value) => State::Missing(vec![blame(place, false)]),
        Json::List(items) if lists > 0 => list(shape, lists - 1, items, place),
        // A single object stands for a list with one object.
        Json::Object(_) if lists > 0 => state(shape, lists - 1, value, place),
        _ if lists > 0 => State::Wrong(vec![blame(place, true)]),
        Json::Object(members) if shape.kind == "object" => object(shape, members, place),
        _ if fits(&shape.kind, value) => State::Complete,
        _ if is_address(&shape.kind) && is_text(value) => State::Missing(vec![blame(place, false)]),
        _ => State::Wrong(vec![blame(place, true)]),
    }
}

fn list(shape: &Shape, lists: usize, items: &[Json], place: &str) -> State {
    let (mut is_complete, mut wrong, mut lacking) = (false, Vec::new(), Vec::new());
    for (index, item) in items.iter().enumerate() {
        match state(shape, lists, item, &format!("{place}[{index}]")) {
            State::Missing(_) if is_missing(item) => {}
            // A text that is no address.
            State::Missing(blames) | State::Wrong(blames) => wrong.extend(blames),
            State::Complete => is_complete = true,
            State::Partial(blames) => lacking.extend(blames),
        }
    }
    match () {
        () if !wrong.is_empty() => State::Wrong(wrong),
        () if is_complete => State::Complete,
        () => State::Partial(lacking),
    }
}

fn object(shape: &Shape, members: &[(String, Json)], place: &str) -> State {
    let lacks = |member: &&Member| lacks(member, members, place);
    let required: Vec<&Member> = shape.members.iter().filter(|member| member.is_required).collect();
    let outputs: Vec<&Member> = shape.members.iter().filter(|member| member.shape.kind == "audio").collect();
    let any: Vec<&Member> = shape.members.iter().collect();
    let (counted, needs_all) = match () {
        () if !required.is_empty() => (required, true),
        () if !outputs.is_empty() => (outputs, false),
        () => (any, false),
    };
    let lacking: Vec<Vec<Blame>> = counted.iter().map(lacks).collect();
    let mut has = lacking.iter().map(Vec::is_empty);
    let is_complete = if needs_all { has.all(|it| it) } else { has.any(|it| it) };
    if is_complete { State::Complete } else { State::Partial(lacking.into_iter().flatten().collect()) }
}

/// Returns why an object does not have a member; empty if it does.
fn lacks(member: &Member, members: &[(String, Json)], place: &str) -> Vec<Blame> {
    let Some((name, value)) = given(member, members) else {
        return member.spellings.iter().map(|name| blame(&within(place, name), false)).collect();
    };
    match state(&member.shape, member.shape.lists, value, &within(place, name)) {
        State::Complete => Vec::new(),
        State::Missing(blames) | State::Partial(blames) | State::Wrong(blames) => blames,
    }
}

/// Returns the first spelling of a member whose value is not missing, and the value.
fn given<'a>(member: &Member, members: &'a [(String, Json)]) -> Option<&'a (String, Json)> {
    let value = |name: &String| members.iter().find(|(it, value)| it == name && !is_missing(value));
    member.spellings.iter().find_map(value)
}

fn within(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

fn is_address(kind: &str) -> bool {
    matches!(kind, "audio" | "stream" | "image")
}

/// Whether a value is read as a text. A number that 64 bits do not hold is one.
fn is_text(value: &Json) -> bool {
    match value {
        Json::Text(_) => true,
        Json::Number(digits) => number(digits).is_none(),
        _ => false,
    }
}

/// Whether a single value can be read as its type.
pub fn fits(kind: &str, value: &Json) -> bool {
    match (kind, value) {
        ("any", _) | ("string" | "time", Json::Text(_)) | ("boolean", Json::Truth(_)) => true,
        ("audio" | "stream" | "image", Json::Text(text)) => text.starts_with("https://"),
        ("number" | "seconds", Json::Number(digits) | Json::Text(digits)) => number(digits).is_some(),
        // 64 bits do not hold the number, so that it is a text.
        ("string", Json::Number(digits)) => number(digits).is_none(),
        ("integer", Json::Number(digits) | Json::Text(digits)) | ("time", Json::Number(digits)) => {
            let is_text = kind == "time" && number(digits).is_none();
            is_text || number(digits).is_some_and(|number| number.fract() == 0.0 && number.abs() < 1e15)
        }
        _ => false,
    }
}

fn number(digits: &str) -> Option<f64> {
    digits.trim().parse().ok().filter(|number: &f64| number.is_finite())
}
