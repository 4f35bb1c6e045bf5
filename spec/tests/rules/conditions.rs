//! Rules of conditions.

use crate::helper::{FAST_AND_SLOW, MODELS, choice, faults, field, no_faults, request};

const LIVE: &str = "fields.live = { type = \"boolean\", doc = \"Sung live.\", optional = \"always\", nullable = true }";

/// Returns a field `note` with conditions.
fn note(conditions: &str) -> String {
    field("note", "string", conditions)
}

const NOTE: &str = r#"{"note": "a"}"#;
const LIVE_NOTE: &str = r#"{"note": "a", "live": true}"#;

#[test]
fn required_when_allowed_when_and_forbidden_when_apply_in_modes_in_which_the_field_is_optional() {
    let live = LIVE.replace("\"always\"", "[\"Fast\", \"Slow\"]");
    let optional_in_fast = |other: &str, condition: &str| {
        let keys = format!("optional = [\"Fast\"], {other} = [\"Slow\"], {condition} = {{ live = true }}");
        request(&[FAST_AND_SLOW, &note(&keys), &live])
    };
    let required = optional_in_fast("forbidden", "required_when");
    required.refuses(r#"{"fast": true, "live": true}"#, "note: missing, required in Fast (if `live` is true)");
    required.accepts(&[r#"{"fast": false, "live": true}"#]);
    let allowed = optional_in_fast("required", "allowed_when");
    allowed.refuses(r#"{"fast": true, "note": "a"}"#, "note: must be left out in Fast (only if `live` is true)");
    allowed.accepts(&[r#"{"fast": false, "note": "a"}"#]);
    let forbidden = optional_in_fast("required", "forbidden_when");
    forbidden
        .refuses(r#"{"fast": true, "note": "a", "live": true}"#, "note: must be left out in Fast (if `live` is true)");
    forbidden.accepts(&[r#"{"fast": false, "note": "a", "live": true}"#]);
}

#[test]
fn the_field_must_be_given_if_its_required_when_holds() {
    let request = request(&[LIVE, &note("required_when = { live = true }")]);
    request.accepts(&["{}", NOTE, LIVE_NOTE]);
    request.refuses(r#"{"live": true}"#, "note: missing, required (if `live` is true)");
}

#[test]
fn the_field_must_not_be_given_if_its_forbidden_when_holds() {
    let request = request(&[LIVE, &note("forbidden_when = { live = true }")]);
    request.accepts(&["{}", NOTE, r#"{"live": true}"#]);
    request.refuses(LIVE_NOTE, "note: must be left out (if `live` is true)");
}

#[test]
fn the_field_must_not_be_given_unless_its_allowed_when_holds() {
    let request = request(&[LIVE, &note("allowed_when = { live = true }")]);
    request.accepts(&["{}", LIVE_NOTE, r#"{"live": true}"#]);
    request.refuses(NOTE, "note: must be left out (only if `live` is true)");
}

#[test]
fn a_condition_is_a_table_of_fields_and_holds_if_all_of_its_fields_match() {
    let note = note("forbidden_when = { live = true, seed = 1 }");
    let request = request(&[LIVE, &field("seed", "integer", ""), &note]);
    request.accepts(&[LIVE_NOTE, r#"{"note": "a", "seed": 1}"#]);
    let refused = "note: must be left out (if `live` is true and `seed` is 1)";
    request.refuses(r#"{"note": "a", "live": true, "seed": 1}"#, refused);
}

#[test]
fn a_list_of_conditions_holds_if_one_of_them_holds() {
    let note = note("forbidden_when = [{ live = true }, { seed = 1 }]");
    let request = request(&[LIVE, &field("seed", "integer", ""), &note]);
    request.accepts(&[NOTE, r#"{"note": "a", "live": false, "seed": 2}"#]);
    let refused = "note: must be left out (if `live` is true, or `seed` is 1)";
    request.refuses(LIVE_NOTE, refused);
    request.refuses(r#"{"note": "a", "seed": 1}"#, refused);
}

#[test]
fn given_true_matches_a_field_that_is_given_and_given_false_one_that_is_not() {
    let with_live = request(&[LIVE, &note("allowed_when = { live = { given = true } }")]);
    with_live.accepts(&[LIVE_NOTE, r#"{"note": "a", "live": null}"#]);
    with_live.refuses(NOTE, "note: must be left out (only if `live` is given)");
    let without = request(&[LIVE, &note("allowed_when = { live = { given = false } }")]);
    without.accepts(&[NOTE]);
    without.refuses(r#"{"note": "a", "live": null}"#, "note: must be left out (only if `live` is left out)");
}

#[test]
fn a_value_matches_a_field_that_has_it_and_a_list_of_values_one_that_has_any_of_them() {
    let kind = choice("kind", &["own", "other", "none"], "");
    let one = request(&[&kind, &note("allowed_when = { kind = \"own\" }")]);
    one.accepts(&[r#"{"note": "a", "kind": "own"}"#]);
    one.refuses(r#"{"note": "a", "kind": "other"}"#, "note: must be left out (only if `kind` is own)");
    let several = request(&[&kind, &note("allowed_when = { kind = [\"own\", \"other\"] }")]);
    several.accepts(&[r#"{"note": "a", "kind": "own"}"#, r#"{"note": "a", "kind": "other"}"#]);
    several.refuses(r#"{"note": "a", "kind": "none"}"#, "note: must be left out (only if `kind` is own or other)");
}

#[test]
fn a_field_that_is_left_out_has_its_default_in_conditions() {
    let live = LIVE.replace("nullable = true", "default = true");
    let request = request(&[&live, &note("allowed_when = { live = true }")]);
    request.accepts(&[NOTE, LIVE_NOTE]);
    request.refuses(r#"{"note": "a", "live": false}"#, "note: must be left out (only if `live` is true)");
}

#[test]
fn a_null_matches_no_value() {
    let request = request(&[LIVE, &note("allowed_when = { live = [true, false] }")]);
    request.accepts(&[LIVE_NOTE, r#"{"note": "a", "live": false}"#]);
    request.refuses(r#"{"note": "a", "live": null}"#, "note: must be left out (only if `live` is true or false)");
}

#[test]
fn a_field_without_a_value_matches_no_value() {
    let request = request(&[LIVE, &note("allowed_when = { live = [true, false] }")]);
    request.accepts(&[LIVE_NOTE, r#"{"note": "a", "live": false}"#]);
    request.refuses(NOTE, "note: must be left out (only if `live` is true or false)");
}

#[test]
fn the_name_of_a_class_stands_for_all_of_its_models_as_a_value_of_the_model_field() {
    let models = MODELS.replace("grand = {", "nano = { doc = \"Smaller.\" }, grand = {");
    let small = "classes = { small = [\"mini\", \"nano\"] }";
    let request = request(&[&models, small, &note("allowed_when = { model = \"small\" }")]);
    request.accepts(&[r#"{"note": "a", "model": "mini"}"#, r#"{"note": "a", "model": "nano"}"#]);
    request.refuses(r#"{"note": "a", "model": "grand"}"#, "note: must be left out (only if `model` is mini or nano)");
    let other = choice("kind", &["own"], "");
    let misused = faults(&[&models, small, &other, &note("allowed_when = { kind = \"small\" }")]);
    assert_eq!(misused, ["unknown value `small`"]);
}

#[test]
fn a_field_with_a_list_matches_only_given_true_or_given_false() {
    let tags = field("tags", "string", "list = true");
    no_faults(&[&tags, &note("allowed_when = { tags = { given = true } }")]);
    assert_eq!(faults(&[&tags, &note("allowed_when = { tags = \"a\" }")]), ["`tags` is a list"]);
}

#[test]
fn a_condition_on_the_field_itself_is_a_fault() {
    no_faults(&[LIVE, &note("forbidden_when = { live = true }")]);
    assert_eq!(faults(&[&note("forbidden_when = { note = \"a\" }")]), ["`note` has a condition on itself"]);
}

#[test]
fn a_condition_that_always_holds_or_never_is_a_fault() {
    no_faults(&[LIVE, &note("forbidden_when = { live = { given = true } }")]);
    let version = field("version", "integer", "constant = 3");
    let always = note("forbidden_when = { version = 3 }");
    assert_eq!(faults(&[&version, &always]), ["this condition always holds"]);
    let never = note("forbidden_when = { version = { given = false } }");
    assert_eq!(faults(&[&version, &never]), ["this condition can never hold"]);
}

#[test]
fn a_value_in_a_condition_must_keep_the_rules_of_its_field() {
    let size = field("size", "integer", "max = 3");
    no_faults(&[&size, &note("forbidden_when = { size = 3 }")]);
    let larger = note("forbidden_when = { size = 4 }");
    assert_eq!(faults(&[&size, &larger]), ["the condition's value breaks a rule of the field"]);
}
