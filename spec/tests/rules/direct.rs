//! Rules of operations that answer at once.

use cover_spec::answers::{Doubt, Envelope, Reply, reply};

use crate::helper::{faults, no_faults, service};

const AT_ONCE: &str = "without = [\"poll\", \"statuses\", \"callback\"]";

const SUBMIT: &str = "submit = { path = \"/style\" }";

#[test]
fn a_spec_without_poll_has_no_task_no_statuses_no_failures_and_no_callback() {
    let message = ["the spec has no `[poll]`, so that the operation answers at once and has no task"];
    no_faults(&[AT_ONCE, SUBMIT]);
    assert_eq!(faults(&[AT_ONCE, "submit = { path = \"/style\", task = \"id\" }"]), message);
    let inherited = faults(&["without = [\"poll\", \"callback\"]", SUBMIT]);
    assert!(inherited.len() == 1 && inherited[0].starts_with(message[0]), "{inherited:?}");
    let field = "fields.hook = { type = \"url\", doc = \"A field.\", optional = \"always\" }";
    assert_eq!(faults(&["without = [\"poll\", \"statuses\"]", SUBMIT, field, "callback.field = \"hook\""]), message);
    let failure = "failures.451 = { doc = \"No audio.\" }";
    assert_eq!(faults(&[AT_ONCE, SUBMIT, failure]), message);
    assert_eq!(faults(&[SUBMIT]), ["`task` is missing in `submit`"], "with `[poll]`");
    let api = service(&[AT_ONCE, SUBMIT]);
    for (answer, expected) in
        [(r#"{"code": 200, "data": {"taskId": "5c79"}}"#, Reply::Answer), (r#"{"code": 400}"#, Reply::Refused)]
    {
        let read = Envelope::read(&api, 200, answer.as_bytes());
        assert_eq!(reply(&api, &read, 200, answer.as_bytes(), true), expected, "{answer}");
    }
}

#[test]
fn a_spec_with_a_get_has_no_poll() {
    let get = |task: &str| format!("submit = {{ method = \"GET\", path = \"/style\"{task} }}");
    let field = "fields.about = { type = \"string\", in = \"query\", doc = \"A field.\", optional = \"always\" }";
    no_faults(&[AT_ONCE, &get(""), field]);
    let message = "a GET buys nothing, so that it creates no task to poll";
    assert_eq!(faults(&[&get(", task = \"id\""), field]), [message]);
}

/// Returns what this answer to the submit says, if the operation has these results.
fn said(results: &str, answer: &str) -> Reply {
    let api = service(&[AT_ONCE, SUBMIT, results]);
    reply(&api, &Envelope::read(&api, 200, answer.as_bytes()), 200, answer.as_bytes(), true)
}

const STYLE: &str = "results.style = { type = \"string\", at = \"data.style\", doc = \"A result.\" }";

const LIST: &str =
    "results.all = { type = \"string\", list = true, at = [\"data.all\", \"all\"], doc = \"A result.\" }";

const FILE: &str = "results.file = { type = \"audio\", at = \"data.url\", doc = \"A result.\" }";

#[test]
fn a_refusal_that_has_a_result_may_have_been_charged() {
    for (results, answer) in [
        (STYLE, r#"{"code": 400, "data": {"style": "jazz"}}"#),
        (STYLE, r#"{"code": 200, "data": {"style": "jazz"}, "code": 400}"#),
        (LIST, r#"{"code": 400, "data": {"all": ["", "jazz"]}}"#),
        (LIST, r#"{"code": 400, "all": ["jazz", 7]}"#),
        (FILE, r#"{"code": 400, "data": {"url": "/files/1.mp3"}}"#),
    ] {
        assert_eq!(said(results, answer), Reply::Unknown(Doubt::HasResults), "{answer}");
    }
}

#[test]
fn the_value_in_the_place_of_a_result_may_have_any_type_to_make_a_refusal_doubtful() {
    let any = "results.all = { type = \"any\", list = true, at = \"data.all\", doc = \"A result.\" }";
    for value in [r#""jazz""#, "7", "true", "[7]", r#"["jazz"]"#, r#"[[{"url": "x"}]]"#, r#"{"song": "paid"}"#] {
        for (results, name) in [(STYLE, "style"), (LIST, "all"), (FILE, "url"), (any, "all")] {
            let answer = format!(r#"{{"code": 400, "data": {{"{name}": {value}}}}}"#);
            assert_eq!(said(results, &answer), Reply::Unknown(Doubt::HasResults), "{answer}");
        }
    }
}

#[test]
fn a_refusal_that_has_only_null_false_0_or_empty_values_in_the_places_of_results_was_not_charged() {
    for value in ["null", "false", "0", r#""""#, "[]", "{}", r#"["", null]"#, r#"[{"a": [0, false]}]"#, "-0.0"] {
        for (results, name) in [(STYLE, "style"), (LIST, "all")] {
            let answer = format!(r#"{{"code": 400, "data": {{"{name}": {value}}}, "other": "jazz"}}"#);
            assert_eq!(said(results, &answer), Reply::Refused, "{answer}");
        }
    }
}

#[test]
fn a_result_that_is_the_whole_answer_its_code_or_its_message_does_not_make_a_refusal_doubtful() {
    for (at, kind) in [("", "any"), ("msg", "string"), ("code", "integer")] {
        let results = format!("results.all = {{ type = \"{kind}\", at = \"{at}\", doc = \"A result.\" }}");
        assert_eq!(said(&results, r#"{"code": 400, "msg": "no"}"#), Reply::Refused, "{at}");
    }
    // The result is an object around the code and the message.
    let envelope = "envelope = { code = \"data.state.code\", message = \"data.msg\" }";
    let results = "results.all = { type = \"any\", at = \"data\", doc = \"A result.\" }";
    let api = service(&[AT_ONCE, SUBMIT, results, envelope]);
    let said = |answer: &str| reply(&api, &Envelope::read(&api, 200, answer.as_bytes()), 200, answer.as_bytes(), true);
    let alone = r#"{"data": {"state": {"code": 400, "style": null}, "msg": "no"}}"#;
    assert_eq!(said(alone), Reply::Refused);
    assert_eq!(said(&alone.replace("null", "7")), Reply::Unknown(Doubt::HasResults));
}
