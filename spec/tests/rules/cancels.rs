//! Rules of `[cancel]`.

use cover_spec::answers::{CancelReply, Envelope, Progress, Unreadable, cancel, progress};

use crate::helper::{faults, no_faults, service};

/// Returns the faults of a spec whose `[cancel]` has these keys.
fn with(keys: &str) -> Vec<String> {
    faults(&[&format!("cancel = {{ {keys} }}")])
}

#[test]
fn a_spec_without_poll_has_no_cancel() {
    let at_once = ["without = [\"poll\", \"statuses\", \"callback\"]", "submit = { path = \"/style\" }"];
    no_faults(&at_once);
    let message = "the spec has no `[poll]`, so that the operation answers at once and has no task";
    let [without, submit] = at_once;
    assert_eq!(faults(&[without, submit, "cancel = { path = \"/tasks/{task}\" }"]), [message]);
}

#[test]
fn the_id_of_the_task_is_in_the_path_of_the_cancel_in_its_query_or_in_its_body_and_only_in_one_of_them() {
    for keys in [
        "path = \"/tasks/{task}/cancel\"",
        "path = \"/cancel\", query = \"id\"",
        "path = \"/cancel\", body = \"data.id\"",
        "method = \"DELETE\", path = \"/tasks/{task}\"",
    ] {
        assert_eq!(with(keys), [""; 0], "{keys}");
    }
    assert_eq!(with("path = \"/cancel\""), ["the cancel does not send the id of the task"]);
    for keys in ["path = \"/tasks/{task}\", query = \"id\"", "path = \"/tasks/{task}\", body = \"id\""] {
        assert_eq!(with(keys), ["the path already has the id of the task"], "{keys}");
    }
    assert_eq!(with("path = \"/cancel\", query = \"id\", body = \"id\""), ["the query already has the id of the task"]);
    let twice = "a path must begin with / and consist of letters, digits and -_.~";
    assert_eq!(with("path = \"/{task}/{task}\""), [twice]);
    assert_eq!(with("paht = \"/cancel\"").len(), 1, "only the misspelt key is reported");
    assert_eq!(with("path = \"/cancel\", qeury = \"id\"").len(), 1, "only the misspelt key is reported");
    assert_eq!(with("path = \"/{task}\", method = \"GET\""), ["unknown value `GET` of `method`"]);
}

#[test]
fn the_name_of_a_query_parameter_in_cancel_consists_of_letters_digits_and() {
    let message = "the name of a query parameter must consist of letters, digits and -_.~";
    for query in ["", "a b", "a=b"] {
        assert_eq!(with(&format!("path = \"/cancel\", query = \"{query}\"")), [message], "{query}");
    }
}

#[test]
fn the_body_of_cancel_is_a_place_in_json() {
    for body in ["", "data.", "data..id"] {
        let message = "`body` must be the place of a value in JSON";
        assert_eq!(with(&format!("path = \"/cancel\", body = \"{body}\"")), [message], "{body}");
    }
}

#[test]
fn a_cancel_with_delete_has_no_body() {
    let message = "a DELETE has no body, so that it cannot send the id of the task there";
    assert_eq!(with("method = \"DELETE\", path = \"/cancel\", body = \"id\""), [message]);
    assert_eq!(with("method = \"PUT\", path = \"/cancel\", body = \"id\""), [""; 0]);
}

#[test]
fn a_cancel_differs_from_the_submit_in_its_method_or_in_its_path() {
    assert_eq!(with("method = \"DELETE\", path = \"/tasks\", query = \"id\""), [""; 0]);
    let message = "the cancel has the method and the path of `[submit]`, so that it could buy another task";
    assert_eq!(with("path = \"/tasks\", query = \"id\""), [message]);
    assert_eq!(
        with("metod = \"DELETE\", path = \"/tasks\", query = \"id\"").len(),
        1,
        "only the misspelt key is reported"
    );
}

/// Returns the faults of a spec with these paths of the submit, which may have the field `lang`, and of the cancel.
fn with_paths(submit: &str, cancel: &str) -> Vec<String> {
    let submitted = format!("submit = {{ path = \"{submit}\", task = \"id\" }}");
    let id = if cancel.contains("{task}") { "" } else { ", body = \"id\"" };
    let cancelled = format!("cancel = {{ path = \"{cancel}\"{id} }}");
    let lang = "fields.lang = { type = \"string\", in = \"path\", doc = \"The language.\", required = \"always\" }";
    let field = if submit.contains("{lang}") { lang } else { "" };
    faults(&[&submitted, &cancelled, field])
}

fn could_buy(submit: &str, cancel: &str) -> String {
    format!(
        "the cancel, POST {cancel}, may have the same path as the submit, POST {submit}, so that it could buy another task"
    )
}

