//! The results of an answer: the values that were found, and what nothing reads.

use std::fmt;

use serde_json::Value;

use super::places::{Need, find, name};
use super::words::{address, quoted, type_of};
use super::{MAX_PRINTED, Trial};
use crate::answers::{self, FoundResults, Object, Time, is_nothing};
use crate::model::{ResultKind, ResultValue, Spec};
use crate::suggest::{list, nearest};
use crate::tables::{Api, JsonPath};

/// A result as the runtime reads it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TriedResult {
    /// Name of the result.
    pub name: String,
    /// Number of values that are read: the items of a list, else 1.
    pub count: usize,
    /// The place, as text.
    at: String,
    /// The values, one in each line.
    lines: Vec<String>,
}

impl Trial {
    /// Reads the results, and notes what no field reads.
    pub(super) fn read_results(&mut self, spec: &Spec, api: &Api, body: &Value, found: &FoundResults<'_>, need: Need) {
        for (index, result) in spec.results.iter().enumerate() {
            let table = &api.results[index];
            let place = found.places[index].and_then(|place| table.at.get(place));
            if let Some((value, place)) = found.values[index].zip(place) {
                self.read_result(api, &result.value, value, place);
            } else {
                let need = if result.optional { Need::May } else { need };
                table.at.iter().for_each(|place| self.note_nothing(body, &result.value.name, place, need));
            }
        }
        if let Some(lacking) = &found.lacking
            && (need == Need::Must || lacking.is_of_another_type())
        {
            self.not_understood.push(format!("the output is not complete: {lacking}"));
        }
        self.is_complete = found.is_complete();
    }

    /// Notes why there is no result at a place.
    fn note_nothing(&mut self, body: &Value, result: &str, place: &JsonPath, need: Need) {
        let why = match find(body, place) {
            Err(why) => why.words(need),
            Ok(Value::Array(items)) if !items.is_empty() => "all items are empty".to_owned(),
            Ok(Value::Object(members)) if !members.is_empty() => "all members are empty".to_owned(),
            Ok(value) => type_of(value).to_owned(),
        };
        self.nothing.push(format!("`{result}` at {}: {why}", name(place)));
    }

    pub(super) fn read_result(&mut self, api: &Api, result: &ResultValue, value: &Value, place: &JsonPath) {
        let mut reading = Reading { elsewhere: members_read_elsewhere(api, place), ..Reading::default() };
        let count = reading.value(result, result.lists, value, &result.name, 1);
        let found = TriedResult { name: result.name.value.clone(), count, at: name(place), lines: reading.lines };
        self.results.push(found);
        let times = |count| if count > 1 { format!(" ({count} times)") } else { String::new() };
        let notes = reading.notes.into_iter();
        self.not_understood.extend(notes.map(|(note, count)| format!("{note}{}", times(count))));
        self.nothing.extend(reading.absent);
    }
}

/// Reads the values within one result.
#[derive(Default)]
struct Reading<'a> {
    /// Members of the outermost objects that other places of the spec lead to.
    elsewhere: Vec<&'a str>,
    lines: Vec<String>,
    /// What is not understood, and how often.
    notes: Vec<(String, usize)>,
    absent: Vec<String>,
}

