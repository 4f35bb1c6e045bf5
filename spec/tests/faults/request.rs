//! Faults of the request: presence in modes, values of booleans, classes, limits for some models.

use super::faults;

/// Returns the faults of a spec with these tables. The shipped spec contributes the service.
fn of(tables: &str) -> Vec<String> {
    let start = "base = \"cover-spec/upload_cover.toml\"\nwithout = [\"callback\"]\n\
                 [service]\nname = \"Some\"\nid = \"some\"\n[submit]\npath = \"/tasks\"\ntask = \"id\"\n";
    let request = "[request]\nname = \"SomeRequest\"\ndoc = \"A request.\"\n";
    let request = if tables.contains("[request]") { "" } else { request };
    faults(&format!("{start}{request}{tables}"))
}

const LIVE: &str = "
    [fields.live]
    type = \"boolean\"
    doc = \"Whether it is sung live.\"
    optional = \"always\"
    [fields.encore]
    type = \"boolean\"
    doc = \"Whether there is an encore.\"
    optional = \"always\"
";

#[test]
fn a_boolean_has_conditions_for_true_and_false_and_nothing_else() {
    let with = |values: &str| of(&format!("{LIVE}values = {{ {values} }}\n"));
    assert_eq!(with("true = { allowed_when = { live = true } }"), [""; 0]);
    assert_eq!(
        with("false = { forbidden_when = { live = true } }, true = { allowed_when = { live = true } }"),
        [""; 0]
    );
    assert_eq!(with("yes = { allowed_when = { live = true } }"), ["`yes` is not a value of a boolean"]);
    assert_eq!(with("true = { doc = \"It is.\" }"), ["unknown key `doc` in `true`"]);
    assert_eq!(with("true = { required_when = { live = true } }"), ["unknown key `required_when` in `true`"]);
    assert_eq!(with("true = { allowed_when = { life = true } }"), ["unknown field `life`"]);
    assert_eq!(with("true = { allowed_when = { encore = true } }"), ["`encore` has a condition on itself"]);
}

#[test]
fn a_condition_of_a_value_is_judged_in_the_modes_that_can_have_the_value() {
    let with = |value: &str, condition: &str| {
        of(&format!(
            "
            [modes.Live]
            when = {{ live = true }}
            doc = \"On a stage.\"
            [modes.Studio]
            when = {{ live = false }}
            doc = \"In a studio.\"
            {LIVE}"
        )
        .replace(
            "Whether it is sung live.\"\n    optional = \"always\"",
            &format!("Live?\"\nvalues.{value} = {condition}"),
        ))
    };
    assert_eq!(with("true", "{ allowed_when = { encore = true } }"), [""; 0], "the mode `Live` is narrowed");
    let never = ["this condition can never hold"];
    assert_eq!(with("true", "{ forbidden_when = { encore = true, live = false } }")[1..], never);
}

