//! Each cause has one fault. Faults that only follow from another are not reported.

use cover_spec::{SHIPPED, Spec};

use super::{edit, faults};

/// Returns the message and the label of the only fault after one part of the shipped spec is replaced.
fn only(from: &str, to: &str) -> (String, String) {
    assert!(SHIPPED.contains(from), "{from} is not in the spec");
    let found = Spec::parse("spec.toml", &SHIPPED.replacen(from, to, 1)).expect_err(to);
    let mut found = found.iter().map(|fault| (fault.message().to_owned(), fault.label().to_owned()));
    let first = found.next().expect("at least one fault");
    assert_eq!(found.next(), None, "{to}: besides {first:?}");
    first
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

#[test]
fn a_misspelt_key_is_one_fault_with_the_right_key() {
    for (right, wrong) in [
        ("[service]", "[servce]"),
        ("[modes.NonCustom]", "[mods.NonCustom]"),
        ("[submit]", "[submt]"),
        ("auth = {", "atuh = {"),
        ("{ header = \"Authorization\"", "{ heder = \"Authorization\""),
        ("\nmodel = \"model\"", "\nmodle = \"model\""),
        ("when = { customMode = false }", "wen = { customMode = false }"),
        ("required = [\"Custom\"]", "requird = [\"Custom\"]"),
        ("[fields.model.values]", "[fields.model.valus]"),
        ("max_length = 80", "max_lenght = 80"),
        ("models = [\"V3_5\", \"V4\"], max_length = 80", "modles = [\"V3_5\", \"V4\"], max_length = 80"),
        ("{ figure = 480", "{ figur = 480"),
        ("setter = \"without_callback\"", "seter = \"without_callback\""),
        ("means = \"success\"", "meanz = \"success\""),
        ("means = \"done\"", "maens = \"done\""),
        ("stage = 0", "stag = 0"),
        ("query = \"taskId\"", "qery = \"taskId\""),
        ("every = [", "evry = ["),
        ("per = ", "pre = "),
        ("field = \"callBackUrl\"", "feld = \"callBackUrl\""),
    ] {
        let (right_key, wrong_key) = words(right).zip(words(wrong)).find(|(one, other)| one != other).expect(wrong);
        let (message, label) = only(right, wrong);
        assert!(message.starts_with(&format!("unknown key `{wrong_key}` in ")), "{message}");
        assert_eq!(label, format!("did you mean `{right_key}`?"), "{message}");
    }
}

#[test]
fn a_misspelt_table_of_fields_or_statuses_is_one_fault() {
    assert_eq!(faults(&SHIPPED.replace("[fields.", "[feilds.")), ["unknown key `feilds` in the spec"]);
    assert_eq!(faults(&SHIPPED.replace("[statuses.", "[statusses.")), ["unknown key `statusses` in the spec"]);
}

#[test]
fn a_misspelt_rule_over_several_fields_is_one_fault() {
    for (table, rule, key) in [
        ("groups", "at_least_on = [\"negativeTags\", \"vocalGender\"]", "at_least_on"),
        ("totals", "length = [\"negativeTags\", \"style\"]\nmaxx = 3", "maxx"),
        ("differences", "larger = \"styleWeight\"\nsmaler = \"weirdnessConstraint\"\nmax = 0.5", "smaler"),
    ] {
        let text = format!("{SHIPPED}\n[[{table}]]\ndoc = \"A reason.\"\nmodes = [\"Custom\"]\n{rule}\n");
        assert_eq!(faults(&text), [format!("unknown key `{key}` in `{table}`")]);
    }
}

#[test]
fn a_value_of_a_wrong_type_is_one_fault() {
    for (from, to, fault) in [
        ("max_length = 80", "max_length = \"80\"", "`max_length` must be a whole number from 0 to 4294967295"),
        ("when = { customMode = false }", "when = 3", "`when` must be a table"),
        ("required = [\"Custom\"]", "required = \"allways\"", "`required` must be \"always\" or a list of modes"),
        ("type = \"number\"", "type = \"numbr\"", "unknown value `numbr` of `type`"),
        ("type = \"choice\"", "type = \"choise\"", "unknown value `choise` of `type`"),
        ("means = \"success\"", "means = \"succes\"", "unknown value `succes` of `means`"),
        ("means = \"done\"", "means = \"doen\"", "unknown value `doen` of `means`"),
        ("type = \"audio\"", "type = \"audi\"", "unknown value `audi` of `type`"),
        ("every = [", "every = 3 # [", "`every` must be two durations, such as [\"10 s\", \"30 s\"]"),
    ] {
        assert_eq!(edit(from, to), [fault], "{to}");
    }
}

#[test]
fn a_limit_that_is_missing_for_several_modes_and_models_is_one_fault() {
    let (message, label) = only("models = [\"V3_5\", \"V4\"], max_length = 80", "models = [\"V3_5\"], max_length = 80");
    assert_eq!(message, "`title` has no `max_length` with `V4` in `Custom<Instrumental>`, and in 1 other case");
    assert!(label.starts_with("add another limit"), "{label}");
}

#[test]
fn a_presence_that_is_wrong_in_several_modes_is_one_fault() {
    let style = "required = [\"Custom\"]";
    assert_eq!(
        edit(style, "required = \"always\"\noptional = \"always\""),
        ["`style` is both required and optional in `Custom<Instrumental>` and 2 other modes"]
    );
    assert_eq!(
        edit(style, ""),
        ["`style` is neither required, optional nor forbidden in `Custom<Instrumental>` and 1 other mode"]
    );
}

#[test]
fn an_unknown_model_or_value_lists_all_that_are_known() {
    let known = "did you mean `V4`? known: `V3_5`, `V4`, `V4_5`, `V4_5PLUS`, `V5`";
    for (from, to, what) in [
        ("models = [\"V3_5\", \"V4\"]", "models = [\"V3_5\", \"V6\"]", "model"),
        ("[fields.style]\n", "[fields.style]\nforbidden_when = { model = \"V6\" }\n", "value"),
    ] {
        let found = Spec::parse("spec.toml", &SHIPPED.replacen(from, to, 1)).expect_err(to);
        let fault = found.iter().find(|fault| fault.message() == format!("unknown {what} `V6`")).expect(to);
        assert_eq!(fault.label(), known);
    }
}

#[test]
fn a_name_that_is_unknown_at_several_places_is_one_fault() {
    let (message, label) = only("[modes.NonCustom]", "[modes.NonCustm]");
    assert_eq!(message, "unknown mode `NonCustom`");
    assert!(label.starts_with("did you mean `NonCustm`? (and at "), "{label}");
}

#[test]
fn models_without_a_model_field_are_one_fault() {
    assert_eq!(
        only("\nmodel = \"model\"", ""),
        (
            "`V3_5` is named as a model, but the request has no model field".to_owned(),
            "add `model = …` to `[request]`, with the name of a field".to_owned()
        )
    );
    assert_eq!(edit("\nmodel = \"model\"", "\nmodel = \"style\""), ["`style` cannot select the model"]);
}

#[test]
fn an_example_is_not_blamed_for_limits_that_no_value_can_keep() {
    assert_eq!(edit("min = 0\nmax = 1", "min = 2\nmax = 1"), ["no number can keep both limits"]);
}

#[test]
fn a_choice_without_values_is_a_fault() {
    let text = SHIPPED.replacen("type = \"number\"", "type = \"choice\"\nname = \"Weight\"\nvalues = {} #", 1);
    assert_eq!(faults(&text)[..1], ["the choice `styleWeight` has no values"]);
}
