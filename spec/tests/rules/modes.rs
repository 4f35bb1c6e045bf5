//! Rules of `[modes."Outer<Inner>"]`.

use cover_spec::rules::Presence;

use crate::helper::{bare_field, faults, no_faults, request};

const FAST: &str = "modes.Fast = { when = { fast = true }, doc = \"Fast.\" }";
const SLOW: &str = "modes.Slow = { when = { fast = false }, doc = \"Slow.\" }";

/// Scenes made from a text, short or long, or from a picture.
const SCENES: &str = r#"
modes."Text<Short>" = { when = { source = "text", acts = 1 }, doc = "One scene." }
modes."Text<Long>" = { when = { source = "text", acts = 2 }, doc = "Two scenes." }
modes.Picture = { when = { source = "picture" }, doc = "Made from a picture.", optional = "others" }
fields.source.type = "choice"
fields.source.name = "Source"
fields.source.doc = "What the scenes are made from."
fields.source.values = { text = { doc = "A text." }, picture = { doc = "A picture." } }
"#;

fn acts(keys: &str) -> String {
    bare_field("acts", "integer", &format!("min = 1, max = 2{keys}"))
}

#[test]
fn in_a_list_of_modes_outer_stands_for_all_modes_whose_first_part_it_is() {
    let note = bare_field("note", "string", "required = [\"Text\"], forbidden = [\"Picture\"]");
    let request = request(&[SCENES, &acts(""), &note]);
    assert_eq!(request.presence("note"), [Presence::Required, Presence::Required, Presence::Forbidden]);
    let inner = note.replace("[\"Text\"]", "[\"Short\"]");
    assert_eq!(faults(&[SCENES, &acts(""), &inner]), ["unknown mode `Short`"]);
}

#[test]
fn a_name_must_be_at_the_same_position_in_all_modes() {
    let picture = |name: &str| faults(&[&SCENES.replace("modes.Picture", &format!("modes.{name}")), &acts("")]);
    assert_eq!(picture("Image"), [""; 0]);
    for name in ["Short", "Text"] {
        let at = format!("`{name}` is at different positions in `{name}` and `Text<Short>`");
        assert_eq!(picture(name), [at]);
    }
    assert_eq!(picture("\"Image<Image>\""), ["`Image` is at two positions in `Image<Image>`"]);
}

#[test]
fn a_value_in_the_when_of_a_mode_must_be_one_that_its_field_can_have() {
    let picture =
        |value: &str| faults(&[&SCENES.replace("source = \"picture\"", &format!("source = {value}")), &acts("")]);
    assert_eq!(picture("\"picture\""), [""; 0]);
    assert_eq!(picture("\"sound\""), ["unknown value `sound`"]);
    assert_eq!(picture("true"), ["`source` never has this value"]);
    let acts_of = |value: &str| faults(&[&SCENES.replace("acts = 2", &format!("acts = {value}")), &acts("")]);
    for never in ["1.5", "3", "0", "true"] {
        assert_eq!(acts_of(never), ["`acts` never has this value"], "{never}");
    }
}

#[test]
fn every_combination_of_values_must_have_exactly_one_mode() {
    let fast = bare_field("fast", "boolean", "");
    no_faults(&[FAST, SLOW, &fast]);
    assert_eq!(faults(&[FAST, &fast]), ["no mode for `{ fast = false }`"]);
    let again = "modes.Quick = { when = { fast = true }, doc = \"Fast, too.\" }";
    assert_eq!(faults(&[FAST, SLOW, again, &fast]), ["`Quick` overlaps `Fast`"]);
}

