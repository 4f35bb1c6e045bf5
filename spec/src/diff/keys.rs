//! Keys of the service whose values the client uses as they are.

use std::time::Duration;

use super::Changes;
use crate::model::{At, Spec};
use crate::read::{CODE_MEANINGS, CREATED, READY, STATUS_MEANINGS, word};

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
    of_polls(spec, &mut keys);
    of_limits(spec, &mut keys);
    of_entries(spec, other, &mut keys);
    if other.callback.is_some() {
        of_callbacks(spec, &mut keys);
    }
    keys
}

fn of_polls(spec: &Spec, keys: &mut Keys) {
    let poll = &spec.poll;
    let envelope = spec.envelope.as_ref();
    add(
        keys,
        "",
        [
            ("submit.task", Some(text(&spec.submit.task))),
            ("envelope.code", envelope.map(|envelope| text(&envelope.code))),
            ("envelope.message", envelope.map(|envelope| text(&envelope.message))),
            ("poll.query", poll.query.as_ref().map(text)),
            ("poll.status", Some(text(&poll.status))),
            ("poll.error_code", poll.error_code.as_ref().map(text)),
            ("poll.error_message", poll.error_message.as_ref().map(text)),
            ("poll.every", Some(range(&poll.every))),
            ("poll.expected_duration", poll.expected_duration.as_deref().map(range)),
            ("poll.timeout", Some(time(&poll.timeout))),
            ("poll.unknown_task", numbers(poll.unknown_task.iter())),
            ("poll.patience", Some(time(&poll.patience))),
            ("poll.settle", Some(time(&poll.settle))),
        ],
    );
}

fn of_limits(spec: &Spec, keys: &mut Keys) {
    let (credits, rate_limit) = (spec.credits.as_ref(), spec.rate_limit.as_ref());
    add(
        keys,
        "",
        [
            ("service.retention", spec.service.retention.as_deref().map(time)),
            ("credits.path", credits.map(|credits| text(&credits.path))),
            ("credits.amount", credits.map(|credits| text(&credits.amount))),
            ("credits.cost", credits.map(|credits| credits.cost.value.to_string())),
            ("rate_limit.requests", rate_limit.map(|limit| limit.requests.value.to_string())),
            ("rate_limit.per", rate_limit.map(|limit| time(&limit.per))),
            ("rate_limit.task_every", rate_limit.and_then(|limit| limit.task_every.as_deref().map(time))),
            ("track.count", Some(spec.track.count.value.to_string())),
        ],
    );
}

fn of_entries(spec: &Spec, other: &Spec, keys: &mut Keys) {
    let in_both = |number: u32| other.codes.iter().any(|code| code.number.value == number);
    for code in spec.codes.iter().filter(|code| in_both(code.number.value)) {
        add(
            keys,
            &format!("codes.{}.", code.number.value),
            [
                ("means", Some(word(CODE_MEANINGS, &code.means.value).to_owned())),
                ("created", Some(word(CREATED, &code.created.value).to_owned())),
                ("retry_after", code.retry_after.as_deref().map(time)),
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
    let in_both = |name: &str| other.track.fields.iter().any(|field| field.rust.value == name);
    for field in spec.track.fields.iter().filter(|field| in_both(&field.rust)) {
        let spellings: Vec<String> = field.spellings.iter().map(text).collect();
        add(
            keys,
            &format!("track.fields.{}.", *field.name),
            [("spellings", Some(spellings.join(", "))), ("echo", field.echo.as_ref().map(text))],
        );
    }
}

fn of_callbacks(spec: &Spec, keys: &mut Keys) {
    let (Some(callback), Some(table)) = (&spec.callback, spec.api().callback) else { return };
    add(
        keys,
        "callback.",
        [
            ("field", Some(text(&callback.field))),
            ("stage", Some(text(&callback.stage))),
            ("task", Some(text(&callback.task))),
            ("tracks", Some(text(&callback.tracks))),
            ("answer_within", Some(time(&callback.answer_within))),
            ("attempts", Some(callback.attempts.value.to_string())),
            ("expires", Some(time(&table.expires))),
            ("codes", numbers(callback.codes.iter().map(|(number, _)| number))),
        ],
    );
    for stage in &callback.stages {
        let status = stage.status.as_ref().map_or("a failure".to_owned(), text);
        add(keys, "callback.stages.", [(stage.name.as_str(), Some(status))]);
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
    format!("{} to {}", time(least), time(most))
}

/// Returns a duration in the greatest unit of the language in which it is a whole number.
fn time(time: &Duration) -> String {
    let millis = time.as_millis();
    let units = [(86_400_000, "days"), (3_600_000, "h"), (60_000, "min"), (1_000, "s")];
    match units.iter().find(|(unit, _)| millis > 0 && millis.is_multiple_of(*unit)) {
        Some((unit, name)) => format!("{} {name}", millis / unit),
        None => format!("{millis} ms"),
    }
}
