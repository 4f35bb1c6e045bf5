//! Faults of choices of whole numbers.

use super::{REQUEST, faults};

/// Returns the faults of a spec with the choice `seconds`, which has these keys, and with these tables.
fn of(keys: &str, tables: &str) -> Vec<String> {
    let seconds = "[fields.seconds]\ntype = \"choice\"\nname = \"Seconds\"\ndoc = \"The length.\"\n";
    faults(&format!("{REQUEST}{seconds}{keys}\n{tables}"))
}

const OPTIONAL: &str = "of = \"integer\"\noptional = \"always\"\n";
const VALUES: &str = "values = { 5 = { name = \"Five\", doc = \"\" }, -10 = { name = \"Less\", doc = \"\" } }\n";

#[test]
fn the_values_of_a_choice_of_integers_are_whole_numbers_with_names() {
    let value = |key: &str| of(&format!("{OPTIONAL}values = {{ {key} = {{ name = \"One\", doc = \"\" }} }}\n"), "");
    for good in ["5", "-5", "0", "9007199254740991", "-9007199254740991"] {
        assert_eq!(value(good), [""; 0], "{good}");
    }
    for (bad, fault) in [
        ("05", "`05` is not a whole number in its shortest form"),
        ("-0", "`-0` is not a whole number in its shortest form"),
        ("\"+5\"", "`+5` is not a whole number in its shortest form"),
        ("\"5.0\"", "`5.0` is not a whole number"),
        ("five", "`five` is not a whole number"),
        ("9007199254740992", "`9007199254740992` is beyond the whole numbers that are exact in JSON"),
        ("99999999999999999999", "`99999999999999999999` is not a whole number"),
    ] {
        assert_eq!(value(bad), [fault]);
    }
    let nameless = "values = { 5 = { doc = \"\" } }\n";
    assert_eq!(of(&format!("{OPTIONAL}{nameless}"), ""), ["`name` is missing in `5`"]);
    assert_eq!(of(&format!("{OPTIONAL}values = {{}}\n"), ""), ["the choice `seconds` has no values"]);
    assert_eq!(
        of(&format!("{}{VALUES}", OPTIONAL.replace("integer", "number")), ""),
        ["unknown value `number` of `of`"]
    );
}

#[test]
fn a_choice_of_integers_takes_numbers_in_every_key() {
    let with = |keys: &str| of(&format!("{OPTIONAL}{VALUES}{keys}\n"), "");
    for key in ["example", "default"] {
        assert_eq!(with(&format!("{key} = 5")), [""; 0]);
        assert_eq!(with(&format!("{key} = -10.0")), [""; 0], "a whole number may be written with a point");
        for bad in ["7", "5.5", "\"5\""] {
            assert_eq!(with(&format!("{key} = {bad}")), [format!("the {key} breaks a rule of the field")], "{bad}");
        }
    }
    let constant = |value: &str| of(&format!("of = \"integer\"\n{VALUES}constant = {value}\n"), "");
    assert_eq!(constant("5"), [""; 0]);
    assert_eq!(constant("6"), ["the constant breaks a rule of the field"]);

    let note = "[fields.note]\ntype = \"string\"\ndoc = \"A note.\"\noptional = \"always\"\n";
    let when =
        |value: &str| of(&format!("{OPTIONAL}{VALUES}"), &format!("{note}allowed_when = {{ seconds = {value} }}\n"));
    for good in ["5", "-10", "[5]"] {
        assert_eq!(when(good), [""; 0], "{good}");
    }
    assert_eq!(when("6"), ["unknown value `6`"]);
    assert_eq!(when("\"5\""), ["the condition's value breaks a rule of the field"]);
}

#[test]
fn a_choice_of_integers_selects_modes_by_its_numbers() {
    let modes = |first: &str| {
        let modes = format!(
            "[modes.Short]\nwhen = {{ seconds = {first} }}\ndoc = \"\"\n\
             [modes.Less]\nwhen = {{ seconds = -10 }}\ndoc = \"\"\n"
        );
        of(&format!("of = \"integer\"\n{VALUES}"), &modes)
    };
    assert_eq!(modes("5"), [""; 0]);
    assert_eq!(modes("6"), ["unknown value `6`"]);
    assert_eq!(modes("\"5\""), ["`seconds` never has this value"]);
    assert_eq!(modes("-10"), ["no mode for `{ seconds = 5 }`", "`Less` overlaps `Short`"]);
}

#[test]
fn a_choice_of_integers_cannot_be_the_model() {
    let text =
        format!("{REQUEST}model = \"seconds\"\n[fields.seconds]\ntype = \"choice\"\nname = \"Seconds\"\ndoc = \"\"\n");
    assert_eq!(faults(&format!("{text}{OPTIONAL}{VALUES}")), ["`seconds` cannot select the model"]);
    let texts = VALUES.replace("5 =", "five =").replace("-10 =", "less =");
    assert_eq!(faults(&format!("{text}optional = \"always\"\n{texts}")), [""; 0]);
}

#[test]
fn a_choice_of_integers_has_no_limits_of_numbers() {
    assert_eq!(of(&format!("{OPTIONAL}{VALUES}max = 7\n"), ""), ["`max` is not allowed: the field is not a number"]);
}
