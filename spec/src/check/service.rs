//! The service: a client can use its addresses, headers and codes.

use crate::fault::Fault;
use crate::model::{Code, RateLimit, Service, Spec};
use crate::rules::looks_like_web_address;
use crate::source::At;
use crate::tables::{CodeMeaning, Created, KEY};

use super::Incomplete;

pub(super) fn check(spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    let service = &spec.service;
    given("id", &service.id, faults);
    if let Some(account) = &service.account {
        self::account(account, faults);
    }
    given("header", &service.auth_header, faults);
    environment("key", &service.env_key, faults);
    environment("url", &service.env_url, faults);
    if !looks_like_web_address(&service.base_url) {
        faults.push(
            service.base_url.fault("`base_url` is not an http or https address", "such as https://api.example.com"),
        );
    }
    if service.base_url.contains(['?', '#', '@']) {
        faults.push(service.base_url.fault("`base_url` has a query, a fragment or a user", "remove it"));
    }
    header(&service.auth_header, faults);
    header(&service.auth_scheme, faults);
    if let Some(basic) = &service.auth_basic {
        self::basic(basic, faults);
    }
    headers(service, faults);
    if let Some(envelope) = &spec.envelope {
        if let Some(code) = &envelope.code {
            json_path("code", code, faults);
        }
        json_path("message", &envelope.message, faults);
    }
    if let Some(credits) = &spec.credits {
        credits.path.iter().for_each(|path| url_path(path, faults));
        credits.amount.iter().for_each(|amount| json_path("amount", amount, faults));
    }
    if let Some(rate_limit) = &spec.rate_limit {
        self::rate_limit(rate_limit, spec, incomplete, faults);
    }
    codes(spec, incomplete, faults);
}

fn rate_limit(rate_limit: &RateLimit, spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    if rate_limit.requests.value == 0 {
        faults.push(rate_limit.requests.fault("`requests` must not be 0", "use at least 1"));
    }
    if incomplete.has_named("poll") {
        return;
    }
    let Some(least) = spec.poll.as_ref().map(|poll| poll.every.value[0]) else { return };
    if let Some(task_every) = rate_limit.task_every.as_ref().filter(|task_every| task_every.value > least) {
        let message = "`task_every` is longer than the minimum time between two polls";
        faults.push(task_every.fault(message, format!("`poll.every` begins with {} ms", least.as_millis())));
    }
}

