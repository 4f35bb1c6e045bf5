//! Rules of results.

use cover_spec::answers::{self, Envelope, Reply, reply, results};
use serde_json::{Value, json};

use crate::helper::{faults, no_faults, spec};

/// A result with these keys, at `r`.
pub fn result(keys: &str) -> String {
    format!("results = {{ thing = {{ doc = \"A thing.\", at = \"r\", {keys} }} }}")
}

/// An object with these members.
fn object(members: &str) -> String {
    result(&format!("type = \"object\", name = \"Thing\", fields = {{ {members} }}"))
}

/// Returns why the output is not complete; empty if it is.
pub fn lacking(lines: &str, value: &Value) -> String {
    let api = spec(&[lines]).api();
    results(&api, &json!({ "r": value })).lacking.map(|lacking| lacking.to_string()).unwrap_or_default()
}

/// Returns the value of the result as it is read.
pub fn read(lines: &str, value: &Value) -> Option<Value> {
    answers::read(&spec(&[lines]).api().results[0].shape, value)
}

const TEXTS: &str = "type = \"string\", list = true";
pub const AUDIO: &str =
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
fn a_list_counts_as_missing_if_all_its_items_do_and_an_object_if_all_its_members_do() {
    let two = "results = { thing = { type = \"any\", doc = \"A thing.\", at = [\"first\", \"second\"] } }";
    let api = spec(&[two]).api();
    for missing in [json!([null, ""]), json!([[], {}]), json!({ "a": null, "b": [] }), json!([{ "a": [""] }])] {
        let body = json!({ "first": missing, "second": 1 });
        assert_eq!(results(&api, &body).places, [Some(1)], "{body}");
    }
    assert_eq!(results(&api, &json!({ "first": [null, 0], "second": 1 })).places, [Some(0)]);
    assert_eq!(lacking(&result(TEXTS), &json!([null, ""])), "`r` has only empty items");
    assert_eq!(lacking(&object(PLAIN), &json!({ "a": "", "b": [{}] })), "`r` has only empty members");
}

#[test]
fn of_the_spellings_of_a_member_the_first_counts_whose_value_is_not_missing() {
    let lines = object("a = { type = \"string\", doc = \"One.\", spellings = [\"a\", \"A\"] }");
    for missing in [json!(null), json!(""), json!([]), json!({}), json!([null])] {
        assert_eq!(lacking(&lines, &json!({ "a": missing, "A": "x" })), "", "{missing}");
    }
    assert_eq!(lacking(&lines, &json!({ "a": 7, "A": "x" })), "`r.a` is a number instead of a text");
}

