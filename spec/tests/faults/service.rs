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
fn environment_variables_and_headers_have_names_that_systems_allow() {
    for (from, to, faults) in [
        ("COVER_API_KEY", "A=B", &["`A=B` is not the name of an environment variable"][..]),
        ("COVER_API_KEY", "1KEY", &["`1KEY` is not the name of an environment variable"]),
        ("COVER_API_KEY", "MY KEY", &["`MY KEY` is not the name of an environment variable"]),
        ("COVER_API_KEY", "CLÉ", &["`CLÉ` is not the name of an environment variable"]),
        ("COVER_API_KEY", " ", &["`key` is empty"]),
        ("COVER_API_KEY", "_key2", &[]),
        ("\"Authorization\"", "\"X-`!#$%&'*+-.^_|~\"", &[]),
        ("\"Authorization\"", "\"X-Schlüssel\"", &["not allowed in an HTTP header"]),
        ("scheme = \"Bearer\"", "scheme = \"Bearer \"", &["not allowed in an HTTP header"]),
        ("scheme = \"Bearer\"", "scheme = \"\"", &[]),
    ] {
        assert_eq!(edit(from, to), faults, "{to}");
    }
}

#[test]
fn a_path_stays_on_the_host_of_the_service() {
    const FORM: &str = "a path must begin with / and consist of letters, digits and -_.~";
    let submit = "path = \"/api/v1/generate/upload-cover\"";
    for (path, faults) in [
        ("//evil.example.com/x", &["a path must not have an empty part"][..]),
        ("/a//b", &["a path must not have an empty part"]),
        ("//", &["a path must not have an empty part"]),
        ("/../x", &["a path must not have the part `..`"]),
        ("/a/./b", &["a path must not have the part `.`"]),
        ("/a/..", &["a path must not have the part `..`"]),
        ("", &[FORM]),
        ("a", &[FORM]),
        ("/a?b=c", &[FORM]),
        ("/a#b", &[FORM]),
        ("/a/%2e%2e/b", &[FORM]),
        ("/a\\\\b", &[FORM]),
        ("/@evil.example.com", &[FORM]),
        ("/{task}", &["the path has `{task}`, but there is no field `task`"]),
        ("/{task", &[FORM]),
        ("/task}", &[FORM]),
        ("/", &[]),
        ("/tasks/", &[]),
        ("/.well-known/..a/v1.2_~-x", &[]),
    ] {
        assert_eq!(edit(submit, &format!("path = \"{path}\"")), faults, "{path}");
    }
    let poll = "path = \"/api/v1/generate/record-info\"\nquery = \"taskId\"";
    for (lines, faults) in [
        ("path = \"/tasks/{task}\"", &[][..]),
        ("path = \"/{task}/{task}\"", &[FORM]),
        ("path = \"//{task}\"", &["a path must not have an empty part"]),
        ("path = \"/tasks\"\nquery = \"task-id_2.~\"", &[]),
        (
            "path = \"/tasks\"\nquery = \"id&key\"",
            &["the name of a query parameter must consist of letters, digits and -_.~"],
        ),
        (
            "path = \"/tasks\"\nquery = \"\"",
            &["the name of a query parameter must consist of letters, digits and -_.~"],
        ),
    ] {
        assert_eq!(edit(poll, lines), faults, "{lines}");
    }
}

#[test]
fn numbers_are_exact_in_json() {
    use cover_spec::{SHIPPED, Spec};

    let with = |max: &str| {
        let field =
            format!("[fields.seed]\ntype = \"integer\"\ndoc = \"A seed.\"\noptional = \"always\"\nmax = {max}\n\n");
        SHIPPED.replacen("[fields.title]", &format!("{field}[fields.title]"), 1)
    };
    for max in
        ["9007199254740991", "9_007_199_254_740_991", "0x1fffffffffffff", "0o777", "0b11", "1e15", "9007199254740991.0"]
    {
        let spec = Spec::parse("spec.toml", &with(max));
        assert!(spec.is_ok(), "{max}: {}", spec.unwrap_err());
    }
    let beyond = |kind: &str| format!("this is {kind} beyond 9007199254740991, where numbers in JSON are not exact");
    for (max, label) in [
        ("9007199254740992", beyond("an integer")),
        ("9007199254740993", beyond("an integer")),
        ("0x20000000000000", beyond("an integer")),
        ("99999999999999999999", beyond("an integer")),
        ("9007199254740992.0", beyond("a float")),
        ("1e400", beyond("a float")),
        ("0.1234567890123456", "this is a float with more than 15 digits".to_owned()),
        ("inf", "this is a float, which JSON does not have".to_owned()),
        ("-nan", "this is a float, which JSON does not have".to_owned()),
        ("\"9\"", "this is a string".to_owned()),
    ] {
        let faults = Spec::parse("spec.toml", &with(max)).expect_err(max);
        let found: Vec<_> = faults.iter().map(|fault| (fault.message(), fault.label())).collect();
        assert_eq!(found, [("`max` must be a number, such as 0.01", &*label)], "{max}");
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
