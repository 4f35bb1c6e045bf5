//! One fault for each cause: what only follows from a misspelt key, table or mode is not reported beside it.

use super::{SHIPPED, faults};
use cover_spec::Spec;

/// Returns the faults after one part of a text is replaced.
fn edit(text: &str, from: &str, to: &str) -> Vec<String> {
    assert!(text.contains(from), "{from} is not in the spec");
    faults(&text.replacen(from, to, 1))
}

/// Returns what to do about the only fault after one part of the shipped spec is replaced.
fn label(from: &str, to: &str) -> String {
    assert!(SHIPPED.contains(from), "{from} is not in the spec");
    let faults = Spec::parse("spec.toml", &SHIPPED.replacen(from, to, 1)).expect_err("a fault");
    assert_eq!(faults.iter().len(), 1, "{faults}");
    faults.iter().map(|fault| fault.label().to_owned()).collect()
}

const SIBLING: &str = "base = \"cover-spec/upload_cover.toml\"
use = [\"callBackUrl\"]
without = [\"credits\"]
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

#[test]
fn a_misspelt_key_about_bases_is_the_only_fault() {
    assert_eq!(faults(SIBLING), [""; 0]);
    for (key, misspelt) in [("base", "bse"), ("use", "usee"), ("without", "witout")] {
        let found = edit(SIBLING, &format!("{key} = "), &format!("{misspelt} = "));
        assert_eq!(found, [format!("unknown key `{misspelt}` in the spec")]);
    }
    assert_eq!(faults("parst = true\n[service]\nname = \"Some\""), ["unknown key `parst` in the spec"]);
    let report = Spec::parse("spec.toml", "bse = \"base.toml\"").expect_err("a fault").to_string();
    assert!(report.contains("did you mean `base`?"), "{report}");
}

#[test]
fn a_misspelt_table_is_reported_without_what_its_other_parts_lack() {
    for (table, misspelt, unknown) in [
        ("[callback]", "[calback]", "calback"),
        ("[results.tracks]", "[reslts.tracks]", "reslts"),
        ("[fields.uploadUrl]", "[fielsd.uploadUrl]", "fielsd"),
        ("[fields.customMode]", "[fielsd.customMode]", "fielsd"),
        ("[fields.model]", "[fielsd.model]", "fielsd"),
        ("[modes.NonCustom]", "[modse.NonCustom]", "modse"),
    ] {
        assert_eq!(edit(SHIPPED, table, misspelt), [format!("unknown key `{unknown}` in the spec")], "{misspelt}");
    }
}

#[test]
fn a_misspelt_key_is_reported_without_what_its_table_lacks() {
    for (from, to, unknown) in [
        ("[fields.customMode]\ntype", "[fields.customMode]\ntyep", "unknown key `tyep` in `customMode`"),
        ("[fields.model]\ntype", "[fields.model]\ntyep", "unknown key `tyep` in `model`"),
        ("[fields.model.values]", "[fields.model.valuse]", "unknown key `valuse` in `model`"),
        ("doc = \"Title of", "docc = \"Title of", "unknown key `docc` in `title`"),
        ("{ figure = 480", "{ figuer = 480", "unknown key `figuer` in `disputed`"),
        ("status = \"SUCCESS\"", "statusse = \"SUCCESS\"", "unknown key `statusse` in `complete`"),
    ] {
        assert_eq!(edit(SHIPPED, from, to), [unknown], "{to}");
    }
    let conditional = "optional = [\"Custom\"]\nallowed_when = { model = \"V5\" }\nmin = 0";
    let text = SHIPPED.replacen("optional = [\"Custom\"]\nmin = 0", conditional, 1);
    assert_eq!(faults(&text), [""; 0]);
    let found = edit(&text, "[fields.model.values]", "[fields.model.valuse]");
    assert_eq!(found, ["unknown key `valuse` in `model`"], "and not that the condition always holds");
}

#[test]
fn a_mode_with_a_fault_in_its_when_has_no_other_faults() {
    let when = "when = { customMode = true, instrumental = false }";
    assert_eq!(
        edit(SHIPPED, when, "when = { customMode = true, instrumenal = false }"),
        ["unknown field `instrumenal`"]
    );
}

#[test]
fn a_condition_on_a_field_with_a_forgotten_mode_is_not_judged() {
    let condition = "optional = [\"Custom\"]\nallowed_when = { style = { given = true }, model = \"V5\" }\nmin = 0";
    let text = SHIPPED.replacen("optional = [\"Custom\"]\nmin = 0", condition, 1);
    assert_eq!(faults(&text), [""; 0]);
    let always = text.replacen(", model = \"V5\" }", " }", 1);
    assert_eq!(faults(&always), ["this condition always holds"]);
    assert_eq!(
        edit(&always, "required = [\"Custom\"]", "required = [\"Custom<Vocal>\"]"),
        ["`style` is neither required, optional nor forbidden in `Custom<Instrumental>`"]
    );
}

#[test]
fn fields_of_which_a_mode_says_nothing_are_reported_together() {
    assert_eq!(
        edit(SHIPPED, "forbidden = \"others\"\n", ""),
        ["7 fields are neither required, optional nor forbidden in `NonCustom`: `style`, `title`, `negativeTags`, \
          `vocalGender`, `styleWeight`, `weirdnessConstraint`, `audioWeight`"]
    );
}

#[test]
fn the_remedy_fits_the_mistake() {
    assert_eq!(
        label("models = [\"V3_5\", \"V4\"], max_length = 80", "model = [\"V4\"], max_length = 80"),
        "did you mean `models`?"
    );
    let swap = "swap the two; the shorter one comes first";
    assert_eq!(label("every = [\"10 s\", \"30 s\"]", "every = [\"30 s\", \"10 s\"]"), swap);
    assert_eq!(label("[\"2 min\", \"4 min\"]", "[\"4 min\", \"2 min\"]"), swap);
    assert_eq!(label("timeout = \"15 min\"", "timeout = \"15\""), "the unit is missing, such as \"15 s\"");
    assert_eq!(label("timeout = \"15 min\"", "timeout = 15"), "the unit is missing, such as \"15 s\"");
    assert_eq!(edit(SIBLING, "[\"credits\"]", "[\"modes\"]"), ["`modes` is never inherited"]);
    assert_eq!(
        faults(&format!("{SIBLING}[fields.title]\nrequired = \"always\"")),
        ["`title` has no `type`, and takes none from the base without `use`"]
    );
}
