//! The report of broken rules.

use super::*;

#[test]
fn builders_use_the_names_of_setters() {
    let rules = rules();
    let mut values = vec![None; rules.fields.len()];
    values[COUNT] = Some(Value::integer(3));
    let violations = rules.check(1, &values, looks_like_web_address).expect_err("too much");
    assert_eq!(violations.to_string(), "rust_count: 3, at most 2 in Narrow");
    let one = violations.iter().next().expect("one");
    assert_eq!((one.field(), one.rule(), one.mode(), one.model()), ("count", Rule::Max, Some("Narrow"), None));
    assert_eq!((one.limit(), one.actual()), (Some(Figure::Number(2.0)), Some(Figure::Number(3.0))));
    assert_eq!(one.detail(), None);
    let bounds = [
        (Bound::MinLength(1), "at least 1 byte", "1"),
        (Bound::MaxLength(2), "at most 2 bytes", "2"),
        (Bound::MinItems(1), "at least 1 item", "1"),
        (Bound::MaxItems(2), "at most 2 items", "2"),
        (Bound::Min(decimal("0.5")), "at least 0.5", "0.5"),
        (Bound::Max(decimal("0.5")), "at most 0.5", "0.5"),
        (Bound::Above(decimal("0.5")), "above 0.5", "0.5"),
        (Bound::Below(decimal("0.5")), "below 0.5", "0.5"),
        (Bound::MultipleOf(decimal("0.5")), "a multiple of 0.5", "0.5"),
    ];
    for (bound, words, figure) in bounds {
        assert_eq!((&*bound.words(Unit::Bytes), bound.figure()), (words, decimal(figure)));
    }
}

#[test]
fn at_most_a_hundred_violations_are_kept_first_those_of_known_fields() {
    let names: Vec<String> = (0..150).map(|number| number.to_string()).collect();
    let values: Vec<(&str, Value<'_>)> = names.iter().map(|name| (name.as_str(), Value::Null)).collect();
    let rules = rules();
    let violations =
        |values: &[(&str, Value<'_>)]| placed(&rules, values).check(looks_like_web_address).expect_err("junk");
    for (count, omitted) in [(99, 0), (100, 0), (101, 1), (150, 50)] {
        let found = violations(&values[..count]);
        assert_eq!((found.iter().len(), found.omitted()), (count - omitted, omitted));
        assert_eq!(found.to_string().ends_with(&format!("\nand {omitted} more")), omitted > 0);
    }
    let mut with_fields = values.clone();
    with_fields.extend([("note", Value::Null), ("size", Value::Null), ("size", Value::Null), ("size", Value::Null)]);
    let found = violations(&with_fields);
    assert_eq!((found.iter().len(), found.omitted()), (100, 53));
    let last: Vec<String> = found.iter().skip(96).map(ToString::to_string).collect();
    let expected = ["96: no such field", "size: given twice", "note: must be a text", "size: must be a number"];
    assert_eq!(last, expected);
}

#[test]
fn rules_have_the_names_of_the_language() {
    let names = [Rule::MinLength, Rule::MaxItems, Rule::Above, Rule::Unknown].map(Rule::name);
    assert_eq!(names, ["min_length", "max_items", "exclusive_min", "unknown"]);
}

#[test]
fn a_violation_returns_its_parts() {
    let rules = rules();
    let values = [("wide", Value::Truth(true)), ("model", Value::text("a")), ("title", Value::text("long"))];
    let violations = placed(&rules, &values).check(looks_like_web_address).expect_err("too long");
    let parts: Vec<_> = (&violations).into_iter().map(|it| (it.mode(), it.model(), it.detail())).collect();
    assert_eq!(parts, [(Some("Wide"), Some("a"), None)]);
    assert_eq!(violations.to_string(), "title: 4 characters, at most 3 with a in Wide");
    let values = [("model", Value::text("c")), ("size", Value::Null)];
    let violations = placed(&rules, &values).check(looks_like_web_address).expect_err("two");
    let parts: Vec<_> = violations.iter().map(|it| (it.mode(), it.model(), it.detail())).collect();
    assert_eq!(parts, [(Some("Narrow"), None, Some("a, b")), (Some("Narrow"), None, Some("a number"))]);
    assert_eq!(violations.to_string(), "model: must be one of a, b\nsize: must be a number");
}

#[test]
fn at_most_a_hundred_violations_of_a_list_are_kept() {
    let rules = rules();
    let mut values = vec![None; rules.fields.len()];
    values[TAGS] = Some(Value::List(vec![Value::Null; 150]));
    let violations = rules.check(1, &values, looks_like_web_address).expect_err("too many");
    assert_eq!((violations.iter().len(), violations.omitted()), (100, 51));
}

#[test]
fn unknown_names_are_cut_and_escaped() {
    let of = |name: &str| said(&[(name, Value::Null)]);
    assert_eq!(of("a\n\u{1b}b"), [r"a\n\u{1b}b: no such field"]);
    assert_eq!(of(&"é".repeat(100)), ["é".repeat(100) + ": no such field"]);
    assert_eq!(of(&"é".repeat(101)), ["é".repeat(100) + "…: no such field"]);
}