#[test]
fn a_body_has_the_mode_whose_values_it_has() {
    let request = request(&[SCENES, &acts("")]);
    assert_eq!(request.mode(r#"{"source": "text", "acts": 1}"#), "Text<Short>");
    assert_eq!(request.mode(r#"{"source": "text", "acts": 2.0}"#), "Text<Long>");
    assert_eq!(request.mode(r#"{"source": "picture"}"#), "Picture");
    assert_eq!(request.mode(r#"{"source": "picture", "acts": 1}"#), "Picture");
}

#[test]
fn a_field_that_is_left_out_has_its_default_when_the_mode_is_selected_if_the_default_counts_in_that_mode() {
    let text = r#"{"source": "text"}"#;
    let counts = request(&[SCENES, &acts(", default = 1")]);
    assert_eq!(counts.mode(text), "Text<Short>");
    let counts_in_text = request(&[SCENES, &acts(", default = { value = 2, modes = [\"Text\"] }")]);
    assert_eq!(counts_in_text.mode(text), "Text<Long>");
    let counts_elsewhere = request(&[SCENES, &acts(", default = { value = 1, modes = [\"Picture\"] }")]);
    counts_elsewhere.refuses(text, "acts: missing, required");
}

#[test]
fn a_body_without_a_mode_breaks_a_rule() {
    let request = request(&[SCENES, &acts("")]);
    request.refuses("{}", "source: missing, required");
    request.refuses(r#"{"source": "text"}"#, "acts: missing, required");
    request.refuses(r#"{"source": "sound"}"#, "source: must be one of text, picture");
}

#[test]
fn a_null_does_not_select_a_mode() {
    let request = request(&[FAST, SLOW, &bare_field("fast", "boolean", "nullable = true, default = true")]);
    assert_eq!(request.mode("{}"), "Fast");
    request.refuses(r#"{"fast": null}"#, "fast: no mode has this value");
}

#[test]
fn a_field_in_the_when_of_a_mode_has_no_setter_in_that_mode() {
    let request = request(&[SCENES, &acts("")]);
    assert_eq!(request.presence("source"), [Presence::Fixed; 3]);
    assert_eq!(request.presence("acts"), [Presence::Fixed, Presence::Fixed, Presence::Optional]);
}

#[test]
fn a_mode_may_leave_out_a_field_that_selects_other_modes() {
    no_faults(&[SCENES, &acts("")]);
    let request = request(&[SCENES, &acts("")]);
    request.accepts(&[r#"{"source": "picture", "acts": 1}"#, r#"{"source": "picture", "acts": 2}"#]);
    let text_alone = SCENES.replace(", acts = 1", "");
    assert!(!faults(&[&text_alone, &acts(", optional = [\"Text<Short>\"]")]).is_empty());
}

#[test]
fn a_spec_has_at_most_64_modes() {
    let modes = |count: u32| {
        let mode = |number| format!("modes.M{number} = {{ when = {{ size = {number} }}, doc = \"A size.\" }}");
        let mut lines: Vec<String> = (1..=count).map(mode).collect();
        lines.push(bare_field("size", "integer", &format!("min = 1, max = {count}")));
        faults(&[&lines.join("\n")])
    };
    assert_eq!(modes(64), [""; 0]);
    assert_eq!(modes(65), ["there are 65 modes, and at most 64 are allowed"]);
}

#[test]
fn the_fields_in_the_when_of_all_modes_have_at_most_4096_combinations_of_values() {
    let switches = |count: usize| {
        let switch = |number| bare_field(&format!("s{number}"), "boolean", "");
        let mut lines: Vec<String> = (0..count).map(switch).collect();
        let others = (1..count).map(|number| (number, format!("s0 = false, s{number} = true")));
        let when = |number: usize, when: &str| {
            format!("modes.M{number} = {{ when = {{ {when} }}, doc = \"A mode.\", optional = \"others\" }}")
        };
        lines.push(when(0, "s0 = true"));
        lines.extend(others.map(|(number, other)| when(number, &other)));
        faults(&[&lines.join("\n")])
    };
    let message = "the modes depend on more than 4096 combinations of values";
    assert!(!switches(12).contains(&message.to_owned()), "{:?}", switches(12));
    assert_eq!(switches(13), [message]);
}
