//! Requests full of junk: reports about them are bounded.

use std::fmt::Write;

use cover_api::{CoverRequest, Rule, Violations};
use cover_tests::clip::ClipRequest;
use serde_json::{Value, json};

/// Largest number of violations that are kept.
const MOST: usize = 100;

/// Size of the junk.
const SIZE: usize = 1_000_000;

fn cover(json: &str) -> Violations {
    CoverRequest::from_json(json).expect_err("junk")
}

fn clip(json: &str) -> Violations {
    ClipRequest::from_json(json).expect_err("junk")
}

fn lines(violations: &Violations) -> Vec<String> {
    violations.to_string().lines().map(str::to_owned).collect()
}

/// Returns an object with the same value under `count` names.
fn members(count: usize, value: &str, more: &str) -> String {
    let mut json = String::from("{");
    for number in 0..count {
        let _ = write!(json, "\"{number}\":{value},");
    }
    json + more + "}"
}

fn list(count: usize, item: &str) -> String {
    format!("[{}]", vec![item; count].join(","))
}

/// Returns a valid clip with these members added.
fn clip_with(more: &str) -> String {
    format!(
        r#"{{"version":3,"source":"picture","pictures":["https://a.example"],"model":"swift2","tags":["a"],{more}}}"#
    )
}

#[test]
fn a_hundred_unknown_members_are_reported_and_the_rest_counted() {
    let count = 120_000;
    let missing = cover("{}");
    let junk = members(count, "1", "\"title\":5");
    assert!(junk.len() > SIZE);
    let violations = cover(&junk);
    let unknown = violations.iter().filter(|violation| violation.rule() == Rule::Unknown).count();
    let known = violations.iter().len() - unknown;
    assert_eq!(violations.iter().len(), MOST);
    assert!(known >= missing.iter().len() && unknown == MOST - known, "those of known fields are kept: {violations}");
    assert_eq!(violations.omitted(), count - unknown);
    let lines = lines(&violations);
    assert_eq!(lines.first().map(String::as_str), Some("0: no such field"));
    assert_eq!(lines.last(), Some(&format!("and {} more", count - unknown)));
    assert!(lines.contains(&"title: must be a text".to_owned()), "{violations}");
    assert!(violations.to_string().len() < 10_000);
}

#[test]
fn a_request_with_few_faults_is_reported_in_full() {
    let violations = cover(&members(3, "1", "\"title\":5"));
    assert_eq!(violations.omitted(), 0);
    assert!(!violations.to_string().contains(" more"));
    assert_eq!(
        serde_json::to_value(&violations).expect("JSON").as_array().map(Vec::len),
        Some(violations.iter().len())
    );
}

#[test]
fn a_hundred_items_of_a_wrong_type_are_reported() {
    let count = 333_000;
    for (item, detail) in [("{}", "a number"), ("\"\"", "a number"), ("[9]", "a number"), ("null", "a number")] {
        let violations = clip(&clip_with(&format!("\"weights\":{}", list(count, item))));
        assert_eq!((violations.iter().len(), violations.omitted()), (MOST, count - MOST), "{item}");
        let lines = lines(&violations);
        assert_eq!(lines[0], format!("weights[0]: must be {detail}"));
        assert_eq!(lines[99], format!("weights[99]: must be {detail}"));
        assert_eq!(lines[100..], [format!("and {} more", count - MOST)]);
        assert!(violations.to_string().len() < 10_000);
    }
}

#[test]
fn a_hundred_items_beyond_their_limit_are_reported() {
    let count = 333_000;
    let violations = clip(&clip_with(&format!("\"weights\":{}", list(count, "9"))));
    assert_eq!((violations.iter().len(), violations.omitted()), (MOST, count - MOST));
    assert_eq!(
        lines(&violations)[99..],
        ["weights[99]: 9, at most 1 in Picture".to_owned(), "and 332900 more".to_owned()]
    );
}

