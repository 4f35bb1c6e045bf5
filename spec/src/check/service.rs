//! The service: a client can use its addresses, headers and codes.

use crate::fault::Fault;
use crate::model::{RateLimit, Spec};
use crate::rules::looks_like_web_address;
use crate::source::At;
use crate::tables::{CodeMeaning, Created};

pub(super) fn check(spec: &Spec, faults: &mut Vec<Fault>) {
    let service = &spec.service;
    for (key, value) in
        [("id", &service.id), ("key", &service.env_key), ("url", &service.env_url), ("header", &service.auth_header)]
    {
        given(key, value, faults);
    }
    if !looks_like_web_address(&service.base_url) && !service.base_url.is_empty() {
        faults.push(
            service.base_url.fault("`base_url` is not an http or https address", "such as https://api.example.com"),
        );
    }
    if service.base_url.contains(['?', '#', '@']) {
        faults.push(service.base_url.fault("`base_url` has a query, a fragment or a user", "remove it"));
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
    if let Some(rate_limit) = &spec.rate_limit {
        self::rate_limit(rate_limit, spec, faults);
    }
    codes(spec, faults);
}

fn rate_limit(rate_limit: &RateLimit, spec: &Spec, faults: &mut Vec<Fault>) {
    if rate_limit.requests.value == 0 {
        faults.push(rate_limit.requests.fault("`requests` must not be 0", "use at least 1"));
    }
    let least = spec.poll.every.value[0];
    if let Some(task_every) = rate_limit.task_every.as_ref().filter(|task_every| task_every.value > least) {
        let message = "`task_every` is longer than the minimum time between two polls";
        faults.push(task_every.fault(message, format!("`poll.every` begins with {} ms", least.as_millis())));
    }
}

fn codes(spec: &Spec, faults: &mut Vec<Fault>) {
    for (index, code) in spec.codes.iter().enumerate() {
        let number = code.number.value;
        if spec.codes[..index].iter().any(|other| other.number.value == number) {
            faults.push(code.number.fault(format!("there are two codes {number}"), "remove one of them"));
        }
        if let Some(retry_after) = code.retry_after.as_ref().filter(|_| code.created.value != Created::No) {
            let message = format!("code {number} may have created a task, so it must not have `retry_after`");
            faults.push(retry_after.fault(message, "remove it; the task could be paid twice"));
        }
        if (code.means.value == CodeMeaning::Success) != (code.created.value == Created::Yes) {
            let message = format!("code {number}: `created = \"yes\"` and `means = \"success\"` belong together");
            faults.push(code.created.fault(message, "change `created` or `means`"));
        }
    }
    let success = spec.codes.iter().any(|code| code.means.value == CodeMeaning::Success);
    if let Some(code) = spec.codes.first().filter(|_| !success) {
        faults.push(code.number.fault("no code has `means = \"success\"`", "add one"));
    }
}

/// Checks the name of a header, or the scheme in its value.
pub(super) fn header(text: &At<String>, faults: &mut Vec<Fault>) {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!#$%&'*+^|~".contains(&byte);
    if !text.bytes().all(is_fit) {
        faults.push(text.fault("not allowed in an HTTP header", "use letters, digits and -"));
    }
}

pub(super) fn given(key: &str, value: &At<String>, faults: &mut Vec<Fault>) {
    if value.trim().is_empty() {
        faults.push(value.fault(format!("`{key}` is empty"), "add a text"));
    }
}

pub(super) fn url_path(path: &At<String>, faults: &mut Vec<Fault>) {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
    if !path.starts_with('/') || !path.chars().all(plain) {
        faults.push(
            path.fault("a path must begin with / and consist of letters, digits and -_.~", "such as /api/v1/tasks"),
        );
    }
}

pub(super) fn json_path(key: &str, path: &At<String>, faults: &mut Vec<Fault>) {
    if path.split('.').any(str::is_empty) {
        faults.push(path.fault(format!("`{key}` must be the place of a value in JSON"), "such as `data.taskId`"));
    }
}
