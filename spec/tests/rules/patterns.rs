//! Rules of patterns.

use crate::helper::{faults, field, request};

#[test]
fn a_text_must_match_its_pattern_somewhere_so_write_and_for_the_whole_text() {
    let somewhere = request(&[&field("code", "string", "pattern = \"[0-9]\"")]);
    somewhere.accepts(&[r#"{"code": "a1b"}"#]);
    somewhere.refuses(r#"{"code": "ab"}"#, "code: must match `[0-9]`");
    let whole = request(&[&field("code", "string", "pattern = \"^[0-9]$\"")]);
    whole.accepts(&[r#"{"code": "1"}"#]);
    whole.refuses(r#"{"code": "a1b"}"#, "code: must match `^[0-9]$`");
}

#[test]
fn a_pattern_of_a_list_is_about_each_item() {
    let request = request(&[&field("codes", "string", "list = true, pattern = \"^[0-9]$\"")]);
    request.accepts(&[r#"{"codes": ["1", "2"]}"#, r#"{"codes": []}"#]);
    request.refuses(r#"{"codes": ["1", "12"]}"#, "codes[1]: must match `^[0-9]$`");
}

#[test]
fn a_text_that_breaks_a_limit_is_not_matched() {
    let request = request(&[&field("code", "string", "max_length = 2, pattern = \"^[0-9]+$\"")]);
    request.refuses(r#"{"code": "ab"}"#, "code: must match `^[0-9]+$`");
    request.refuses(r#"{"code": "abc"}"#, "code: 3 characters, at most 2");
}

#[test]
fn a_pattern_outside_of_this_subset_is_a_fault() {
    let with = |pattern: &str| faults(&[&field("code", "string", &format!("pattern = '{pattern}'"))]);
    for pattern in ["^a-b$", r"\.", "[^a-z_]+", "(?:a|b){2,5}", "(ab)*", r"[a\-z]"] {
        assert_eq!(with(pattern), [""; 0], "{pattern}");
    }
    let other_parts = [".", r"\d", r"\w", "(?i)a", "(?=a)", "a*?", r"\bc", r"(a)\1", "[[:alpha:]]", "a{256}", "[z-a]"];
    let odd_parts = ["a**", "^*", "", "()", "a|", "(", "[a-]", "[a&&b]"];
    for pattern in other_parts.iter().chain(&odd_parts) {
        assert_eq!(with(pattern).len(), 1, "{pattern}");
    }
}

#[test]
fn a_pattern_has_at_most_1000_characters() {
    let of = |length: usize| faults(&[&field("code", "string", &format!("pattern = \"{}\"", "a".repeat(length)))]);
    assert_eq!(of(1000), [""; 0]);
    assert_eq!(of(1001), ["the pattern has 1001 characters, and at most 1000 are allowed"]);
}

#[test]
fn with_its_repetitions_written_out_a_pattern_has_at_most_2000_characters_ranges_and_groups() {
    let of = |times: u32| faults(&[&field("code", "string", &format!("pattern = \"(?:[a-z]{{{times}}}b){{8}}\""))]);
    assert_eq!(of(248), [""; 0]);
    let message = "with its repetitions written out, the pattern has 2008 characters, ranges and groups, and at most 2000 \
                   are allowed";
    assert_eq!(of(249), [message]);
}

#[test]
fn groups_in_a_pattern_are_nested_at_most_20_deep() {
    let of = |depth: usize| {
        let pattern = format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
        faults(&[&field("code", "string", &format!("pattern = \"{pattern}\""))])
    };
    assert_eq!(of(20), [""; 0]);
    assert_eq!(of(21), ["the group at character 21 of the pattern is more than 20 deep"]);
}
