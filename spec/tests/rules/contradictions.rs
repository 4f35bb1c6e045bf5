//! Rules of contradictions.

use crate::helper::{FAST_AND_SLOW, faults, field, no_faults};

const LIVE: &str = "fields.live = { type = \"boolean\", doc = \"Sung live.\", optional = \"always\" }";

#[test]
fn required_when_and_forbidden_when_with_the_same_condition_are_a_fault() {
    let note = |other: &str| {
        let conditions = format!("required_when = {{ live = true }}, forbidden_when = {{ live = {other} }}");
        faults(&[LIVE, &field("note", "string", &conditions)])
    };
    assert_eq!(note("false"), [""; 0]);
    assert_eq!(note("true"), ["`note` is both required and forbidden under the same condition"]);
}

#[test]
fn a_required_when_that_excludes_every_condition_of_allowed_when_is_a_fault() {
    let note = |required: &str, allowed: &str| {
        let conditions = format!("required_when = {required}, allowed_when = {allowed}");
        let quiet = field("quiet", "boolean", "default = true");
        faults(&[LIVE, &quiet, &field("note", "string", &conditions)])
    };
    let fault = "`note` is required under a condition under which it is not allowed";
    assert_eq!(note("{ live = true }", "{ live = false }"), [fault]);
    assert_eq!(note("{ live = { given = true } }", "{ live = { given = false } }"), [fault]);
    assert_eq!(note("{ live = true }", "[{ live = false }, { live = { given = false } }]"), [fault]);
    assert_eq!(note("{ live = true }", "[{ live = false }, { quiet = true }]"), [""; 0]);
    assert_eq!(note("{ quiet = true }", "{ quiet = { given = false } }"), [""; 0], "left out, it is true");
}

#[test]
fn a_total_that_the_limits_of_its_fields_exclude_in_a_mode_is_a_fault() {
    let lists = |max: u32| {
        let limits =
            format!("limits = [{{ modes = [\"Fast\"], max_items = {max} }}, {{ modes = [\"Slow\"], max_items = 9 }}]");
        field("a", "string", &format!("list = true, {limits}"))
    };
    let other = field("b", "string", "list = true, max_items = 2");
    let total = "totals = [{ doc = \"Some.\", items = [\"a\", \"b\"], min = 7 }]";
    no_faults(&[FAST_AND_SLOW, &lists(5), &other, total]);
    assert_eq!(faults(&[FAST_AND_SLOW, &lists(4), &other, total]), ["this total can never hold in `Fast`"]);
}

#[test]
fn a_mode_in_which_no_body_keeps_all_rules_is_a_fault() {
    let with = |max: u32| {
        faults(&[
            FAST_AND_SLOW,
            &field("a", "string", "list = true, required = [\"Fast\"], optional = [\"Slow\"], min_items = 2"),
            &field("b", "string", "list = true, required = [\"Fast\"], optional = [\"Slow\"], min_items = 2"),
            &format!("totals = [{{ doc = \"Few.\", items = [\"a\", \"b\"], max = {max} }}]"),
        ])
    };
    assert_eq!(with(4), [""; 0]);
    assert_eq!(with(3), ["this total can never hold in `Fast`"]);
    let texts = ["a", "b", "c"].map(|name| field(name, "string", "")).join("\n");
    let group = |rule: &str| format!("{{ doc = \"A group.\", {rule} }}");
    let none_of = |one: &str| {
        group(&format!("at_most_one = [\"{one}\", \"c\"]"))
            + ", "
            + &group(&format!("all_or_none = [\"{one}\", \"c\"]"))
    };
    let one = group("at_least_one = [\"a\", \"b\"]");
    no_faults(&[&texts, &format!("groups = [{}, {one}]", none_of("a"))]);
    let found = faults(&[&texts, &format!("groups = [{}, {}, {one}]", none_of("a"), none_of("b"))]);
    assert_eq!(found, ["no request can keep all rules"]);
}

#[test]
fn a_condition_that_no_body_can_fulfil_together_with_the_other_rules_is_a_fault() {
    let live = field("live", "boolean", "");
    let crowd = field("crowd", "string", "allowed_when = { live = true }");
    no_faults(&[&live, &crowd, &field("note", "string", "forbidden_when = { live = true, crowd = { given = true } }")]);
    let never = field("note", "string", "forbidden_when = { live = false, crowd = { given = true } }");
    assert_eq!(faults(&[&live, &crowd, &never]), ["this condition can never hold together with the other rules"]);
}
