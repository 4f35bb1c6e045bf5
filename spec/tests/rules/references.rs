//! Rules of `source`, `fetched` and `served_at`, and of `empty`.

use crate::helper::{bare_field, faults, field, no_faults, request};

/// The operation answers at once.
const AT_ONCE: &str = "without = [\"poll\", \"statuses\", \"callback\"]\nsubmit = { path = \"/ask\" }";
/// Results with a file, several files, and a text.
const FILES: &str = r#"
results.file = { type = "audio", doc = "A file.", at = "data.file" }
results.files = { type = "image", list = true, doc = "Files.", at = "data.files" }
results.name = { type = "string", doc = "A name.", at = "data.name" }
"#;

/// Returns a field of type `string` whose source has these keys.
fn id(name: &str, source: &str) -> String {
    field(name, "string", &format!("source = {{ {source} }}"))
}

#[test]
fn a_source_is_for_a_single_field_of_type_string() {
    no_faults(&[&id("song", "")]);
    let message = "`song` has a source, but is not a single text";
    assert_eq!(faults(&[&field("song", "url", "source = {}")]), [message]);
    assert_eq!(faults(&[&field("song", "string", "list = true, source = {}")]), [message]);
}

#[test]
fn a_source_with_task_has_a_member() {
    no_faults(&[&id("task", ""), &id("song", "task = \"task\", member = \"id\"")]);
    assert_eq!(
        faults(&[&id("task", ""), &id("song", "task = \"task\"")]),
        ["a source with `task` needs `member`, the member of the task's results that has the id"]
    );
}

#[test]
fn the_member_of_a_source_is_not_empty() {
    for member in ["", " "] {
        assert_eq!(faults(&[&id("song", &format!("member = \"{member}\""))]), ["`member` is empty"]);
    }
}

#[test]
fn a_source_with_task_has_no_polled_at() {
    let song = id("song", "task = \"task\", member = \"id\", polled_at = \"/songs\"");
    assert_eq!(faults(&[&id("task", ""), &song]), ["a source with `task` has no `polled_at`"]);
}

#[test]
fn the_task_of_a_source_is_a_field_whose_source_has_no_member() {
    let song = id("song", "task = \"task\", member = \"id\"");
    assert_eq!(faults(&[&song]), ["unknown field `task`"]);
    let message = "`task` does not say that it has the id of a task";
    assert_eq!(faults(&[&field("task", "string", ""), &song]), [message]);
    assert_eq!(faults(&[&id("task", "member = \"id\""), &song]), [message]);
}

#[test]
fn polled_at_is_a_path_as_in_poll() {
    no_faults(&[&id("task", "polled_at = \"/songs/{task}\"")]);
    let message = "a path must begin with / and consist of letters, digits and -_.~";
    assert_eq!(faults(&[&id("task", "polled_at = \"songs\"")]), [message]);
}

#[test]
fn unknown_is_a_code_in_codes_that_does_not_mean_success() {
    no_faults(&[&id("task", "unknown = 400")]);
    assert_eq!(faults(&[&id("task", "unknown = 999")]), ["the code 999 is not in `[codes]`"]);
    assert_eq!(
        faults(&[&id("task", "unknown = 200")]),
        ["the code 200 means success, so that it does not refuse an unknown id"]
    );
}

#[test]
fn a_source_has_unknown_if_the_operation_answers_at_once() {
    no_faults(&[AT_ONCE, &id("task", "unknown = 400")]);
    let message = "the operation answers at once, so that it has no task that could fail";
    assert_eq!(faults(&[AT_ONCE, &id("task", "")]), [message]);
}

#[test]
fn fetched_is_for_a_field_of_type_url() {
    no_faults(&[&field("song", "url", "fetched = { failure = 451 }")]);
    no_faults(&[&field("songs", "url", "list = true, fetched = { failure = 451 }")]);
    let message = "`song` is fetched, but is not an address";
    assert_eq!(faults(&[&field("song", "string", "fetched = { failure = 451 }")]), [message]);
}

#[test]
fn the_failure_of_fetched_is_a_code_in_failures_if_the_spec_has_that_table() {
    let late = field("song", "url", "fetched = { failure = 599 }");
    assert_eq!(faults(&[&late]), ["the code 599 is not in `[failures]`"]);
    no_faults(&[&late, "failures = { 599 = { doc = \"No song.\" } }"]);
    no_faults(&[&late, "without = [\"callback\", \"failures\"]"]);
    let own = "failures = { 500 = { doc = \"No server.\" } }";
    assert_eq!(
        faults(&[own, &field("song", "url", "fetched = { failure = 451 }")]),
        ["the code 451 is not in `[failures]`"]
    );
}

#[test]
fn the_failure_of_fetched_does_not_mean_success_in_codes() {
    let song = field("song", "url", "fetched = { failure = 200 }");
    let message = "the code 200 means success in `[codes]`, and not that a task has failed";
    assert_eq!(faults(&["without = [\"callback\", \"failures\"]", &song]), [message]);
    assert_eq!(faults(&[&song]), [message]);
}

#[test]
fn an_operation_that_answers_at_once_has_no_fetched() {
    let message = "the operation answers at once, so that it has no task that could fail";
    assert_eq!(faults(&[AT_ONCE, &field("song", "url", "fetched = { failure = 451 }")]), [message]);
}

#[test]
fn served_at_is_for_a_single_field_of_type_string_or_url() {
    for kind in ["string", "url"] {
        no_faults(&[FILES, &field("song", kind, "served_at = \"file\"")]);
    }
    let message = "`song` is served, but is not a single text or address";
    assert_eq!(faults(&[FILES, &field("song", "integer", "served_at = \"file\"")]), [message]);
    assert_eq!(faults(&[FILES, &field("song", "url", "list = true, served_at = \"file\"")]), [message]);
}

#[test]
fn served_at_names_a_result_with_a_single_address() {
    assert_eq!(faults(&[FILES, &field("song", "url", "served_at = \"fle\"")]), ["unknown result `fle`"]);
    for other in ["files", "name"] {
        let message = format!("the result `{other}` is not a single address");
        assert_eq!(faults(&[FILES, &field("song", "url", &format!("served_at = \"{other}\""))]), [message]);
    }
}

#[test]
fn the_rules_of_a_request_do_not_depend_on_source_fetched_and_served_at() {
    let plain = [FILES.to_owned(), bare_field("task", "string", "required = \"always\""), field("song", "url", "")];
    let said = [
        FILES.to_owned(),
        bare_field("task", "string", "required = \"always\", source = { unknown = 400 }"),
        field("song", "url", "fetched = { failure = 451 }, served_at = \"file\""),
    ];
    let [plain, said] = [&plain, &said].map(|lines| request(&lines.each_ref().map(String::as_str)).0);
    assert_eq!(plain, said);
}

#[test]
fn an_empty_text_breaks_the_same_rules_with_empty_as_without() {
    let submit = "submit = { path = \"/ask\", task = \"id\", empty = \"absent\" }";
    let request = request(&[submit, &field("style", "string", "")]);
    request.accepts(&["{}", r#"{ "style": "jazz" }"#]);
    request.refuses(r#"{ "style": "" }"#, "style: must not be empty");
}
