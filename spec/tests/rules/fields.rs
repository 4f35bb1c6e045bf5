//! Rules of `[fields.name]`.

use crate::helper::{FAST_AND_SLOW, MODELS, choice, faults, field, no_faults, request};

#[test]
fn a_value_of_type_string_is_a_text() {
    let request = request(&[&field("title", "string", "")]);
    request.accepts(&[r#"{"title": "1"}"#]);
    for other in ["1", "true", "[\"a\"]", "{}"] {
        request.refuses(&format!("{{\"title\": {other}}}"), "title: must be a text");
    }
}

#[test]
fn a_value_of_type_url_is_a_text_with_an_http_or_https_address() {
    let request = request(&[&field("source", "url", "")]);
    request.accepts(&[r#"{"source": "https://a.example/b?c#d"}"#, r#"{"source": "http://a.example"}"#]);
    for other in ["ftp://a.example", "a.example", "", "https://"] {
        request.refuses(&format!("{{\"source\": \"{other}\"}}"), "source: not an http or https address");
    }
    request.refuses(r#"{"source": 1}"#, "source: must be an http or https address");
}

#[test]
fn a_value_of_type_boolean_is_true_or_false() {
    let request = request(&[&field("live", "boolean", "")]);
    request.accepts(&[r#"{"live": true}"#, r#"{"live": false}"#]);
    for other in ["0", "\"true\""] {
        request.refuses(&format!("{{\"live\": {other}}}"), "live: must be true or false");
    }
}

#[test]
fn a_value_of_type_integer_is_a_whole_number_from_9007199254740991_to_9007199254740991() {
    let request = request(&[&field("seed", "integer", "")]);
    request.accepts(&[r#"{"seed": 9007199254740991}"#, r#"{"seed": -9007199254740991}"#]);
    for other in ["0.5", "\"1\""] {
        request.refuses(&format!("{{\"seed\": {other}}}"), "seed: must be a whole number");
    }
    let range = "seed: must be from -9007199254740991 to 9007199254740991, where whole numbers are exact in JSON";
    for beyond in ["9007199254740992", "-9007199254740992"] {
        request.refuses(&format!("{{\"seed\": {beyond}}}"), range);
    }
}

#[test]
fn a_whole_number_may_be_written_with_a_point_such_as_2_0() {
    let request = request(&[&field("seed", "integer", "max = 2")]);
    request.accepts(&[r#"{"seed": 2.0}"#, r#"{"seed": 2e0}"#]);
    request.refuses(r#"{"seed": 3.0}"#, "seed: 3, at most 2");
}

#[test]
fn a_value_of_type_number_is_any_number() {
    let request = request(&[&field("size", "number", "")]);
    request.accepts(&[r#"{"size": 0}"#, r#"{"size": -0.25}"#, r#"{"size": 1e300}"#]);
    request.refuses(r#"{"size": "1"}"#, "size: must be a number");
}

#[test]
fn a_value_of_type_choice_is_one_of_its_values() {
    let request = request(&[&choice("kind", &["own", "other"], "")]);
    request.accepts(&[r#"{"kind": "own"}"#, r#"{"kind": "other"}"#]);
    request.refuses(r#"{"kind": "Own"}"#, "kind: must be one of own, other");
}

#[test]
fn a_field_with_list_has_a_list_and_every_item_has_the_type_of_the_field() {
    let request = request(&[&field("tags", "string", "list = true")]);
    request.accepts(&[r#"{"tags": []}"#, r#"{"tags": ["a", "b"]}"#]);
    request.refuses(r#"{"tags": "a"}"#, "tags: must be a list, and each item a text");
    request.refuses(r#"{"tags": ["a", 1, null]}"#, "tags[1]: must be a text\ntags[2]: must be a text");
}

#[test]
fn a_null_is_a_violation_unless_the_field_is_nullable() {
    request(&[&field("seed", "integer", "nullable = true")]).accepts(&[r#"{"seed": null}"#]);
    request(&[&field("seed", "integer", "")]).refuses(r#"{"seed": null}"#, "seed: must be a whole number");
}

#[test]
fn a_null_breaks_no_limit() {
    let request = request(&[
        &field("seed", "integer", "nullable = true, min = 1"),
        &field("title", "string", "nullable = true, min_length = 2, pattern = \"a\""),
        &field("tags", "string", "nullable = true, list = true, min_items = 1"),
    ]);
    request.accepts(&[r#"{"seed": null, "title": null, "tags": null}"#]);
    request.refuses(r#"{"seed": 0}"#, "seed: 0, at least 1");
}

#[test]
fn a_constant_field_must_be_given_with_its_value() {
    let request = request(&[&field("version", "integer", "constant = 3")]);
    request.accepts(&[r#"{"version": 3}"#]);
    request.refuses("{}", "version: missing, required");
    request.refuses(r#"{"version": 4}"#, "version: must be 3");
}

#[test]
fn a_default_counts_wherever_a_rule_asks_for_the_value_of_a_field_that_is_left_out() {
    let request = request(&[
        &field("live", "boolean", "default = true"),
        &field("crowd", "string", "forbidden_when = { live = true }"),
        &field("start", "integer", "default = 1, min = 0"),
        &field("end", "integer", "min = 0"),
        "differences = [{ doc = \"At least 3 seconds.\", larger = \"end\", smaller = \"start\", min = 3 }]",
    ]);
    request.accepts(&[r#"{"live": false, "crowd": "a"}"#, r#"{"end": 4}"#]);
    request.refuses(r#"{"crowd": "a"}"#, "crowd: must be left out (if `live` is true)");
    request.refuses(r#"{"end": 3}"#, "end - start: 2, at least 3");
}

/// The field `note` depends on `live`, whose default is true.
fn note_and(live: &str) -> [String; 3] {
    [
        FAST_AND_SLOW.to_owned(),
        field("note", "string", "optional = [\"Fast\", \"Slow\"], allowed_when = { live = true }"),
        field("live", "boolean", live),
    ]
}

#[test]
fn a_default_does_not_count_in_modes_that_forbid_the_field() {
    let [modes, note, live] = note_and("optional = [\"Fast\"], forbidden = [\"Slow\"], default = true");
    let note = note.replace("{ live = true }", "[{ live = true }, { fast = false, other = \"a\" }]");
    let request = request(&[&modes, &note, &live, &field("other", "string", "optional = [\"Fast\", \"Slow\"]")]);
    request.accepts(&[r#"{"fast": true, "note": "a"}"#, r#"{"fast": false, "note": "a", "other": "a"}"#]);
    let refused = "note: must be left out in Slow (only if `live` is true, or `fast` is false and `other` is a)";
    request.refuses(r#"{"fast": false, "note": "a"}"#, refused);
}

#[test]
fn a_default_with_modes_counts_only_in_these_modes() {
    let [modes, note, live] =
        note_and("optional = [\"Fast\", \"Slow\"], default = { value = true, modes = [\"Fast\"] }");
    let request = request(&[&modes, &note, &live]);
    request.accepts(&[r#"{"fast": true, "note": "a"}"#, r#"{"fast": false, "note": "a", "live": true}"#]);
    request.refuses(r#"{"fast": false, "note": "a"}"#, "note: must be left out in Slow (only if `live` is true)");
}

#[test]
fn a_field_that_is_left_out_is_not_given_also_if_it_has_a_default() {
    let request = request(&[
        &field("live", "boolean", "default = true"),
        &field("crowd", "string", "allowed_when = { live = { given = true } }"),
    ]);
    request.accepts(&[r#"{"live": true, "crowd": "a"}"#]);
    request.refuses(r#"{"crowd": "a"}"#, "crowd: must be left out (only if `live` is given)");
}

#[test]
fn a_default_that_counts_in_no_mode_is_a_fault() {
    let note = |modes: &str| {
        let default = format!("default = {{ value = \"a\", modes = {modes} }}");
        faults(&[
            FAST_AND_SLOW,
            &field("note", "string", &format!("optional = [\"Slow\"], forbidden = [\"Fast\"], {default}")),
        ])
    };
    assert_eq!(note("[\"Slow\"]"), [""; 0]);
    assert_eq!(note("[\"Fast\"]"), ["the default of `note` counts in no mode"]);
}

#[test]
fn a_list_has_no_default() {
    no_faults(&[&field("tag", "string", "default = \"a\"")]);
    assert_eq!(faults(&[&field("tags", "string", "list = true, default = \"a\"")]), ["a list cannot have a default"]);
}

#[test]
fn a_list_and_a_nullable_field_must_not_be_constant() {
    no_faults(&[&field("version", "integer", "constant = 3")]);
    for key in ["list = true", "nullable = true"] {
        let found = faults(&[&field("version", "integer", &format!("{key}, constant = 3"))]);
        assert_eq!(found, ["a list or a nullable field cannot be constant"], "{key}");
    }
}

#[test]
fn a_placeholder_is_for_a_single_field_of_type_string_or_url() {
    let with = |kind: &str, keys: &str| {
        let placeholder = "{ setter = \"without_a\", value = \"https://a.invalid/\", doc = \"None.\" }";
        faults(&[&field("a", kind, &format!("required = \"always\", placeholder = {placeholder}{keys}"))])
    };
    assert_eq!(with("url", ""), [""; 0]);
    assert_eq!(with("string", ""), [""; 0]);
    let message = "a placeholder is not allowed: the field is not a text".to_owned();
    assert!(with("url", ", list = true").contains(&message));
    assert!(with("integer", "").contains(&message));
}

#[test]
fn a_suggested_value_is_neither_sent_nor_assumed() {
    let request = request(&[
        &field("live", "boolean", "suggested = true"),
        &field("note", "string", "required_when = { live = true }"),
        &field("seed", "integer", "required = \"always\", suggested = 3"),
    ]);
    // Suggested or not, a field that is left out has no value.
    request.accepts(&["{\"seed\": 4}"]);
    request.refuses("{}", "seed: missing, required");
    request.refuses(r#"{"seed": 4, "live": true}"#, "note: missing, required (if `live` is true)");
}

#[test]
fn a_suggested_value_must_keep_the_rules_of_its_field() {
    no_faults(&[&field("seed", "integer", "suggested = 3, max = 3")]);
    let message = "the suggested value breaks a rule of the field";
    assert_eq!(faults(&[&field("seed", "integer", "suggested = 4, max = 3")]), [message]);
    assert_eq!(faults(&[&field("seed", "integer", "suggested = \"three\"")]), [message]);
    let keys = "suggested = \"c\"";
    assert_eq!(faults(&[&crate::helper::choice("letter", &["a", "b"], keys)]), [message]);
}

#[test]
fn examples_defaults_constants_and_placeholders_must_keep_the_rules_of_their_field() {
    for key in ["example", "default"] {
        no_faults(&[&field("seed", "integer", &format!("{key} = 3, max = 3"))]);
        let too_much = field("seed", "integer", &format!("{key} = 4, max = 3"));
        assert_eq!(faults(&[&too_much]), [format!("the {key} breaks a rule of the field")]);
    }
    assert_eq!(
        faults(&[&field("seed", "integer", "constant = 4, max = 3")]),
        ["the constant breaks a rule of the field"]
    );
    let placeholder = |limit: u32| {
        let value = "setter = \"without_hook\", value = \"https://hook.invalid/\", doc = \"None.\"";
        field("hook", "url", &format!("required = \"always\", placeholder = {{ {value} }}, max_length = {limit}"))
    };
    no_faults(&[&placeholder(40)]);
    assert_eq!(faults(&[&placeholder(20)]), ["the placeholder breaks a rule of the field"]);
}

#[test]
fn a_constant_must_keep_the_limits_of_every_mode_and_every_model_with_which_the_field_can_be_given() {
    let constant = |value: u32, key: &str, name: &str| {
        let limits = format!("limits = [{{ {key} = [\"{name}\"], max = 5, elsewhere = \"unlimited\" }}]");
        faults(&[FAST_AND_SLOW, MODELS, &field("seed", "integer", &format!("constant = {value}, {limits}"))])
    };
    assert_eq!(constant(5, "modes", "Fast"), [""; 0]);
    assert_eq!(constant(5, "models", "grand"), [""; 0]);
    assert_eq!(constant(7, "modes", "Fast"), ["the constant breaks a limit of the field with `mini` in `Fast`"]);
    assert_eq!(constant(7, "models", "grand"), ["the constant breaks a limit of the field with `grand` in `Fast`"]);
    let modes = "modes.Small = { when = { model = \"mini\" }, doc = \"A mode.\" }\n\
                 modes.Large = { when = { model = \"grand\" }, doc = \"A mode.\" }";
    let models = MODELS.replace("fields.model.optional = \"always\"\n", "");
    let in_small = |model: &str| {
        let limits =
            format!("limits = [{{ modes = [\"Small\"], models = [\"{model}\"], max = 5, elsewhere = \"unlimited\" }}]");
        faults(&[modes, &models, &field("seed", "integer", &format!("constant = 7, {limits}"))])
    };
    assert_eq!(in_small("grand"), [""; 0], "no body has this mode and this model");
    assert_eq!(in_small("mini"), ["the constant breaks a limit of the field with `mini` in `Small`"]);
}
