//! Rules of results.

use cover_spec::answers::results;
use serde_json::{Value, json};

use crate::helper::{faults, no_faults, spec};

/// A result with these keys, at `r`.
fn result(keys: &str) -> String {
    format!("results = {{ thing = {{ doc = \"A thing.\", at = \"r\", {keys} }} }}")
}

/// An object with these members.
fn object(members: &str) -> String {
    result(&format!("type = \"object\", name = \"Thing\", fields = {{ {members} }}"))
}

/// Returns why the output is not complete; empty if it is.
fn lacking(lines: &str, value: &Value) -> String {
    let api = spec(&[lines]).api();
    results(&api, &json!({ "r": value })).lacking.map(|lacking| lacking.to_string()).unwrap_or_default()
}

const TEXTS: &str = "type = \"string\", list = true";
const AUDIO: &str =
    "url = { type = \"audio\", doc = \"The file.\" }, title = { type = \"string\", doc = \"The title.\" }";
const PLAIN: &str = "a = { type = \"string\", doc = \"One.\" }, b = { type = \"number\", doc = \"Another.\" }";
const REQUIRED: &str =
    "a = { type = \"string\", doc = \"One.\", required = true }, b = { type = \"audio\", doc = \"B.\" }";

#[test]
fn null_an_empty_text_an_empty_list_and_an_empty_object_count_as_missing() {
    for kind in ["string", "any", "boolean", "number"] {
        let lines = result(&format!("type = \"{kind}\""));
        for (value, why) in [
            (json!(null), "`r` is null"),
            (json!(""), "`r` is an empty text"),
            (json!([]), "`r` is an empty list"),
            (json!({}), "`r` is an empty object"),
        ] {
            assert_eq!(lacking(&lines, &value), why, "{kind}");
        }
    }
}

#[test]
fn the_output_is_complete_if_every_result_is_complete_that_is_not_optional() {
    let two = |optional: &str| {
        format!(
            "results = {{ a = {{ type = \"string\", doc = \"A.\", at = \"a\" }}, \
             b = {{ type = \"string\", doc = \"B.\", at = \"b\"{optional} }} }}"
        )
    };
    let is_complete = |optional: &str, body: Value| results(&spec(&[&two(optional)]).api(), &body).is_complete();
    assert!(is_complete("", json!({ "a": "x", "b": "y" })));
    assert!(!is_complete("", json!({ "a": "x" })));
    assert!(is_complete(", optional = true", json!({ "a": "x" })));
    assert!(!is_complete(", optional = true", json!({ "b": "y" })));
}

#[test]
fn at_least_one_result_is_not_optional() {
    no_faults(&[&result("type = \"string\"")]);
    assert_eq!(faults(&[&result("type = \"string\", optional = true")]), ["all results are optional"]);
}

#[test]
fn a_single_value_is_complete_if_it_can_be_read_as_its_type() {
    for (kind, good, bad, instead) in [
        ("string", json!("x"), json!(1), "`r` is a number instead of a text"),
        ("integer", json!(3), json!(3.5), "`r` is a number instead of a whole number"),
        ("integer", json!("3"), json!("x"), "`r` is a text instead of a whole number"),
        ("number", json!(3.5), json!("x"), "`r` is a text instead of a number"),
        ("seconds", json!("3.5"), json!(true), "`r` is a boolean instead of a number"),
        ("boolean", json!(false), json!("true"), "`r` is a text instead of true or false"),
        ("time", json!("2026"), json!(false), "`r` is a boolean instead of a whole number of milliseconds or a text"),
        ("audio", json!("https://a.example"), json!({ "url": "x" }), "`r` is an object instead of an address"),
    ] {
        let lines = result(&format!("type = \"{kind}\""));
        assert_eq!(lacking(&lines, &good), "", "{kind}");
        assert_eq!(lacking(&lines, &bad), instead, "{kind}");
    }
    assert_eq!(lacking(&result("type = \"any\""), &json!([1])), "");
}

#[test]
fn a_list_is_complete_if_one_of_its_items_is() {
    let lines = result(&format!("type = \"object\", name = \"Thing\", list = true, fields = {{ {AUDIO} }}"));
    assert_eq!(lacking(&lines, &json!([{ "title": "x" }, { "url": "u" }])), "");
    assert_eq!(lacking(&lines, &json!([{ "title": "x" }, { "title": "y" }])), "`r[0].url` is missing");
}

#[test]
fn a_list_with_an_item_of_another_type_is_not_complete() {
    assert_eq!(lacking(&result(TEXTS), &json!(["x", 7])), "`r[1]` is a number instead of a text");
    assert_eq!(lacking(&result(TEXTS), &json!("x")), "`r` is a text instead of a list");
    let lists = result("type = \"number\", list = 2");
    assert_eq!(lacking(&lists, &json!([[1, 2], [3]])), "");
    assert_eq!(lacking(&lists, &json!([[1, "x"]])), "`r[0][1]` is a text instead of a number");
    assert_eq!(lacking(&lists, &json!([1])), "`r[0]` is a number instead of a list");
}

