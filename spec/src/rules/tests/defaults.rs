//! What counts where a field is left out.

use std::slice::from_ref;

use super::*;

const SIZE: usize = 10;

fn with(change: impl FnOnce(&mut [Field])) -> Rules {
    let mut rules = rules();
    change(rules.fields.to_mut());
    rules
}

fn relating(rules: Rules, fields: &[usize], asks: Relating) -> Rules {
    let relation = Relation { fields: fields.to_vec().into(), modes: ALL, when: Vec::new().into(), asks };
    Rules { relations: vec![relation].into(), ..rules }
}

/// `number("1")` as a value.
fn one() -> Const {
    Const::Number(decimal("1"))
}

#[test]
fn a_default_counts_in_conditions_only_in_its_modes() {
    let needs_note = |modes| {
        with(|fields| {
            fields[COUNT].default = Some(default(one(), modes));
            fields[NOTE].conditions = conditional(Effect::Required, None, when(COUNT, number("1")));
        })
    };
    let wide = [("wide", Value::Truth(true)), ("model", Value::text("a"))];
    let line = |mode: &str| vec![format!("note: missing, required in {mode} (if `count` is 1)")];
    assert_eq!(said_by(&needs_note(ALL), &[]), line("Narrow"));
    assert_eq!(said_by(&needs_note(ALL), &wide), line("Wide"));
    assert_eq!(said_by(&needs_note(1), &[]), [""; 0]);
    assert_eq!(said_by(&needs_note(1), &wide), line("Wide"));
}

#[test]
fn a_default_does_not_count_in_a_mode_that_forbids_the_field() {
    let rules = with(|fields| {
        fields[COUNT].default = Some(default(one(), ALL));
        fields[COUNT].presence = vec![Presence::Optional, Presence::Forbidden].into();
        fields[NOTE].conditions = conditional(Effect::Required, None, when(COUNT, number("1")));
    });
    assert_eq!(said_by(&rules, &[]), [""; 0]);
    assert_eq!(said_by(&rules, &[("wide", Value::Truth(true)), ("model", Value::text("a"))]).len(), 1);
}

#[test]
fn a_default_selects_only_the_modes_in_which_it_counts() {
    let narrow = |modes| with(|fields| fields[WIDE].default = Some(default(Const::Truth(false), modes)));
    assert_eq!(said_by(&narrow(0b10), &[]), [""; 0]);
    assert_eq!(said_by(&narrow(0b01), &[]), ["wide: missing, required"]);
}

#[test]
fn a_default_counts_in_differences_and_totals() {
    let least = |fields: &[usize], rules| {
        relating(rules, fields, Relating::Difference { least: Some(decimal("2")), most: None })
    };
    let count = with(|fields| fields[COUNT].default = Some(default(one(), ALL)));
    let size = |size| [("size", Value::Number(size))];
    let larger = least(&[COUNT, SIZE], count.clone());
    assert_eq!(said_by(&larger, &size(3.0)), [""; 0]);
    assert_eq!(said_by(&larger, &size(2.0)), ["size - count: 1, at least 2 in Narrow"]);
    let smaller = least(&[SIZE, COUNT], count);
    assert_eq!(said_by(&smaller, &size(-1.0)), [""; 0]);
    assert_eq!(said_by(&smaller, &size(0.0)), ["count - size: 1, at least 2 in Narrow"]);

    let note = with(|fields| fields[NOTE].default = Some(default(Const::Text(text("abcd")), 0b10)));
    let total = relating(note, &[TITLE, NOTE], Relating::Length { least: None, most: Some(3) });
    assert_eq!(said_by(&total, &[]), ["title, note: 4 together, at most 3 in Narrow"]);
    assert_eq!(said_by(&total, &[("note", Value::text("abc"))]), [""; 0]);
    assert_eq!(said_by(&total, &[("wide", Value::Truth(true)), ("model", Value::text("a"))]), [""; 0]);
}

#[test]
fn null_counts_0_in_a_total_and_leaves_a_difference_unchecked() {
    let nullable = |index: usize| with(|fields| fields[index].nullable = true);
    let items = relating(nullable(TAGS), &[TAGS, NOTE], Relating::Items { least: Some(1), most: None });
    assert_eq!(said_by(&items, &[("tags", Value::Null)]), ["tags, note: 0 items together, at least 1 in Narrow"]);
    let length = relating(nullable(NOTE), &[NOTE, TAGS], Relating::Length { least: None, most: Some(2) });
    let values = |tags| [("note", Value::Null), ("tags", tags)];
    assert_eq!(said_by(&length, &values(texts(&["ab"]))), [""; 0]);
    let line = "note, tags: 3 together, at most 2 in Narrow";
    assert_eq!(said_by(&length, &values(texts(&["ab", "c"]))), [line]);

    // A default is not the value of a field that is null.
    let rules = with(|fields| {
        fields[COUNT].nullable = true;
        fields[COUNT].default = Some(default(one(), ALL));
    });
    let rules = relating(rules, &[COUNT, SIZE], Relating::Difference { least: Some(decimal("2")), most: None });
    let size = ("size", Value::Number(2.0));
    assert_eq!(said_by(&rules, from_ref(&size)).len(), 1);
    assert_eq!(said_by(&rules, &[size, ("count", Value::Null)]), [""; 0]);
}

#[test]
fn a_number_that_the_mode_sets_counts_in_a_difference() {
    let mut rules = with(|fields| fields[COUNT].presence = vec![Presence::Fixed; 2].into());
    rules.modes.to_mut()[1].when.to_mut().push((COUNT, one()));
    let rules = relating(rules, &[COUNT, SIZE], Relating::Difference { least: Some(decimal("2")), most: None });
    // The typed builder does not store the value of the mode.
    let built = |size| {
        let mut values = vec![None; rules.fields.len()];
        values[SIZE] = Some(Value::Number(size));
        rules.check(1, &values, looks_like_web_address).is_ok()
    };
    assert_eq!([built(2.0), built(3.0)], [false, true]);
    let read = |size| said_by(&rules, &[("count", Value::Number(1.0)), ("size", Value::Number(size))]);
    assert_eq!(read(2.0), ["size - count: 1, at least 2 in Narrow"]);
    assert_eq!(read(3.0), [""; 0]);
}

#[test]
fn a_limit_by_model_does_not_hold_without_a_model() {
    let rules = with(|fields| {
        fields[TITLE].presence = vec![Presence::Optional; 2].into();
        fields[MODEL].nullable = true;
    });
    let title = ("title", Value::text("123456"));
    assert_eq!(said_by(&rules, from_ref(&title)), [""; 0]);
    assert_eq!(said_by(&rules, &[title.clone(), ("model", Value::Null)]), [""; 0]);
    let by_default = with(|fields| {
        fields[TITLE].presence = vec![Presence::Optional; 2].into();
        fields[MODEL].default = Some(default(Const::Text(text("b")), ALL));
    });
    assert_eq!(said_by(&by_default, &[title]), ["title: 6 characters, at most 5 with b in Narrow"]);
}
