//! Rules that contradict each other.

use cover_spec::{SHIPPED_BASE, Spec};

/// Completes fields and rules to a spec.
fn whole(rules: &str) -> String {
    format!(
        "base = \"{SHIPPED_BASE}\"\nwithout = [\"callback\"]\n[service]\nname = \"Shop\"\nid = \"shop\"\n[request]\nname = \"Example\"\ndoc = \"A request.\"\n\
         [submit]\npath = \"/tasks\"\ntask = \"id\"\n{rules}"
    )
}

/// Returns the message and label of each fault.
fn faults(rules: &str) -> Vec<String> {
    match Spec::parse("spec.toml", &whole(rules)) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(|fault| format!("{}: {}", fault.message(), fault.label())).collect(),
    }
}

fn field(name: &str, kind: &str, keys: &str) -> String {
    let presence = if keys.contains("required =") { "" } else { "optional = \"always\"\n" };
    format!("[fields.{name}]\ntype = \"{kind}\"\ndoc = \"A field.\"\n{presence}{keys}\n")
}

fn truth(name: &str, keys: &str) -> String {
    field(name, "boolean", keys)
}

fn list(name: &str, keys: &str) -> String {
    field(name, "string", &format!("list = true\n{keys}"))
}

fn group(rule: &str) -> String {
    format!("[[groups]]\ndoc = \"A reason.\"\n{rule}\n")
}

fn total(rule: &str) -> String {
    format!("[[totals]]\ndoc = \"A reason.\"\n{rule}\n")
}

/// Two modes: `On` with `switch = true`, and `Off`.
const MODES: &str = "[modes.On]\nwhen = { switch = true }\ndoc = \"A mode.\"\n\
    [modes.Off]\nwhen = { switch = false }\ndoc = \"A mode.\"\n\
    [fields.switch]\ntype = \"boolean\"\ndoc = \"A field.\"\n";

const NEVER: &str = "this condition can never hold together with the other rules";

#[test]
fn a_request_in_which_no_body_keeps_all_rules_is_a_fault() {
    let groups = ["at_least_one = [\"a\", \"b\"]", "all_or_none = [\"a\", \"b\"]", "at_most_one = [\"a\", \"b\"]"];
    let fields = [truth("a", ""), truth("b", ""), truth("c", "")].concat();
    for left_out in 0..3 {
        let two = groups.iter().enumerate().filter(|(index, _)| *index != left_out).map(|(_, rule)| group(rule));
        assert_eq!(faults(&(fields.clone() + &two.collect::<String>())), [""; 0], "without {}", groups[left_out]);
    }
    let all: String = groups.iter().map(|rule| group(rule)).collect();
    assert_eq!(faults(&(fields + &all)), ["no request can keep all rules: the rules of `a`, `b` exclude each other"]);
}

#[test]
fn a_contradiction_names_its_mode_and_its_fields() {
    let only_off = "modes = [\"Off\"]\n";
    let rules = |scope: &str| {
        let first = group(&format!("{scope}at_least_one = [\"a\", \"b\"]"));
        let second = group(&format!("{scope}at_most_one = [\"a\", \"b\"]"));
        let third = group(&format!("{scope}all_or_none = [\"a\", \"b\"]"));
        [MODES.to_owned(), truth("a", ""), truth("b", ""), first, second, third].concat()
    };
    let fault = |mode| format!("no request in `{mode}` can keep all rules: the rules of `a`, `b` exclude each other");
    assert_eq!(faults(&rules(only_off)), [fault("Off")]);
    assert_eq!(faults(&rules("")), [fault("On"), fault("Off")]);
}

#[test]
fn a_value_that_a_mode_sets_and_a_condition_refuses_is_a_fault_of_the_mode() {
    let switch = "values = { true = { allowed_when = { a = 1 } } }\n";
    let number = |keys: &str| field("a", "integer", keys);
    let modes = MODES.to_owned() + switch;
    assert_eq!(faults(&(modes.clone() + &number(""))), [""; 0]);
    let never = truth("b", "") + &number("forbidden_when = [{ b = { given = true } }, { b = { given = false } }]");
    assert_eq!(
        faults(&(modes + &never)),
        ["no request in `On` can keep all rules: the rules of `switch`, `b`, `a` exclude each other"]
    );
}

