//! Rules of required members that cannot be read.

use cover_spec::answers::results;
use serde_json::{Value, json};

use crate::helper::spec;

/// An optional result at `b`, beside one that is complete. Each item has a required whole number, an optional object and an optional
/// list of objects, which have required members too.
const ITEMS: &str = r#"results = { a = { type = "string", doc = "A.", at = "a" },
    b = { type = "object", name = "Item", list = true, optional = true, doc = "B.", at = "b", fields = {
        n = { type = "integer", doc = "N.", required = true },
        part = { type = "object", name = "Part", doc = "A part.", fields = {
            url = { type = "audio", doc = "The file.", required = true } } },
        parts = { type = "object", name = "Piece", list = true, doc = "Pieces.", fields = {
            tags = { type = "string", list = true, doc = "Tags.", required = true } } } } } }"#;

/// Returns why the output is not complete because of these items.
fn items_lack(items: &Value) -> Option<String> {
    let api = spec(&[ITEMS]).api();
    results(&api, &json!({ "a": "x", "b": items })).lacking.map(|lacking| lacking.to_string())
}

#[test]
fn a_result_with_a_required_member_of_another_type_at_any_depth_is_of_another_type_itself() {
    for (items, why) in [
        (json!([{ "n": 1 }, { "n": "seven" }]), "`b[1].n` is a text instead of a whole number"),
        (json!({ "n": [7] }), "`b.n` is a list instead of a whole number"),
        (json!([{ "n": 1, "part": { "url": 7 } }]), "`b[0].part.url` is a number instead of an address"),
        (json!([{ "part": { "url": 7 } }]), "`b[0].part.url` is a number instead of an address"),
        (json!([{ "n": 1, "parts": [{ "tags": ["x", 7] }] }]), "`b[0].parts[0].tags[1]` is a number instead of a text"),
        (json!([{ "n": 1, "parts": ["x", { "tags": "x" }] }]), "`b[0].parts[1].tags` is a text instead of a list"),
    ] {
        assert_eq!(items_lack(&items).as_deref(), Some(why));
    }
    for lacking in [
        json!([{ "n": 1 }, { "n": null }, { "n": "" }, { "n": [] }, { "m": 7 }]),
        json!([{ "n": 1, "part": "x", "parts": 7 }]),
        json!([{ "n": 1, "part": { "url": "" }, "parts": [{ "tags": [null] }, { "other": 1 }] }]),
    ] {
        assert_eq!(items_lack(&lacking), None);
    }
}

#[test]
fn in_a_required_member_a_text_that_is_not_an_http_or_https_address_is_of_another_type_where_an_address_is_expected() {
    for text in ["s3://b/2", "pending"] {
        let why = format!("`b[1].part.url` is the text `{text}` instead of an http or https address");
        let items = json!([{ "n": 1, "part": { "url": "https://a.example" } }, { "n": 2, "part": { "url": text } }]);
        assert_eq!(items_lack(&items), Some(why));
    }
}