#[test]
fn an_empty_item_of_a_list_is_left_out() {
    assert_eq!(lacking(&result(TEXTS), &json!([null, "", "x"])), "");
    assert_eq!(lacking(&result(TEXTS), &json!([null, ""])), "`r` has only empty items");
}

#[test]
fn a_single_object_stands_for_a_list_with_one_object() {
    let lines = result(&format!("type = \"object\", name = \"Thing\", list = true, fields = {{ {AUDIO} }}"));
    assert_eq!(lacking(&lines, &json!({ "url": "u" })), "");
}

#[test]
fn an_object_is_complete_if_it_has_every_member_that_is_required() {
    let lines = object(REQUIRED);
    assert_eq!(lacking(&lines, &json!({ "a": "x" })), "");
    assert_eq!(lacking(&lines, &json!({ "b": "https://a.example" })), "`r.a` is missing");
    assert_eq!(lacking(&lines, &json!({ "a": "", "b": "x" })), "`r.a` is empty");
    assert_eq!(lacking(&lines, &json!({ "a": 7 })), "`r.a` is a number instead of a text");
}

#[test]
fn an_object_without_required_members_is_complete_if_it_has_a_member_of_type_audio() {
    let lines = object(AUDIO);
    assert_eq!(lacking(&lines, &json!({ "url": "https://a.example" })), "");
    assert_eq!(lacking(&lines, &json!({ "url": null, "title": "x" })), "`r.url` is empty");
}

#[test]
fn an_object_with_neither_is_complete_if_it_has_any_of_its_members() {
    let lines = object(PLAIN);
    assert_eq!(lacking(&lines, &json!({ "b": 1 })), "");
    assert_eq!(lacking(&lines, &json!({ "c": 1 })), "`r.a` is missing");
    assert_eq!(lacking(&lines, &json!({ "a": "", "b": null })), "`r` has only empty members");
    assert_eq!(lacking(&lines, &json!(["x"])), "`r` is a list instead of an object");
}

#[test]
fn a_member_of_another_type_counts_as_missing() {
    assert_eq!(lacking(&object(PLAIN), &json!({ "a": 7, "b": 1 })), "");
    assert_eq!(lacking(&object(PLAIN), &json!({ "a": 7 })), "`r.a` is a number instead of a text");
}

#[test]
fn a_task_that_is_done_while_its_output_is_not_complete_is_polled_until_settle_has_passed() {
    let spec = spec(&[&result("type = \"string\""), "poll.settle = \"7 s\""]);
    let answer = br#"{"code": 200, "data": {"taskId": "1", "status": "SUCCESS"}}"#;
    let tried = spec.try_answer(answer, 200, None).to_string();
    assert!(tried.contains("the task is done, but its output is not complete; a wait polls it for 7s more"), "{tried}");
}

#[test]
fn an_object_has_at_least_one_member() {
    no_faults(&[&object(PLAIN)]);
    assert_eq!(faults(&[&object("")]), ["the object `thing` has no `fields`"]);
}

#[test]
fn objects_are_nested_at_most_8_deep() {
    let nested = |depth: usize| {
        let innermost = "x = { type = \"string\", doc = \"X.\" }".to_owned();
        let wrap = |inner: String, level: usize| {
            format!("x = {{ type = \"object\", name = \"Level{level}\", doc = \"X.\", fields = {{ {inner} }} }}")
        };
        object(&(1..depth).fold(innermost, wrap))
    };
    no_faults(&[&nested(8)]);
    assert_eq!(faults(&[&nested(9)]), ["objects are nested more than 8 deep"]);
}

#[test]
fn two_members_of_an_object_must_not_have_a_spelling_in_common() {
    let with = |spelling: &str| {
        let url = "url = { type = \"audio\", doc = \"The song.\", spellings = [\"url\", \"URL\"] }";
        let other = format!("other = {{ type = \"image\", doc = \"Its cover.\", spellings = [\"{spelling}\"] }}");
        faults(&[&object(&format!("{url}, {other}"))])
    };
    assert_eq!(with("Url"), [""; 0]);
    assert_eq!(with("URL"), ["`URL` is a spelling of two fields"]);
}

#[test]
fn a_place_of_a_result_must_not_be_inside_an_earlier_one() {
    let at = |places: &str| format!("results = {{ thing = {{ type = \"any\", doc = \"A thing.\", at = {places} }} }}");
    no_faults(&[&at("[\"data.songs\", \"data\"]")]);
    let inside = faults(&[&at("[\"data\", \"data.songs\"]")]);
    assert_eq!(inside, ["the result is never read from `data.songs`"]);
}

#[test]
fn count_is_only_for_lists() {
    no_faults(&[&result("type = \"string\", list = true, count = 2")]);
    assert_eq!(faults(&[&result("type = \"string\", count = 2")]), ["`count` is for lists"]);
}