#[test]
fn a_condition_that_can_never_hold_is_reported_once() {
    let chain = |last: &str| {
        let rules = [
            truth("a", "required_when = { b = true }"),
            truth("b", ""),
            truth("c", "required_when = { a = { given = true } }"),
            truth("d", last),
        ];
        faults(&(rules.concat() + &group("at_most_one = [\"c\", \"d\"]")))
    };
    assert_eq!(
        chain("required_when = { b = true }"),
        [format!("{NEVER}: no request in which it holds keeps all rules (and at 1 other place)")]
    );
    assert_eq!(chain("required_when = { b = false }"), [""; 0]);
}

#[test]
fn a_condition_that_allows_a_field_which_can_never_be_given_is_a_fault() {
    let rules = |forbidden: &str| {
        [
            truth("a", &format!("allowed_when = {{ b = true }}\nforbidden_when = {forbidden}")),
            truth("b", ""),
            truth("c", ""),
        ]
        .concat()
    };
    let fault = format!("{NEVER}: no request in which it holds can have `a`");
    assert_eq!(faults(&rules("[{ b = true, c = { given = true } }, { c = { given = false } }]")), [fault]);
    assert_eq!(faults(&rules("{ b = true, c = true }")), [""; 0]);
}

#[test]
fn conditions_are_judged_by_values_that_are_not_named_too() {
    for (kind, keys, value) in
        [("string", "", "\"x\""), ("number", "", "1"), ("integer", "min = 0\nmax = 3", "[0, 1, 2]")]
    {
        let named = format!("forbidden_when = {{ a = {value} }}");
        let rules = [
            field("a", kind, &format!("{keys}\nrequired = \"always\"")),
            truth("b", &named),
            truth("c", "required_when = { b = { given = true } }"),
        ];
        assert_eq!(faults(&rules.concat()), [""; 0], "{kind}");
    }
    let all = "allowed_when = { b = { given = true } }\nforbidden_when = { a = [0, 1, 2, 3] }";
    let rules = [field("a", "integer", "min = 0\nmax = 3\nrequired = \"always\""), truth("b", ""), truth("c", all)];
    let fault = format!("{NEVER}: no request in which it holds can have `c`");
    assert_eq!(faults(&rules.concat()), [fault], "no value is left");
}

#[test]
fn a_total_that_cannot_be_reached_says_what_the_fields_can_have() {
    let lists = |one: &str, other: &str| list("a", one) + &list("b", other);
    let reached = lists("max_items = 3", "max_items = 4") + &total("items = [\"a\", \"b\"]\nmin = 7");
    assert_eq!(faults(&reached), [""; 0]);
    let too_few = lists("max_items = 3", "max_items = 3") + &total("items = [\"a\", \"b\"]\nmin = 7");
    assert_eq!(faults(&too_few), ["this total can never hold: the fields have at most 6"]);
    let required = "required = \"always\"\nmin_items = 3";
    let too_many = lists(required, required) + &total("items = [\"a\", \"b\"]\nmax = 5");
    assert_eq!(faults(&too_many), ["this total can never hold: the fields need at least 6"]);
    let by_mode = "limits = [{ modes = [\"On\"], max_items = 1 }, { modes = [\"Off\"], max_items = 9 }]";
    let in_one_mode = MODES.to_owned() + &lists(by_mode, "max_items = 2") + &total("items = [\"a\", \"b\"]\nmin = 7");
    assert_eq!(faults(&in_one_mode), ["this total can never hold in `On`: the fields have at most 3"]);
}

#[test]
fn a_total_of_lengths_counts_texts_that_are_left_out_as_their_defaults() {
    let texts = |keys: &str| field("a", "string", keys) + &field("b", "string", "max_length = 2");
    assert_eq!(faults(&(texts("max_length = 2") + &total("length = [\"a\", \"b\"]\nmin = 5"))).len(), 1);
    let long = "max_length = 4\ndefault = \"four\"";
    assert_eq!(faults(&(texts(long) + &total("length = [\"a\", \"b\"]\nmin = 5"))), [""; 0]);
    let lists = list("a", "max_items = 2\nmax_length = 3") + &field("b", "string", "max_length = 2");
    assert_eq!(faults(&(lists.clone() + &total("length = [\"a\", \"b\"]\nmin = 8"))), [""; 0]);
    assert_eq!(
        faults(&(lists + &total("length = [\"a\", \"b\"]\nmin = 9"))),
        ["this total can never hold: the fields have at most 8"]
    );
}

