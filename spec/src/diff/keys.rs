//! Keys of the service whose values the client uses as they are.

use std::time::Duration;

use super::Changes;
use crate::model::{At, Cancel, Credits, Fetched, IdSource, Poll, ResultEntry, ResultValue, Spec};
use crate::read::{BODIES, CODE_MEANINGS, CREATED, PLACES, READY, REFUNDED, STATUS_MEANINGS, word};
use crate::source::duration_in_words;

/// Keys, each with its value in words. A key that is left out is missing.
type Keys = Vec<(String, String)>;

pub(super) fn compare(old: &Spec, new: &Spec, changes: &mut Changes) {
    let (was, is) = (keys(old, new), keys(new, old));
    let find = |keys: &Keys, name: &str| keys.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    for (name, was) in &was {
        match find(&is, name) {
            Some(is) if is == *was => {}
            Some(is) => changes.neutral(format!("{name}: {is} instead of {was}")),
            None => changes.neutral(format!("{name} is left out; it was {was}")),
        }
    }
    for (name, is) in is.iter().filter(|(name, _)| find(&was, name).is_none()) {
        changes.neutral(format!("{name}: {is}; it was left out"));
    }
}

/// Returns the keys of `spec`. Entries that `other` does not have are left out, since their absence is a change of its own.
fn keys(spec: &Spec, other: &Spec) -> Keys {
    let mut keys = Vec::new();
    of_answers(spec, &mut keys);
    if let (Some(poll), Some(_)) = (&spec.poll, &other.poll) {
        of_polls(poll, &mut keys);
    }
    if let (Some(cancel), Some(_)) = (&spec.cancel, &other.cancel) {
        of_cancels(cancel, &mut keys);
    }
    of_limits(spec, &mut keys);
    of_entries(spec, other, &mut keys);
    if other.callback.is_some() {
        of_callbacks(spec, &mut keys);
    }
    if other.upload.is_some() {
        of_uploads(spec, &mut keys);
    }
    keys
}

fn of_answers(spec: &Spec, keys: &mut Keys) {
    let envelope = spec.envelope.as_ref();
    add(
        keys,
        "",
        [
            ("submit.method", Some(spec.submit.method().name().to_owned())),
            ("submit.body", spec.submit.body.as_ref().map(|body| word(BODIES, &body.value).to_owned())),
            ("submit.empty", spec.submit.empty_is_absent.as_ref().map(|_| "\"absent\"".to_owned())),
            ("submit.task", spec.submit.task.as_ref().map(text)),
            ("envelope.code", envelope.and_then(|envelope| envelope.code.as_ref()).map(text)),
            ("envelope.message", envelope.map(|envelope| text(&envelope.message))),
        ],
    );
}

fn of_polls(poll: &Poll, keys: &mut Keys) {
    add(
        keys,
        "",
        [
            ("poll.query", poll.query.as_ref().map(text)),
            ("poll.status", Some(text(&poll.status))),
            ("poll.error_code", poll.error_code.as_ref().map(text)),
            ("poll.error_message", poll.error_message.as_ref().map(text)),
            ("poll.every", Some(range(&poll.every))),
            ("poll.expected_duration", poll.expected_duration.as_deref().map(range)),
            ("poll.timeout", Some(duration_in_words(&poll.timeout))),
            ("poll.unknown_task", numbers(poll.unknown_task.iter())),
            ("poll.patience", Some(duration_in_words(&poll.patience))),
            ("poll.settle", Some(duration_in_words(&poll.settle))),
        ],
    );
}

fn of_cancels(cancel: &Cancel, keys: &mut Keys) {
    add(
        keys,
        "cancel.",
        [
            ("method", Some(cancel.method().name().to_owned())),
            ("path", Some(text(&cancel.path))),
            ("query", cancel.query.as_ref().map(text)),
            ("body", cancel.body.as_ref().map(text)),
        ],
    );
}

fn of_limits(spec: &Spec, keys: &mut Keys) {
    let (credits, rate_limit) = (spec.credits.as_ref(), spec.rate_limit.as_ref());
    add(
        keys,
        "",
        [
            ("service.auth.basic", spec.service.auth_basic.as_ref().map(text)),
            ("service.retention", spec.service.retention.as_deref().map(duration_in_words)),
            ("credits.path", credits.and_then(|credits| credits.path.as_ref()).map(text)),
            ("credits.amount", credits.and_then(|credits| credits.amount.as_ref()).map(text)),
            ("credits.cost", credits.map(Credits::price_in_words)),
            ("rate_limit.requests", rate_limit.map(|limit| limit.requests.value.to_string())),
            ("rate_limit.per", rate_limit.map(|limit| duration_in_words(&limit.per))),
            ("rate_limit.task_every", rate_limit.and_then(|limit| limit.task_every.as_deref().map(duration_in_words))),
        ],
    );
}

