//! `[submit]`, `[poll]`, `[cancel]`, `[statuses]` and `[failures]`.

use super::service::number;
use crate::case;
use crate::model::{Cancel, FailureCode, Poll, Ready, Status, Submit};
use crate::source::Section;
use crate::tables::{BodyFormat, Method, Refunded, StatusMeaning};

const METHODS: &[(&str, Method)] = &[
    ("POST", Method::Post),
    ("GET", Method::Get),
    ("PUT", Method::Put),
    ("PATCH", Method::Patch),
    ("DELETE", Method::Delete),
];

/// A cancel changes something, so that it is neither a GET nor a partial update.
const CANCEL_METHODS: &[(&str, Method)] = &[("POST", Method::Post), ("DELETE", Method::Delete), ("PUT", Method::Put)];

pub(crate) const BODIES: &[(&str, BodyFormat)] = &[("json", BodyFormat::Json), ("multipart", BodyFormat::Multipart)];

/// What the service takes an empty text as, if not as a text.
const EMPTY: &[(&str, ())] = &[("absent", ())];

pub(crate) const STATUS_MEANINGS: &[(&str, StatusMeaning)] = &[
    ("running", StatusMeaning::Running),
    ("done", StatusMeaning::Done),
    ("done-with-results", StatusMeaning::DoneWithResults),
    ("failed", StatusMeaning::Failed),
    ("cancelled", StatusMeaning::Cancelled),
];

pub(crate) const REFUNDED: &[(&str, Refunded)] =
    &[("yes", Refunded::Yes), ("no", Refunded::No), ("unknown", Refunded::Unknown)];

pub(crate) const READY: &[(&str, Ready)] =
    &[("nothing", Ready::Nothing), ("streams", Ready::Streams), ("first", Ready::First), ("all", Ready::All)];

pub(super) fn submit(root: &Section<'_>) -> Submit {
    let section = root.needs_section("submit");
    let submit = Submit {
        method: section.one_of("method", METHODS),
        body: section.one_of("body", BODIES),
        path: section.needs_text("path"),
        task: if root.has_table("poll") { Some(section.needs_text("task")) } else { section.text("task") },
        empty_is_absent: section.one_of("empty", EMPTY),
    };
    section.unknown_keys();
    submit
}

pub(super) fn poll(root: &Section<'_>) -> Option<Poll> {
    let section = root.section("poll")?;
    let poll = Poll {
        path: section.needs_text("path"),
        query: section.text("query"),
        status: section.needs_text("status"),
        task: section.text("task"),
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
    Some(poll)
}

pub(super) fn cancel(root: &Section<'_>) -> Option<Cancel> {
    let section = root.section("cancel")?;
    let cancel = Cancel {
        method: section.one_of("method", CANCEL_METHODS),
        path: section.needs_text("path"),
        query: section.text("query"),
        body: section.text("body"),
    };
    section.unknown_keys();
    Some(cancel)
}

pub(super) fn statuses(root: &Section<'_>) -> Vec<Status> {
    let section = if root.has_table("poll") { Some(root.needs_section("statuses")) } else { root.section("statuses") };
    section.map(Section::entries).unwrap_or_default().iter().map(status).collect()
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

pub(super) fn failures(root: &Section<'_>) -> Vec<FailureCode> {
    root.section("failures").map(Section::entries).unwrap_or_default().iter().map(failure).collect()
}

fn failure(section: &Section<'_>) -> FailureCode {
    let failure = FailureCode {
        number: number(section),
        doc: section.needs_text("doc"),
        refunded: section.one_of("refunded", REFUNDED),
    };
    section.unknown_keys();
    failure
}
