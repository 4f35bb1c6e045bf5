//! Faults of presence without modes, and of defaults.

use super::{REQUEST, faults};

/// Returns a spec without modes that has one field with these keys.
fn note(keys: &str) -> String {
    format!("{REQUEST}[fields.note]\ntype = \"string\"\ndoc = \"A note.\"\n{keys}")
}

#[test]
fn without_modes_a_field_is_exactly_one_of_three() {
    for one in ["required", "optional", "forbidden"] {
        assert_eq!(faults(&note(&format!("{one} = \"always\""))), [""; 0], "{one}");
    }
    let both = "required = \"always\"\noptional = \"always\"";
    assert_eq!(faults(&note(both)), ["`note` is both required and optional"]);
    let both = "optional = \"always\"\nforbidden = \"always\"";
    assert_eq!(faults(&note(both)), ["`note` is both optional and forbidden"]);
    assert_eq!(faults(&note("")), ["`note` is neither required, optional nor forbidden"]);
    assert_eq!(faults(&note("optional = []")), ["`note` is optional in no mode, and the spec has no modes"]);
    assert_eq!(faults(&note("optional = [\"Fast\"]")), ["unknown mode `Fast`"], "and nothing that follows from it");
}

const MODES: &str = "
[modes.Fast]
when = { fast = true }
doc = \"Without waiting.\"
[modes.Slow]
when = { fast = false }
doc = \"With a queue.\"
[fields.fast]
type = \"boolean\"
doc = \"Whether to skip the queue.\"
[fields.note]
type = \"string\"
doc = \"A note.\"
optional = [\"Slow\"]
forbidden = [\"Fast\"]
";

#[test]
fn a_default_counts_in_a_mode_that_allows_the_field() {
    let with = |default: &str| faults(&format!("{REQUEST}{MODES}default = {default}"));
    assert_eq!(with("\"none\""), [""; 0]);
    assert_eq!(with("{ value = \"none\", modes = [\"Slow\"] }"), [""; 0]);
    for modes in ["[\"Fast\"]", "[]"] {
        let found = with(&format!("{{ value = \"none\", modes = {modes} }}"));
        assert_eq!(found, ["the default of `note` counts in no mode"], "{modes}");
    }
    assert_eq!(with("{ value = \"none\", modes = [\"Sloww\"] }"), ["unknown mode `Sloww`"]);
    assert_eq!(with("{ value = \"none\" }"), ["`modes` is missing in `default`"]);
    assert_eq!(with("{ modes = [\"Slow\"] }"), ["`value` is missing in `default`"]);
    assert_eq!(with("{ value = 1, modes = [\"Slow\"] }"), ["the default breaks a rule of the field"]);
    let misspelt = with("{ value = \"none\", mode = [\"Slow\"] }");
    assert!(misspelt.contains(&"unknown key `mode` in `default`".to_owned()), "{misspelt:?}");
}

#[test]
fn a_condition_does_not_hold_by_a_default_that_does_not_count() {
    let with = |condition: &str| {
        let title =
            "[fields.title]\ntype = \"string\"\ndoc = \"A title.\"\noptional = [\"Fast\"]\nforbidden = [\"Slow\"]";
        faults(&format!("{REQUEST}{MODES}default = \"none\"\n{title}\n{condition}"))
    };
    assert_eq!(with("forbidden_when = { note = \"none\" }"), ["this condition can never hold"]);
    assert_eq!(with("forbidden_when = { note = { given = false } }"), ["this condition always holds"]);
}