#[test]
fn the_length_and_the_first_items_of_a_list_that_is_too_long_are_reported() {
    let violations = clip(&clip_with(&format!("\"words\":{}", list(333_000, "1"))));
    let told = lines(&violations);
    assert_eq!(told[0], "words: 333000 items, at most 4 in Picture");
    assert_eq!(told[1..6], [0, 1, 2, 3, 4].map(|index| format!("words[{index}]: must be a text")));
    assert_eq!(told[6..], ["tags, words: 333001 items together, at most 5 in Picture", "and 332995 more"]);
    let violations = clip(&clip_with(&format!("\"words\":{}", list(333_000, "\"x\""))));
    assert_eq!(lines(&violations), [told[0].clone(), told[6].clone()], "items of the right type are none of it");
}

#[test]
fn a_long_valid_list_is_accepted() {
    let request = ClipRequest::from_json(clip_with(&format!("\"weights\":{}", list(300_000, "1")))).expect("valid");
    let sent = serde_json::to_value(&request).expect("JSON");
    assert_eq!(sent["weights"].as_array().map(Vec::len), Some(300_000));
}

/// The longest list, and the shortest that is too long.
#[test]
fn a_list_is_cut_only_beyond_its_limit() {
    let words = |count| clip_with(&format!("\"words\":{}", list(count, "\"x\"")));
    assert!(ClipRequest::from_json(words(4)).is_ok());
    assert_eq!(lines(&clip(&words(5)))[0], "words: 5 items, at most 4 in Picture");
    assert_eq!(lines(&clip(&words(6)))[0], "words: 6 items, at most 4 in Picture");
}

#[test]
fn a_long_name_is_cut() {
    let name = "é".repeat(SIZE / 2);
    let violations = cover(&format!("{{\"{name}\":1}}"));
    let cut = "é".repeat(100) + "…";
    let first = violations.iter().next().expect("one at least");
    assert_eq!((first.field(), first.rule()), (&*cut, Rule::Unknown));
    assert_eq!(lines(&violations)[0], format!("{cut}: no such field"));
    let short = "é".repeat(100);
    assert_eq!(cover(&format!("{{\"{short}\":1}}")).iter().next().map(|it| it.field().to_owned()), Some(short));
}

#[test]
fn control_characters_of_a_name_are_not_shown() {
    let name = "a\n\u{1b}[2J\r\u{202e}b\u{0}é";
    let violations = cover(&json!({ name: 1 }).to_string());
    assert_eq!(lines(&violations)[0], r"a\n\u{1b}[2J\r\u{202e}b\0é: no such field");
    assert_eq!(violations.iter().next().map(cover_api::Violation::field), Some(name), "the name itself");
}

#[test]
fn a_field_that_is_repeated_often_is_reported_once() {
    let junk = format!("{{{}\"title\":\"x\"}}", "\"title\":\"x\",".repeat(80_000));
    let violations = cover(&junk);
    assert_eq!(violations.iter().filter(|it| it.rule() == Rule::Twice).count(), 1);
    assert_eq!(violations.omitted(), 0);
}

#[test]
fn deeply_nested_values_are_skipped() {
    let deep = "[".repeat(SIZE / 2) + &"]".repeat(SIZE / 2);
    for (json, line) in [
        (format!("{{\"junk\":{deep}}}"), "junk: no such field"),
        (format!("{{\"junk\":{{\"x\":{deep}}}}}"), "junk: no such field"),
        (format!("{{\"title\":{deep}}}"), "title: must be a text"),
        (format!("{{\"title\":{{\"x\":{deep}}}}}"), "title: must be a text"),
    ] {
        let violations = cover(&json);
        assert!(lines(&violations).contains(&line.to_owned()), "{violations}");
    }
    let violations = clip(&clip_with(&format!("\"weights\":[1,{deep}]")));
    assert_eq!(violations.to_string(), "weights[1]: must be a number");
}

#[test]
fn the_last_json_object_counts_the_violations_left_out() {
    let json = serde_json::to_value(cover(&members(1_000, "1", "\"title\":5"))).expect("JSON");
    let list = json.as_array().expect("a list");
    assert_eq!(list.len(), MOST + 1);
    let omitted = &list[MOST];
    assert_eq!((&omitted["field"], &omitted["rule"]), (&json!("request"), &json!("omitted")));
    assert_eq!(omitted["message"], format!("and {} more", omitted["actual"]));
    let keys = |value: &Value| value.as_object().map(|object| object.keys().cloned().collect::<Vec<_>>());
    assert_eq!(keys(omitted), keys(&list[0]), "of the same shape");
}
