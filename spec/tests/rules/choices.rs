//! Rules of choices.

use cover_spec::rules::{Placed, Rules, Value, looks_like_web_address};

use crate::helper::{FAST_AND_SLOW, bare_field, faults, field, no_faults, request, spec};

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

/// An open choice with a limit and a condition that depend on its values, and the request of a spec with it.
fn open_engine() -> Rules {
    let lines = [
        "request = { name = \"ExampleRequest\", doc = \"A request.\", model = \"engine\" }",
        "fields.engine = { type = \"choice\", name = \"Engine\", open = true, doc = \"What sings.\", optional = \"always\", \
         values = { early = { doc = \"Old.\" }, late = { doc = \"New.\" } } }",
        "fields.text = { type = \"string\", doc = \"What is sung.\", optional = \"always\", limits = [\
         { models = [\"early\"], max_length = 3 }, { models = [\"late\"], max_length = 5 }] }",
        "fields.mood = { type = \"string\", doc = \"The mood.\", optional = \"always\", allowed_when = { engine = \"late\" } }",
    ];
    spec(&lines).rules()
}

/// Returns what is said about an unlisted engine that is like `like`, with these other values.
fn said(like: Option<&'static str>, name: &'static str, others: &[(&str, &'static str)]) -> String {
    let rules = open_engine();
    let mut placed = Placed::none(&rules);
    placed.put("engine", Value::text(name));
    for (field, value) in others {
        placed.put(field, Value::text(value));
    }
    placed.take_unlisted(|_, _| like.map(str::to_owned), |_| true);
    placed.check(looks_like_web_address).err().map(|violations| violations.to_string()).unwrap_or_default()
}

#[test]
fn an_open_choice_is_a_choice_of_texts() {
    let values = "values = { 5 = { name = \"Five\", doc = \"Short.\" } }";
    let numbers = field("seconds", "choice", &format!("of = \"integer\", name = \"Seconds\", open = true, {values}"));
    assert_eq!(faults(&[&numbers]), ["`seconds` cannot be open, because its values are numbers"]);
    assert_eq!(faults(&[&field("text", "string", "open = true")]), ["unknown key `open` in `text`"]);
}

#[test]
fn an_open_choice_has_no_constant() {
    let constant = bare_field(
        "voice",
        "choice",
        "name = \"Voice\", open = true, constant = \"m\", values = { m = { doc = \"Male.\" } }",
    );
    assert_eq!(faults(&[&constant]), ["`voice` cannot be open, because it is constant"]);
}

#[test]
fn an_open_choice_selects_no_mode() {
    let modes = "modes.High = { when = { voice = \"f\" }, doc = \"High.\" }\nmodes.Low = { when = { voice = \"m\" }, doc = \"Low.\" }";
    let voice = |open: &str| {
        let values = "values = { m = { doc = \"Male.\" }, f = { doc = \"Female.\" } }";
        bare_field("voice", "choice", &format!("name = \"Voice\", {values}{open}"))
    };
    no_faults(&[modes, &voice("")]);
    assert_eq!(faults(&[modes, &voice(", open = true")]), ["`voice` cannot be open, because it selects modes"]);
}

#[test]
fn a_value_that_an_open_choice_does_not_list_is_given_together_with_a_listed_one() {
    assert_eq!(said(None, "newest", &[]), "engine: must be one of early, late");
    assert_eq!(said(Some("late"), "newest", &[]), "");
    assert_eq!(said(Some("newer"), "newest", &[]), "engine: must be a text", "it is like none of the listed ones");
}

#[test]
fn a_value_that_is_not_listed_keeps_the_rules_of_the_listed_one() {
    assert_eq!(said(Some("late"), "newest", &[("text", "12345"), ("mood", "calm")]), "");
    let early = said(Some("early"), "newest", &[("text", "1234"), ("mood", "calm")]);
    assert!(early.starts_with("text: 4 characters, at most 3 with early"), "{early}");
    assert!(early.contains("mood: must be left out"), "{early}");
}

#[test]
fn a_value_that_is_not_listed_has_1_to_64_characters_and_no_control_characters() {
    const LONG: &str = "äääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää";
    assert_eq!(said(Some("late"), &LONG[..128], &[]), "");
    assert_eq!(said(Some("late"), LONG, &[]), "engine: 65 characters, at most 64");
    assert_eq!(said(Some("late"), "", &[]), "engine: must not be empty");
    assert_eq!(said(Some("late"), "new est", &[]), "");
    for control in ["new\nest", "\0", "a\u{85}"] {
        assert_eq!(said(Some("late"), control, &[]), "engine: must be a text without control characters");
    }
}

#[test]
fn a_process_takes_at_most_1024_different_values_from_json_that_are_not_listed() {
    let rules = open_engine();
    let refused = |name: &'static str| {
        let mut placed = Placed::none(&rules);
        placed.put("engine", Value::text(name));
        placed.take_unlisted(|_, _| Some("late".to_owned()), |_| false);
        placed.check(looks_like_web_address).err().map(|violations| violations.to_string())
    };
    let full = "engine: must be one of early, late (this process has taken 1024 different unlisted values, and takes no \
                others until it is restarted)";
    assert_eq!(refused("newest").as_deref(), Some(full));
    assert_eq!(refused("early"), None);
    assert_eq!(refused("").as_deref(), Some("engine: must not be empty"), "it would not be kept");
}

#[test]
fn a_listed_value_is_itself_also_where_values_that_are_not_listed_are_taken() {
    let refused = said(Some("late"), "early", &[("text", "1234")]);
    assert!(refused.starts_with("text: 4 characters, at most 3 with early"), "{refused}");
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
