//! Rules over several fields, and of classes.

use crate::helper::{FAST_AND_SLOW, MODELS, faults, field, no_faults, request};

/// Returns optional texts with these names.
fn texts(names: &[&str], keys: &str) -> String {
    names.iter().map(|name| field(name, "string", keys) + "\n").collect()
}

const AT_LEAST_ONE: &str = "groups = [{ doc = \"One is needed.\", at_least_one = [\"a\", \"b\"] }]";

#[test]
fn a_class_must_not_have_the_name_of_a_model() {
    no_faults(&[MODELS, "classes.small = [\"mini\"]"]);
    assert_eq!(faults(&[MODELS, "classes.grand = [\"mini\"]"]), ["the name `grand` is already used"]);
}

#[test]
fn a_class_has_at_least_one_model() {
    no_faults(&[MODELS, "classes.small = [\"mini\"]"]);
    assert_eq!(faults(&[MODELS, "classes.small = []"]), ["the class `small` has no models"]);
}

#[test]
fn a_rule_over_several_fields_names_at_least_two_fields_and_at_most_twelve() {
    let names: Vec<String> = (0..13).map(|number| format!("f{number}")).collect();
    let of = |count: usize| {
        let names: Vec<&str> = names[..count].iter().map(String::as_str).collect();
        let rule = format!("groups = [{{ doc = \"Only one.\", at_most_one = {names:?} }}]");
        faults(&[&texts(&names, ""), &rule])
    };
    assert_eq!(of(1), ["a rule over several fields needs at least two"]);
    assert_eq!(of(2), [""; 0]);
    assert_eq!(of(12), [""; 0]);
    assert_eq!(of(13), ["this rule has 13 fields, and at most 12 are allowed"]);
}