#[test]
fn the_path_of_a_cancel_with_the_method_of_the_submit_differs_from_that_of_the_submit_for_every_id_and_every_value_of_a_field()
 {
    for (submit, cancel) in [
        ("/dubs/{lang}", "/dubs/{task}"),
        ("/dubs/{lang}", "/dubs/cancel"),
        ("/dubs/new", "/dubs/{task}"),
        ("/dubs/{lang}/x", "/{task}/de/x"),
        ("/dubs/to-{lang}", "/dubs/{task}"),
        ("/dubs/to-{lang}", "/dubs/{task}.json"),
        ("/dubs/to-{lang}", "/dubs/to-cancel"),
    ] {
        assert_eq!(with_paths(submit, cancel), [could_buy(submit, cancel)]);
    }
    for (submit, cancel) in [
        ("/dubs/{lang}", "/dubs/{task}/cancel"),
        ("/dubs/{lang}", "/cancel/{task}"),
        ("/dubs", "/dubs/{task}"),
        ("/dubs/to-{lang}", "/dubs/of-{task}"),
        ("/dubs/{lang}.new", "/dubs/{task}.cancel"),
        ("/dubs/to-{lang}", "/dubs/cancel"),
        ("/{lang}", "/"),
    ] {
        assert_eq!(with_paths(submit, cancel), [""; 0], "{submit} {cancel}");
    }
}

#[test]
fn a_slash_at_the_end_of_a_path_does_not_make_a_cancel_differ_from_the_submit() {
    for (submit, cancel) in [("/dubs", "/dubs/"), ("/dubs/", "/dubs"), ("/dubs/{lang}/", "/dubs/{task}")] {
        assert_eq!(with_paths(submit, cancel), [could_buy(submit, cancel)]);
    }
    assert_eq!(with_paths("/dubs/{lang}", "/dubs/"), [""; 0], "no value in the path is empty");
}

/// Returns what an answer to the cancel of the task `5c79` says. The envelope has a code, or the HTTP status is the code.
fn reply(has_code: bool, status: u16, answer: &str) -> CancelReply {
    let without = if has_code { "without = [\"callback\"]" } else { "without = [\"callback\", \"envelope.code\"]" };
    let api = service(&[without, "cancel.path = \"/tasks/{task}\""]);
    cancel(&api, &Envelope::read(&api, status, answer.as_bytes()), status, "5c79")
}

#[test]
fn a_cancel_is_accepted_if_the_code_of_its_answer_means_success() {
    for status in [200, 500] {
        assert_eq!(reply(true, status, r#"{"code": 200}"#), CancelReply::Accepted);
        assert_eq!(reply(true, status, r#"{"code": 400}"#), CancelReply::Refused(400));
        assert_eq!(reply(true, status, r#"{"code": 202}"#), CancelReply::Refused(202), "an unlisted code");
    }
    assert_eq!(reply(false, 200, r#"{"code": 400}"#), CancelReply::Accepted);
    assert_eq!(reply(true, 200, "{}"), CancelReply::Unreadable(Unreadable::NoCode));
    assert_eq!(reply(true, 200, "<html>"), CancelReply::Unreadable(Unreadable::NotJson));
}

#[test]
fn a_cancel_is_also_accepted_if_its_answer_is_empty_or_has_an_unlisted_http_status_as_its_code_and_the_http_status_is_from_200_to_299()
 {
    for status in [200, 202, 204, 299] {
        assert_eq!(reply(true, status, ""), CancelReply::Accepted);
        assert_eq!(reply(false, status, " \n"), CancelReply::Accepted);
        assert_eq!(reply(false, status, "{}"), CancelReply::Accepted);
    }
    for status in [199, 300, 404, 409, 500] {
        assert_eq!(reply(true, status, ""), CancelReply::Unreadable(Unreadable::Empty));
        assert_eq!(reply(false, status, ""), CancelReply::Refused(status.into()));
        assert_eq!(reply(false, status, "{}"), CancelReply::Refused(status.into()));
    }
}

#[test]
fn an_answer_to_a_cancel_that_names_another_task_where_answers_to_polls_name_theirs_is_an_error() {
    let about = |code: u32, task: &str| format!(r#"{{"code": {code}, "data": {{"taskId": {task}}}}}"#);
    assert_eq!(reply(true, 200, &about(200, "\"5c79\"")), CancelReply::Accepted);
    assert_eq!(reply(true, 200, &about(200, "null")), CancelReply::Accepted);
    for other in ["\"5c80\"", "5", "5e79"] {
        assert_eq!(reply(true, 200, &about(200, other)), CancelReply::OtherTask, "{other}");
        assert_eq!(reply(true, 200, &about(400, other)), CancelReply::Refused(400), "{other}");
    }
}

#[test]
fn a_task_with_a_status_that_means_cancelled_has_failed() {
    let stopped = "statuses.stopped = { doc = \"Cancelled.\", means = \"cancelled\", ready = \"nothing\" }";
    let done = "statuses.done = { doc = \"Done.\", means = \"done\", ready = \"all\" }";
    let api = service(&[stopped, done]);
    for (has_error, ready) in [(false, false), (true, false), (false, true)] {
        assert_eq!(progress(&api, "stopped", has_error, ready), Progress::Cancelled);
    }
    assert_eq!(
        faults(&[&stopped.replace("ready", "stage = 0, ready"), done]).len(),
        1,
        "only running tasks have stages"
    );
}
