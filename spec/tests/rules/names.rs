//! Rules of names in Rust.

use crate::helper::{choice, faults, field, no_faults};

/// Returns the faults of a spec whose setter, request and choice have these names.
fn named(setter: &str, kind: &str, value: &str) -> Vec<String> {
    let values = format!("values = {{ v = {{ name = \"{value}\", doc = \"A value.\" }} }}");
    faults(&[
        &field("a", "string", &format!("name = \"{setter}\"")),
        &field("b", "choice", &format!("name = \"{kind}\", {values}")),
    ])
}

#[test]
fn a_name_consists_of_ascii_letters_digits_and_and_begins_with_a_letter() {
    assert_eq!(named("style_2", "Kind2", "Value2"), [""; 0]);
    assert_eq!(named("2_style", "Kind", "Value"), ["`2_style` is not a valid Rust name for a setter"]);
    assert_eq!(named("style", "_Kind", "Value"), ["`_Kind` is not a valid Rust name for a type"]);
    assert_eq!(named("style", "Kind", "Wért"), ["`Wért` is not a valid Rust name for a value"]);
}

#[test]
fn a_name_must_not_be_a_keyword_of_rust() {
    assert_eq!(named("types", "Kind", "Value"), [""; 0]);
    assert_eq!(named("type", "Kind", "Value"), ["`type` is not a valid Rust name for a setter"]);
    assert_eq!(named("style", "Self", "Value"), ["`Self` is not a valid Rust name for a type"]);
}

#[test]
fn a_name_must_not_be_reserved() {
    assert_eq!(named("builds", "Kind", "All"), [""; 0]);
    assert_eq!(named("build", "Kind", "Value"), ["`build` is reserved for generated code"]);
    assert_eq!(named("style", "Client", "Value"), ["`Client` is reserved for generated code"]);
    assert_eq!(named("style", "Kind", "ALL"), ["`ALL` is reserved for generated code"]);
}

#[test]
fn two_names_of_one_kind_must_not_be_equal() {
    let two = |other: &str| faults(&[&field("a", "string", "name = \"style\""), &field(other, "string", "")]);
    assert_eq!(two("title"), [""; 0]);
    assert_eq!(two("style"), ["duplicate setter `style`"]);
    let kind = |name: &str| choice("kind", &["own"], "").replace("kindKind", name);
    assert_eq!(faults(&[&choice("voice", &["m"], ""), &kind("voiceKind")]), ["duplicate type `voiceKind`"]);
}

#[test]
fn two_setters_must_not_be_equal_in_camel_case() {
    no_faults(&[&field("a_1", "string", ""), &field("a_2", "string", "")]);
    let found = faults(&[&field("a_1", "string", ""), &field("a1", "string", "")]);
    assert_eq!(found, ["the setters `a_1` and `a1` are equal in camel case"]);
}

#[test]
fn two_objects_of_the_request_must_not_be_equal_in_snake_case() {
    let object = |field: &str, name: &str| {
        let member = "fields = { start = { type = \"number\", doc = \"A member.\" } }";
        crate::helper::field(field, "object", &format!("optional = \"always\", name = \"{name}\", {member}"))
    };
    let two = |one: &str, other: &str| faults(&[&object("a", one), &object("b", other)]);
    assert_eq!(two("TextPart", "TextParts"), [""; 0]);
    for (one, other) in [("TextPart", "Text_Part"), ("ABC", "Abc"), ("SegmentA", "Segment_A")] {
        assert_eq!(two(one, other), [format!("the objects `{one}` and `{other}` are equal in snake case")]);
    }
    assert_eq!(two("Part", "Part"), ["duplicate type `Part`"]);
}

#[test]
fn two_modes_must_not_be_equal_without_their_brackets() {
    let modes = |first: &str, second: &str| {
        let mode =
            |name: &str, value: bool| format!("modes.\"{name}\" = {{ when = {{ a = {value} }}, doc = \"A mode.\" }}");
        faults(&[&mode(first, true), &mode(second, false), "fields.a = { type = \"boolean\", doc = \"A field.\" }"])
    };
    assert_eq!(modes("Custom<Vocal>", "Custom<Other>"), [""; 0]);
    assert_eq!(
        modes("Custom<Vocal>", "CustomVocal"),
        ["`Custom<Vocal>` and `CustomVocal` are equal without their brackets"]
    );
}
