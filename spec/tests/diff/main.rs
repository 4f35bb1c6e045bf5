//! What `diff` says of the changes between two specs.

mod limits;
mod rules;
mod service;

use cover_spec::Spec;
use cover_spec::diff::{Changes, Effect};

const BEFORE: &str = "base = \"cover-spec/upload_cover.toml\"
without = [\"callback\"]
[service]
name = \"Some\"
id = \"some\"
[submit]
path = \"/tasks\"
task = \"id\"
[request]
name = \"SomeRequest\"
doc = \"A request.\"
";

/// Returns the effects and the texts of the changes between two requests.
fn changes(old: &str, new: &str) -> Vec<String> {
    let spec =
        |keys: &str| Spec::parse("spec.toml", &format!("{BEFORE}{keys}")).unwrap_or_else(|faults| panic!("{faults}"));
    let changes = Changes::between(&spec(old), &spec(new));
    changes.iter().map(|change| format!("{}: {}", change.effect(), change.text())).collect()
}

/// Returns the changes between two requests that have these keys after the same text.
fn edit(before: &str, old: &str, new: &str) -> Vec<String> {
    changes(&format!("{before}{old}"), &format!("{before}{new}"))
}

/// Returns a spec without modes that has one field with these keys.
fn note(keys: &str) -> String {
    format!("{BEFORE}[fields.note]\ntype = \"string\"\ndoc = \"A note.\"\n{keys}")
}

#[test]
fn diff_tells_that_a_field_becomes_forbidden() {
    let spec =
        |presence: &str| Spec::parse("spec.toml", &note(&format!("{presence} = \"always\""))).expect("no faults");
    let between = |old, new| Changes::between(&spec(old), &spec(new)).iter().cloned().collect::<Vec<_>>();
    for old in ["required", "optional"] {
        let [change] = &between(old, "forbidden")[..] else { panic!("one change from {old}") };
        assert_eq!((change.effect(), change.text()), (Effect::Breaking, "`note` must be left out"));
    }
    let [change] = &between("forbidden", "optional")[..] else { panic!("one change") };
    assert_eq!((change.effect(), change.text()), (Effect::Loosening, "`note` is allowed"));
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
fn diff_compares_defaults_mode_by_mode() {
    let spec = |default: &str| {
        let text = format!("{BEFORE}{MODES}default = {default}");
        Spec::parse("spec.toml", &text).unwrap_or_else(|faults| panic!("{faults}"))
    };
    let between = |old, new| Changes::between(&spec(old), &spec(new)).iter().cloned().collect::<Vec<_>>();
    let slow = "{ value = \"none\", modes = [\"Slow\"] }";
    assert_eq!(between("\"none\"", slow), [], "the other mode forbids the field");
    let [change] = &between("\"some\"", slow)[..] else { panic!("one change") };
    assert_eq!((change.effect(), change.text()), (Effect::Neutral, "`note`: the default is none in `Slow`"));
}

/// The shipped spec had its default in every mode once.
#[test]
fn diff_calls_a_default_that_selects_the_mode_breaking() {
    let spec = |text: &str| Spec::parse("spec.toml", text).expect("no faults");
    let old = cover_spec::SHIPPED.replace("default = { value = false, modes = [\"NonCustom\"] }", "default = false");
    let changes = Changes::between(&spec(&old), &spec(cover_spec::SHIPPED));
    let [change] = &changes.iter().collect::<Vec<_>>()[..] else { panic!("one change") };
    let text = "`instrumental`: the default is false in `NonCustom`";
    assert_eq!((change.effect(), change.text()), (Effect::Breaking, text));
}

#[test]
fn a_field_that_becomes_optional_in_a_mode_comes_under_its_conditions_there() {
    let note = MODES.split_once("optional = [").expect("the presence").0;
    let loud =
        "forbidden_when = { loud = true }\n[fields.loud]\ntype = \"boolean\"\ndoc = \"Loud.\"\noptional = \"always\"";
    let becomes_optional = |mode: &str, conditions: &str| {
        let keys = |presence: &str| format!("{presence}\n{conditions}");
        let old = format!("optional = [\"Slow\"]\n{mode} = [\"Fast\"]");
        edit(note, &keys(&old), &keys("optional = \"always\""))
    };
    let refuses = "breaking: `note` is optional in `Fast`, where its conditions hold now: requests that built before may \
                   now be refused";
    let [forbidden, allowed, required] =
        ["forbidden", "allowed", "required"].map(|it| loud.replacen("forbidden", it, 1));
    assert_eq!(becomes_optional("required", &forbidden), [refuses]);
    assert_eq!(becomes_optional("required", &allowed), [refuses]);
    assert_eq!(becomes_optional("required", &required), ["loosening: `note` may be left out in `Fast`"]);
    assert_eq!(becomes_optional("forbidden", &required), [refuses]);
    assert_eq!(becomes_optional("forbidden", &forbidden), ["loosening: `note` is allowed in `Fast`"]);
}

#[test]
fn a_new_field_that_a_condition_requires_is_breaking() {
    let loud = "[fields.loud]\ntype = \"boolean\"\ndoc = \"Loud.\"\noptional = \"always\"\n";
    let note = "[fields.note]\ntype = \"string\"\ndoc = \"A note.\"\noptional = \"always\"\n";
    assert_eq!(edit(loud, "", note), ["loosening: the field `note` is new"]);
    let required = format!("{note}required_when = {{ loud = true }}");
    assert_eq!(edit(loud, "", &required), ["breaking: the field `note` is new and required if `loud` is true"]);
}
