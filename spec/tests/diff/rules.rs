//! Totals, differences, and constants that other rules depend on.

use crate::edit;

const FIELDS: &str = "[fields.low]
type = \"integer\"
doc = \"A number.\"
optional = \"always\"
[fields.high]
type = \"integer\"
doc = \"A number.\"
optional = \"always\"
[fields.first]
type = \"string\"
doc = \"A text.\"
optional = \"always\"
[fields.second]
type = \"string\"
doc = \"A text.\"
optional = \"always\"
";
const TOTAL: &str = "[[totals]]\ndoc = \"Short.\"\nlength = [\"first\", \"second\"]\n";
const DIFFERENCE: &str = "[[differences]]\ndoc = \"Apart.\"\nlarger = \"high\"\nsmaller = \"low\"\n";
const REFUSED: &str = "requests that built before may now be refused";

#[test]
fn figures_of_totals_are_compared() {
    let total = |old, new| edit(&format!("{FIELDS}{TOTAL}"), old, new);
    let names = "`first`, `second`";
    let text = format!("loosening: {names}: at most 20 instead of at most 10 characters together");
    assert_eq!(total("max = 10", "max = 20"), [text]);
    let text = format!("loosening: {names}: at least 1 instead of 2 to 9 characters together");
    assert_eq!(total("min = 2\nmax = 9", "min = 1"), [text]);
    let text = format!("breaking: {names}: at most 10 instead of at most 20 characters together: {REFUSED}");
    assert_eq!(total("max = 20", "max = 10"), [text]);
    let text = format!("breaking: {names}: 3 to 20 instead of at most 10 characters together: {REFUSED}");
    assert_eq!(total("max = 10", "min = 3\nmax = 20"), [text]);
}

#[test]
fn figures_of_differences_are_compared() {
    let difference = |old, new| edit(&format!("{FIELDS}{DIFFERENCE}"), old, new);
    let text = "loosening: `high` - `low`: at least 0.5 instead of at least 1";
    assert_eq!(difference("min = 1", "min = 0.5"), [text]);
    let text = format!("breaking: `high` - `low`: at most 5 instead of at least 1: {REFUSED}");
    assert_eq!(difference("min = 1", "max = 5"), [text]);
}

#[test]
fn figures_of_a_rule_over_other_fields_are_not_compared() {
    let before = format!("{FIELDS}{}", DIFFERENCE.replace("larger = \"high\"\nsmaller = \"low\"\n", ""));
    let [old, new] = [("high", "low", 1), ("low", "high", 0)]
        .map(|(larger, smaller, least)| format!("larger = \"{larger}\"\nsmaller = \"{smaller}\"\nmin = {least}"));
    let added = format!("breaking: `low` - `high`: at least 0: {REFUSED}");
    assert_eq!(edit(&before, &old, &new), [&added, "loosening: no longer: `high` - `low`: at least 1"]);
}

#[test]
fn another_value_of_a_constant_is_breaking_if_other_rules_depend_on_it() {
    let constant =
        |value: &str| format!("[fields.kind]\ntype = \"string\"\ndoc = \"A kind.\"\nconstant = \"{value}\"\n");
    let change = |rule: &str| edit(FIELDS, &format!("{}{rule}", constant("a")), &format!("{}{rule}", constant("bb")));
    assert_eq!(change(""), ["neutral: `kind` has another constant value"]);
    let text = format!("breaking: `kind` has another constant value, on which other rules depend: {REFUSED}");
    let total = "[[totals]]\ndoc = \"Short.\"\nlength = [\"first\", \"kind\"]\nmax = 10";
    assert_eq!(change(total), [text]);
}
