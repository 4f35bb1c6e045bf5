//! The tracks of an answer: the fields that were found, and what no field reads.

use std::fmt;

use serde_json::Value;

use super::Trial;
use super::places::{Need, find, name};
use super::words::{address, quoted, type_of};
use crate::answers::{self, Object, Time, is_nothing};
use crate::model::{Spec, TrackField, TrackKind};
use crate::suggest::{list, nearest};
use crate::tables::{Api, JsonPath};

/// A track as the runtime reads it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TriedTrack {
    /// Whether the track has its output.
    pub is_ready: bool,
    /// The fields that were found.
    fields: Vec<Found>,
}

/// A field that was found.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    name: String,
    spelling: String,
    /// The value as text.
    value: String,
}

impl Trial {
    /// Reads the tracks at a place, and notes what no field reads.
    pub(super) fn read_tracks(&mut self, spec: &Spec, api: &Api, body: &Value, place: &JsonPath, tracks: &[&Object]) {
        let at = name(place);
        self.tracks = tracks.iter().map(|track| TriedTrack::read(spec, track)).collect();
        if let Some(Value::Array(items)) = answers::at(body, place) {
            self.note_items(&at, items, tracks.len());
        }
        self.tracks_at = at;
        self.note_fields(spec, tracks);
        self.note_members(spec, api, place, tracks);
    }

    /// Notes the items of a list that become no track.
    fn note_items(&mut self, at: &str, items: &[Value], read: usize) {
        if let Some(odd) = items.iter().find(|item| !item.is_object() && !item.is_null()) {
            self.not_understood.push(format!("an item of the list at {at}: {}, not an object", type_of(odd)));
        }
        let objects = items.iter().filter_map(Value::as_object);
        let all = objects.clone().count();
        let filled = objects.filter(|object| !object.values().all(is_nothing)).count();
        if filled < all {
            self.nothing.push(format!("{} of {all} items of the list at {at}: all members are empty", all - filled));
        }
        if read < filled {
            self.not_understood.push(format!("the list at {at} has {filled} tracks, and only {read} are read"));
        }
    }

    /// Notes why there is no track at a place.
    pub(super) fn note_no_tracks(&mut self, body: &Value, place: &JsonPath, need: Need) {
        let at = name(place);
        match find(body, place) {
            Err(why) => self.missing(need, format!("the tracks at {at}: {}", why.words(need))),
            Ok(Value::Array(items)) if !items.is_empty() && !items.iter().any(Value::is_object) => {
                self.not_understood.push(format!("the tracks at {at}: the items are not objects"));
            }
            Ok(Value::Array(items)) if !items.is_empty() => {
                self.missing(need, format!("the tracks at {at}: all members of all items are empty"));
            }
            Ok(Value::Object(_)) => self.missing(need, format!("the track at {at}: all members are empty")),
            Ok(value) if is_nothing(value) || value.is_array() => {
                self.missing(need, format!("the tracks at {at}: {}", type_of(value)));
            }
            Ok(value) => {
                self.not_understood.push(format!("the tracks at {at}: {}, not a list or an object", type_of(value)));
            }
        }
    }

    fn note_fields(&mut self, spec: &Spec, tracks: &[&Object]) {
        let mut absent = Vec::new();
        for field in &spec.track.fields {
            let given: Vec<&Value> =
                tracks.iter().filter_map(|track| given(track, field)).map(|(_, value)| value).collect();
            if given.is_empty() {
                absent.push(field.name.as_str());
            }
            let wrong: Vec<&&Value> = given.iter().filter(|value| shown(field.kind.value, value).is_none()).collect();
            if let Some(first) = wrong.first() {
                let (name, is, instead) = (&*field.name, type_of(first), words(field.kind.value));
                self.not_understood.push(format!("`{name}`{}: {is}, not {instead}", in_tracks(wrong.len(), tracks)));
            }
        }
        if !absent.is_empty() {
            self.nothing.push(format!("fields of the track: {}", list(absent)));
        }
    }

