//! Rules of answers: codes, the POST, polls, statuses and the rate limit.

use cover_spec::answers::{Doubt, Envelope, Polled, Progress, Reply, poll, progress, reply};
use cover_spec::tables::RateLimitSpec;

use crate::helper::{faults, no_faults, service, spec};

const SUCCESS: &str = "200 = { means = \"success\", doc = \"Accepted.\", created = \"yes\" }";

/// Returns the faults of a spec with these codes besides 200.
fn codes(others: &str) -> Vec<String> {
    faults(&[&format!("[codes]\n{SUCCESS}\n{others}")])
}

#[test]
fn without_envelope_or_without_its_code_the_http_status_is_the_code() {
    let code = |lines: &[&str]| Envelope::read(&service(lines), 404, br#"{"code": 200}"#).map(|read| read.code);
    assert_eq!(code(&[""]), Ok(200));
    assert_eq!(code(&["without = [\"callback\", \"envelope\"]"]), Ok(404));
    let detail = service(&["without = [\"callback\", \"envelope.code\"]"]);
    let read = Envelope::read(&detail, 404, br#"{"code": 200, "msg": "No such song."}"#).expect("it is an object");
    assert_eq!((read.code, read.message.as_deref()), (404, Some("No such song.")));
}

#[test]
fn a_code_is_a_whole_number_and_occurs_once() {
    assert_eq!(codes("404 = { means = \"not-found\", doc = \"Not found.\", created = \"no\" }"), [""; 0]);
    assert_eq!(codes("later = { means = \"server\", doc = \"Later.\", created = \"no\" }"), ["`later` is not a code"]);
    let again = "0200 = { means = \"success\", doc = \"Accepted.\", created = \"yes\" }";
    assert_eq!(codes(again), ["there are two codes 200"]);
}

#[test]
fn at_least_one_code_means_success() {
    assert_eq!(codes(""), [""; 0]);
    let none = "codes = { 404 = { means = \"not-found\", doc = \"Not found.\", created = \"no\" } }";
    assert_eq!(faults(&[none]), ["no code has `means = \"success\"`"]);
}

#[test]
fn created_yes_and_means_success_belong_together() {
    for (means, created) in [("success", "no"), ("success", "perhaps"), ("server", "yes")] {
        let found = codes(&format!("299 = {{ means = \"{means}\", doc = \"A code.\", created = \"{created}\" }}"));
        assert_eq!(found, ["code 299: `created = \"yes\"` and `means = \"success\"` belong together"], "{means}");
    }
    assert_eq!(codes("299 = { means = \"server\", doc = \"A code.\", created = \"perhaps\" }"), [""; 0]);
}

#[test]
fn retry_after_needs_created_no() {
    let busy = |created: &str| {
        codes(&format!(
            "503 = {{ means = \"server\", doc = \"Busy.\", created = \"{created}\", retry_after = \"1 s\" }}"
        ))
    };
    assert_eq!(busy("no"), [""; 0]);
    assert_eq!(busy("perhaps"), ["code 503 may have created a task, so it must not have `retry_after`"]);
}

#[test]
fn an_answer_with_an_unlisted_code_may_have_created_a_task_so_that_its_request_is_never_sent_again() {
    let api = service(&[""]);
    let answer = |body: &str| reply(&api, &Envelope::read(&api, 200, body.as_bytes()), 200, body.as_bytes(), true);
    assert_eq!(answer(r#"{"code": 413}"#), Reply::Refused);
    assert_eq!(answer(r#"{"code": 499}"#), Reply::Unknown(Doubt::AmbiguousCode));
}

/// Returns the faults of a spec whose request is sent to this path.
fn path(path: &str) -> Vec<String> {
    faults(&[&format!("submit = {{ path = \"{path}\", task = \"id\" }}")])
}

#[test]
fn a_path_begins_with_one_and_consists_of_letters_digits_and() {
    assert_eq!(path("/v1/a-b_c.d~e"), [""; 0]);
    for wrong in ["v1/tasks", "//evil.example/x", "/a?b=c", "/ä", "/a b", ""] {
        assert_eq!(path(wrong).len(), 1, "{wrong}");
    }
}

#[test]
fn a_path_has_no_empty_part_and_no_part_that_is_or() {
    assert_eq!(path("/v1/...a"), [""; 0]);
    for wrong in ["/v1//tasks", "/v1/./tasks", "/v1/../tasks", "/v1/.."] {
        assert_eq!(path(wrong).len(), 1, "{wrong}");
    }
}

#[test]
fn a_path_may_end_with() {
    assert_eq!(path("/v1/tasks/"), [""; 0]);
    assert_eq!(path("/v1/tasks//").len(), 1);
}

#[test]
fn the_name_of_a_query_parameter_in_poll_consists_of_letters_digits_and() {
    no_faults(&["poll.query = \"task-id_1.a~b\""]);
    for wrong in ["task id", "task=1", "a&b", ""] {
        assert_eq!(faults(&[&format!("poll.query = \"{wrong}\"")]).len(), 1, "{wrong}");
    }
}

#[test]
fn the_id_of_the_task_is_in_the_path_of_the_poll_or_in_its_query_not_in_both() {
    no_faults(&["poll = { path = \"/tasks\", query = \"id\" }"]);
    let both = "poll = { path = \"/tasks/{task}\", query = \"id\" }";
    assert_eq!(faults(&[both]), ["the path already has the id of the task"]);
    let neither = "poll = { path = \"/tasks\" }";
    assert_eq!(faults(&[neither]), ["the poll does not send the id of the task"]);
}

#[test]
fn every_has_a_minimum_of_more_than_zero_and_a_maximum_that_is_not_less() {
    no_faults(&["poll.every = [\"1 s\", \"1 s\"]", "rate_limit.task_every = \"1 s\""]);
    for wrong in ["[\"0 s\", \"1 s\"]", "[\"2 s\", \"1 s\"]"] {
        let found = faults(&[&format!("poll.every = {wrong}"), "rate_limit.task_every = \"0 s\""]);
        assert_eq!(found, ["`every` must be the minimum and maximum time"], "{wrong}");
    }
}

#[test]
fn expected_duration_has_a_minimum_that_is_less_than_its_maximum() {
    no_faults(&["poll.expected_duration = [\"1 s\", \"2 s\"]"]);
    let message = ["`expected_duration` must be a minimum and a maximum age"];
    for wrong in ["[\"2 s\", \"1 s\"]", "[\"1 s\", \"1 s\"]"] {
        assert_eq!(faults(&[&format!("poll.expected_duration = {wrong}")]), message, "{wrong}");
    }
}

#[test]
fn timeout_must_not_be_zero() {
    no_faults(&["poll.timeout = \"1 ms\""]);
    assert_eq!(faults(&["poll.timeout = \"0 s\""]), ["`timeout` must not be zero"]);
}

#[test]
fn if_status_is_the_place_of_the_code_a_listed_status_counts_before_the_meaning_of_the_code() {
    let of_code = [
        "poll.status = \"code\"",
        "statuses.200 = { name = \"Ready\", doc = \"Done.\", means = \"done\", ready = \"all\" }",
        "statuses.500 = { name = \"Broken\", doc = \"Failed.\", means = \"failed\", ready = \"nothing\" }",
    ];
    let lines = ["poll.status = \"data.status\"", of_code[1], of_code[2]];
    for (spec, refused) in [(spec(&of_code), false), (spec(&lines), true)] {
        let api = spec.api();
        let envelope = Envelope::read(&api, 200, br#"{"code": 500, "data": {"status": "x"}}"#).unwrap();
        let polled = poll(&api, api.poll.as_ref().unwrap(), &envelope);
        assert_eq!(polled == Polled::Refused, refused);
        if let Polled::State(state) = polled {
            assert_eq!(progress(&api, &state.status, false, false), Progress::Failed);
        }
    }
}

/// Returns the faults of a spec with one more status.
fn status(keys: &str) -> Vec<String> {
    let done = "[statuses.finished]\ndoc = \"Done.\"\nmeans = \"done\"\nready = \"all\"\n";
    faults(&[&format!("{done}[statuses.other]\ndoc = \"A status.\"\nready = \"all\"\n{keys}\n")])
}

#[test]
fn a_running_status_has_a_stage_and_no_other_status_has_one() {
    assert_eq!(status("means = \"running\"\nstage = 0"), [""; 0]);
    assert_eq!(status("means = \"failed\""), [""; 0]);
    let message = "`other`: running statuses need a `stage`, and others must not have one";
    assert_eq!(status("means = \"running\""), [message]);
    assert_eq!(status("means = \"failed\"\nstage = 0"), [message]);
}

#[test]
fn at_least_one_status_means_done() {
    let only = |means: &str| {
        faults(&[&format!("[statuses.finished]\ndoc = \"The end.\"\nmeans = \"{means}\"\nready = \"all\"")])
    };
    assert_eq!(only("done"), [""; 0]);
    assert_eq!(only("done-with-results"), ["no status has `means = \"done\"`"]);
}

#[test]
fn an_unlisted_status_means_that_the_task_is_running() {
    let api = service(&[""]);
    assert_eq!(progress(&api, "SUCCESS", false, true), Progress::Done);
    assert_eq!(progress(&api, "SHINY", false, true), Progress::Running(None));
}

#[test]
fn a_status_that_is_a_number_is_compared_with_its_name_as_a_text_and_1_0_is_1() {
    let one = "statuses.1 = { name = \"Ready\", doc = \"Done.\", means = \"done\", ready = \"all\" }";
    let api = service(&[one]);
    for (written, read) in [("1", "1"), ("1.0", "1"), ("\"1\"", "1"), ("1.5", "1.5"), ("-0", "0"), ("1e300", "1e+300")]
    {
        let answer = format!(r#"{{"code": 200, "data": {{"status": {written}}}}}"#);
        let envelope = Envelope::read(&api, 200, answer.as_bytes()).unwrap();
        let Polled::State(state) = poll(&api, api.poll.as_ref().unwrap(), &envelope) else { panic!("{written}") };
        assert_eq!(state.status, read, "{written}");
    }
}

#[test]
fn requests_must_not_be_0() {
    no_faults(&["rate_limit.requests = 1"]);
    assert_eq!(faults(&["rate_limit.requests = 0"]), ["`requests` must not be 0"]);
}

#[test]
fn task_every_is_at_most_the_minimum_of_every() {
    let every = "poll.every = [\"2 s\", \"9 s\"]";
    let message = ["`task_every` is longer than the minimum time between two polls"];
    no_faults(&[every, "rate_limit.task_every = \"2 s\""]);
    assert_eq!(faults(&[every, "rate_limit.task_every = \"2001 ms\""]), message);
}

#[test]
fn without_this_table_at_most_64_requests_are_sent_at_the_same_time() {
    let without = service(&["without = [\"callback\", \"rate_limit\"]"]).rate_limit;
    assert_eq!((without.requests, without.per.as_secs()), (64, 0), "with no time, they are counted at the same time");
    assert_eq!(without, RateLimitSpec::default());
    assert_eq!(service(&["rate_limit.requests = 65"]).rate_limit.requests, 65);
}
