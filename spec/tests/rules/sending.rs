//! Rules of `[submit]`, and of the headers of a request.

use crate::helper::{bare_field, faults, field, no_faults, request, service};

/// Returns a `[submit]` with these keys.
fn submit(keys: &str) -> String {
    let path = if keys.contains("path = ") { "" } else { ", path = \"/tasks\"" };
    format!("submit = {{ {keys}{path}, task = \"id\" }}")
}

/// Returns a field that is always sent in the path.
fn in_path(name: &str, kind: &str, keys: &str) -> String {
    let presence = if keys.contains("optional") { "" } else { ", required = \"always\"" };
    field(name, kind, &format!("in = \"path\"{presence}{keys}"))
}

#[test]
fn basic_goes_with_neither_header_nor_scheme() {
    let with = |keys: &str| {
        faults(&[&format!("service = {{ name = \"Example\", id = \"a\", auth = {{ basic = \"{{key}}:\"{keys} }} }}")])
    };
    assert_eq!(with(""), [""; 0]);
    for (key, keys) in [("header", ", header = \"X-Key\""), ("scheme", ", scheme = \"Bearer\"")] {
        assert_eq!(with(keys), [format!("`{key}` and `basic` are both given in `auth`")]);
    }
    let neither = faults(&["service = { name = \"Example\", id = \"a\", auth = {} }"]);
    assert_eq!(neither, ["`header` is missing in `auth`"]);
}

#[test]
fn basic_has_key_once() {
    let with = |basic: &str| {
        faults(&[&format!("service = {{ name = \"Example\", id = \"a\", auth = {{ basic = \"{basic}\" }} }}")])
    };
    for basic in ["{key}:", "api:{key}", "{key}:x", "ü:{key}"] {
        assert_eq!(with(basic), [""; 0], "{basic}");
    }
    for basic in ["", "api:", "{key}:{key}"] {
        assert_eq!(with(basic), ["`basic` must have `{key}` once, in the place of the API key"], "{basic}");
    }
    assert_eq!(with("{key}:\\n"), ["`basic` has control characters"]);
}

#[test]
fn basic_has_a_between_user_and_password_unless_it_is_key_alone_for_keys_that_have_both() {
    let with = |basic: &str| {
        faults(&[&format!("service = {{ name = \"Example\", id = \"a\", auth = {{ basic = \"{basic}\" }} }}")])
    };
    assert_eq!(with("{key}"), [""; 0]);
    assert_eq!(with("api{key}"), ["`basic` has no `:` between user and password"]);
}

/// Returns the faults of a service with these headers.
fn headers(headers: &str) -> Vec<String> {
    faults(&[&format!(
        "service = {{ name = \"Example\", id = \"a\", auth = {{ header = \"X-Key\" }}, headers = {{ {headers} }} }}"
    )])
}

#[test]
fn the_name_of_a_header_consists_of_characters_that_http_allows() {
    assert_eq!(headers("X-Version = \"3\", \"a.b!c\" = \"1\""), [""; 0]);
    for name in ["X Version", "X:", "ü"] {
        assert_eq!(headers(&format!("\"{name}\" = \"3\"")), ["not allowed in an HTTP header"], "{name}");
    }
    assert_eq!(headers("\"a\\r\\nb\" = \"3\""), ["the key \"a\\r\\nb\" has the control character U+000D"]);
    assert_eq!(headers("\"\" = \"3\""), ["`headers` is empty"]);
}

#[test]
fn the_value_of_a_header_consists_of_printable_ascii_characters_and_neither_begins_nor_ends_with_a_space() {
    assert_eq!(headers("X-Version = \"3; a=\\\"b c\\\"\""), [""; 0]);
    for value in ["", " 3", "3 ", "ü", "3\\r\\nX: 1", "a\\tb"] {
        let message = "the value of the header `X-Version` is not allowed in HTTP";
        assert_eq!(headers(&format!("X-Version = \"{value}\"")), [message], "{value}");
    }
}

#[test]
fn a_header_must_not_be_given_twice_in_upper_and_lower_case() {
    assert_eq!(headers("X-A = \"1\", X-B = \"1\""), [""; 0]);
    assert_eq!(headers("X-A = \"1\", x-a = \"1\""), ["the header `x-a` is given twice"]);
}

#[test]
fn the_header_of_the_api_key_and_headers_that_the_client_sets_itself_must_not_be_in_headers() {
    assert_eq!(headers("x-key = \"1\""), ["the header `x-key` has the API key"]);
    for name in ["Content-Type", "host", "Content-Length", "Transfer-Encoding", "Expect"] {
        assert_eq!(headers(&format!("{name} = \"1\"")), [format!("the client sets the header `{name}` itself")]);
    }
    let basic =
        "service = { name = \"A\", id = \"a\", auth = { basic = \"{key}:\" }, headers = { authorization = \"1\" } }";
    assert_eq!(faults(&[basic]), ["the header `authorization` has the API key"]);
}

