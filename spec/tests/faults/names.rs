//! Faults of names that become names in Rust.

use cover_spec::{SHIPPED, Spec};

use super::{edit, faults};

/// Returns the faults of the shipped spec with another name for its service, request, track, choice and mode in turn.
fn as_each_type(name: &str) -> Vec<Vec<String>> {
    let types = ["name = \"UploadCover\"", "name = \"CoverRequest\"", "name = \"Track\"", "name = \"VocalGender\""];
    let mut found: Vec<_> = types.iter().map(|from| edit(from, &format!("name = \"{name}\""))).collect();
    found.push(faults(&SHIPPED.replace("NonCustom", name)));
    found
}

#[test]
fn types_of_rust_and_of_generated_code_are_reserved() {
    for name in ["M", "S", "bool", "str", "u8", "Option", "Vec", "Client", "Mode", "std", "cover_api", "diagnostic"] {
        let fault = format!("`{name}` is reserved for generated code");
        assert_eq!(as_each_type(name), vec![vec![fault]; 5], "{name}");
    }
    for name in ["CoverRequestByMode", "CoverRequestBuilderStart", "cover_request_rules", "HasStyle", "HasModel"] {
        let found = edit("name = \"VocalGender\"", &format!("name = \"{name}\""));
        assert_eq!(found, [format!("`{name}` is reserved for generated code")]);
    }
    for name in ["T", "Err", "Default", "Copy", "Set", "Rules", "Service", "Request", "lower", "With_Underscore"] {
        assert_eq!(as_each_type(name), vec![Vec::<String>::new(); 5], "{name}");
    }
}

#[test]
fn a_mode_of_a_type_in_rust_is_reserved() {
    let found = faults(&SHIPPED.replace("Custom<Vocal>", "Custom<u8>"));
    assert_eq!(found, ["`u8` is reserved for generated code"]);
    assert_eq!(faults(&SHIPPED.replace("Custom<", "Box<").replace("\"Custom\"", "\"Box\"")), [""; 0]);
}

#[test]
fn values_setters_and_macros_have_reserved_names_of_their_own() {
    for (from, to, fault) in [
        ("name = \"Male\"", "name = \"ALL\"", Some("`ALL` is reserved for generated code")),
        ("name = \"Male\"", "name = \"Err\"", None),
        ("name = \"Male\"", "name = \"as_str\"", None),
        ("setter = \"without_callback\"", "setter = \"None\"", Some("`None` is reserved for generated code")),
        ("setter = \"without_callback\"", "setter = \"clone\"", None),
        ("literal = \"cover\"", "literal = \"vec\"", Some("`vec` is reserved for generated code")),
        ("literal = \"cover\"", "literal = \"derive\"", None),
        ("literal = \"cover\"", "literal = \"try_cover\"", Some("duplicate macro `try_cover`")),
        ("[statuses.PENDING]", "[statuses.err]", None),
    ] {
        assert_eq!(edit(from, to), Vec::from_iter(fault), "{to}");
    }
}

#[test]
fn two_values_that_differ_in_case_are_equal_in_rust() {
    let text = SHIPPED.replace("example = \"m\"", "example = \"err\"");
    let text = text.replace("m = { name = \"Male\", ", "err = { ").replace("f = { name = \"Female\", ", "Err = { ");
    assert_eq!(faults(&text), ["duplicate value `Err`"]);
}

#[test]
fn setters_that_are_equal_in_camel_case_are_reported_once() {
    let text = SHIPPED.replacen("[fields.style]", "[fields.style]\nname = \"a_b\"", 1);
    let text = text.replacen("[fields.title]", "[fields.title]\nname = \"a__b\"", 1);
    assert_eq!(faults(&text), ["the setters `a_b` and `a__b` are equal in camel case"]);
}

#[test]
fn modes_are_different_without_their_brackets() {
    let same = SHIPPED.replace("Custom<Vocal>", "CustomV<Ocal>").replace("Custom<Instrumental>", "CustomVOc<al>");
    let same = same.replace("\"Custom\"", "\"CustomV\", \"CustomVOc\"");
    assert_eq!(faults(&same), ["`CustomVOc<al>` and `CustomV<Ocal>` are equal without their brackets"]);
    let keyword = SHIPPED.replace("Custom<Vocal>", "Se<lf>").replace("\"Custom\"", "\"Custom\", \"Se\"");
    assert_eq!(faults(&keyword), ["`Se<lf>` is the keyword `Self` without its brackets"]);
    let constructor = SHIPPED.replace("NonCustom", "FromJson");
    assert_eq!(faults(&constructor), ["`from_json` is reserved for generated code"]);
    let type_mode = SHIPPED.replace("NonCustom", "Type");
    assert_eq!(faults(&type_mode), ["`type` is not a valid Rust name for a constructor"]);
}

#[test]
fn a_name_that_is_no_identifier_has_one_fault_and_a_suggestion() {
    for (name, label) in
        [("Vocal-Gender", "try `VocalGender`"), ("4th", "use another Rust name"), ("Self", "use another")]
    {
        let text = SHIPPED.replacen("name = \"VocalGender\"", &format!("name = \"{name}\""), 1);
        let faults = Spec::parse("spec.toml", &text).expect_err(name);
        let found: Vec<_> = faults.iter().map(|fault| (fault.message(), fault.label())).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, format!("`{name}` is not a valid Rust name for a type"));
        assert!(found[0].1.starts_with(label), "{found:?}");
    }
}

#[test]
fn names_of_objects_are_types_and_those_of_their_members_are_setters() {
    let part = |name: &str, members: &str| {
        let keys = format!("type = \"object\"\nname = \"{name}\"\ndoc = \"A part.\"\noptional = \"always\"\n");
        faults(&format!("{SHIPPED}\n[fields.part]\n{keys}fields = {{ {members} }}\n"))
    };
    let number = |name: &str| format!("{name} = {{ type = \"number\", doc = \"A member.\" }}");
    assert_eq!(part("Part", &number("build")), ["`build` is reserved for generated code"]);
    assert_eq!(part("Part", &[number("fadeIn"), number("fade_in")].join(", ")), ["duplicate setter `fade_in`"]);
    assert_eq!(part("Track", &number("start")), ["duplicate type `Track`"]);
    assert_eq!(part("Model", &number("start")), ["duplicate type `Model`"]);
    assert_eq!(part("Option", &number("start")), ["`Option` is reserved for generated code"]);
    let kind = |name: &str| {
        format!(
            "kind = {{ type = \"choice\", name = \"{name}\", doc = \"A.\", values = {{ a = {{ doc = \"A.\" }} }} }}"
        )
    };
    let made =
        ["PartBuilder", "PartBuilderStart", "PartBuilderState", "PartFields", "part_object", "part_rules", "HasKind"];
    for name in made {
        let keyed = kind(name).replacen("name =", "setter = \"kind\", name =", 1);
        assert_eq!(part("Part", &keyed), [format!("`{name}` is reserved for generated code")]);
    }
    assert_eq!(part("Part", &kind("Part")), ["duplicate type `Part`"]);
    assert_eq!(part("Part", &kind("Kind")), [""; 0]);
}
