//! Rules of presence.

use crate::helper::{FAST_AND_SLOW, bare_field, faults, field, no_faults, request};

#[test]
fn a_required_field_must_be_given() {
    let request = request(&[FAST_AND_SLOW, &field("note", "string", "required = [\"Fast\"], optional = [\"Slow\"]")]);
    request.accepts(&[r#"{"fast": true, "note": "a"}"#]);
    request.refuses(r#"{"fast": true}"#, "note: missing, required in Fast");
}

#[test]
fn an_optional_field_may_be_left_out() {
    request(&[&field("note", "string", "optional = \"always\"")]).accepts(&["{}", r#"{"note": "a"}"#]);
}

#[test]
fn a_forbidden_field_must_not_be_given_not_even_as_null() {
    let note = field("note", "string", "nullable = true, optional = [\"Fast\"], forbidden = [\"Slow\"]");
    let request = request(&[FAST_AND_SLOW, &note]);
    request.accepts(&[r#"{"fast": false}"#, r#"{"fast": true, "note": null}"#]);
    for value in ["\"a\"", "null"] {
        request.refuses(&format!(r#"{{"fast": false, "note": {value}}}"#), "note: must be left out in Slow");
    }
}

#[test]
fn in_every_mode_a_field_must_be_in_exactly_one_of_the_three_or_in_none_if_the_mode_sets_it() {
    let with = |keys: &str| faults(&[FAST_AND_SLOW, &bare_field("note", "string", keys)]);
    assert_eq!(with("required = [\"Fast\"], forbidden = [\"Slow\"]"), [""; 0]);
    assert_eq!(with("required = [\"Fast\"]"), ["`note` is neither required, optional nor forbidden in `Slow`"]);
    let both = with("required = \"always\", optional = [\"Slow\"]");
    assert_eq!(both, ["`note` is both required and optional in `Slow`"]);
    let fast = FAST_AND_SLOW.replace("type = \"boolean\"", "type = \"boolean\", optional = [\"Fast\"]");
    assert_eq!(faults(&[&fast]), ["`fast` is optional in `Fast`, which sets its value"]);
}

#[test]
fn the_field_and_the_mode_may_say_the_same_presence() {
    let mode = |presence: &str| FAST_AND_SLOW.replace("waiting.\"", &format!("waiting.\", {presence} = [\"note\"]"));
    let note = bare_field("note", "string", "required = [\"Fast\"], optional = [\"Slow\"]");
    no_faults(&[&mode("required"), &note]);
    assert_eq!(faults(&[&mode("optional"), &note]), ["`note` is both required and optional in `Fast`"]);
}

#[test]
fn a_constant_field_has_no_presence() {
    no_faults(&[&bare_field("version", "integer", "constant = 3")]);
    let required = bare_field("version", "integer", "constant = 3, required = \"always\"");
    assert_eq!(faults(&[&required]), ["`version` is both constant and required"]);
}

#[test]
fn without_modes_exactly_one_of_the_three_must_be_always() {
    for one in ["required", "optional", "forbidden"] {
        no_faults(&[&bare_field("note", "string", &format!("{one} = \"always\""))]);
    }
    let note = |keys: &str| faults(&[&bare_field("note", "string", keys)]);
    assert_eq!(note(""), ["`note` is neither required, optional nor forbidden"]);
    assert_eq!(note("required = \"always\", optional = \"always\""), ["`note` is both required and optional"]);
    assert_eq!(note("optional = [\"Fast\"]"), ["unknown mode `Fast`"]);
}
