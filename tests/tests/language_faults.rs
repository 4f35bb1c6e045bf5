//! Holes and contradictions of a spec that uses the whole language: each edit makes exactly the faults beside it.

use std::fmt::Write;

use cover_spec::Spec;

const CLIP: &str = include_str!("../specs/clip.toml");

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
        ("when = { source = \"picture\" }", "when = { source = \"pictur\" }", &["unknown choice `pictur`"]),
        ("when = { source = \"picture\" }", "when = { source = true }", &["`source` never has this value"]),
        (
            "when = { source = \"picture\" }",
            "when = { tags = \"picture\" }",
            &[
                "`tags` cannot decide the mode",
                "`source` says nothing about `Picture`",
                "`tags` is optional in `Picture`, which gives it its value",
                "a rule that always holds in `Picture`",
            ],
        ),
    ]);
}

#[test]
fn a_product_of_modes_that_nobody_can_look_through_is_refused() {
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
fn limits_fit_their_type_and_leave_something() {
    each(&[
        ("max_length = 5\n", "max_length = 5\nmin_length = 6\n", &["no text can hold both bounds"]),
        ("min_items = 1\nmax_items = 3", "min_items = 4\nmax_items = 3", &["no list can hold both bounds"]),
        ("max_items = 4\nmax_length = 5", "max_items = 0\nmax_length = 5", &["nothing can hold this limit"]),
        ("exclusive_min = 0\nmax = 1", "exclusive_min = 1\nmax = 1", &["no number can hold both bounds"]),
        ("min = 0\nmax = 60", "min = 0.5\nmax = 60", &["a limit of an integer is a whole number"]),
        (
            "min = 0\nmax = 60",
            "min = 0\nmax = 9007199254740992",
            &["`max` must be a number of at most 15 digits, such as 0.01"],
        ),
        ("min = 0\nmax = 60", "min = 0\nmax = 60\nmax_items = 3", &["`max_items` of a field that is no list"]),
        (
            "min = 0\nmax = 90",
            "min = 0\nmax = 90\nmultiple_of = 100\nexclusive_min = 0",
            &["no number can hold `multiple_of` and both bounds"],
        ),
        (
            "{ models = [\"fast\"], max_length = 20 }",
            "{ models = [\"fats\"], max_length = 20 }",
            &["unknown model `fats`"],
        ),
        (
            "{ models = [\"fast\"], max_length = 20 }",
            "{ models = [\"swift\"], max_length = 20 }",
            &[
                "`prompt` has no length with `swift2` in `Text<Short>`",
                "`prompt` has no length with `swift2` in `Text<Long>`",
                "`prompt` has no length with `swift2` in `Picture`",
            ],
        ),
        (
            "{ models = [\"fast\"], max_length = 20 }",
            "{ models = [\"fast\"], max_length = 2 }",
            &["no text can hold both bounds"],
        ),
        (
            "fast = [\"swift\", \"swift2\"]",
            "swift = [\"swift\", \"swift2\"]",
            &["`swift` has this name already", "unknown model `fast`"],
        ),
        ("fast = [\"swift\", \"swift2\"]", "fast = []", &["the class `fast` is empty"]),
    ]);
}

#[test]
fn conditions_are_about_other_fields_and_can_hold_and_fail() {
    each(&[
        (
            "allowed_when = { model = [\"grand\", \"swift2\"] }",
            "allowed_when = { modle = \"grand\" }",
            &["unknown field `modle`"],
        ),
        (
            "allowed_when = { model = [\"grand\", \"swift2\"] }",
            "allowed_when = { model = \"gran\" }",
            &["unknown choice `gran`"],
        ),
        (
            "allowed_when = { model = [\"grand\", \"swift2\"] }",
            "allowed_when = { model = [\"grand\", \"swift2\", \"swift\"] }",
            &["a condition that always holds"],
        ),
        (
            "allowed_when = { model = [\"grand\", \"swift2\"] }",
            "allowed_when = { version = 4 }",
            &["a condition that can never hold", "the condition's value breaks the field's own rules"],
        ),
        (
            "allowed_when = { model = [\"grand\", \"swift2\"] }",
            "allowed_when = { persona = \"x\" }",
            &["a condition of `persona` on itself"],
        ),
        ("allowed_when = { model = [\"grand\", \"swift2\"] }", "allowed_when = {}", &["an empty condition"]),
        (
            "allowed_when = { model = [\"grand\", \"swift2\"] }",
            "allowed_when = { acts = 70 }",
            &["the condition's value breaks the field's own rules"],
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
            &["`persona` is optional in no mode, so that no condition asks anything", "a condition that always holds"],
        ),
    ]);
}

#[test]
fn groups_have_members_that_can_be_there_and_something_to_decide() {
    each(&[
        ("all_or_none = [\"start\", \"end\"]", "all_or_none = [\"start\", \"nde\"]", &["unknown field `nde`"]),
        (
            "all_or_none = [\"start\", \"end\"]",
            "all_or_none = [\"start\"]",
            &["a rule over several fields names fewer than two"],
        ),
        ("all_or_none = [\"start\", \"end\"]", "all_or_none = [\"start\", \"start\"]", &["`start` stands here twice"]),
        (
            "all_or_none = [\"start\", \"end\"]",
            "all_or_none = [\"start\", \"pictures\"]",
            &[
                "`pictures` must be left out in `Text<Short>`, and is in a group there",
                "`pictures` must be left out in `Text<Long>`, and is in a group there",
            ],
        ),
        (
            "at_least_one = [\"prompt\", \"tags\", \"words\"]",
            "at_least_one = [\"pictures\", \"tags\"]",
            &["a rule that always holds in `Picture`"],
        ),
        (
            "at_least_one = [\"prompt\", \"tags\", \"words\"]",
            "at_most_one = [\"pictures\", \"model\"]",
            &["a rule that can never hold in `Picture`"],
        ),
        (
            "exactly_one = [[\"tags\"], [\"words\"]]",
            "exactly_one = [[\"tags\", \"words\"]]",
            &["`exactly_one` needs two groups, none of them empty"],
        ),
        (
            "exactly_one = [[\"tags\"], [\"words\"]]",
            "exactly_one = [[\"tags\"], [\"words\"]]\nat_most_one = [\"tags\", \"words\"]",
            &["an entry of `groups` asks one thing"],
        ),
        ("modes = [\"Picture\"]\n\n", "modes = [\"Pictures\"]\n\n", &["unknown mode `Pictures`"]),
    ]);
}

#[test]
fn totals_and_differences_are_about_lists_and_numbers_and_can_be_kept() {
    each(&[
        ("items = [\"tags\", \"words\"]", "items = [\"tags\", \"prompt\"]", &["`prompt` is no list"]),
        ("items = [\"tags\", \"words\"]", "length = [\"tags\", \"seed\"]", &["`seed` is no text"]),
        (
            "items = [\"tags\", \"words\"]\nmax = 5",
            "items = [\"tags\", \"words\"]\nmin = 6\nmax = 5",
            &["no total can hold both bounds"],
        ),
        ("items = [\"tags\", \"words\"]\nmax = 5", "items = [\"tags\", \"words\"]", &["a total without a figure"]),
        (
            "smaller = \"start\"\nmin = 10\nmax = 30",
            "smaller = \"start\"\nmin = 100\nmax = 300",
            &["a difference that can never hold"],
        ),
        (
            "smaller = \"start\"\nmin = 10\nmax = 30",
            "smaller = \"start\"\nmin = -60\nmax = 90",
            &["a difference that always holds"],
        ),
        (
            "smaller = \"start\"\nmin = 10\nmax = 30",
            "smaller = \"prompt\"\nmin = 10\nmax = 30",
            &["`prompt` is no number"],
        ),
    ]);
}

#[test]
fn constants_defaults_and_names() {
    each(&[
        ("constant = 3", "constant = 3.5", &["the constant breaks the field's own rules"]),
        ("constant = 3", "constant = 3\nrequired = \"always\"", &["`version` is constant, and required"]),
        (
            "max = 2\noptional = [\"Picture\"]",
            "max = 2\noptional = [\"Picture\"]\ndefault = 3",
            &["the default breaks the field's own rules"],
        ),
        (
            "[fields.words]\ntype = \"string\"\nlist = true",
            "[fields.words]\ntype = \"string\"\nlist = true\ndefault = \"a\"",
            &["a default of a list"],
        ),
        ("name = \"strength\"\n", "name = \"null_seed\"\n", &["a second setter `null_seed`"]),
        (
            "[fields.\" strength\"]\nname = \"strength\"\n",
            "[fields.\"4 strength\"]\n",
            &["`4_strength` cannot be the name of a setter in Rust", "unknown field ` strength`"],
        ),
    ]);
}

#[test]
fn the_poll_says_which_task_it_is_about() {
    each(&[
        ("path = \"/clip\"\nquery = \"id\"\n", "path = \"/clip\"\n", &["the poll does not say which task it is about"]),
        ("path = \"/clip\"\n", "path = \"/clip/{task}\"\n", &["the task stands in the path already"]),
        (
            "path = \"/clip\"\nquery = \"id\"\n",
            "path = \"/clip/{tsak}\"\n",
            &[
                "a path starts with / and has letters, digits and -_.~ only",
                "the poll does not say which task it is about",
            ],
        ),
    ]);
}

#[test]
fn every_place_of_the_tracks_can_be_reached() {
    let places = "tracks = \"data.clips\"";
    each(&[
        (places, "tracks = [\"data.clips\", \"data.data\", \"data.clip\"]", &[]),
        (places, "tracks = [\"data.clips\", \"\"]", &[]),
        (places, "tracks = []", &["`tracks` is an empty list"]),
        (places, "tracks = 5", &["`tracks` must be a text or a list of texts"]),
        (places, "tracks = [5, \"data.clips\"]", &["`tracks` must be a text or a list of texts"]),
        (places, "", &["`tracks` is missing in `poll`"]),
        (places, "tracks = [\"data.clips\", \"data..clips\"]", &["`tracks` must lead to a value in JSON"]),
        (
            places,
            "tracks = [\"data.clips\", \"data.songs\", \"data.clips\"]",
            &["`tracks` are never read at `data.clips`"],
        ),
        (places, "tracks = [\"data\", \"data.clips\"]", &["`tracks` are never read at `data.clips`"]),
        (places, "tracks = [\"\", \"data.clips\"]", &["`tracks` are never read at `data.clips`"]),
        (places, "tracks = \"data.clips\"\ntask = \"data.\"", &["`task` must lead to a value in JSON"]),
    ]);
}
