//! Rules of addresses in results.

use cover_spec::answers::results;
use serde_json::{Value, json};

use crate::helper::spec;
use crate::results::{AUDIO, lacking, read, result};

#[test]
fn an_address_is_read_with_spaces_and_other_characters_that_urls_do_not_contain_percent_encoded() {
    for kind in ["audio", "stream", "image"] {
        let lines = result(&format!("type = \"{kind}\""));
        for (text, address) in [
            ("https://a.example/Night Drive.mp3", "https://a.example/Night%20Drive.mp3"),
            ("https://a.example/a|b{c}.mp3?q=\"d e\"", "https://a.example/a%7Cb%7Bc%7D.mp3?q=%22d%20e%22"),
            ("https://a.example/é\u{3000}%20.mp3", "https://a.example/é%E3%80%80%20.mp3"),
            ("https://a.example\\b.mp3", "https://a.example/b.mp3"),
        ] {
            assert_eq!(lacking(&lines, &json!(text)), "", "{text}");
            assert_eq!(read(&lines, &json!(text)), Some(json!(address)));
        }
        let why = "`r` is the text `https://a b/1.mp3` instead of an http or https address";
        assert_eq!(lacking(&lines, &json!("https://a b/1.mp3")), why);
    }
    let list = result(&format!("type = \"object\", name = \"Thing\", list = true, fields = {{ {AUDIO} }}"));
    let items = json!([{ "url": "https://a.example/a" }, { "url": "https://a.example/a b" }]);
    let all = json!([{ "url": "https://a.example/a" }, { "url": "https://a.example/a%20b" }]);
    assert_eq!(read(&list, &items), Some(all));
}

#[test]
fn an_address_with_a_control_character_counts_as_missing() {
    let lines = result("type = \"audio\"");
    for text in ["https://a.example/a\nb", "https://a.example/a\t", "https://a.example/a b\u{85}"] {
        assert_eq!(read(&lines, &json!(text)), None, "{text:?}");
        assert!(lacking(&lines, &json!(text)).ends_with("instead of an http or https address"), "{text:?}");
    }
}

#[test]
fn a_text_that_is_not_an_http_or_https_address_counts_as_missing_where_an_address_is_expected() {
    for kind in ["audio", "stream", "image"] {
        let lines = result(&format!("type = \"{kind}\""));
        assert_eq!(lacking(&lines, &json!("HTTP://a.example/1?key=1")), "");
        for (text, found) in [
            ("pending", "pending"),
            ("/f/1.mp3?key=s3cret", "/f/1.mp3"),
            ("ftp://me:s3cret@a.example/1", "a.example/1"),
            ("https://", "https://"),
        ] {
            let why = format!("`r` is the text `{found}` instead of an http or https address");
            assert_eq!(lacking(&lines, &json!(text)), why, "{kind}");
            assert_eq!(read(&lines, &json!(text)), None, "{kind}");
        }
    }
    let list = result(&format!("type = \"object\", name = \"Thing\", list = true, fields = {{ {AUDIO} }}"));
    let items = json!([{ "url": "https://a.example" }, { "url": "pending", "title": "x" }]);
    assert_eq!(lacking(&list, &items), "", "as if it was null");
    assert_eq!(read(&list, &items), Some(json!([{ "url": "https://a.example" }, { "title": "x" }])));
}

#[test]
fn in_a_list_of_addresses_such_a_text_is_an_item_of_another_type() {
    let two = "results = { a = { type = \"string\", doc = \"A.\", at = \"a\" }, \
               b = { type = \"image\", list = true, optional = true, doc = \"B.\", at = \"b\" } }";
    let api = spec(&[two]).api();
    let optional = |b: Value| results(&api, &json!({ "a": "x", "b": b })).lacking.map(|lacking| lacking.to_string());
    let good = "https://a.example/1.png";
    for kind in ["audio", "stream", "image"] {
        let (list, lists) =
            (result(&format!("type = \"{kind}\", list = true")), result(&format!("type = \"{kind}\", list = 2")));
        for text in ["/files/2.png", "data:image/png;base64,AAAA", "pending"] {
            let why = |place: &str| format!("`{place}` is the text `{text}` instead of an http or https address");
            assert_eq!(lacking(&list, &json!([good, text])), why("r[1]"), "{kind}");
            assert_eq!(lacking(&list, &json!([null, text])), why("r[1]"), "{kind}");
            assert_eq!(lacking(&lists, &json!([[good], ["", text]])), why("r[1][1]"), "{kind}");
            assert_eq!(optional(json!([good, text])), Some(why("b[1]")));
        }
        assert_eq!(lacking(&list, &json!([good, null, "", [], {}])), "", "{kind}");
        assert_eq!(lacking(&list, &json!([good, 7])), "`r[1]` is a number instead of an address", "{kind}");
    }
    assert_eq!(optional(json!([good, null])), None);
}
