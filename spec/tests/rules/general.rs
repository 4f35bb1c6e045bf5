//! Rules of every part of a spec.

use crate::helper::{bare_field, faults, field, no_faults};

#[test]
fn an_unknown_key_is_a_fault() {
    no_faults(&[&field("title", "string", "max_length = 3")]);
    let misspelt = field("title", "string", "max_lenght = 3");
    assert_eq!(faults(&[&misspelt]), ["unknown key `max_lenght` in `title`"]);
    assert_eq!(faults(&["zzzzzz = 1"]), ["unknown key `zzzzzz` in the spec"]);
}

#[test]
fn a_missing_required_key_is_a_fault() {
    no_faults(&[&bare_field("title", "string", "optional = \"always\"")]);
    let without_doc = "fields.title = { type = \"string\", optional = \"always\" }";
    assert_eq!(faults(&[without_doc]), ["`doc` is missing in `title`"]);
}

#[test]
fn a_duration_is_at_most_36500_days() {
    no_faults(&["poll.settle = \"36500 days\""]);
    for longer in ["36501 days", "876001 h"] {
        let found = faults(&[&format!("poll.settle = \"{longer}\"")]);
        assert_eq!(found, ["`settle` must be a duration, such as \"10 s\" (units: ms, s, min, h, days)"], "{longer}");
    }
}

#[test]
fn a_number_has_at_most_15_digits_or_is_a_whole_number_from_9007199254740991_to_9007199254740991() {
    for number in ["0.12345678901234", "-1.23456789012345", "9007199254740991", "-9007199254740991"] {
        no_faults(&[&field("size", "number", &format!("default = {number}"))]);
    }
    for number in ["1.234567890123456", "9007199254740992", "-9007199254740993"] {
        let found = faults(&[&field("size", "number", &format!("default = {number}"))]);
        assert_eq!(found, ["`default` must be a text, a number, true or false"], "{number}");
    }
}

#[test]
fn a_key_has_no_control_characters() {
    let found = faults(&["fields.\"ti\\u001Btle\" = { type = \"string\", doc = \"A field.\", optional = \"always\" }"]);
    assert_eq!(found, ["the key \"ti\\u{1b}tle\" has the control character U+001B"]);
    assert_eq!(faults(&["\"a\\nb\" = 1"]).len(), 1);
}

#[test]
fn a_text_has_no_control_characters_other_than_line_breaks_and_tabs() {
    let with = |doc: &str| format!("fields.title = {{ type = \"string\", doc = \"{doc}\", optional = \"always\" }}");
    for allowed in ["Two\\nlines", "A\\ttab", "Lines of\\r\\nWindows", "Été 夏"] {
        no_faults(&[&with(allowed)]);
    }
    let forbidden = [
        ("\\u001B[2J", "U+001B"),
        ("a\\u0000", "U+0000"),
        ("a\\rb", "U+000D"),
        ("a\\u007F", "U+007F"),
        ("a\u{9b}b", "U+009B"),
    ];
    for (text, code) in forbidden {
        assert_eq!(faults(&[&with(text)]), [format!("`doc` has the control character {code}")], "{text}");
    }
    // Whatever else is wrong with such a text follows from it.
    let found = faults(&["service.account = \"a\\u0007b\"", &with("\\u0008")]);
    assert_eq!(found, ["`account` has the control character U+0007", "`doc` has the control character U+0008"]);
}