    fn note_members(&mut self, spec: &Spec, api: &Api, place: &JsonPath, tracks: &[&Object]) {
        let spellings: Vec<&str> = spec.track.fields.iter().flat_map(spellings).collect();
        let read_elsewhere = members_read_elsewhere(api, place);
        let is_read = |member: &str| spellings.contains(&member) || read_elsewhere.contains(&member);
        let mut unread: Vec<&str> = Vec::new();
        for member in tracks.iter().flat_map(|track| track.keys()) {
            if !is_read(member) && !unread.contains(&member.as_str()) {
                unread.push(member);
            }
        }
        for member in unread {
            let count = tracks.iter().filter(|track| track.contains_key(member)).count();
            let hint = nearest(member, spellings.iter().copied());
            let hint = hint.map(|near| format!("; is it a spelling of `{near}`?")).unwrap_or_default();
            let member = quoted(member);
            self.not_understood.push(format!("no field of the track reads {member}{}{hint}", in_tracks(count, tracks)));
        }
    }
}

/// Returns the members of the object at a place that other places of the spec lead to.
fn members_read_elsewhere<'a>(api: &'a Api, place: &JsonPath) -> Vec<&'a str> {
    let poll = &api.poll;
    let callback = api.callback.iter().flat_map(|callback| [&callback.stage, &callback.task, &callback.tracks]);
    let others =
        [&api.code, &api.message, &api.submit.task, &poll.status, &poll.task, &poll.error_code, &poll.error_message];
    let all = others.into_iter().chain([&poll.request]).chain(callback).chain(poll.tracks.iter());
    all.filter_map(|path| path.strip_prefix(&**place)?.first().map(AsRef::as_ref)).collect()
}

fn in_tracks(count: usize, tracks: &[&Object]) -> String {
    if tracks.len() == 1 { String::new() } else { format!(" in {count} of {} tracks", tracks.len()) }
}

fn spellings(field: &TrackField) -> impl Iterator<Item = &str> {
    field.spellings.iter().map(|spelling| spelling.as_str())
}

/// Returns the spelling whose value is read, and the value.
fn given<'a>(track: &'a Object, field: &'a TrackField) -> Option<(&'a str, &'a Value)> {
    answers::find(track, &spellings(field).collect::<Vec<_>>())
}

/// Returns a value as text. Returns `None` for a value of another type, which counts as missing.
fn shown(kind: TrackKind, value: &Value) -> Option<String> {
    match kind {
        TrackKind::Text => value.as_str().map(quoted),
        TrackKind::Audio | TrackKind::Stream | TrackKind::Image => value.as_str().map(address),
        TrackKind::Seconds => answers::as_number(value).map(|number| number.to_string()),
        TrackKind::Time => answers::as_time(value).map(|time| match time {
            Time::Millis(millis) => millis.to_string(),
            Time::Text(text) => quoted(text),
        }),
    }
}

fn words(kind: TrackKind) -> &'static str {
    match kind {
        TrackKind::Text => "a text",
        TrackKind::Audio | TrackKind::Stream | TrackKind::Image => "an address",
        TrackKind::Seconds => "a number",
        TrackKind::Time => "a whole number of milliseconds or a text",
    }
}

impl TriedTrack {
    fn read(spec: &Spec, track: &Object) -> Self {
        let found = |field: &TrackField| {
            let (spelling, value) = given(track, field)?;
            let value = shown(field.kind.value, value)?;
            Some((field.kind.value, Found { name: field.name.value.clone(), spelling: spelling.to_owned(), value }))
        };
        let (kinds, fields): (Vec<TrackKind>, Vec<Found>) = spec.track.fields.iter().filter_map(found).unzip();
        // As the generated type of a track decides.
        let is_ready = spec.track.fields.is_empty() || kinds.contains(&TrackKind::Audio);
        Self { is_ready, fields }
    }
}

/// Writes the rest of a line that begins with the number of the track, and a line for each field.
impl fmt::Display for TriedTrack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, ", {} output", if self.is_ready { "with" } else { "without" })?;
        for Found { name, spelling, value } in &self.fields {
            let spelled = if name == spelling { String::new() } else { format!(" as `{spelling}`") };
            writeln!(f, "    {name}{spelled}: {value}")?;
        }
        Ok(())
    }
}
