//! Holes and contradictions in a spec that uses the whole language: each edit causes exactly the faults beside it.

use std::fmt::Write;

use cover_spec::Spec;

const CLIP: &str = include_str!("../../specs/clip.toml");

fn faults(text: &str) -> Vec<String> {
    match Spec::parse("clip.toml", text) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(|fault| fault.message().to_owned()).collect(),
    }
}

fn edit(from: &str, to: &str) -> Vec<String> {
    assert!(CLIP.contains(from), "{from}");
    faults(&CLIP.replacen(from, to, 1))
}

fn each(edits: &[(&str, &str, &[&str])]) {
    for (from, to, expected) in edits {
        assert_eq!(edit(from, to), *expected, "{to}");
    }
}

#[test]
fn modes_on_choices_and_numbers_cover_every_value_once() {
    each(&[
        (
            "acts = 2 }",
            "acts = 1 }",
            &["`Text<Long>` overlaps `Text<Short>`", "no mode for `{ source = text, acts = 2 }`"],
        ),
        (
            "picture = { doc = \"A picture.\" }",
            "picture = { doc = \"A picture.\" }\nsound = { doc = \"A sound.\" }",
            &["no mode for `{ source = sound, acts = 1 }`", "no mode for `{ source = sound, acts = 2 }`"],
        ),
        ("min = 1\nmax = 2\noptional", "min = 1\noptional", &["no mode for `{ source = text, acts = any other }`"]),
        ("when = { source = \"picture\" }", "when = { source = \"pictur\" }", &["unknown value `pictur`"]),
        ("when = { source = \"picture\" }", "when = { source = true }", &["`source` never has this value"]),
        ("when = { source = \"picture\" }", "when = { tags = \"picture\" }", &["`tags` cannot select the mode"]),
    ]);
}

#[test]
fn a_product_of_too_many_modes_is_refused() {
    let mut text = CLIP.to_owned();
    let fields: Vec<String> = (0..30).map(|n| format!("switch{n} = true")).collect();
    text = text.replacen(
        "when = { source = \"picture\" }",
        &format!("when = {{ source = \"picture\", {} }}", fields.join(", ")),
        1,
    );
    for n in 0..30 {
        let _ = write!(text, "\n[fields.switch{n}]\ntype = \"boolean\"\ndoc = \"A switch.\"\noptional = [\"Text\"]\n");
    }
    assert_eq!(faults(&text), ["the modes depend on more than 4096 combinations of values"]);
}

#[test]
fn limits_fit_their_type_and_allow_some_value() {
    each(&[
        ("max_length = 5\n", "max_length = 5\nmin_length = 6\n", &["no text can keep both limits"]),
        ("min_items = 1\nmax_items = 3", "min_items = 4\nmax_items = 3", &["no list can keep both limits"]),
        ("max_items = 4\nmax_length = 5", "max_items = 0\nmax_length = 5", &["no value can keep this limit"]),
        ("max_length = 25\nmax_bytes = 30", "min_length = 30\nmax_bytes = 30", &[]),
        ("max_length = 25\nmax_bytes = 30", "min_length = 31\nmax_bytes = 30", &["no address can keep both limits"]),
        ("max_bytes = 30", "max_bytes = 7", &["no address can keep this limit"]),
        ("max_length = 5\n", "max_bytes = 5\n", &["`max_bytes` is not allowed: the field is not an address"]),
        ("exclusive_min = 0\nmax = 1", "exclusive_min = 1\nmax = 1", &["no number can keep both limits"]),
        ("min = 0\nmax = 60", "min = 0.5\nmax = 60", &["a limit of an integer must be a whole number"]),
        ("min = 0\nmax = 60", "min = 0\nmax = 9007199254740992", &["`max` must be a number, such as 0.01"]),
        (
            "min = 0\nmax = 60",
            "min = 0\nmax = 60\nmax_items = 3",
            &["`max_items` is not allowed: the field is not a list"],
        ),
        (
            "min = 0\nmax = 90",
            "min = 0\nmax = 90\nmultiple_of = 100\nexclusive_min = 0",
            &["no number can keep `multiple_of` and both limits"],
        ),
        (
            "{ models = [\"fast\"], max_length = 20 }",
            "{ models = [\"fats\"], max_length = 20 }",
            &["unknown model `fats`"],
        ),
        (
            "{ models = [\"fast\"], max_length = 20 }",
            "{ models = [\"swift\"], max_length = 20 }",
            &["`prompt` has no `max_length` with `swift2` in `Text<Short>`, and in 2 other cases"],
        ),
        (
            "{ models = [\"fast\"], max_length = 20 }",
            "{ models = [\"fast\"], max_length = 2 }",
            &["no text can keep both limits"],
        ),
        (
            "fast = [\"swift\", \"swift2\"]",
            "swift = [\"swift\", \"swift2\"]",
            &["the name `swift` is already used", "unknown model `fast`"],
        ),
        ("fast = [\"swift\", \"swift2\"]", "fast = []", &["the class `fast` has no models"]),
    ]);
}

