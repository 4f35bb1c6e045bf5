//! The service: addresses, header and codes that a client can use.

use crate::diagnostic::Fault;
use crate::model::{Pace, Spec};
use crate::rules::looks_like_web_address;
use crate::source::At;
use crate::wire::{CodeMeaning, Created};

pub(super) fn check(spec: &Spec, faults: &mut Vec<Fault>) {
    let service = &spec.service;
    for (key, value) in
        [("id", &service.id), ("key", &service.env_key), ("url", &service.env_url), ("header", &service.auth_header)]
    {
        given(key, value, faults);
    }
    if !looks_like_web_address(&service.base_url) && !service.base_url.is_empty() {
        faults
            .push(service.base_url.fault("`base_url` is no http or https address", "such as https://api.example.com"));
    }
    if service.base_url.contains(['?', '#', '@']) {
        faults.push(service.base_url.fault("`base_url` has more than host and path", "take query and user out"));
    }
    header(&service.auth_header, faults);
    header(&service.auth_scheme, faults);
    if let Some(envelope) = &spec.envelope {
        json_path("code", &envelope.code, faults);
        json_path("message", &envelope.message, faults);
    }
    if let Some(credits) = &spec.credits {
        url_path(&credits.path, faults);
        json_path("amount", &credits.amount, faults);
    }
    if let Some(pace) = &spec.pace {
        self::pace(pace, spec, faults);
    }
    codes(spec, faults);
}

fn pace(pace: &Pace, spec: &Spec, faults: &mut Vec<Fault>) {
    if pace.requests.value == 0 {
        faults.push(pace.requests.fault("`requests` is none at all", "at least 1"));
    }
    let least = spec.poll.every.value[0];
    if let Some(task_every) = pace.task_every.as_ref().filter(|task_every| task_every.value > least) {
        let message = "tasks are polled more often than the pace of one task allows";
        faults.push(task_every.fault(message, format!("`poll.every` begins with {} ms", least.as_millis())));
    }
}

fn codes(spec: &Spec, faults: &mut Vec<Fault>) {
    for (index, code) in spec.codes.iter().enumerate() {
        let number = code.number.value;
        if spec.codes[..index].iter().any(|other| other.number.value == number) {
            faults.push(code.number.fault(format!("a second code {number}"), "take one of the two out"));
        }
        if let Some(resend) = code.resend.as_ref().filter(|_| code.created.value != Created::No) {
            let message = format!("code {number} may have created a task and may be sent again");
            faults.push(resend.fault(message, "this could be paid twice: take it out"));
        }
        if (code.means.value == CodeMeaning::Success) != (code.created.value == Created::Yes) {
            let message = format!("code {number}: success creates a task, and nothing else surely does");
            faults.push(code.created.fault(message, "does not go with `means`"));
        }
    }
    let success = spec.codes.iter().any(|code| code.means.value == CodeMeaning::Success);
    if let Some(code) = spec.codes.first().filter(|_| !success) {
        faults.push(code.number.fault("no code means success", "add one"));
    }
}

/// The name of a header, or a scheme in one.
pub(super) fn header(text: &At<String>, faults: &mut Vec<Fault>) {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!#$%&'*+^|~".contains(&byte);
    if !text.bytes().all(is_fit) {
        faults.push(text.fault("no HTTP header can hold this", "letters, digits and - only"));
    }
}

pub(super) fn given(key: &str, value: &At<String>, faults: &mut Vec<Fault>) {
    if value.trim().is_empty() {
        faults.push(value.fault(format!("`{key}` is empty"), "give a text"));
    }
}

pub(super) fn url_path(path: &At<String>, faults: &mut Vec<Fault>) {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
    if !path.starts_with('/') || !path.chars().all(plain) {
        faults.push(path.fault("a path starts with / and has letters, digits and -_.~ only", "such as /api/v1/tasks"));
    }
}

pub(super) fn json_path(key: &str, path: &At<String>, faults: &mut Vec<Fault>) {
    if path.split('.').any(str::is_empty) {
        faults.push(path.fault(format!("`{key}` must lead to a value in JSON"), "such as `data.taskId`"));
    }
}
