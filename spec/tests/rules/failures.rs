//! Rules of `[failures]`.

use cover_spec::answers::failure;
use cover_spec::tables::Refunded;

use crate::helper::{faults, no_faults, service, spec};

const REFUNDED: &str =
    "failures = { 531 = { doc = \"No server.\", refunded = \"yes\" }, 451 = { doc = \"No audio.\" } }";

#[test]
fn the_code_of_a_failure_is_a_whole_number_and_occurs_once() {
    no_faults(&[REFUNDED]);
    assert_eq!(faults(&["failures = { late = { doc = \"Late.\" } }"]), ["`late` is not a code"]);
    let twice = "failures = { 451 = { doc = \"No audio.\" }, 0451 = { doc = \"No audio.\" } }";
    assert_eq!(faults(&[twice]), ["there are two failures 451"]);
}

#[test]
fn the_code_of_a_failure_may_be_written_as_a_text_and_531_0_is_531() {
    let api = service(&[REFUNDED]);
    let refunded = |code: &str| failure(&api, code).map(|failure| failure.refunded);
    for code in ["531", " 531 ", "531.0", "5.31e2", "0531"] {
        assert_eq!(refunded(code), Some(Refunded::Yes), "{code}");
    }
    assert_eq!(refunded("451"), Some(Refunded::Unknown), "the spec does not say it");
    for code in ["530", "531.5", "-531", "4294967827", "1e400", "NaN", "five", ""] {
        assert_eq!(refunded(code), None, "{code}");
    }
}

#[test]
fn a_code_that_means_success_is_not_a_failure() {
    let message = "the code 200 means success in `[codes]`, and not that a task has failed";
    assert_eq!(faults(&["failures = { 200 = { doc = \"Success.\" } }"]), [message]);
    no_faults(&["failures = { 500 = { doc = \"A code that refuses a request, too.\" } }"]);
}

#[test]
fn failures_needs_error_code_in_poll_or_callback() {
    let without = |names: &str| format!("without = [{names}]");
    let message = "no answer has the codes of `[failures]`";
    assert_eq!(faults(&[&without("\"poll.error_code\", \"callback\""), REFUNDED]), [message]);
    no_faults(&[&without("\"callback\""), REFUNDED]);
    no_faults(&[&without("\"poll.error_code\", \"callback\", \"failures\"")]);
    let hook = "fields.callBackUrl = { type = \"url\", doc = \"The address.\", required = \"always\" }";
    no_faults(&[&without("\"poll.error_code\""), hook, REFUNDED]);
}

#[test]
fn a_spec_without_poll_inherits_nothing_of_failures() {
    assert!(!spec(&[""]).failures.is_empty(), "the base has some");
    let at_once = spec(&["without = [\"poll\", \"statuses\", \"callback\"]", "submit = { path = \"/style\" }"]);
    assert!(at_once.failures.is_empty());
}