#[test]
fn a_name_in_the_path_of_submit_is_a_field_with_in_path() {
    no_faults(&[&submit("path = \"/voices/{voice}\""), &in_path("voice", "string", "")]);
    assert_eq!(
        faults(&[&submit("path = \"/voices/{vioce}\""), &field("voice", "string", "")]),
        ["the path has `{vioce}`, but there is no field `vioce`"]
    );
    assert_eq!(
        faults(&[&submit("path = \"/voices/{voice}\""), &field("voice", "string", "required = \"always\"")]),
        ["the path has `{voice}`, but the field is sent elsewhere"]
    );
}

#[test]
fn a_field_with_in_path_is_in_the_path_once() {
    assert_eq!(
        faults(&[&in_path("voice", "string", "")]),
        ["`voice` is a field of the path, which does not have `{voice}`"]
    );
    assert_eq!(
        faults(&[&submit("path = \"/{voice}/{voice}\""), &in_path("voice", "string", "")]),
        ["the path has `{voice}` twice"]
    );
}

#[test]
fn a_part_of_the_path_has_at_most_one_field() {
    let fields = [in_path("a", "string", ""), in_path("b", "string", "")];
    let with = |path: &str| faults(&[&submit(&format!("path = \"{path}\"")), &fields[0], &fields[1]]);
    assert_eq!(with("/v1/{a}.json/x-{b}"), [""; 0]);
    assert_eq!(with("/v1/{a}{b}"), ["the part `{a}{b}` of the path has two fields"]);
}

#[test]
fn a_field_in_the_path_is_single_always_sent_and_not_nullable() {
    let with = |field: &str| faults(&[&submit("path = \"/{a}\""), field]);
    for kind in ["string", "url", "boolean", "integer", "number"] {
        assert_eq!(with(&in_path("a", kind, "")), [""; 0], "{kind}");
    }
    assert_eq!(with(&bare_field("a", "integer", "in = \"path\", constant = 3")), [""; 0]);
    let cases = [
        (", list = true", "`a` is in the path, which cannot hold a list"),
        (", nullable = true", "`a` is in the path, which has no null"),
        (", optional = \"always\"", "`a` is in the path, but may be left out"),
    ];
    for (keys, message) in cases {
        assert_eq!(with(&in_path("a", "string", keys)), [message]);
    }
}

#[test]
fn a_field_in_the_query_or_in_a_multipart_body_is_not_nullable() {
    let in_query = |keys: &str| faults(&[&field("a", "string", &format!("in = \"query\"{keys}"))]);
    assert_eq!(in_query(", list = true"), [""; 0]);
    assert_eq!(in_query(", nullable = true"), ["`a` is in the query, which has no null"]);
    let in_part = |keys: &str| faults(&[&submit("body = \"multipart\""), &field("a", "string", keys)]);
    assert_eq!(in_part("list = true"), [""; 0]);
    assert_eq!(in_part("nullable = true"), ["`a` is in a multipart body, which has no null"]);
    no_faults(&[&submit("body = \"json\""), &field("a", "string", "nullable = true")]);
}

#[test]
fn a_get_and_a_delete_have_no_body_and_only_fields_in_the_path_and_in_the_query() {
    let fields = [in_path("a", "string", ""), field("b", "string", "in = \"query\"")];
    for method in ["GET", "DELETE"] {
        let with = |keys: &str, other: &str| {
            faults(&[
                "without = [\"poll\", \"statuses\", \"callback\"]",
                &format!("submit = {{ method = \"{method}\", path = \"/{{a}}\"{keys} }}"),
                &fields[0],
                &fields[1],
                other,
            ])
        };
        assert_eq!(with("", ""), [""; 0]);
        assert_eq!(with(", body = \"json\"", ""), [format!("a {method} has no body")]);
        let in_body = field("c", "string", "");
        assert_eq!(with("", &in_body), [format!("a {method} has no body, so `c` cannot be sent")]);
    }
    for method in ["POST", "PUT", "PATCH"] {
        no_faults(&[&submit(&format!("method = \"{method}\", body = \"json\"")), &field("c", "string", "")]);
    }
    assert_eq!(faults(&[&submit("method = \"post\"")]).len(), 1, "methods are in upper case");
}

#[test]
fn the_place_of_a_field_does_not_change_its_rules() {
    let elsewhere = request(&[
        &submit("path = \"/{a}\""),
        &in_path("a", "string", ", max_length = 3"),
        &field("b", "integer", "in = \"query\", list = true, max_items = 1"),
    ]);
    elsewhere.accepts(&[r#"{"a": "x"}"#, r#"{"a": "x", "b": [1]}"#]);
    elsewhere.refuses(r#"{"b": [1]}"#, "a: missing, required");
    elsewhere.refuses(r#"{"a": "long", "b": []}"#, "a: 4 characters, at most 3");
    elsewhere.refuses(r#"{"a": "x", "b": [1, 2]}"#, "b: 2 items, at most 1");
    let api =
        service(&[&submit("path = \"/{a}\""), &in_path("a", "string", ""), &field("b", "integer", "in = \"query\"")]);
    assert_eq!(api.submit.query.iter().map(|name| &**name).collect::<Vec<_>>(), ["b"]);
}
