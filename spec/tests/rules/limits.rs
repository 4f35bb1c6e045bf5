//! Rules of limits.

use crate::helper::{FAST_AND_SLOW, MODELS, faults, field, no_faults, request};

const LIVE: &str = "fields.live = { type = \"boolean\", doc = \"Sung live.\", optional = \"always\" }";

/// Asserts that a field accepts one value, and refuses another with this text.
#[track_caller]
fn between(kind: &str, keys: &str, accepted: &str, refused: &str, text: &str) {
    let request = request(&[&field("value", kind, keys)]);
    request.accepts(&[&format!("{{\"value\": {accepted}}}")]);
    request.refuses(&format!("{{\"value\": {refused}}}"), text);
}

#[test]
fn a_limit_must_be_one_for_the_type_of_its_field() {
    for (kind, keys) in [
        ("string", "min_length = 1, max_length = 2"),
        ("url", "min_length = 9, max_length = 10, max_bytes = 10"),
        ("integer", "min = 1, max = 9, multiple_of = 2"),
        ("number", "exclusive_min = 1, exclusive_max = 9"),
        ("boolean", "list = true, min_items = 1, max_items = 9"),
        ("url", "limits = [{ max_seconds = 9 }]"),
    ] {
        no_faults(&[&field("value", kind, keys)]);
    }
    for (kind, key, what) in [
        ("integer", "max_length", "a text"),
        ("string", "max_bytes", "an address"),
        ("string", "min", "a number"),
        ("string", "max_items", "a list"),
    ] {
        let found = faults(&[&field("value", kind, &format!("{key} = 9"))]);
        assert_eq!(found, [format!("`{key}` is not allowed: the field is not {what}")]);
    }
    let seconds = faults(&[&field("value", "string", "limits = [{ max_seconds = 9 }]")]);
    assert_eq!(seconds, ["`max_seconds` is not allowed: the field is not an address"]);
}

