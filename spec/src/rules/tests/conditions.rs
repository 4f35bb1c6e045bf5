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
    let choice = with(MODEL, conditional(Effect::Forbidden, Some(Const::Text(text("b"))), when(COUNT, Is::Given)));
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
    let conditions = conditional(Effect::Forbidden, Some(Const::Text(text("b"))), when(COUNT, Is::Given));
    rules.fields.to_mut()[TAGS] = Field { list: true, conditions, ..field("tags", choices(&["a", "b"])) };
    let count = ("count", Value::Number(1.0));
    assert_eq!(said_by(&rules, &[("tags", texts(&["a"])), count.clone()]), [""; 0]);
    assert_eq!(said_by(&rules, &[("tags", texts(&["a", "b"])), count]).len(), 1);
}

#[test]
fn conditions_of_true_and_false_are_about_the_value_and_not_the_field() {
    let mut rules = rules();
    let only_counted = conditional(Effect::Allowed, Some(Const::Truth(true)), when(COUNT, Is::Given));
    rules.fields.to_mut()[NOTE] = Field { conditions: only_counted, ..field("loud", Kind::Boolean) };
    let loud = |truth| ("loud", Value::Truth(truth));
    assert_eq!(said_by(&rules, &[]), [""; 0]);
    assert_eq!(said_by(&rules, &[loud(false)]), [""; 0]);
    assert_eq!(said_by(&rules, &[loud(true), ("count", Value::Number(1.0))]), [""; 0]);
    let line = "loud: this value is not allowed in Narrow (only if `count` is given)";
    assert_eq!(said_by(&rules, &[loud(true)]), [line]);
    assert_eq!(said_by(&rules, &[("loud", Value::Later)]), [""; 0], "the value is not known yet");
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

/// A mode that requires or forbids a field has the last word about it.
#[test]
fn conditions_of_a_field_apply_only_where_it_is_optional() {
    let note = ("note", Value::text("x"));
    let count = ("count", Value::Number(1.0));
    let with = |presence, effect| {
        let mut rules = rules();
        rules.fields.to_mut()[NOTE].presence = vec![Presence::Optional, presence].into();
        rules.fields.to_mut()[NOTE].conditions = conditional(effect, None, when(COUNT, Is::Given));
        rules
    };
    let forbidden = with(Presence::Forbidden, Effect::Required);
    assert_eq!(said_by(&forbidden, from_ref(&count)), [""; 0]);
    for (effect, others) in [(Effect::Forbidden, vec![count.clone()]), (Effect::Allowed, vec![])] {
        let required = with(Presence::Required, effect);
        let given = [&others[..], from_ref(&note)].concat();
        assert_eq!(said_by(&required, &given), [""; 0], "{effect:?}");
        assert_eq!(said_by(&required, &others), ["note: missing, required in Narrow"], "{effect:?}");
    }
}

#[test]
fn conditions_of_a_choice_hold_where_the_mode_sets_it() {
    let mut rules = rules();
    rules.modes.to_mut()[1].when.to_mut().push((MODEL, Const::Text(text("b"))));
    rules.fields.to_mut()[MODEL].presence = vec![Presence::Required, Presence::Fixed].into();
    rules.fields.to_mut()[MODEL].conditions =
        conditional(Effect::Forbidden, Some(Const::Text(text("b"))), when(COUNT, Is::Given));
    let (model, count) = (("model", Value::text("b")), ("count", Value::Number(1.0)));
    assert_eq!(said_by(&rules, from_ref(&model)), [""; 0]);
    let line = "model: this value is not allowed in Narrow (if `count` is given)";
    assert_eq!(said_by(&rules, &[model, count]), [line]);
    let built = |count| {
        let mut values = vec![None; rules.fields.len()];
        values[COUNT] = count;
        rules.check(1, &values, looks_like_web_address).map_err(|it| it.to_string())
    };
    assert_eq!(built(None), Ok(()));
    assert_eq!(
        built(Some(Value::Number(1.0))),
        Err(line.replace("`count`", "`rust_count`").replace("model:", "rust_model:"))
    );
}

#[test]
fn conditions_of_a_choice_do_not_apply_to_a_default_that_is_left_out() {
    let mut rules = rules();
    rules.fields.to_mut()[MODEL].default = Some(default(Const::Text(text("b")), ALL));
    rules.fields.to_mut()[MODEL].conditions =
        conditional(Effect::Forbidden, Some(Const::Text(text("b"))), when(COUNT, Is::Given));
    let count = ("count", Value::Number(1.0));
    assert_eq!(said_by(&rules, from_ref(&count)), [""; 0]);
    assert_eq!(said_by(&rules, &[count, ("model", Value::text("b"))]).len(), 1);
}
