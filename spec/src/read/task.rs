//! `[submit]`, `[poll]`, `[statuses]` and `[track]`.

use crate::case;
use crate::model::{Poll, Ready, Status, Submit, Track, TrackField, TrackKind};
use crate::source::Section;
use crate::tables::StatusMeaning;

pub(crate) const STATUS_MEANINGS: &[(&str, StatusMeaning)] = &[
    ("running", StatusMeaning::Running),
    ("done", StatusMeaning::Done),
    ("done-with-tracks", StatusMeaning::DoneWithTracks),
    ("failed", StatusMeaning::Failed),
];

pub(crate) const READY: &[(&str, Ready)] =
    &[("nothing", Ready::Nothing), ("streams", Ready::Streams), ("first", Ready::First), ("all", Ready::All)];

const TRACK_KINDS: &[(&str, TrackKind)] = &[
    ("string", TrackKind::Text),
    ("audio", TrackKind::Audio),
    ("stream", TrackKind::Stream),
    ("image", TrackKind::Image),
    ("seconds", TrackKind::Seconds),
    ("time", TrackKind::Time),
];

pub(super) fn submit(root: &Section<'_>) -> Submit {
    let section = root.needs_section("submit");
    let submit = Submit { path: section.needs_text("path"), task: section.needs_text("task") };
    section.unknown_keys();
    submit
}

pub(super) fn poll(root: &Section<'_>) -> Poll {
    let section = root.needs_section("poll");
    let poll = Poll {
        path: section.needs_text("path"),
        query: section.text("query"),
        status: section.needs_text("status"),
        task: section.text("task"),
        tracks: section.needs_one_or_more_texts("tracks"),
        error_code: section.text("error_code"),
        error_message: section.text("error_message"),
        request: section.text("request"),
        every: section.needs_durations("every"),
        expected_duration: section.durations("expected_duration"),
        timeout: section.needs_duration("timeout"),
        unknown_task: section.wholes("unknown_task").unwrap_or_default(),
        patience: section.needs_duration("patience"),
        settle: section.needs_duration("settle"),
    };
    section.unknown_keys();
    poll
}

pub(super) fn statuses(root: &Section<'_>) -> Vec<Status> {
    root.needs_section("statuses").entries().iter().map(status).collect()
}

fn status(section: &Section<'_>) -> Status {
    let name = section.name().clone();
    let status = Status {
        rust: section.text("name").unwrap_or_else(|| name.with(case::pascal(&name))),
        name,
        doc: section.needs_text("doc"),
        means: section.needs_one_of("means", STATUS_MEANINGS, StatusMeaning::Running),
        stage: section.whole("stage"),
        ready: section.needs_one_of("ready", READY, Ready::Nothing),
    };
    section.unknown_keys();
    status
}

pub(super) fn track(root: &Section<'_>) -> Track {
    let section = root.needs_section("track");
    let track = Track {
        name: section.needs_text("name"),
        doc: section.needs_text("doc"),
        count: section.needs_whole("count"),
        fields: section.needs_section("fields").entries().iter().map(track_field).collect(),
    };
    section.unknown_keys();
    track
}

fn track_field(section: &Section<'_>) -> TrackField {
    let name = section.name().clone();
    let field = TrackField {
        rust: section.text("name").unwrap_or_else(|| name.with(case::snake(&name))),
        doc: section.needs_text("doc"),
        kind: section.needs_one_of("type", TRACK_KINDS, TrackKind::Text),
        spellings: section.texts("spellings").unwrap_or_else(|| vec![name.clone()]),
        echo: section.text("echo"),
        name,
    };
    section.unknown_keys();
    field
}