#[test]
fn a_text_must_not_be_empty_unless_the_table_of_its_field_has_min_length_0() {
    request(&[&field("value", "string", "min_length = 0")]).accepts(&[r#"{"value": ""}"#]);
    between("string", "", "\"a\"", "\"\"", "value: must not be empty");
    between("string", "list = true", "[]", "[\"\"]", "value[0]: must not be empty");
}

#[test]
fn a_min_length_of_0_in_limits_is_a_fault() {
    no_faults(&[&field("value", "string", "limits = [{ min_length = 1 }]")]);
    let in_limits = field("value", "string", "limits = [{ min_length = 0 }]");
    assert_eq!(faults(&[&in_limits]), ["`min_length = 0` in `limits` has no effect"]);
}

#[test]
fn a_limit_of_an_integer_must_be_a_whole_number() {
    no_faults(&[&field("value", "integer", "max = 2.0")]);
    no_faults(&[&field("value", "number", "max = 2.5")]);
    for key in ["max", "exclusive_min", "multiple_of"] {
        let found = faults(&[&field("value", "integer", &format!("{key} = 2.5"))]);
        assert_eq!(found, ["a limit of an integer must be a whole number"], "{key}");
    }
}

#[test]
fn min_length_and_max_length_are_inclusive_and_so_are_min_max_min_items_and_max_items() {
    between("string", "min_length = 2", "\"ab\"", "\"a\"", "value: 1 character, at least 2");
    between("string", "max_length = 2", "\"ab\"", "\"abc\"", "value: 3 characters, at most 2");
    between("number", "min = 0.5", "0.5", "0.25", "value: 0.25, at least 0.5");
    between("number", "max = 0.5", "0.5", "0.75", "value: 0.75, at most 0.5");
    between("integer", "list = true, min_items = 1", "[1]", "[]", "value: 0 items, at least 1");
    between("integer", "list = true, max_items = 1", "[1]", "[1, 2]", "value: 2 items, at most 1");
}

#[test]
fn exclusive_min_and_exclusive_max_are_exclusive() {
    between("number", "exclusive_min = 0", "0.001", "0", "value: 0, must be above 0");
    between("number", "exclusive_max = 1", "0.999", "1", "value: 1, must be below 1");
}

#[test]
fn a_step_in_multiple_of_must_be_more_than_0() {
    no_faults(&[&field("value", "number", "multiple_of = 0.01")]);
    for step in ["0", "-1"] {
        let found = faults(&[&field("value", "number", &format!("multiple_of = {step}"))]);
        assert_eq!(found, ["`multiple_of` must be more than 0"], "{step}");
    }
}

#[test]
fn limits_of_a_list_other_than_min_items_and_max_items_are_about_each_item() {
    let list = "list = true, max_length = 2";
    between("string", list, "[\"ab\", \"cd\"]", "[\"ab\", \"cde\"]", "value[1]: 3 characters, at most 2");
    between("integer", "list = true, min = 2", "[2, 3]", "[1, 2]", "value[0]: 1, at least 2");
}

#[test]
fn a_number_is_a_multiple_if_its_shortest_decimal_notation_is_one() {
    between("number", "multiple_of = 0.01", "0.29", "0.295", "value: 0.295, must be a multiple of 0.01");
    between("number", "multiple_of = 0.1", "0.3", "0.301", "value: 0.301, must be a multiple of 0.1");
    between("number", "multiple_of = 2", "1e300", "1", "value: 1, must be a multiple of 2");
}

#[test]
fn a_limit_holds_if_its_modes_its_models_and_its_when_do() {
    let models = MODELS.replace("\"always\"", "[\"Fast\", \"Slow\"]");
    let live = LIVE.replace("\"always\"", "[\"Fast\", \"Slow\"]");
    let limit = "{ modes = [\"Fast\"], models = [\"mini\"], when = { live = true }, max = 9 }";
    let size = field("size", "integer", &format!("optional = [\"Fast\", \"Slow\"], limits = [{limit}]"));
    let request = request(&[FAST_AND_SLOW, &models, &live, &size]);
    request.accepts(&[
        r#"{"fast": true, "model": "mini", "live": true, "size": 9}"#,
        r#"{"fast": false, "model": "mini", "live": true, "size": 10}"#,
        r#"{"fast": true, "model": "grand", "live": true, "size": 10}"#,
        r#"{"fast": true, "model": "mini", "live": false, "size": 10}"#,
    ]);
    let refused = "size: 10, at most 9 with mini in Fast (if `live` is true)";
    request.refuses(r#"{"fast": true, "model": "mini", "live": true, "size": 10}"#, refused);
}

#[test]
fn a_limit_by_model_does_not_hold_if_the_model_field_is_left_out_and_has_no_default() {
    let limits = "limits = [{ models = [\"mini\"], max = 9 }, { models = [\"grand\"], max = 9 }]";
    let size = field("size", "integer", limits);
    let no_default = request(&[MODELS, &size]);
    no_default.accepts(&[r#"{"size": 10}"#]);
    no_default.refuses(r#"{"size": 10, "model": "mini"}"#, "size: 10, at most 9 with mini");
    let default = request(&[&format!("{MODELS}fields.model.default = \"mini\""), &size]);
    default.refuses(r#"{"size": 10}"#, "size: 10, at most 9 with mini");
}

#[test]
fn a_limit_by_model_does_not_hold_if_the_model_field_is_null() {
    let limits = "limits = [{ models = [\"mini\"], max = 9 }, { models = [\"grand\"], max = 9 }]";
    let model = format!("{MODELS}fields.model.default = \"mini\"\nfields.model.nullable = true");
    let request = request(&[&model, &field("size", "integer", limits)]);
    request.accepts(&[r#"{"size": 10, "model": null}"#]);
    request.refuses(r#"{"size": 10}"#, "size: 10, at most 9 with mini");
}

#[test]
fn a_limit_in_limits_must_be_given_exactly_once_for_every_mode_that_allows_the_field_and_every_model() {
    let by_model = |limits: &str| faults(&[MODELS, &field("size", "integer", &format!("limits = [{limits}]"))]);
    let mini = "{ models = [\"mini\"], max = 1 }";
    assert_eq!(by_model(&format!("{mini}, {{ models = [\"grand\"], max = 2 }}")), [""; 0]);
    assert_eq!(by_model(mini), ["`size` has no `max` with `grand`"]);
    assert_eq!(
        by_model(&format!("{mini}, {{ models = [\"mini\", \"grand\"], max = 2 }}")),
        ["`size` has `max` twice with `mini`"]
    );
    let by_mode = |presence: &str| {
        let size = field("size", "integer", &format!("{presence}, limits = [{{ modes = [\"Fast\"], max = 1 }}]"));
        faults(&[FAST_AND_SLOW, &size])
    };
    assert_eq!(by_mode("optional = [\"Fast\"], forbidden = [\"Slow\"]"), [""; 0]);
    assert_eq!(by_mode("optional = [\"Fast\", \"Slow\"]"), ["`size` has no `max` in `Slow`"]);
}

#[test]
fn a_limit_with_when_is_not_counted() {
    let limits = |limits: &str| field("size", "integer", &format!("limits = [{limits}]"));
    no_faults(&[LIVE, &limits("{ when = { live = true }, max = 1 }")]);
    no_faults(&[LIVE, &limits("{ when = { live = true }, max = 1 }, { max = 2 }")]);
    assert_eq!(faults(&[LIVE, &limits("{ max = 1 }, { max = 2 }")]), ["`size` has `max` twice"]);
}

#[test]
fn if_a_limit_with_when_has_a_key_other_limits_with_this_key_may_be_missing() {
    let limits = |key: &str| {
        let limits = format!("{{ models = [\"mini\"], max = 9 }}, {{ when = {{ live = true }}, {key} = 5 }}");
        faults(&[MODELS, LIVE, &field("size", "integer", &format!("limits = [{limits}]"))])
    };
    assert_eq!(limits("max"), [""; 0]);
    assert_eq!(limits("min"), ["`size` has no `max` with `grand`"]);
}

/// Two modes. The field `text` is required in `A` and optional in `B`, where it has this condition.
fn text_in_modes(condition: &str) -> Vec<String> {
    let modes = "modes.A = { when = { a = true }, doc = \"A mode.\" }\n\
                 modes.B = { when = { a = false }, doc = \"A mode.\" }\n\
                 fields.a = { type = \"boolean\", doc = \"Selects the mode.\" }";
    let presence = "required = [\"A\"], optional = [\"B\"]";
    let limits = "limits = [{ models = [\"mini\"], max_length = 5 }]";
    let text = field("text", "string", &format!("{presence}, {limits}, {condition}"));
    faults(&[modes, &MODELS.replace("optional = \"always\"", "required = \"always\""), &text])
}

#[test]
fn where_a_field_is_optional_a_model_needs_no_limit_if_every_condition_of_allowed_when_asks_for_other_models() {
    let size = |condition: &str| {
        let limits = "limits = [{ models = [\"mini\"], max = 9 }]";
        faults(&[MODELS, LIVE, &field("size", "integer", &format!("{limits}, {condition}"))])
    };
    assert_eq!(size("allowed_when = { model = \"mini\" }"), [""; 0]);
    assert_eq!(size("allowed_when = [{ model = \"mini\", live = true }, { model = \"mini\" }]"), [""; 0]);
    assert_eq!(size("allowed_when = [{ model = \"mini\" }, { live = true }]"), ["`size` has no `max` with `grand`"]);
    let found = text_in_modes("allowed_when = { model = \"mini\" }");
    assert_eq!(found, ["`text` has no `max_length` with `grand` in `A`"]);
}

#[test]
fn where_a_field_is_optional_a_model_needs_no_limit_if_a_condition_of_forbidden_when_names_it_and_no_other_field() {
    let size = |condition: &str| {
        let limits = "limits = [{ models = [\"mini\"], max = 9 }]";
        faults(&[MODELS, LIVE, &field("size", "integer", &format!("{limits}, {condition}"))])
    };
    assert_eq!(size("forbidden_when = { model = \"grand\" }"), [""; 0]);
    assert_eq!(size("forbidden_when = { model = \"grand\", live = true }"), ["`size` has no `max` with `grand`"]);
    let each = "forbidden_when = [{ model = \"grand\", live = true }, { model = \"grand\", live = false }]";
    assert_eq!(size(each), ["`size` has no `max` with `grand`"]);
    let found = text_in_modes("forbidden_when = { model = \"grand\" }");
    assert_eq!(found, ["`text` has no `max_length` with `grand` in `A`"]);
}

#[test]
fn a_limit_with_elsewhere_may_be_missing_in_other_modes_and_with_other_models() {
    let size = |elsewhere: &str| {
        field("size", "integer", &format!("limits = [{{ models = [\"mini\"], max = 9{elsewhere} }}]"))
    };
    assert_eq!(faults(&[MODELS, &size("")]), ["`size` has no `max` with `grand`"]);
    let request_of = request(&[MODELS, &size(", elsewhere = \"unlimited\"")]);
    request_of.accepts(&[r#"{"size": 10, "model": "grand"}"#]);
    request_of.refuses(r#"{"size": 10, "model": "mini"}"#, "size: 10, at most 9 with mini");
    let limits = "limits = [{ modes = [\"Fast\"], max = 9, elsewhere = \"unlimited\" }]";
    let by_mode =
        request(&[FAST_AND_SLOW, &field("size", "integer", &format!("optional = [\"Fast\", \"Slow\"], {limits}"))]);
    by_mode.accepts(&[r#"{"size": 10, "fast": false}"#]);
    by_mode.refuses(r#"{"size": 10, "fast": true}"#, "size: 10, at most 9 in Fast");
}

#[test]
fn a_limit_must_not_be_given_in_the_table_of_the_field_and_without_when_in_limits() {
    no_faults(&[LIVE, &field("size", "integer", "max = 5, limits = [{ when = { live = true }, max = 3 }]")]);
    no_faults(&[&field("size", "integer", "max = 5, limits = [{ min = 3 }]")]);
    let both = field("size", "integer", "max = 5, limits = [{ max = 3 }]");
    assert_eq!(faults(&[&both]), ["`size` has `max` in its table and in `limits`"]);
}

#[test]
fn a_limit_that_no_value_can_keep_is_a_fault() {
    no_faults(&[&field("size", "integer", "min = 3, max = 3")]);
    for (kind, keys) in [
        ("integer", "min = 4, max = 3"),
        ("number", "exclusive_min = 1, max = 1"),
        ("integer", "multiple_of = 5, min = 1, max = 4"),
        ("string", "min_length = 3, max_length = 2"),
        ("string", "list = true, min_items = 3, max_items = 2"),
        ("url", "max_length = 5"),
    ] {
        assert_eq!(faults(&[&field("size", kind, keys)]).len(), 1, "{keys}");
    }
}

/// Returns the faults of a limit of 9 with these statements.
fn disputed(limits: &str, statements: &[u32]) -> Vec<String> {
    let entry = |figure: &u32| format!("{{ figure = {figure}, place = \"page {figure}\" }}");
    let statements: Vec<String> = statements.iter().map(entry).collect();
    let limit = format!("{{ {limits}, disputed = [{}] }}", statements.join(", "));
    faults(&[&field("size", "integer", &format!("limits = [{limit}]"))])
}

#[test]
fn an_entry_with_disputed_has_one_limit_and_at_least_two_statements() {
    assert_eq!(disputed("max = 9", &[9, 10]), [""; 0]);
    assert_eq!(disputed("max = 9", &[9]), ["`disputed` needs two entries"]);
    assert_eq!(disputed("min = 1, max = 9", &[1, 9]), ["`disputed` with several figures"]);
}

#[test]
fn one_of_the_statements_in_disputed_must_have_the_figure_of_the_limit() {
    assert_eq!(disputed("max = 9", &[8, 9]), [""; 0]);
    assert_eq!(disputed("max = 9", &[8, 10]), ["the enforced figure is not among the disputed ones"]);
}

#[test]
fn one_of_the_statements_in_disputed_must_have_another_figure() {
    assert_eq!(disputed("max = 9", &[9, 9, 10]), [""; 0]);
    assert_eq!(disputed("max = 9", &[9, 9]), ["all entries of `disputed` have the enforced figure"]);
}
