//! Rules of choices.

use crate::helper::{FAST_AND_SLOW, bare_field, faults, field, no_faults, request};

const LIVE: &str = "fields.live = { type = \"boolean\", doc = \"Sung live.\", optional = \"always\" }";

/// Returns a choice whose value `robot` has a condition.
fn voice(condition: &str, keys: &str) -> String {
    let values = format!("m = {{ doc = \"Male.\" }}, robot = {{ doc = \"A robot.\", {condition} }}");
    field("voice", "choice", &format!("name = \"Voice\", values = {{ {values} }}{keys}"))
}

#[test]
fn a_choice_must_have_at_least_one_value() {
    no_faults(&[&field("voice", "choice", "name = \"Voice\", values = { m = { doc = \"Male.\" } }")]);
    let empty = field("voice", "choice", "name = \"Voice\", values = {}");
    assert_eq!(faults(&[&empty]), ["the choice `voice` has no values"]);
}

#[test]
fn a_choice_of_integers_takes_numbers_not_texts() {
    let values = "5 = { name = \"Five\", doc = \"Short.\" }, 10 = { name = \"Ten\", doc = \"Long.\" }";
    let seconds = field("seconds", "choice", &format!("of = \"integer\", name = \"Seconds\", values = {{ {values} }}"));
    let request = request(&[&seconds]);
    request.accepts(&[r#"{"seconds": 5}"#, r#"{"seconds": 10.0}"#]);
    request.refuses(r#"{"seconds": "5"}"#, "seconds: must be a whole number");
    request.refuses(r#"{"seconds": 7}"#, "seconds: must be one of 5, 10");
}

#[test]
fn an_entry_of_a_boolean_has_only_allowed_when_and_forbidden_when() {
    let encore =
        |keys: &str| faults(&[LIVE, &field("encore", "boolean", &format!("values = {{ true = {{ {keys} }} }}"))]);
    assert_eq!(encore("allowed_when = { live = true }"), [""; 0]);
    assert_eq!(encore("forbidden_when = { live = true }"), [""; 0]);
    assert_eq!(encore("allowed_when = { live = true }, doc = \"Again.\""), ["unknown key `doc` in `true`"]);
}

#[test]
fn a_value_is_refused_if_its_forbidden_when_holds_or_its_allowed_when_does_not() {
    let robot = r#"{"voice": "robot", "live": true}"#;
    let forbidden = request(&[&voice("forbidden_when = { live = true }", ""), LIVE]);
    forbidden.accepts(&[r#"{"voice": "robot"}"#, r#"{"voice": "m", "live": true}"#]);
    forbidden.refuses(robot, "voice: this value is not allowed (if `live` is true)");
    let allowed = request(&[&voice("allowed_when = { live = true }", ""), LIVE]);
    allowed.accepts(&[robot, r#"{"voice": "m"}"#]);
    allowed.refuses(r#"{"voice": "robot"}"#, "voice: this value is not allowed (only if `live` is true)");
    let boolean = field("encore", "boolean", "values = { true = { allowed_when = { live = true } } }");
    let boolean = request(&[&boolean, LIVE]);
    boolean.accepts(&[r#"{"encore": false}"#, r#"{"encore": true, "live": true}"#]);
    boolean.refuses(r#"{"encore": true}"#, "encore: this value is not allowed (only if `live` is true)");
}

#[test]
fn conditions_of_a_value_hold_in_every_mode_in_which_the_field_has_that_value() {
    let live = LIVE.replace("\"always\"", "[\"Fast\", \"Slow\"]");
    let voice = voice("forbidden_when = { live = true }", ", required = [\"Fast\"], optional = [\"Slow\"]");
    let request_of = request(&[FAST_AND_SLOW, &voice, &live]);
    for (fast, mode) in [(true, "Fast"), (false, "Slow")] {
        request_of.accepts(&[&format!(r#"{{"fast": {fast}, "voice": "robot"}}"#)]);
        let refused = format!("voice: this value is not allowed in {mode} (if `live` is true)");
        request_of.refuses(&format!(r#"{{"fast": {fast}, "voice": "robot", "live": true}}"#), &refused);
    }
    let selecting = bare_field("fast", "boolean", "values = { true = { forbidden_when = { live = true } } }");
    let modes = FAST_AND_SLOW.split("fields.fast").next().unwrap_or_default();
    let set_by_mode = request(&[modes, &selecting, &live]);
    set_by_mode.accepts(&[r#"{"fast": true}"#, r#"{"fast": false, "live": true}"#]);
    let refused = "fast: this value is not allowed in Fast (if `live` is true)";
    set_by_mode.refuses(r#"{"fast": true, "live": true}"#, refused);
}

#[test]
fn conditions_of_a_value_apply_to_each_item_of_a_list() {
    let request = request(&[&voice("forbidden_when = { live = true }", ", list = true"), LIVE]);
    request.accepts(&[r#"{"voice": ["m", "robot"]}"#, r#"{"voice": ["m"], "live": true}"#]);
    let refused = "voice: this value is not allowed (if `live` is true)";
    request.refuses(r#"{"voice": ["m", "robot"], "live": true}"#, refused);
}

#[test]
fn conditions_of_a_value_do_not_apply_to_a_default_that_is_left_out_unless_the_mode_sets_the_field() {
    let request = request(&[&voice("forbidden_when = { live = true }", ", default = \"robot\""), LIVE]);
    request.accepts(&[r#"{"live": true}"#]);
    let refused = "voice: this value is not allowed (if `live` is true)";
    request.refuses(r#"{"voice": "robot", "live": true}"#, refused);

    let modes = FAST_AND_SLOW.split("fields.fast").next().unwrap_or_default();
    let values = "default = true, values = { true = { forbidden_when = { live = true } } }";
    let selected = crate::helper::request(&[modes, &bare_field("fast", "boolean", values), LIVE]);
    selected.accepts(&["{}", r#"{"fast": false, "live": true}"#]);
    selected.refuses(r#"{"live": true}"#, "fast: this value is not allowed in Fast (if `live` is true)");
}
