//! Rules of `[callback]`.

use crate::helper::{faults, field, no_faults};

const HOOK: &str = "fields.hook = { type = \"url\", doc = \"The address.\", required = \"always\" }";

/// Returns a callback with these keys besides those that every callback needs.
fn callback(keys: &str) -> String {
    let own =
        |key: &str, value: &str| if keys.contains(key) { String::new() } else { format!("callback.{key} = {value}\n") };
    let stages = "{ all = { status = \"SUCCESS\", doc = \"Done.\" } }";
    own("field", "\"hook\"") + &own("attempts", "3") + &own("stages", stages) + keys
}

#[test]
fn the_field_of_the_callback_is_a_single_field_of_type_url() {
    no_faults(&[HOOK, &callback("")]);
    assert_eq!(faults(&[&field("hook", "string", ""), &callback("")]), ["`hook` is not an address"]);
    let list = field("hook", "url", "list = true");
    assert_eq!(faults(&[&list, &callback("")]), ["`hook` is not an address"]);
}

#[test]
fn the_status_of_a_stage_must_be_one_of_the_statuses() {
    no_faults(&[HOOK, &callback("callback.stages = { all = { status = \"SUCCESS\", doc = \"Done.\" } }")]);
    let unknown = callback("callback.stages = { all = { status = \"SUCESS\", doc = \"Done.\" } }");
    assert_eq!(faults(&[HOOK, &unknown]), ["unknown status `SUCESS`"]);
}

#[test]
fn attempts_must_not_be_0() {
    no_faults(&[HOOK, &callback("callback.attempts = 1")]);
    assert_eq!(faults(&[HOOK, &callback("callback.attempts = 0")]), ["`attempts` must not be 0"]);
}

#[test]
fn callbacks_must_not_expire_before_the_wait_for_their_task_times_out() {
    let timeout = "poll.timeout = \"1 h\"";
    no_faults(&[HOOK, &callback("callback.expires = \"1 h\""), timeout]);
    let message = ["callbacks are refused before the wait for their task times out"];
    assert_eq!(faults(&[HOOK, &callback("callback.expires = \"59 min\""), timeout]), message);
    assert_eq!(faults(&[HOOK, &callback(""), "poll.timeout = \"25 h\""]), message, "they expire after a day");
}

/// Returns the faults of a signature over this text, with other keys.
fn signature(signs: &str, keys: &str) -> Vec<String> {
    let signature = format!("header = \"X-Signature\", encoding = \"hex\", signs = \"{signs}\"{keys}");
    faults(&[HOOK, &callback(&format!("callback.signature = {{ {signature} }}"))])
}

/// Returns a time of signing with this tolerance.
fn timestamp(tolerance: &str) -> String {
    format!(", timestamp = {{ header = \"X-Time\", tolerance = \"{tolerance}\" }}")
}

#[test]
fn a_signature_covers_the_task_or_the_body() {
    assert_eq!(signature("{task}", ""), [""; 0]);
    assert_eq!(signature("{body}", ""), [""; 0]);
    assert_eq!(signature("{timestamp}", &timestamp("1 min")), ["the signature covers neither the task nor the body"]);
}

#[test]
fn a_time_of_signing_must_be_signed_and_timestamp_needs_a_time_of_signing() {
    assert_eq!(signature("{body}.{timestamp}", &timestamp("1 min")), [""; 0]);
    assert_eq!(signature("{body}", &timestamp("1 min")), ["the time is not signed"]);
    assert_eq!(signature("{body}.{timestamp}", ""), ["no header has the time of signing"]);
}

#[test]
fn tolerance_must_not_be_zero() {
    assert_eq!(signature("{body}.{timestamp}", &timestamp("1 ms")), [""; 0]);
    assert_eq!(signature("{body}.{timestamp}", &timestamp("0 s")), ["`tolerance` must not be zero"]);
}