#[test]
fn conditions_concern_other_fields_and_can_hold_and_fail() {
    each(&[
        (
            "allowed_when = { model = [\"grand\", \"swift2\"] }",
            "allowed_when = { modle = \"grand\" }",
            &["unknown field `modle`"],
        ),
        (
            "allowed_when = { model = [\"grand\", \"swift2\"] }",
            "allowed_when = { model = \"gran\" }",
            &["unknown value `gran`"],
        ),
        (
            "allowed_when = { model = [\"grand\", \"swift2\"] }",
            "allowed_when = { model = [\"grand\", \"swift2\", \"swift\"] }",
            &["this condition always holds"],
        ),
        (
            "allowed_when = { model = [\"grand\", \"swift2\"] }",
            "allowed_when = { version = 4 }",
            &["this condition can never hold", "the condition's value breaks a rule of the field"],
        ),
        (
            "allowed_when = { model = [\"grand\", \"swift2\"] }",
            "allowed_when = { persona = \"x\" }",
            &["`persona` has a condition on itself"],
        ),
        ("allowed_when = { model = [\"grand\", \"swift2\"] }", "allowed_when = {}", &["the condition is empty"]),
        (
            "allowed_when = { model = [\"grand\", \"swift2\"] }",
            "allowed_when = { acts = 70 }",
            &["the condition's value breaks a rule of the field"],
        ),
        (
            "allowed_when = { model = [\"grand\", \"swift2\"] }",
            "allowed_when = { tags = \"a\" }",
            &["`tags` is a list"],
        ),
        (
            "allowed_when = { model = [\"grand\", \"swift2\"] }",
            "allowed_when = { model = { given = 1 } }",
            &["`model` must be a value, a list of values, or { given = true } or { given = false }"],
        ),
        (
            "doc = \"Whose voice is heard.\"\noptional = \"always\"",
            "doc = \"Whose voice is heard.\"\nrequired = \"always\"",
            &["`persona` is optional in no mode, so its conditions have no effect", "this condition always holds"],
        ),
    ]);
}

#[test]
fn groups_have_optional_members_that_the_mode_allows() {
    each(&[
        ("all_or_none = [\"start\", \"end\"]", "all_or_none = [\"start\", \"nde\"]", &["unknown field `nde`"]),
        (
            "all_or_none = [\"start\", \"end\"]",
            "all_or_none = [\"start\"]",
            &["a rule over several fields needs at least two"],
        ),
        ("all_or_none = [\"start\", \"end\"]", "all_or_none = [\"start\", \"start\"]", &["`start` is listed twice"]),
        (
            "all_or_none = [\"start\", \"end\"]",
            "all_or_none = [\"start\", \"pictures\"]",
            &["`pictures` is forbidden in `Text<Short>`, but listed in a group"],
        ),
        (
            "at_least_one = [\"prompt\", \"tags\", \"words\"]",
            "at_least_one = [\"pictures\", \"tags\"]",
            &["this rule always holds in `Picture`"],
        ),
        (
            "at_least_one = [\"prompt\", \"tags\", \"words\"]",
            "at_most_one = [\"pictures\", \"model\"]",
            &["this rule can never hold in `Picture`"],
        ),
        (
            "exactly_one = [[\"tags\"], [\"words\"]]",
            "exactly_one = [[\"tags\", \"words\"]]",
            &["`exactly_one` needs at least two groups, and none may be empty"],
        ),
        (
            "exactly_one = [[\"tags\"], [\"words\"]]",
            "exactly_one = [[\"tags\"], [\"words\"]]\nat_most_one = [\"tags\", \"words\"]",
            &["an entry of `groups` must have exactly one rule"],
        ),
        ("modes = [\"Picture\"]\n\n", "modes = [\"Pictures\"]\n\n", &["unknown mode `Pictures`"]),
    ]);
}

