//! The size of the exported JSON Schema, and what it leaves out.

use cover_spec::{SHIPPED_BASE, Spec};

/// Returns the exported schema of a request with five lists and one more rule.
fn exported(rule: &str) -> serde_json::Value {
    let list = |name: &&str| {
        format!("[fields.{name}]\ntype = \"string\"\nlist = true\ndoc = \"A list.\"\noptional = \"always\"\n")
    };
    let lists: String = ["one", "two", "three", "four", "five"].iter().map(list).collect();
    let text = format!(
        "base = \"{SHIPPED_BASE}\"\nwithout = [\"callback\"]\n\
         [service]\nname = \"Some\"\nid = \"some\"\n\
         [request]\nname = \"Lists\"\ndoc = \"Lists.\"\n\
         [submit]\npath = \"/lists\"\ntask = \"id\"\n{lists}\n{rule}\ndoc = \"The reason.\"\n"
    );
    Spec::parse("spec.toml", &text).unwrap_or_else(|faults| panic!("{faults}")).json_schema()
}

const FIVE: &str = "[\"one\", \"two\", \"three\", \"four\", \"five\"]";

#[test]
fn a_total_of_few_combinations_is_in_the_schema() {
    let schema = exported(&format!("[[totals]]\nitems = {FIVE}\nmax = 4"));
    assert!(schema.get("$comment").is_none(), "{schema:#}");
    assert_eq!(schema["allOf"][0]["allOf"][0]["not"]["anyOf"].as_array().map(Vec::len), Some(126));
    let size = format!("{schema:#}").len();
    assert!(size < 200_000, "{size} bytes");
}

#[test]
fn a_total_of_more_than_200_combinations_is_left_out_with_a_comment() {
    for figures in ["max = 5", "max = 40", "min = 6", "max = 4294967295"] {
        let schema = exported(&format!("[[totals]]\nitems = {FIVE}\n{figures}"));
        assert_eq!(schema["$comment"], "JSON Schema cannot express these rules: The reason.", "{figures}");
        let size = format!("{schema:#}").len();
        assert!(size < 10_000, "{figures}: {size} bytes");
    }
}

#[test]
fn differences_and_totals_of_lengths_are_left_out_with_a_comment() {
    let schema = exported(&format!("[[totals]]\nlength = {FIVE}\nmax = 4"));
    assert_eq!(schema["$comment"], "JSON Schema cannot express these rules: The reason.");
    let numbers = |name| {
        format!("[fields.{name}]\ntype = \"integer\"\nmin = 0\nmax = 9\ndoc = \"A number.\"\noptional = \"always\"\n")
    };
    let rule = "[[differences]]\nlarger = \"end\"\nsmaller = \"start\"\nmin = 2";
    let schema = exported(&format!("{}{}{rule}", numbers("start"), numbers("end")));
    assert_eq!(schema["$comment"], "JSON Schema cannot express these rules: The reason.");
}

/// The document counts characters, and has no rule for a field that is forbidden.
#[test]
fn lengths_in_other_units_and_forbidden_fields_are_no_drift() {
    let text = format!(
        "base = \"{SHIPPED_BASE}\"\nwithout = [\"callback\"]\n\
         [service]\nname = \"Some\"\nid = \"some\"\n\
         [request]\nname = \"Notes\"\ndoc = \"Notes.\"\n\
         [submit]\npath = \"/notes\"\ntask = \"id\"\n\
         [fields.note]\ntype = \"string\"\nunit = \"bytes\"\nmin_length = 5\nmax_length = 9\n\
         doc = \"A note.\"\noptional = \"always\"\n\
         [fields.mascot]\ntype = \"string\"\ndoc = \"An animal.\"\nforbidden = \"always\"\n"
    );
    let spec = Spec::parse("spec.toml", &text).unwrap_or_else(|faults| panic!("{faults}"));
    let mut document = spec.openapi();
    let drifts = |document: &serde_json::Value| {
        spec.drift(document).expect("the path").iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(drifts(&document), [""; 0]);
    let properties = &mut document["components"]["schemas"]["Notes"]["properties"];
    properties.as_object_mut().expect("an object").remove("mascot");
    properties["note"]["minLength"] = 1.into();
    assert_eq!(drifts(&document), ["`note`: minLength is 1 in the document and 5 in the spec"]);
}