fn of_entries(spec: &Spec, other: &Spec, keys: &mut Keys) {
    for (name, value) in &spec.service.headers {
        add(keys, "service.headers.", [(name.as_str(), Some(text(value)))]);
    }
    for field in spec.request.fields.iter().filter(|field| other.request.field(&field.wire).is_some()) {
        let place = field.place.as_ref().map(|place| word(PLACES, &place.value).to_owned());
        add(
            keys,
            &format!("fields.{}.", *field.wire),
            [
                ("in", place),
                ("source", field.source.as_ref().map(IdSource::words)),
                ("fetched", field.fetched.as_ref().map(Fetched::words)),
                ("served_at", field.served_at.as_ref().map(text)),
            ],
        );
    }
    let in_both = |number: u32| other.codes.iter().any(|code| code.number.value == number);
    for code in spec.codes.iter().filter(|code| in_both(code.number.value)) {
        add(
            keys,
            &format!("codes.{}.", code.number.value),
            [
                ("means", Some(word(CODE_MEANINGS, &code.means.value).to_owned())),
                ("created", Some(word(CREATED, &code.created.value).to_owned())),
                ("retry_after", code.retry_after.as_deref().map(duration_in_words)),
            ],
        );
    }
    let in_both = |name: &str| other.statuses.iter().any(|status| status.name.value == name);
    for status in spec.statuses.iter().filter(|status| in_both(&status.name)) {
        add(
            keys,
            &format!("statuses.{}.", *status.name),
            [
                ("means", Some(word(STATUS_MEANINGS, &status.means.value).to_owned())),
                ("stage", status.stage.as_ref().map(|stage| stage.value.to_string())),
                ("ready", Some(word(READY, &status.ready.value).to_owned())),
            ],
        );
    }
    let in_both = |number: u32| other.failures.iter().any(|failure| failure.number.value == number);
    for failure in spec.failures.iter().filter(|failure| in_both(failure.number.value)) {
        let refunded = word(REFUNDED, &failure.refunded()).to_owned();
        add(keys, &format!("failures.{}.", failure.number.value), [("refunded", Some(refunded))]);
    }
    for result in &spec.results {
        let in_both = |name: &str| other.results.iter().any(|result| result.value.name.value == name);
        if in_both(&result.value.name) {
            of_result(result, keys);
        }
    }
}

fn of_result(result: &ResultEntry, keys: &mut Keys) {
    let prefix = format!("results.{}.", *result.value.name);
    add(
        keys,
        &prefix,
        [
            ("callback", result.callback.as_ref().map(text)),
            ("count", result.count.as_ref().map(|count| count.value.to_string())),
            ("file_name", result.value.file_name.as_ref().map(text)),
            ("optional", result.optional.then(|| "true".to_owned())),
        ],
    );
    of_members(&result.value, &prefix, keys);
}

fn of_members(object: &ResultValue, prefix: &str, keys: &mut Keys) {
    for member in &object.members {
        let prefix = format!("{prefix}fields.{}.", *member.name);
        let spellings: Vec<String> = member.spellings.iter().map(text).collect();
        add(
            keys,
            &prefix,
            [
                ("spellings", Some(spellings.join(", "))),
                ("echo", member.echo.as_ref().map(text)),
                ("example", member.example.as_ref().map(text)),
                ("file_name", member.file_name.as_ref().map(text)),
                ("required", member.required.then(|| "true".to_owned())),
            ],
        );
        of_members(member, &prefix, keys);
    }
}

fn of_callbacks(spec: &Spec, keys: &mut Keys) {
    let (Some(callback), Some(table)) = (&spec.callback, spec.api().callback) else { return };
    add(
        keys,
        "callback.",
        [
            ("field", Some(text(&callback.field))),
            ("stage", callback.stage.as_ref().map(text)),
            ("task", Some(text(&callback.task))),
            ("answer_within", Some(duration_in_words(&callback.answer_within))),
            ("attempts", Some(callback.attempts.value.to_string())),
            ("expires", Some(duration_in_words(&table.expires))),
        ],
    );
    for stage in &callback.stages {
        let status = stage.status.as_ref().map_or("a failure".to_owned(), text);
        add(keys, "callback.stages.", [(stage.name.as_str(), Some(status))]);
    }
}

fn of_uploads(spec: &Spec, keys: &mut Keys) {
    let Some(upload) = &spec.upload else { return };
    let types: Option<Vec<String>> = upload.types.as_ref().map(|types| types.iter().map(text).collect());
    add(
        keys,
        "upload.",
        [
            ("url", Some(text(&upload.url))),
            ("file", Some(text(&upload.file))),
            ("link", Some(text(&upload.link))),
            ("expires", upload.expires.as_deref().map(duration_in_words)),
            ("max_bytes", upload.max_bytes.as_ref().map(|most| most.value.to_string())),
            ("field", upload.field.as_ref().map(text)),
            ("types", types.map(|types| types.join(", "))),
        ],
    );
    for (name, content) in &upload.fields {
        add(keys, "upload.fields.", [(name.as_str(), Some(text(content)))]);
    }
}

fn add<const N: usize>(keys: &mut Keys, table: &str, all: [(&str, Option<String>); N]) {
    keys.extend(all.into_iter().filter_map(|(name, value)| Some((format!("`{table}{name}`"), value?))));
}

fn text(text: &At<String>) -> String {
    format!("{:?}", text.value)
}

/// Returns the numbers in ascending order, or `None` if there are none.
fn numbers<'a>(numbers: impl Iterator<Item = &'a At<u32>>) -> Option<String> {
    let mut numbers: Vec<u32> = numbers.map(|number| number.value).collect();
    numbers.sort_unstable();
    let words: Vec<String> = numbers.iter().map(u32::to_string).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn range([least, most]: &[Duration; 2]) -> String {
    format!("{} to {}", duration_in_words(least), duration_in_words(most))
}