#[test]
fn totals_that_cannot_hold_together_with_groups_are_a_fault() {
    let lists = list("a", "max_items = 2") + &list("b", "max_items = 2");
    let rules = lists + &total("items = [\"a\", \"b\"]\nmin = 3") + &group("at_most_one = [\"a\", \"b\"]");
    assert_eq!(faults(&rules), ["no request can keep all rules: the rules of `a`, `b` exclude each other"]);
}

#[test]
fn a_limit_with_when_is_judged_with_those_that_always_hold() {
    let with = |limits: &str| {
        faults(&(truth("b", "") + &field("a", "string", &format!("max_length = 9\nlimits = [{limits}]"))))
    };
    let in_limits = "no text can keep both limits: less than `min_length`, which is 10";
    assert_eq!(with("{ min_length = 10 }"), [in_limits]);
    assert_eq!(with("{ when = { b = true }, min_length = 9 }"), [""; 0]);
    assert_eq!(
        with("{ when = { b = true }, min_length = 10 }"),
        ["no text can keep both limits: less than `min_length`, which is 10"]
    );
}

#[test]
fn a_mode_with_too_many_combinations_is_not_searched() {
    let fields = |count: usize| -> String {
        let next = |index: usize| format!("forbidden_when = {{ f{} = true }}", (index + 1) % count);
        (0..count).map(|index| truth(&format!("f{index}"), &next(index))).collect()
    };
    let spec = |rules: &str| Spec::parse("spec.toml", &whole(rules)).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(spec(&fields(9)).unsearched_modes(), [""; 0]);
    assert_eq!(spec(&fields(10)).unsearched_modes(), ["Example"]);
    let groups = group("at_least_one = [\"f0\", \"f1\"]")
        + &group("at_most_one = [\"f0\", \"f1\"]")
        + &group("all_or_none = [\"f0\", \"f1\"]");
    assert_eq!(faults(&(fields(9) + &groups)).len(), 1);
    assert_eq!(spec(&(fields(10) + &groups)).unsearched_modes(), ["Example"], "and its contradiction is not found");
}

#[test]
fn fields_that_no_rule_connects_are_tried_separately() {
    let pair = |index: usize| {
        truth(&format!("a{index}"), &format!("required_when = {{ b{index} = true }}"))
            + &truth(&format!("b{index}"), "")
    };
    let pairs: String = (0..20).map(pair).collect();
    let spec = Spec::parse("spec.toml", &whole(&pairs)).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(spec.unsearched_modes(), [""; 0]);
}

#[test]
fn a_condition_that_allows_a_value_which_can_never_be_given_names_the_value() {
    let rules = |forbidden: &str| {
        let value = format!("values = {{ true = {{ allowed_when = {{ b = true }}, forbidden_when = {forbidden} }} }}");
        [truth("a", &value), truth("b", "")].concat()
    };
    let fault = format!("{NEVER}: no request in which it holds can have the value `true` of `a`");
    assert_eq!(faults(&rules("{ b = { given = true } }")), [fault]);
    assert_eq!(faults(&rules("{ b = false }")), [""; 0]);
}

#[test]
fn a_field_of_which_conditions_name_too_many_values_is_not_searched() {
    let rules = |count: usize| {
        let conditions: Vec<String> = (0..count).map(|value| format!("{{ a = {value} }}")).collect();
        let required = format!("required_when = [{}]", conditions.join(", "));
        field("a", "integer", "") + &field("b", "string", &required)
    };
    let spec = |rules: &str| Spec::parse("spec.toml", &whole(rules)).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(spec(&rules(100)).unsearched_modes(), [""; 0]);
    assert_eq!(spec(&rules(5_000)).unsearched_modes(), ["Example"]);
}

#[test]
fn a_mode_whose_combinations_need_too_many_comparisons_is_not_searched() {
    let names: Vec<String> = (0..8).map(|index| format!("f{index}")).collect();
    let fields: String = names.iter().map(|name| truth(name, "")).collect();
    let rules = |count: usize| fields.clone() + &group(&format!("at_most_one = {names:?}")).repeat(count);
    let spec = |rules: &str| Spec::parse("spec.toml", &whole(rules)).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(spec(&rules(10)).unsearched_modes(), [""; 0]);
    assert_eq!(spec(&rules(1_000)).unsearched_modes(), ["Example"]);
}

