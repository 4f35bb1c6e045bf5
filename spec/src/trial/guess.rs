//! Decides what an answer is an answer to.

use serde_json::Value;

use super::AnswerKind;
use super::places::name;
use crate::answers::{self, Unusable, at};
use crate::tables::{Api, JsonPath};

/// Returns the first kind that fits, and why: a callback, else a poll, else the POST.
pub(super) fn kind(api: &Api, answer: &[u8]) -> (AnswerKind, String) {
    let body = answers::object(answer).ok();
    let has_text = |path: &JsonPath| {
        let value = body.as_ref().filter(|_| !path.is_empty()).and_then(|body| at(body, path));
        value.is_some_and(|value| value.is_number() || value.as_str().is_some_and(|text| !text.is_empty()))
    };
    let Some(poll) = &api.poll else { return (AnswerKind::Submit, "since the operation answers at once".to_owned()) };
    let (status, task) = (&poll.status, &api.submit.task);
    if let Some(spec) = api.callback.as_ref().filter(|spec| !spec.stage.is_empty()) {
        let is_callback = match answers::stage(spec, answer) {
            Ok(_) => true,
            Err(why) => why == Unusable::UnknownStage && !has_text(status),
        };
        if is_callback {
            return (AnswerKind::Callback, format!("because it has a stage at {}", name(&spec.stage)));
        }
    }
    if has_text(status) {
        return (AnswerKind::Poll, format!("because it has a status at {}", name(status)));
    }
    if has_text(task) {
        return (AnswerKind::Submit, format!("because it has the id of a task at {}, and no status", name(task)));
    }
    let why = match body {
        Some(Value::Object(_)) => "since neither a stage, a status nor the id of a task tells what it is",
        _ => "since it is not readable",
    };
    (AnswerKind::Submit, why.to_owned())
}