impl Reading<'_> {
    /// Reads a value, and returns the number of values in it. `at` is its place, without indices.
    fn value(&mut self, spec: &ResultValue, lists: u32, value: &Value, at: &str, depth: usize) -> usize {
        match value {
            Value::Array(items) if lists > 0 => {
                let at = format!("{at}[]");
                let mut objects = Vec::new();
                let (mut count, mut empty) = (0, 0);
                for (index, item) in items.iter().enumerate() {
                    if is_nothing(item) {
                        empty += 1;
                        continue;
                    }
                    if depth == 1 && spec.kind.value == ResultKind::Object {
                        self.line(depth, count, &format!("item {}", index + 1));
                    }
                    let read = self.value(spec, lists - 1, item, &at, depth + 1);
                    count += usize::from(read > 0);
                    objects.extend(item.as_object());
                }
                if empty > 0 {
                    self.absent.push(format!("{empty} of {} items of `{at}`", items.len()));
                }
                self.absent_members(spec, &objects, &at);
                count
            }
            _ if is_nothing(value) => {
                self.absent.push(format!("members of `{at}`"));
                0
            }
            Value::Object(members) if spec.kind.value == ResultKind::Object => {
                self.object(spec, members, at, depth);
                if lists > 0 || !at.ends_with("[]") {
                    self.absent_members(spec, &[members], at);
                }
                1
            }
            _ if lists > 0 && !(value.is_object() && spec.kind.value == ResultKind::Any) => {
                self.note(format!("`{at}`: {}, not a list", type_of(value)));
                0
            }
            _ => {
                let Some(text) = shown(spec.kind.value, value) else {
                    let instead = answers::words(spec.kind.value);
                    self.note(format!("`{at}`: {}, not {instead}", type_of(value)));
                    return 0;
                };
                self.line(depth, 0, &text);
                1
            }
        }
    }

    fn object(&mut self, spec: &ResultValue, members: &Object, at: &str, depth: usize) {
        for member in &spec.members {
            let names: Vec<_> = member.spellings.iter().map(|spelling| spelling.value.clone().into()).collect();
            let Some((spelling, value)) = answers::find(members, &names) else { continue };
            let spelled = if member.name.value == spelling { String::new() } else { format!(" as `{spelling}`") };
            let inner = format!("{at}.{}", *member.name);
            let is_plain = member.lists == 0 && member.kind.value != ResultKind::Object;
            if let Some(text) = shown(member.kind.value, value).filter(|_| is_plain) {
                self.line(depth, 0, &format!("{}{spelled}: {text}", *member.name));
                continue;
            }
            if !is_plain {
                self.line(depth, 0, &format!("{}{spelled}:", *member.name));
            }
            self.value(member, member.lists, value, &inner, depth + 1);
        }
        let is_outermost = !at.contains('.');
        let spellings: Vec<&str> =
            spec.members.iter().flat_map(|member| &member.spellings).map(|spelling| spelling.as_str()).collect();
        for member in members.keys().map(String::as_str) {
            if spellings.contains(&member) || (is_outermost && self.elsewhere.contains(&member)) {
                continue;
            }
            let hint = nearest(member, spellings.iter().copied());
            let hint = hint.map(|near| format!("; is it a spelling of `{near}`?")).unwrap_or_default();
            self.note(format!("no field of `{at}` reads {}{hint}", quoted(member)));
        }
    }

    fn absent_members(&mut self, spec: &ResultValue, objects: &[&Object], at: &str) {
        if objects.is_empty() {
            return;
        }
        let is_given = |member: &ResultValue| {
            let has = |object: &&Object| {
                let mut spellings = member.spellings.iter();
                spellings.any(|spelling| object.get(&spelling.value).is_some_and(|value| !is_nothing(value)))
            };
            objects.iter().any(has)
        };
        let absent: Vec<&str> =
            spec.members.iter().filter(|member| !is_given(member)).map(|member| member.name.as_str()).collect();
        if !absent.is_empty() {
            self.absent.push(format!("fields of `{at}`: {}", list(absent)));
        }
    }

    /// Adds a line, unless there are too many.
    fn line(&mut self, depth: usize, before: usize, text: &str) {
        if before < MAX_PRINTED && self.lines.len() < 20 * MAX_PRINTED {
            self.lines.push(format!("{}{text}", "  ".repeat(depth)));
        }
    }

    fn note(&mut self, text: String) {
        match self.notes.iter_mut().find(|(note, _)| *note == text) {
            Some((_, count)) => *count += 1,
            None => self.notes.push((text, 1)),
        }
    }
}

/// Returns the members of the object at a place that other places of the spec lead to.
fn members_read_elsewhere<'a>(api: &'a Api, place: &JsonPath) -> Vec<&'a str> {
    let callback = api.callback.iter().flat_map(|callback| [&callback.stage, &callback.task]);
    let results = api.results.iter().flat_map(|result| result.at.iter().chain(&result.callback));
    let poll = api
        .poll
        .iter()
        .flat_map(|poll| [&poll.status, &poll.task, &poll.error_code, &poll.error_message, &poll.request]);
    let all = [&api.code, &api.message, &api.submit.task].into_iter().chain(poll).chain(callback).chain(results);
    all.filter_map(|path| path.strip_prefix(&**place)?.first().map(AsRef::as_ref)).collect()
}

/// Returns a value as text. Returns `None` for a value of another type, which counts as missing.
fn shown(kind: ResultKind, value: &Value) -> Option<String> {
    match kind {
        ResultKind::Text => value.as_str().map(quoted),
        ResultKind::Audio | ResultKind::Stream | ResultKind::Image => {
            answers::address(value.as_str()?).map(|text| address(&text))
        }
        ResultKind::Integer => answers::as_integer(value).map(|number| number.to_string()),
        ResultKind::Number | ResultKind::Seconds => answers::as_number(value).map(|number| number.to_string()),
        ResultKind::Boolean => value.as_bool().map(|truth| truth.to_string()),
        ResultKind::Time => answers::as_time(value).map(|time| match time {
            Time::Millis(millis) => millis.to_string(),
            Time::Text(text) => quoted(text),
        }),
        ResultKind::Object => None,
        ResultKind::Any => Some(type_of(value).to_owned()),
    }
}

/// Writes a line with the number of values, and a line for each value.
impl fmt::Display for TriedResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}, at {}", self.name, self.count, self.at)?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