const SIZES: &str = "
    [request]
    name = \"SizedRequest\"
    doc = \"A request.\"
    model = \"size\"
    [classes]
    little = [\"mini\", \"nano\"]
    [fields.size]
    type = \"choice\"
    name = \"Size\"
    doc = \"The model.\"
    required = \"always\"
    values = { mini = { doc = \"Small.\" }, nano = { doc = \"Smaller.\" }, grand = { doc = \"Large.\" } }
    [fields.speed]
    type = \"number\"
    doc = \"The speed.\"
    optional = \"always\"
";

#[test]
fn a_limit_may_be_missing_elsewhere_if_the_spec_says_so() {
    let with = |limits: &str| of(&format!("{SIZES}limits = [{limits}]\n"));
    let missing = ["`speed` has no `max` with `mini`, and in 1 other case"];
    assert_eq!(with("{ models = [\"nano\"], max = 4 }"), missing);
    assert_eq!(with("{ models = [\"nano\"], max = 4, elsewhere = \"unlimited\" }"), [""; 0]);
    assert_eq!(
        with("{ models = [\"nano\"], max = 4, elsewhere = \"unlimited\" }, { models = [\"grand\"], max = 9 }"),
        [""; 0],
        "one entry speaks for all entries with the same key"
    );
    assert_eq!(
        with("{ models = [\"nano\"], max = 4, elsewhere = \"unlimited\" }, { models = [\"nano\"], min = 1 }"),
        ["`speed` has no `min` with `mini`, and in 1 other case"],
        "another key needs another word"
    );
    assert_eq!(
        with("{ models = [\"nano\"], max = 4, elsewhere = \"unlimited\" }, { models = [\"little\"], max = 9 }"),
        ["`speed` has `max` twice with `nano`"]
    );
}

#[test]
fn an_empty_text_is_allowed_in_the_table_of_the_field_alone() {
    let with =
        |keys: &str| of(&format!("[fields.title]\ntype = \"string\"\ndoc = \"It.\"\nrequired = \"always\"\n{keys}\n"));
    assert_eq!(with("min_length = 0"), [""; 0]);
    assert_eq!(with("limits = [{ min_length = 1 }]"), [""; 0]);
    assert_eq!(with("limits = [{ min_length = 0 }]"), ["`min_length = 0` in `limits` has no effect"]);
}

#[test]
fn elsewhere_is_about_other_modes_and_models() {
    let with = |limit: &str| of(&format!("{SIZES}limits = [{limit}]\n"));
    assert_eq!(
        with("{ max = 4, elsewhere = \"unlimited\" }"),
        ["`elsewhere` has no effect: this limit holds in every mode with every model"]
    );
    assert_eq!(
        with("{ models = [\"nano\"], when = { size = \"nano\" }, max = 4, elsewhere = \"unlimited\" }"),
        ["`elsewhere` has no effect: a limit with `when` need not hold in every mode with every model"]
    );
    assert!(
        with("{ models = [\"nano\"], max = 4, elsewhere = \"unlimted\" }")
            .contains(&"unknown value `unlimted` of `elsewhere`".to_owned())
    );
}

#[test]
fn the_name_of_a_class_in_a_condition_stands_for_its_models() {
    let with = |condition: &str| of(&format!("{SIZES}allowed_when = {condition}\n"));
    assert_eq!(with("{ size = \"little\" }"), [""; 0]);
    assert_eq!(with("{ size = [\"little\", \"mini\"] }"), [""; 0]);
    assert_eq!(with("{ size = [\"little\", \"grand\"] }"), ["this condition always holds"]);
    assert_eq!(with("{ size = \"litle\" }"), ["unknown value `litle`"]);
    let wrong = SIZES.replace("\"nano\"]", "\"nanno\"]");
    let faults = of(&format!("{wrong}allowed_when = {{ size = \"little\" }}\n"));
    assert_eq!(faults, ["unknown model `nanno`"], "without a fault of the condition");
}

/// Two modes, with these keys in the first.
fn in_fast(keys: &str, fields: &str) -> Vec<String> {
    of(&format!(
        "
        [modes.Fast]
        when = {{ fast = true }}
        doc = \"Without waiting.\"
        {keys}
        [modes.Slow]
        when = {{ fast = false }}
        doc = \"With a queue.\"
        optional = \"others\"
        [fields.fast]
        type = \"boolean\"
        doc = \"Whether to skip the queue.\"
        [fields.place]
        type = \"string\"
        doc = \"Where to begin.\"
        [fields.note]
        type = \"string\"
        doc = \"A note.\"
        {fields}"
    ))
}

#[test]
fn a_mode_says_which_fields_it_requires_allows_and_forbids() {
    for keys in [
        "forbidden = \"others\"",
        "required = [\"place\"]\nforbidden = \"others\"",
        "required = [\"place\"]\noptional = [\"note\"]",
        "required = []\noptional = [\"place\", \"note\"]\nforbidden = \"others\"",
    ] {
        assert_eq!(in_fast(keys, ""), [""; 0], "{keys}");
    }
    assert_eq!(in_fast("required = [\"place\"]", "required = [\"Fast\"]"), [""; 0], "and the field says `note`");
    assert_eq!(in_fast("required = [\"note\"]\nforbidden = \"others\"", "required = [\"Fast\"]"), [""; 0], "the same");
    assert_eq!(in_fast("required = [\"place\"]", ""), ["`note` is neither required, optional nor forbidden in `Fast`"]);
    assert_eq!(in_fast("forbidden = \"other\"", "")[..1], ["`forbidden` must be \"others\" or a list of fields"]);
}

#[test]
fn the_field_and_the_mode_must_not_disagree() {
    assert_eq!(
        in_fast("required = [\"note\"]\nforbidden = \"others\"", "forbidden = [\"Fast\"]"),
        ["`note` is both forbidden and required in `Fast`"]
    );
    assert_eq!(
        in_fast("required = [\"place\"]\nforbidden = [\"place\", \"note\"]", ""),
        ["`place` is both required and forbidden in `Fast`"]
    );
    assert_eq!(
        in_fast("required = [\"fast\"]\nforbidden = \"others\"", ""),
        ["`fast` is required in `Fast`, which sets its value"]
    );
    let version = "optional = \"always\"\n[fields.version]\ntype = \"integer\"\ndoc = \"It.\"\nconstant = 3";
    assert_eq!(in_fast("forbidden = \"others\"", version), [""; 0], "others are not constant");
    assert_eq!(
        in_fast("required = [\"version\"]\nforbidden = \"others\"", version),
        ["`version` is constant, so that it has no presence"]
    );
}

#[test]
fn others_is_said_once_and_names_in_modes_are_known() {
    assert_eq!(
        in_fast("optional = \"others\"\nforbidden = \"others\"", ""),
        ["`Fast` has `\"others\"` twice, in `optional` and in `forbidden`"]
    );
    assert_eq!(in_fast("required = [\"plase\"]", ""), ["unknown field `plase`"], "without faults that follow");
    assert_eq!(in_fast("required = [\"others\"]", ""), ["`\"others\"` must not be in a list"]);
}
