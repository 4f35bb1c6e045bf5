//! Faults of what a spec says about the service: codes, answers, callbacks.

use super::edit;

#[test]
fn a_request_that_may_have_been_charged_is_never_sent_again() {
    let server = "500 = { means = \"server\", doc = \"Server error.\", created = \"perhaps\"";
    assert_eq!(
        edit(server, &format!("{server}, retry_after = \"1 s\"")),
        ["code 500 may have created a task, so it must not have `retry_after`"]
    );
    assert_eq!(
        edit("doc = \"Success.\", created = \"yes\"", "doc = \"Success.\", created = \"no\""),
        ["code 200: `created = \"yes\"` and `means = \"success\"` belong together"]
    );
    assert_eq!(edit("[codes]\n200", "[codes]\n0200"), [""; 0], "only a number");
    assert_eq!(
        edit("[codes]\n", "[codes]\n0400 = { means = \"invalid\", doc = \"\", created = \"no\" }\n"),
        ["there are two codes 400"]
    );
    assert_eq!(edit("[codes]\n200", "[codes]\nfine"), ["`fine` is not a code"]);
}

#[test]
fn a_service_can_be_reached_and_a_task_can_end() {
    for (from, to, fault) in [
        ("base_url = \"https://", "base_url = \"", "`base_url` is not an http or https address"),
        ("sunoapi.org\"\nauth", "sunoapi.org?key=1\"\nauth", "`base_url` has a query, a fragment or a user"),
        ("header = \"Authorization\"", "header = \"Author: x\"", "not allowed in an HTTP header"),
        ("header = \"Authorization\"", "header = \"\"", "`header` is empty"),
        ("path = \"/api/v1/generate/upload-cover\"", "path = \"api\"", "a path must begin with /"),
        ("task = \"data.taskId\"", "task = \"data..taskId\"", "`task` must be the place of a value in JSON"),
        ("request = \"data.param\"", "request = \"data.\"", "`request` must be the place of a value in JSON"),
        ("request = \"data.param\"", "request = \"\"", "`request` must be the place of a value in JSON"),
        ("request = \"data.param\"", "request = 1", "`request` must be a text"),
        (
            "every = [\"10 s\", \"30 s\"]",
            "every = [\"30 s\", \"10 s\"]",
            "`every` must be the minimum and maximum time",
        ),
        ("every = [\"10 s\", \"30 s\"]", "every = \"10 s\"", "`every` must be two durations"),
        ("[\"2 min\", \"4 min\"]", "[\"4 min\", \"2 min\"]", "`expected_duration` must be a minimum and a maximum age"),
        ("requests = 20", "requests = 0", "`requests` must not be 0"),
        (
            "task_every = \"334 ms\"",
            "task_every = \"11 s\"",
            "`task_every` is longer than the minimum time between two polls",
        ),
        ("timeout = \"15 min\"", "timeout = \"15 minutes\"", "`timeout` must be a duration"),
        ("timeout = \"15 min\"", "timeout = \"0 s\"", "`timeout` must not be zero"),
        ("means = \"done\"\n", "means = \"failed\"\n", "no status has `means = \"done\"`"),
        ("stage = 1\n", "", "`TEXT_SUCCESS`: running statuses need a `stage`"),
        ("spellings = [\"audioUrl\", ", "spellings = [\"id\", ", "`id` is a spelling of two fields"),
    ] {
        let found = edit(from, to);
        assert!(found.iter().any(|message| message.starts_with(fault)), "{to}: {found:?}");
    }
}

#[test]
fn callbacks_have_an_address_and_signatures_can_be_verified() {
    for (from, to, fault) in [
        ("field = \"callBackUrl\"", "field = \"title\"", "`title` is not an address"),
        ("attempts = 3", "attempts = 0", "`attempts` must not be 0"),
        (
            "attempts = 3",
            "attempts = 3\nexpires = \"1 min\"",
            "callbacks are refused before the wait for their task times out",
        ),
    ] {
        assert_eq!(edit(from, to), [fault], "{to}");
    }
    let whole = "timestamp = { header = \"X-T\", tolerance = \"5 min\" }";
    for (signs, timestamp, fault) in [
        ("{task}.{timestamp}", whole, None),
        ("{body}", "", None),
        ("{tsk}", "", Some("unknown part `{tsk}` of the signed text")),
        ("{task}.{timestamp}", "", Some("no header has the time of signing")),
        ("{task}", whole, Some("the time is not signed")),
        ("{timestamp}", whole, Some("the signature covers neither the task nor the body")),
        (
            "{body}{timestamp}",
            "timestamp = { header = \"X T\", tolerance = \"1 s\" }",
            Some("not allowed in an HTTP header"),
        ),
        (
            "{body}{timestamp}",
            "timestamp = { header = \"XT\", tolerance = \"0 s\" }",
            Some("`tolerance` must not be zero"),
        ),
    ] {
        let signature =
            format!("[callback.signature]\nheader = \"X-S\"\nencoding = \"hex\"\nsigns = \"{signs}\"\n{timestamp}\n");
        let found = edit("[callback.stages]", &format!("{signature}\n[callback.stages]"));
        assert_eq!(found, Vec::from_iter(fault), "{signs} {timestamp}");
    }
}