#[test]
fn a_contradiction_names_only_fields_that_its_rules_connect() {
    let pair = |index: usize| {
        truth(&format!("a{index}"), &format!("required_when = {{ b{index} = true }}"))
            + &truth(&format!("b{index}"), "")
    };
    let pairs: String = (0..20).map(pair).collect();
    let rules = ["at_least_one = [\"c\", \"d\"]", "all_or_none = [\"c\", \"d\"]", "at_most_one = [\"c\", \"d\"]"];
    let groups: String = rules.into_iter().map(group).collect();
    let rules = truth("c", "") + &pairs + &truth("d", "") + &groups;
    assert_eq!(faults(&rules), ["no request can keep all rules: the rules of `c`, `d` exclude each other"]);
}

#[test]
fn a_condition_of_a_limit_is_judged_in_the_modes_of_the_limit() {
    let rules = |modes: &str, value: bool| {
        let limits = format!("limits = [{{ {modes}when = {{ switch = {value} }}, max_length = 5 }}]");
        MODES.to_owned() + &field("a", "string", &limits)
    };
    assert_eq!(faults(&rules("", false)), [""; 0]);
    let never = "this condition can never hold: correct or remove it";
    assert_eq!(faults(&rules("modes = [\"On\"], ", false)), [never]);
    let always = "this condition always holds: remove the condition";
    assert_eq!(faults(&rules("modes = [\"On\"], ", true)), [always]);
}

/// Returns the messages of the faults of a field with these limits.
fn messages(kind: &str, limits: &str) -> Vec<String> {
    let found = faults(&field("size", kind, &limits.replace(", ", "\n")));
    found.iter().filter_map(|fault| Some(fault.split_once(": ")?.0.to_owned())).collect()
}

#[test]
fn whether_a_number_can_keep_its_limits_is_computed_exactly() {
    let found = |kind: &str, keys: &str| messages(kind, keys);
    assert_eq!(found("number", "min = 1.11, max = 1.115, multiple_of = 0.01"), [""; 0]);
    assert_eq!(found("number", "min = 0, exclusive_max = 1e-10, multiple_of = 1e-11"), [""; 0]);
    assert_eq!(found("number", "exclusive_min = -0.3, max = -0.2, multiple_of = 0.1"), [""; 0]);
    let never = "no number can keep `multiple_of` and both limits";
    assert_eq!(found("number", "exclusive_min = 1.11, max = 1.115, multiple_of = 0.01"), [never]);
    assert_eq!(found("number", "exclusive_min = 0, exclusive_max = 1e-11, multiple_of = 1e-11"), [never]);
    // For every step of two digits: each multiple is reached, and between two multiples is none.
    for step in 2..=99 {
        let numbers = |first: usize, last: usize| -> String {
            let keys = |multiple: usize| {
                let (least, most) = (multiple + first, multiple + last);
                format!("min = {least}e-3\nmax = {most}e-3\nmultiple_of = {step}e-3")
            };
            let multiples = (step..=999).step_by(step * 7);
            multiples.map(|multiple| field(&format!("size{multiple}"), "number", &keys(multiple))).collect()
        };
        assert_eq!(faults(&numbers(0, 0)), [""; 0], "{step}");
        let between = faults(&numbers(1, step - 1));
        assert_eq!(between.len(), (step..=999).step_by(step * 7).count(), "{step}");
        assert!(between.iter().all(|fault| fault.starts_with(never)), "{step}: {between:?}");
    }
}

#[test]
fn an_integer_must_be_able_to_keep_its_limits_within_the_range_of_its_type() {
    let found = |keys: &str| messages("integer", keys);
    assert_eq!(found("exclusive_min = 9007199254740991"), ["no integer can keep `exclusive_min`"]);
    assert_eq!(found("exclusive_max = -9007199254740991"), ["no integer can keep `exclusive_max`"]);
    let step = "min = 9007199254740990, multiple_of = 1000";
    assert_eq!(found(step), ["no integer can keep `multiple_of` and `min`"]);
    for keys in ["exclusive_min = 9007199254740990", "min = 9007199254740991", "multiple_of = 9007199254740991"] {
        assert_eq!(found(keys), [""; 0], "{keys}");
    }
}