#[test]
fn a_rule_over_several_fields_holds_in_its_modes_if_its_when_holds() {
    let texts = texts(&["a", "b"], "optional = [\"Fast\", \"Slow\"]");
    let group =
        "groups = [{ doc = \"Not both.\", at_most_one = [\"a\", \"b\"], modes = [\"Fast\"], when = { a = \"x\" } }]";
    let request = request(&[FAST_AND_SLOW, &texts, group]);
    request.accepts(&[r#"{"fast": false, "a": "x", "b": "y"}"#, r#"{"fast": true, "a": "y", "b": "y"}"#]);
    request.refuses(r#"{"fast": true, "a": "x", "b": "y"}"#, "a, b: give at most one of them in Fast");
}

/// Returns a group of the fields `a` and `b`.
fn group(key: &str) -> String {
    format!("groups = [{{ doc = \"A group.\", {key} = [\"a\", \"b\"] }}]")
}

#[test]
fn a_group_has_exactly_one_of_these_keys() {
    let texts = texts(&["a", "b"], "");
    no_faults(&[&texts, &group("at_least_one")]);
    let message = ["an entry of `groups` must have exactly one rule"];
    assert_eq!(faults(&[&texts, "groups = [{ doc = \"A group.\" }]"]), message);
    let two = group("at_least_one").replace(" }]", ", at_most_one = [\"a\", \"b\"] }]");
    assert_eq!(faults(&[&texts, &two]), message);
}

const NEITHER: &str = "{}";
const ONE: &str = r#"{"a": "x"}"#;
const BOTH: &str = r#"{"a": "x", "b": "y"}"#;

#[test]
fn of_the_fields_in_at_least_one_one_or_more_must_be_given() {
    let request = request(&[&texts(&["a", "b"], ""), &group("at_least_one")]);
    request.accepts(&[ONE, BOTH]);
    request.refuses(NEITHER, "a, b: give at least one of them");
}

#[test]
fn of_the_fields_in_at_most_one_one_or_none_may_be_given() {
    let request = request(&[&texts(&["a", "b"], ""), &group("at_most_one")]);
    request.accepts(&[NEITHER, ONE]);
    request.refuses(BOTH, "a, b: give at most one of them");
}

#[test]
fn of_the_fields_in_all_or_none_all_or_none_must_be_given() {
    let request = request(&[&texts(&["a", "b"], ""), &group("all_or_none")]);
    request.accepts(&[NEITHER, BOTH]);
    request.refuses(ONE, "a, b: give all of them or none");
}

#[test]
fn of_the_lists_in_exactly_one_one_must_be_given_with_all_of_its_fields_and_no_field_of_the_others() {
    let group = "groups = [{ doc = \"A group.\", exactly_one = [[\"a\"], [\"b\", \"c\"]] }]";
    let request = request(&[&texts(&["a", "b", "c"], ""), group]);
    request.accepts(&[ONE, r#"{"b": "x", "c": "y"}"#]);
    for body in [NEITHER, r#"{"b": "x"}"#, BOTH, r#"{"a": "x", "b": "y", "c": "z"}"#] {
        request.refuses(body, "a, b, c: give exactly one of: a; b and c");
    }
}

#[test]
fn a_group_must_not_list_a_field_that_one_of_its_modes_forbids() {
    let a = field("a", "string", "optional = [\"Fast\"], forbidden = [\"Slow\"]");
    let b = field("b", "string", "optional = [\"Fast\", \"Slow\"]");
    let group =
        |modes: &str| format!("groups = [{{ doc = \"One is needed.\", at_least_one = [\"a\", \"b\"]{modes} }}]");
    no_faults(&[FAST_AND_SLOW, &a, &b, &group(", modes = [\"Fast\"]")]);
    assert_eq!(faults(&[FAST_AND_SLOW, &a, &b, &group("")]), ["`a` is forbidden in `Slow`, but listed in a group"]);
}

#[test]
fn a_group_that_always_holds_or_never_is_a_fault() {
    no_faults(&[&texts(&["a", "b"], ""), AT_LEAST_ONE]);
    let a_required = texts(&["a"], "required = \"always\"") + &texts(&["b"], "");
    assert_eq!(faults(&[&a_required, AT_LEAST_ONE]), ["this rule always holds"]);
    let both_required = texts(&["a", "b"], "required = \"always\"");
    let at_most_one = AT_LEAST_ONE.replace("at_least_one", "at_most_one");
    assert_eq!(faults(&[&both_required, &at_most_one]), ["this rule can never hold"]);
}

const SHORT: &str = "totals = [{ doc = \"Short texts.\", length = [\"a\", \"b\"], min = 1, max = 3 }]";

#[test]
fn a_total_has_either_items_or_length() {
    let lists = texts(&["a", "b"], "list = true");
    let total = |keys: &str| faults(&[&lists, &format!("totals = [{{ doc = \"Few.\", max = 9{keys} }}]")]);
    let [items, length] = [", items = [\"a\", \"b\"]", ", length = [\"a\", \"b\"]"];
    assert_eq!(total(items), [""; 0]);
    assert_eq!(total(length), [""; 0]);
    let message = "an entry of `totals` must have exactly one rule".to_owned();
    assert!(total("").contains(&message));
    assert!(total(&format!("{items}{length}")).contains(&message));
}

#[test]
fn a_total_has_min_max_or_both_which_are_inclusive() {
    let lists = texts(&["a", "b"], "list = true");
    let items = |figures: &str| format!("totals = [{{ doc = \"Few.\", items = [\"a\", \"b\"]{figures} }}]");
    let both = request(&[&lists, &items(", min = 1, max = 2")]);
    both.accepts(&[r#"{"a": ["x"]}"#, r#"{"a": ["x"], "b": ["y"]}"#]);
    both.refuses(NEITHER, "a, b: 0 items together, at least 1");
    both.refuses(r#"{"a": ["x", "y"], "b": ["z"]}"#, "a, b: 3 items together, at most 2");
    no_faults(&[&lists, &items(", min = 1")]);
    no_faults(&[&lists, &items(", max = 1")]);
    assert_eq!(faults(&[&lists, &items("")]), ["the total has no figure"]);
}

#[test]
fn a_field_that_is_left_out_counts_0_in_a_total_unless_it_has_a_default() {
    let no_default = request(&[&texts(&["a", "b"], ""), SHORT]);
    no_default.accepts(&[r#"{"a": "abc"}"#, r#"{"a": "ab", "b": "c"}"#]);
    no_default.refuses("{}", "a, b: 0 characters together, at least 1");
    let default = request(&[&texts(&["a"], "default = \"xy\""), &texts(&["b"], ""), SHORT]);
    default.accepts(&["{}", r#"{"b": "a"}"#]);
    default.refuses(r#"{"b": "ab"}"#, "a, b: 4 characters together, at most 3");
}

#[test]
fn a_null_counts_0_in_a_total() {
    let request = request(&[&texts(&["a", "b"], "nullable = true"), SHORT]);
    request.accepts(&[r#"{"a": null, "b": "abc"}"#]);
    request.refuses(r#"{"a": null, "b": null}"#, "a, b: 0 characters together, at least 1");
    request.refuses(r#"{"a": null, "b": "abcd"}"#, "a, b: 4 characters together, at most 3");
}

#[test]
fn each_text_counts_in_its_own_unit() {
    let units = [field("a", "string", "unit = \"bytes\""), field("b", "string", "unit = \"utf16\"")].join("\n");
    let request = request(&[&units, &field("c", "string", ""), &SHORT.replace("\"b\"", "\"b\", \"c\"")]);
    // An `é` has two bytes, and the emoji has two UTF-16 units and is one character.
    request.accepts(&[r#"{"a": "é", "c": "a"}"#, r#"{"b": "😀", "c": "a"}"#, r#"{"b": "é", "c": "😀"}"#]);
    request.refuses(r#"{"a": "é", "b": "😀"}"#, "a, b, c: 4 together, at most 3");
}

#[test]
fn a_constant_text_counts_in_a_total_too() {
    let constant = request(&[&texts(&["a"], "constant = \"xy\""), &texts(&["b"], ""), SHORT]);
    constant.accepts(&[r#"{"a": "xy", "b": "a"}"#]);
    constant.refuses(r#"{"a": "xy", "b": "ab"}"#, "a, b: 4 characters together, at most 3");
}

/// The seconds from `start` to `end`.
const SECONDS: &str =
    "differences = [{ doc = \"3 to 9 seconds.\", larger = \"end\", smaller = \"start\", min = 3, max = 9 }]";

#[test]
fn a_difference_has_min_max_or_both_which_are_inclusive() {
    let numbers = [field("start", "integer", ""), field("end", "integer", "")].join("\n");
    let both = request(&[&numbers, SECONDS]);
    both.accepts(&[r#"{"start": 0, "end": 3}"#, r#"{"start": 0, "end": 9}"#]);
    both.refuses(r#"{"start": 0, "end": 2}"#, "end - start: 2, at least 3");
    both.refuses(r#"{"start": 0, "end": 10}"#, "end - start: 10, at most 9");
    no_faults(&[&numbers, &SECONDS.replace(", max = 9", "")]);
    no_faults(&[&numbers, &SECONDS.replace("min = 3, ", "")]);
    let none = SECONDS.replace(", min = 3, max = 9", "");
    assert_eq!(faults(&[&numbers, &none]), ["the difference has no figure"]);
}

#[test]
fn a_difference_is_checked_if_both_fields_have_a_number_given_or_by_default() {
    let no_default = request(&[&field("start", "integer", ""), &field("end", "integer", ""), SECONDS]);
    no_default.accepts(&[r#"{"start": 1, "end": 4}"#, r#"{"start": 1, "end": 10}"#, r#"{"end": 1}"#, "{}"]);
    no_default.refuses(r#"{"start": 1, "end": 3}"#, "end - start: 2, at least 3");
    no_default.refuses(r#"{"start": 1, "end": 11}"#, "end - start: 10, at most 9");
    let default = request(&[&field("start", "integer", "default = 1"), &field("end", "integer", ""), SECONDS]);
    default.refuses(r#"{"end": 3}"#, "end - start: 2, at least 3");
}

#[test]
fn a_null_is_not_a_number_so_that_the_difference_is_not_checked() {
    let start = field("start", "integer", "nullable = true, default = 1");
    let request = request(&[&start, &field("end", "integer", ""), SECONDS]);
    request.accepts(&[r#"{"start": null, "end": 3}"#]);
    request.refuses(r#"{"end": 3}"#, "end - start: 2, at least 3");
}

#[test]
fn a_difference_is_that_of_the_shortest_decimal_notations_and_is_rounded_to_nine_digits_after_the_point() {
    for whole in ["7925968355087", "9007199254740991"] {
        let exactly = SECONDS.replace("min = 3, max = 9", &format!("min = {whole}, max = {whole}"));
        let integers = request(&[&field("start", "integer", ""), &field("end", "integer", ""), &exactly]);
        integers.accepts(&[&format!("{{\"start\": 0, \"end\": {whole}}}")]);
    }
    let seconds = SECONDS.replace("min = 3, max = 9", "min = 0.1, max = 0.3");
    let request = request(&[&field("start", "number", ""), &field("end", "number", ""), &seconds]);
    request.accepts(&[
        r#"{"start": 0.1, "end": 0.2}"#,
        r#"{"start": 0.3, "end": 0.4}"#,
        r#"{"start": 0.1, "end": 0.4}"#,
        r#"{"start": 0.0000000004, "end": 0.1}"#,
    ]);
    request.refuses(r#"{"start": 0.1, "end": 0.199999999}"#, "end - start: 0.099999999, at least 0.1");
    request.refuses(r#"{"start": 0.1, "end": 0.400000001}"#, "end - start: 0.300000001, at most 0.3");
}

#[test]
fn a_difference_that_the_limits_of_both_fields_decide_is_a_fault() {
    let with = |end: &str, start: &str, limits: &str| {
        let seconds = SECONDS.replace("min = 3, max = 9", limits);
        faults(&[&field("end", "number", end), &field("start", "number", start), &seconds])
    };
    assert_eq!(with("max = 0.3", "min = 0.1", "min = 0.2"), [""; 0]);
    assert_eq!(with("max = 0.3", "min = 0.1", "min = 0.2000001"), ["this difference can never hold"]);
    assert_eq!(with("min = 0.3", "max = 0.1", "min = 0.2"), ["this difference always holds"]);
    assert_eq!(with("min = 0.3", "max = 0.1", "min = 0.2000001"), [""; 0]);
}
