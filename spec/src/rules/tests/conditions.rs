//! Conditions on other fields.

use std::slice::from_ref;

use super::*;

/// The effect of a condition on a field and on one of its choices.
#[test]
fn conditions_require_allow_and_forbid_fields_and_choices() {
    let with = |index: usize, conditions: List<Conditional>| {
        let mut rules = rules();
        rules.fields.to_mut()[index].conditions = conditions;
        rules
    };
    let (note, count) = (("note", Value::text("x")), |count| ("count", Value::Number(count)));
    let needs = with(NOTE, conditional(Effect::Required, None, when(COUNT, Is::Given)));
    assert_eq!(said_by(&needs, &[]), [""; 0]);
    assert_eq!(said_by(&needs, &[note.clone(), count(1.0)]), [""; 0]);
    let line = "note: missing, required in Narrow (if `count` is given)";
    assert_eq!(said_by(&needs, &[count(1.0)]), [line]);
    let barred = with(NOTE, conditional(Effect::Forbidden, None, when(COUNT, number("1"))));
    assert_eq!(said_by(&barred, &[note.clone(), count(2.0)]), [""; 0]);
    let line = "note: must be left out in Narrow (if `count` is 1)";
    assert_eq!(said_by(&barred, &[note.clone(), count(1.0)]), [line]);
    let allowed = with(NOTE, conditional(Effect::Allowed, None, when(COUNT, Is::Absent)));
    assert_eq!(said_by(&allowed, from_ref(&note)), [""; 0]);
    assert_eq!(said_by(&allowed, &[count(1.0)]), [""; 0]);
    let line = "note: must be left out in Narrow (only if `count` is left out)";
    assert_eq!(said_by(&allowed, &[note, count(1.0)]), [line]);
    let choice = with(MODEL, conditional(Effect::Forbidden, Some(1), when(COUNT, Is::Given)));
    assert_eq!(said_by(&choice, &[("model", Value::text("a")), count(1.0)]), [""; 0]);
    assert_eq!(said_by(&choice, &[("model", Value::text("b"))]), [""; 0]);
    let line = "model: this value is not allowed in Narrow (if `count` is given)";
    assert_eq!(said_by(&choice, &[("model", Value::text("b")), count(1.0)]), [line]);
    assert_eq!(said_by(&choice, &[count(1.0)]), [""; 0], "the choice is not made");
    let by_mode =
        with(NOTE, conditional(Effect::Required, None, when(WIDE, Is::OneOf(vec![Const::Truth(false)].into()))));
    assert_eq!(said_by(&by_mode, &[]).len(), 1, "the mode's own value counts");
    let wide = [("wide", Value::Truth(true)), ("model", Value::text("a"))];
    assert_eq!(said_by(&by_mode, &wide), [""; 0]);
}

#[test]
fn conditions_of_a_choice_hold_for_items_of_a_list() {
    let mut rules = rules();
    let conditions = conditional(Effect::Forbidden, Some(1), when(COUNT, Is::Given));
    rules.fields.to_mut()[TAGS] = Field { list: true, conditions, ..field("tags", choices(&["a", "b"])) };
    let count = ("count", Value::Number(1.0));
    assert_eq!(said_by(&rules, &[("tags", texts(&["a"])), count.clone()]), [""; 0]);
    assert_eq!(said_by(&rules, &[("tags", texts(&["a", "b"])), count]).len(), 1);
}

#[test]
fn a_limit_with_a_condition_holds_if_the_condition_does() {
    let mut rules = rules();
    rules.fields.to_mut()[NOTE].limits = vec![Limit {
        modes: ALL,
        models: ALL,
        when: when(COUNT, Is::Given),
        bound: Bound::MaxLength(1),
        dispute: None,
    }]
    .into();
    let note = ("note", Value::text("🎷"));
    assert_eq!(said_by(&rules, from_ref(&note)), [""; 0]);
    let line = "note: 2 UTF-16 units, at most 1 in Narrow (if `count` is given)";
    assert_eq!(said_by(&rules, &[note.clone(), ("count", Value::Number(1.0))]), [line]);
    assert_eq!(said_by(&rules, &[note, ("count", Value::Later)]), [line], "given, whatever it is");
}