#[test]
fn totals_concern_lists_and_differences_concern_numbers_and_both_can_hold() {
    each(&[
        ("items = [\"tags\", \"words\"]", "items = [\"tags\", \"prompt\"]", &["`prompt` is not a list"]),
        ("items = [\"tags\", \"words\"]", "length = [\"tags\", \"seed\"]", &["`seed` is not a text"]),
        (
            "items = [\"tags\", \"words\"]\nmax = 5",
            "items = [\"tags\", \"words\"]\nmin = 6\nmax = 5",
            &["no total can keep both limits"],
        ),
        ("items = [\"tags\", \"words\"]\nmax = 5", "items = [\"tags\", \"words\"]", &["the total has no figure"]),
        (
            "smaller = \"start\"\nmin = 10\nmax = 30",
            "smaller = \"start\"\nmin = 100\nmax = 300",
            &["this difference can never hold"],
        ),
        (
            "smaller = \"start\"\nmin = 10\nmax = 30",
            "smaller = \"start\"\nmin = -60\nmax = 90",
            &["this difference always holds"],
        ),
        (
            "smaller = \"start\"\nmin = 10\nmax = 30",
            "smaller = \"prompt\"\nmin = 10\nmax = 30",
            &["`prompt` is not a number"],
        ),
    ]);
}

#[test]
fn constants_defaults_and_names_are_checked() {
    each(&[
        ("constant = 3", "constant = 3.5", &["the constant breaks a rule of the field"]),
        ("constant = 3", "constant = 3\nrequired = \"always\"", &["`version` is both constant and required"]),
        (
            "max = 2\noptional = [\"Picture\"]",
            "max = 2\noptional = [\"Picture\"]\ndefault = 3",
            &["the default breaks a rule of the field"],
        ),
        (
            "[fields.words]\ntype = \"string\"\nlist = true",
            "[fields.words]\ntype = \"string\"\nlist = true\ndefault = \"a\"",
            &["a list cannot have a default"],
        ),
        ("name = \"strength\"\n", "name = \"null_seed\"\n", &["duplicate setter `null_seed`"]),
        (
            "[fields.\" strength\"]\nname = \"strength\"\n",
            "[fields.\"4 strength\"]\n",
            &["`4_strength` is not a valid Rust name for a setter", "unknown field ` strength`"],
        ),
    ]);
}

#[test]
fn a_poll_names_its_task() {
    each(&[
        ("path = \"/clip\"\nquery = \"id\"\n", "path = \"/clip\"\n", &["the poll does not send the id of the task"]),
        ("path = \"/clip\"\n", "path = \"/clip/{task}\"\n", &["the path already has the id of the task"]),
        (
            "path = \"/clip\"\nquery = \"id\"\n",
            "path = \"/clip/{tsak}\"\n",
            &[
                "a path must begin with / and consist of letters, digits and -_.~",
                "the poll does not send the id of the task",
            ],
        ),
    ]);
}

#[test]
fn every_place_of_a_result_can_be_reached() {
    let places = "at = \"data.clips\"";
    each(&[
        (places, "at = [\"data.clips\", \"data.data\", \"data.clip\"]", &[]),
        (places, "at = [\"data.clips\", \"\"]", &[]),
        (places, "at = []", &["`at` is an empty list"]),
        (places, "at = 5", &["`at` must be a text or a list of texts"]),
        (places, "at = [5, \"data.clips\"]", &["`at` must be a text or a list of texts"]),
        (places, "", &["`at` is missing in `tracks`"]),
        (places, "at = [\"data.clips\", \"data..clips\"]", &["`at` must be the place of a value in JSON"]),
        (
            places,
            "at = [\"data.clips\", \"data.songs\", \"data.clips\"]",
            &["the result is never read from `data.clips`"],
        ),
        (places, "at = [\"data\", \"data.clips\"]", &["the result is never read from `data.clips`"]),
        (places, "at = [\"\", \"data.clips\"]", &["the result is never read from `data.clips`"]),
        (places, "at = \"data.\"", &["`at` must be the place of a value in JSON"]),
    ]);
}