fn codes(spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    let is_complete = |code: &&Code| !incomplete.has(&code.number);
    for (index, code) in spec.codes.iter().enumerate() {
        let number = code.number.value;
        if spec.codes[..index].iter().any(|other| other.number.value == number) {
            faults.push(code.number.fault(format!("there are two codes {number}"), "remove one of them"));
        }
        if !is_complete(&code) {
            continue;
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
    if let Some(code) = spec.codes.first().filter(|_| !success && spec.codes.iter().all(|code| is_complete(&code))) {
        faults.push(code.number.fault("no code has `means = \"success\"`", "add one"));
    }
}

/// Checks the name of an account, which ledgers store.
fn account(name: &At<String>, faults: &mut Vec<Fault>) {
    const MOST: usize = 255;
    given("account", name, faults);
    if name.len() > MOST {
        faults.push(name.fault(format!("`account` has {} bytes", name.len()), format!("at most {MOST}")));
    }
    if name.contains(char::is_control) {
        faults.push(name.fault("`account` has control characters", "remove them"));
    }
}

/// Checks the name of an environment variable.
fn environment(key: &str, name: &At<String>, faults: &mut Vec<Fault>) {
    if name.trim().is_empty() {
        return given(key, name, faults);
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !name.bytes().all(fits) || name.starts_with(|first: char| first.is_ascii_digit()) {
        let message = format!("`{}` is not the name of an environment variable", name.value);
        faults.push(name.fault(message, "use letters, digits and _, and begin with a letter or _"));
    }
}

/// Checks the name of a header, or the scheme in its value.
pub(super) fn header(text: &At<String>, faults: &mut Vec<Fault>) {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!#$%&'*+^`|~".contains(&byte);
    if !text.bytes().all(is_fit) {
        faults.push(text.fault("not allowed in an HTTP header", "use letters, digits and -"));
    }
}

/// Headers that the client sets itself.
const OWN_HEADERS: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Checks the headers that every request has.
fn headers(service: &Service, faults: &mut Vec<Fault>) {
    for (index, (name, value)) in service.headers.iter().enumerate() {
        given("headers", name, faults);
        header(name, faults);
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if service.headers[..index].iter().any(|(other, _)| is(other)) {
            let message = format!("the header `{}` is given twice", name.value);
            faults.push(name.fault(message, "remove one; upper and lower case are the same"));
        }
        if is(&service.auth_header) {
            let message = format!("the header `{}` has the API key", name.value);
            faults.push(name.fault(message, "remove it here, or change `auth`"));
        }
        if OWN_HEADERS.iter().any(|own| is(own)) {
            let message = format!("the client sets the header `{}` itself", name.value);
            faults.push(name.fault(message, "remove it"));
        }
        let is_fit = value.bytes().all(|byte| matches!(byte, b' '..=b'~')) && value.trim() == value.value;
        if !is_fit || value.is_empty() {
            let message = format!("the value of the header `{}` is not allowed in HTTP", name.value);
            faults.push(value.fault(message, "use ASCII characters, without spaces at the beginning and the end"));
        }
    }
}

/// Checks the text of basic authentication.
fn basic(basic: &At<String>, faults: &mut Vec<Fault>) {
    if basic.matches(KEY).count() != 1 {
        let message = format!("`basic` must have `{KEY}` once, in the place of the API key");
        faults.push(basic.fault(message, "such as `{key}:` for a key without a password"));
    } else if !basic.contains(':') && **basic != *KEY {
        let help = "such as `{key}:`, or `{key}` alone if keys have user and password";
        faults.push(basic.fault("`basic` has no `:` between user and password", help));
    }
    if basic.chars().any(char::is_control) {
        faults.push(basic.fault("`basic` has control characters", "remove them"));
    }
}

pub(super) fn given(key: &str, value: &At<String>, faults: &mut Vec<Fault>) {
    if value.trim().is_empty() {
        faults.push(value.fault(format!("`{key}` is empty"), "add a text"));
    }
}

pub(super) fn url_path(path: &At<String>, faults: &mut Vec<Fault>) {
    let is_fit = |c: char| c == '/' || is_plain(c);
    let Some(rest) = path.strip_prefix('/').filter(|rest| rest.chars().all(is_fit)) else {
        let message = "a path must begin with / and consist of letters, digits and -_.~";
        faults.push(path.fault(message, "such as /api/v1/tasks"));
        return;
    };
    // A slash at the end is part of many paths.
    let parts = rest.strip_suffix('/').unwrap_or(rest).split('/');
    if let Some(part) = parts.filter(|_| !rest.is_empty()).find(|part| matches!(*part, "" | "." | "..")) {
        let what = if part.is_empty() { "an empty part".to_owned() } else { format!("the part `{part}`") };
        faults.push(path.fault(format!("a path must not have {what}"), "such as /api/v1/tasks"));
    }
}

/// Checks the name of a query parameter.
pub(super) fn query(name: &At<String>, faults: &mut Vec<Fault>) {
    if name.is_empty() || !name.chars().all(is_plain) {
        let message = "the name of a query parameter must consist of letters, digits and -_.~";
        faults.push(name.fault(message, "such as taskId"));
    }
}

/// Whether the character stands for itself everywhere in a URL.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.~".contains(c)
}

pub(super) fn json_path(key: &str, path: &At<String>, faults: &mut Vec<Fault>) {
    if path.split('.').any(str::is_empty) {
        faults.push(path.fault(format!("`{key}` must be the place of a value in JSON"), "such as `data.taskId`"));
    }
}
