//! Rules of answers: codes, the POST, polls, statuses, tracks and the rate limit.

use cover_spec::answers::{Doubt, Envelope, Progress, Reply, progress, reply};
use cover_spec::tables::RateLimitSpec;
use cover_spec::trial::AnswerKind;

use crate::helper::{faults, no_faults, service, spec};

const SUCCESS: &str = "200 = { means = \"success\", doc = \"Accepted.\", created = \"yes\" }";

/// Returns the faults of a spec with these codes besides 200.
fn codes(others: &str) -> Vec<String> {
    faults(&[&format!("[codes]\n{SUCCESS}\n{others}")])
}

#[test]
fn without_envelope_the_http_status_is_the_code() {
    let code = |lines: &[&str]| Envelope::read(&service(lines), 404, br#"{"code": 200}"#).map(|read| read.code);
    assert_eq!(code(&[""]), Ok(200));
    assert_eq!(code(&["without = [\"callback\", \"envelope\"]"]), Ok(404));
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
fn the_name_of_a_query_parameter_consists_of_letters_digits_and() {
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
fn a_place_of_tracks_must_not_be_inside_an_earlier_one() {
    no_faults(&["poll.tracks = [\"data.songs\", \"data\"]"]);
    let inside = faults(&["poll.tracks = [\"data\", \"data.songs\"]"]);
    assert_eq!(inside, ["`tracks` are never read from `data.songs`"]);
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
    assert_eq!(only("done-with-tracks"), ["no status has `means = \"done\"`"]);
}

#[test]
fn an_unlisted_status_means_that_the_task_is_running() {
    let api = service(&[""]);
    assert_eq!(progress(&api, "SUCCESS", false, true), Progress::Done);
    assert_eq!(progress(&api, "SHINY", false, true), Progress::Running(None));
}

#[test]
fn a_track_with_fields_has_one_of_type_audio() {
    let track =
        |fields: &str| faults(&[&format!("track = {{ name = \"Song\", doc = \"A song.\", count = 1{fields} }}")]);
    assert_eq!(track(", fields = { url = { type = \"audio\", doc = \"The song.\" } }"), [""; 0]);
    assert_eq!(track(", fields = {}"), [""; 0]);
    let without = track(", fields = { title = { type = \"string\", doc = \"The title.\" } }");
    assert_eq!(without, ["no field of the track has the type `audio`"]);
}

#[test]
fn a_track_is_ready_if_it_has_a_field_of_type_audio_or_if_the_spec_has_no_fields_of_tracks() {
    let is_ready = |fields: &str, track: &str| {
        let spec = spec(&[&format!("track = {{ name = \"Song\", doc = \"A song.\", count = 1{fields} }}")]);
        let answer = format!(r#"{{"code": 200, "data": {{"taskId": "1", "status": "SUCCESS", "data": [{track}]}}}}"#);
        let tried = spec.try_answer(answer.as_bytes(), 200, Some(AnswerKind::Poll));
        tried.tracks.first().expect("there is a track").is_ready
    };
    let [url, title] = [("audio", "The song."), ("string", "The title.")]
        .map(|(kind, doc)| format!("{{ type = \"{kind}\", doc = \"{doc}\" }}"));
    let fields = format!(", fields = {{ url = {url}, title = {title} }}");
    assert!(is_ready(&fields, r#"{"url": "https://a.example/1.mp3"}"#));
    assert!(!is_ready(&fields, r#"{"url": null, "title": "Night Drive"}"#));
    assert!(is_ready(", fields = {}", r#"{"title": "Night Drive"}"#));
}

#[test]
fn two_fields_of_a_track_must_not_have_a_spelling_in_common() {
    let track = |spelling: &str| {
        let url = "url = { type = \"audio\", doc = \"The song.\", spellings = [\"url\", \"URL\"] }";
        let other = format!("other = {{ type = \"image\", doc = \"Its cover.\", spellings = [\"{spelling}\"] }}");
        faults(&[&format!(
            "track = {{ name = \"Song\", doc = \"A song.\", count = 1, fields = {{ {url}, {other} }} }}"
        )])
    };
    assert_eq!(track("Url"), [""; 0]);
    assert_eq!(track("URL"), ["`URL` is a spelling of two fields"]);
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