#[test]
fn a_number_that_64_bits_cannot_hold_is_read_as_a_text_with_its_digits() {
    let found = |kind: &str, digits: &str| {
        let api = spec(&[&result(&format!("type = \"{kind}\""))]).api();
        let answer = format!("{{\"code\": 200, \"r\": {digits}}}");
        let read = Envelope::read(&api, 200, answer.as_bytes()).expect("the answer is readable");
        let found = results(&api, &read.body);
        (found.is_complete(), found.values[0].cloned())
    };
    let digits = "123456789012345678901234567890";
    assert_eq!(found("string", digits), (true, Some(json!(digits))));
    assert_eq!(found("string", "1e400"), (true, Some(json!("1e400"))));
    assert_eq!(found("string", "7"), (false, Some(json!(7))));
    assert!(found("number", digits).0 && !found("number", "1e400").0);
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
        ("integer", json!("3.0"), json!("3.5"), "`r` is a text instead of a whole number"),
        ("number", json!(3.5), json!("x"), "`r` is a text instead of a number"),
        ("seconds", json!("3.5"), json!(true), "`r` is a boolean instead of a number"),
        ("boolean", json!(false), json!("true"), "`r` is a text instead of true or false"),
        ("time", json!(1.7e12), json!(0.5), "`r` is a number instead of a whole number of milliseconds or a text"),
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
    assert_eq!(lacking(&lines, &json!([{ "title": "x" }, { "url": "https://a.example" }])), "");
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
fn an_empty_item_of_a_list_is_left_out_also_of_a_list_within_a_list() {
    assert_eq!(lacking(&result(TEXTS), &json!([null, "", "x"])), "");
    assert_eq!(lacking(&result(TEXTS), &json!([null, ""])), "`r` has only empty items");
    assert_eq!(read(&result(TEXTS), &json!([null, "", "x"])), Some(json!(["x"])));
    let any = result("type = \"any\", list = true");
    assert_eq!(read(&any, &json!([1, "", [], {}, null, { "a": "" }, [0]])), Some(json!([1, [0]])));
    let lists = result("type = \"string\", list = 2");
    assert_eq!(read(&lists, &json!([["a"], [], [null, ""], [null, "b"]])), Some(json!([["a"], ["b"]])));
}

#[test]
fn the_items_after_an_empty_item_move_up_so_an_index_is_that_of_an_item_that_is_not_empty() {
    let numbers = |lists: u32| result(&format!("type = \"number\", list = {lists}"));
    assert_eq!(read(&result("type = \"number\", list = true"), &json!([1, null, 2])), Some(json!([1.0, 2.0])));
    assert_eq!(read(&numbers(2), &json!([[1, null, 2], [], [3]])), Some(json!([[1.0, 2.0], [3.0]])));
}

#[test]
fn an_optional_result_of_another_type_makes_the_output_incomplete() {
    let lines = "results = { a = { type = \"string\", doc = \"A.\", at = \"a\" }, \
                 b = { type = \"string\", list = true, doc = \"B.\", at = \"b\", optional = true } }";
    let api = spec(&[lines]).api();
    let lacking = |b: Value| results(&api, &json!({ "a": "x", "b": b })).lacking.map(|lacking| lacking.to_string());
    assert_eq!(lacking(json!("hello")).as_deref(), Some("`b` is a text instead of a list"));
    assert_eq!(lacking(json!(["x", 7])).as_deref(), Some("`b[1]` is a number instead of a text"));
    for absent in [json!(null), json!(""), json!([]), json!([null]), json!(["x"])] {
        assert_eq!(lacking(absent), None);
    }
    let optional = "optional = true, type = \"image\"";
    let two =
        "results = { a = { type = \"string\", doc = \"A.\", at = \"a\" }, b = { doc = \"B.\", at = \"b\", KEYS } }";
    let api = spec(&[&two.replace("KEYS", optional)]).api();
    assert!(results(&api, &json!({ "a": "x", "b": "pending" })).is_complete(), "it counts as missing");
    assert!(!results(&api, &json!({ "a": "x", "b": 7 })).is_complete());
}

/// A list of files at two places.
fn two_places() -> String {
    format!(
        "results = {{ thing = {{ type = \"object\", list = true, name = \"Thing\", doc = \"A thing.\", \
         at = [\"one\", \"two\"], fields = {{ {AUDIO} }} }} }}"
    )
}

#[test]
fn of_several_places_the_first_counts_where_the_result_is_complete() {
    let api = spec(&[&two_places()]).api();
    let whole = json!([{ "url": "https://a.example" }]);
    for other in [json!("see two"), json!([{ "title": "x" }]), json!([7]), json!(null), json!([{ "url": "pending" }])] {
        let body = json!({ "one": other, "two": whole });
        let found = results(&api, &body);
        assert_eq!((found.places, found.lacking), (vec![Some(1)], None), "{other}");
    }
    let body = json!({ "one": whole, "two": whole });
    assert_eq!(results(&api, &body).places, [Some(0)]);
}

#[test]
fn if_the_result_is_complete_nowhere_the_first_place_counts_that_has_a_part_of_it() {
    let api = spec(&[&two_places()]).api();
    for (one, two, place, why) in [
        (json!("see two"), json!([{ "title": "x" }]), Some(1), "`two[0].url` is missing"),
        (json!([{ "title": "x" }]), json!([{ "title": "y" }]), Some(0), "`one[0].url` is missing"),
        (json!(null), json!("x"), Some(1), "`two` is a text instead of a list"),
        (json!(7), json!("x"), Some(0), "`one` is a number instead of a list"),
        (json!(null), json!([]), None, "`one` is null"),
    ] {
        let body = json!({ "one": one, "two": two });
        let found = results(&api, &body);
        assert_eq!(found.places, [place], "{body}");
        assert_eq!(found.lacking.map(|lacking| lacking.to_string()).as_deref(), Some(why), "{body}");
    }
}

/// A result of this type that is the whole answer.
fn whole(keys: &str) -> String {
    format!("results = {{ thing = {{ doc = \"A thing.\", at = \"\", {keys} }} }}")
}

const SCALARS_AND_LISTS: [&str; 4] =
    ["type = \"string\"", "type = \"number\"", "type = \"audio\", list = true", "type = \"string\", list = 2"];

#[test]
fn the_whole_answer_is_an_object_if_envelope_has_a_code_or_poll_a_status() {
    for keys in SCALARS_AND_LISTS {
        let found = faults(&[&whole(keys), "envelope = { code = \"code\", message = \"msg\" }"]);
        let why = "`thing` is the whole answer, which is an object, since `code` of `[envelope]` is a place in it";
        assert_eq!(found, [why], "{keys}");
        let found = faults(&[&whole(keys), "without = [\"envelope\", \"callback\"]"]);
        let why = "`thing` is the whole answer, which is an object, since `status` of `[poll]` is a place in it";
        assert_eq!(found, [why], "{keys}");
    }
    no_faults(&[&whole("type = \"any\"")]);
    no_faults(&[&whole(&format!("type = \"object\", name = \"Thing\", list = true, fields = {{ {AUDIO} }}"))]);
}

#[test]
fn otherwise_the_whole_answer_may_be_a_list_or_a_single_value() {
    let at_once = ["without = [\"envelope\", \"poll\", \"statuses\", \"callback\"]", "submit = { path = \"/words\" }"];
    for (keys, answer) in SCALARS_AND_LISTS.into_iter().zip([r#""x""#, "7", r#"["https://a.example"]"#, r#"[["x"]]"#]) {
        let api = spec(&[&whole(keys), at_once[0], at_once[1]]).api();
        let envelope = Envelope::read(&api, 200, answer.as_bytes());
        assert_eq!(reply(&api, &envelope, 200, answer.as_bytes(), true), Reply::Answer, "{keys}");
        assert!(results(&api, &envelope.expect("it is readable").body).is_complete(), "{keys}");
        let refusal = Envelope::read(&api, 400, answer.as_bytes());
        assert_eq!(reply(&api, &refusal, 400, answer.as_bytes(), true), Reply::Refused, "{keys}");
    }
}

#[test]
fn a_single_object_stands_for_a_list_with_one_object() {
    let lines = result(&format!("type = \"object\", name = \"Thing\", list = true, fields = {{ {AUDIO} }}"));
    let one = json!({ "url": "https://a.example" });
    assert_eq!(lacking(&lines, &one), "");
    assert_eq!(lacking(&lines.replace("list = true", "list = 2"), &one), "");
    assert_eq!(read(&lines.replace("list = true", "list = 2"), &one), Some(json!([[{ "url": "https://a.example" }]])));
    assert_eq!(lacking(&result("type = \"any\", list = true"), &one), "");
    assert_eq!(lacking(&result(TEXTS), &one), "`r` is an object instead of a list");
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
fn a_member_of_another_type_counts_as_missing_if_it_is_not_required() {
    assert_eq!(lacking(&object(PLAIN), &json!({ "a": 7, "b": 1 })), "");
    assert_eq!(lacking(&object(PLAIN), &json!({ "a": 7 })), "`r.a` is a number instead of a text");
}

#[test]
fn a_member_that_is_not_complete_counts_as_missing() {
    let inner = format!("type = \"object\", doc = \"Inside.\", name = \"Inner\", fields = {{ {REQUIRED} }}");
    for lines in [object(&format!("part = {{ {inner} }}")), object(&format!("part = {{ {inner}, required = true }}"))] {
        assert_eq!(lacking(&lines, &json!({ "part": { "a": "x" } })), "");
        assert_eq!(lacking(&lines, &json!({ "part": { "b": "x" } })), "`r.part.a` is missing");
    }
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

#[test]
fn a_result_or_a_member_with_an_example_has_the_type_string() {
    no_faults(&[&result("type = \"string\", example = \"made\"")]);
    no_faults(&[&object("state = { type = \"string\", doc = \"The state.\", list = true, example = \"\" }")]);
    assert_eq!(
        faults(&[&result("type = \"audio\", example = \"made\"")]),
        ["`thing` is not a text, but has an `example`"]
    );
    let number = "size = { type = \"number\", doc = \"The size.\", example = \"2\" }";
    assert_eq!(faults(&[&object(number)]), ["`size` is not a text, but has an `example`"]);
}

#[test]
fn a_result_or_a_member_with_a_file_name_has_the_type_object() {
    let inner = format!(
        "type = \"object\", doc = \"Inside.\", name = \"Inner\", file_name = \"title\", fields = {{ {AUDIO} }}"
    );
    no_faults(&[&object(&format!("part = {{ {inner} }}"))]);
    let text = "`thing` is not an object, but has a `file_name`";
    assert_eq!(faults(&[&result("type = \"audio\", file_name = \"title\"")]), [text]);
    let member = object("size = { type = \"number\", doc = \"The size.\", file_name = \"title\" }");
    assert_eq!(faults(&[&member]), ["`size` is not an object, but has a `file_name`"]);
}

#[test]
fn file_name_is_a_member_of_the_object_that_has_the_type_string_and_is_no_list() {
    let named = |name: &str| {
        let tags = "tags = { type = \"string\", list = true, doc = \"The tags.\" }";
        let keys =
            format!("type = \"object\", name = \"Thing\", file_name = \"{name}\", fields = {{ {AUDIO}, {tags} }}");
        faults(&[&result(&keys)])
    };
    assert_eq!(named("title"), [""; 0]);
    assert_eq!(named("titel"), ["unknown member `titel`"]);
    for name in ["url", "tags"] {
        assert_eq!(named(name), [format!("`{name}` cannot name the files of `thing`, because it is not a text")]);
    }
}
