//! Limits: those with conditions, those by model, and exclusive ones.

use crate::edit;

const MODES: &str = "
[modes.Fast]
when = { fast = true }
doc = \"Without waiting.\"
optional = \"others\"
[modes.Slow]
when = { fast = false }
doc = \"With a queue.\"
optional = \"others\"
[fields.fast]
type = \"boolean\"
doc = \"Whether to skip the queue.\"
[fields.loud]
type = \"boolean\"
doc = \"Whether it is loud.\"
[fields.count]
type = \"integer\"
doc = \"How many.\"
";

fn limits(old: &str, new: &str) -> Vec<String> {
    edit(MODES, &format!("limits = [{old}]"), &format!("limits = [{new}]"))
}

#[test]
fn figures_under_the_same_condition_are_compared() {
    let [five, six] = [5, 6].map(|most| format!("{{ when = {{ loud = true }}, max = {most} }}"));
    assert_eq!(limits(&five, &six), ["loosening: `count`: at most 6 instead of 5 if `loud` is true"]);
    let refused = "requests that built before may now be refused";
    let text = format!("breaking: `count`: at most 5 instead of 6 if `loud` is true: {refused}");
    assert_eq!(limits(&six, &five), [text]);
    let other = five.replace("true", "false");
    let added = format!("breaking: `count`: at most 5 if `loud` is false: {refused}");
    assert_eq!(limits(&five, &other), [&added, "loosening: `count`: no longer at most 5 if `loud` is true"]);
}

#[test]
fn each_of_several_steps_under_the_same_condition_is_compared() {
    let step = |step: u32| format!("{{ when = {{ loud = true }}, multiple_of = {step} }}");
    let both = format!("{}, {}", step(2), step(3));
    let added = "breaking: `count`: a multiple of 3 if `loud` is true: requests that built before may now be refused";
    assert_eq!(limits(&step(2), &both), [added]);
    assert_eq!(limits(&both, &step(3)), ["loosening: `count`: no longer a multiple of 2 if `loud` is true"]);
}

#[test]
fn limits_with_conditions_are_compared_mode_by_mode() {
    let everywhere = "{ when = { loud = true }, max = 5 }";
    let [fast, slow] = ["Fast", "Slow"].map(|mode| everywhere.replacen('{', &format!("{{ modes = [\"{mode}\"],"), 1));
    let added =
        "breaking: `count` in `Slow`: at most 5 if `loud` is true: requests that built before may now be refused";
    assert_eq!(limits(&fast, everywhere), [added]);
    let removed = "loosening: `count` in `Fast`: no longer at most 5 if `loud` is true";
    assert_eq!(limits(&fast, &slow), [added, removed]);
}

const MODELS: &str = "model = \"model\"
[fields.loud]
type = \"boolean\"
doc = \"Whether it is loud.\"
optional = \"always\"
[fields.model]
type = \"choice\"
name = \"Model\"
doc = \"The model.\"
values = { mini = { doc = \"Small.\" }, grand = { doc = \"Large.\" } }
PRESENCE = \"always\"
[fields.text]
type = \"string\"
doc = \"A text.\"
optional = \"always\"
";

#[test]
fn limits_with_conditions_are_compared_model_by_model() {
    let of = |models: &str| format!("limits = [{{ models = [{models}], when = {{ loud = true }}, max_length = 5 }}]");
    let required = MODELS.replace("PRESENCE", "required");
    let added = "breaking: `text` with grand: at most 5 characters if `loud` is true: requests that built before may now be refused";
    assert_eq!(edit(&required, &of("\"mini\""), &of("\"mini\", \"grand\"")), [added]);
}

#[test]
fn a_limit_of_every_model_does_not_hold_without_a_model() {
    let by_model = "limits = [{ models = [\"mini\"], max_length = 5 }, { models = [\"grand\"], max_length = 5 }]";
    let optional = MODELS.replace("PRESENCE", "optional");
    let added = "breaking: `text` with no model: at most 5 characters: requests that built before may now be refused";
    assert_eq!(edit(&optional, by_model, "max_length = 5"), [added]);
    let removed = "loosening: `text` with no model: no longer at most 5 characters";
    assert_eq!(edit(&optional, "max_length = 5", by_model), [removed]);
    let none: [&str; 0] = [];
    assert_eq!(edit(&MODELS.replace("PRESENCE", "required"), by_model, "max_length = 5"), none);
    let default = optional.replace("[fields.text]", "default = \"mini\"\n[fields.text]");
    assert_eq!(edit(&default, by_model, "max_length = 5"), none);
}

#[test]
fn exclusive_limits_are_compared_with_inclusive_ones() {
    let number = "[fields.size]\ntype = \"number\"\ndoc = \"A size.\"\noptional = \"always\"\n";
    let refused = "requests that built before may now be refused";
    for (old, new, text) in [
        ("exclusive_min = 1", "min = 1", "loosening: `size`: at least 1 instead of above 1".to_owned()),
        ("min = 1", "exclusive_min = 0", "loosening: `size`: above 0 instead of at least 1".to_owned()),
        ("min = 1", "exclusive_min = 1", format!("breaking: `size`: above 1 instead of at least 1: {refused}")),
        ("exclusive_min = 0", "min = 1", format!("breaking: `size`: at least 1 instead of above 0: {refused}")),
        ("exclusive_max = 1", "max = 1", "loosening: `size`: at most 1 instead of below 1".to_owned()),
        ("max = 1", "exclusive_max = 2", "loosening: `size`: below 2 instead of at most 1".to_owned()),
        ("max = 1", "exclusive_max = 1", format!("breaking: `size`: below 1 instead of at most 1: {refused}")),
    ] {
        assert_eq!(edit(number, old, new), [text], "{old} to {new}");
    }
}
