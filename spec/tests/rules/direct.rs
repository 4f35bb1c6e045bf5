//! Rules of operations that answer at once.

use cover_spec::answers::{Envelope, Reply, reply};

use crate::helper::{faults, no_faults, service};

const AT_ONCE: &str = "without = [\"poll\", \"statuses\", \"callback\"]";

const SUBMIT: &str = "submit = { path = \"/style\" }";

#[test]
fn a_spec_without_poll_has_no_task_no_statuses_and_no_callback() {
    let message = ["the spec has no `[poll]`, so that the operation answers at once and has no task"];
    no_faults(&[AT_ONCE, SUBMIT]);
    assert_eq!(faults(&[AT_ONCE, "submit = { path = \"/style\", task = \"id\" }"]), message);
    let inherited = faults(&["without = [\"poll\", \"callback\"]", SUBMIT]);
    assert!(inherited.len() == 1 && inherited[0].starts_with(message[0]), "{inherited:?}");
    let field = "fields.hook = { type = \"url\", doc = \"A field.\", optional = \"always\" }";
    assert_eq!(faults(&["without = [\"poll\", \"statuses\"]", SUBMIT, field, "callback.field = \"hook\""]), message);
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
