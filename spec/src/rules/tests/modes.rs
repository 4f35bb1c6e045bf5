//! Finding the mode, and rules that depend on it.

use std::slice::from_ref;

use super::*;

#[test]
fn values_and_defaults_select_the_mode() {
    let rules = rules();
    let mode = |values: &[(&str, Value<'_>)]| {
        placed(&rules, values).check(looks_like_web_address).map(|(mode, _)| mode).map_err(|it| it.to_string())
    };
    let model = ("model", Value::text("a"));
    assert_eq!(mode(&[("wide", Value::Truth(true)), model.clone()]), Ok(0));
    assert_eq!(mode(&[("wide", Value::Truth(false))]), Ok(1));
    assert_eq!(mode(&[]), Ok(1), "the default");
    assert_eq!(mode(&[("wide", Value::Truth(true))]), Err("model: missing, required in Wide".to_owned()));
    assert_eq!(mode(&[("wide", Value::Number(1.0))]), Err("wide: must be true or false".to_owned()));
    let title = ("title", Value::text("x"));
    assert_eq!(mode(from_ref(&title)), Err("title: must be left out in Narrow".to_owned()));
    assert_eq!(mode(&[("wide", Value::Truth(true)), model, title]), Ok(0));
    let modeless = Rules { modes: Vec::new().into(), ..rules.clone() };
    let model = [("model", Value::text("a"))];
    assert_eq!(placed(&modeless, &model).check(looks_like_web_address).map(|(mode, _)| mode), Ok(0));
}

/// Two fields without defaults select the mode.
#[test]
fn without_a_fitting_mode_the_differences_from_the_nearest_are_reported() {
    let mut rules = rules();
    let mode = |name, count: &str| {
        let when = vec![(WIDE, Const::Truth(true)), (COUNT, Const::Number(decimal(count)))];
        Mode { name: text(name), when: when.into() }
    };
    rules.modes = vec![mode("One", "1"), mode("Two", "2")].into();
    rules.fields.to_mut()[WIDE].default = None;
    let wide = ("wide", Value::Truth(true));
    assert_eq!(said_by(&rules, from_ref(&wide)), ["count: missing, required"]);
    assert_eq!(said_by(&rules, &[("count", Value::Number(2.0))]), ["wide: missing, required"]);
    assert_eq!(said_by(&rules, &[wide.clone(), ("count", Value::Number(0.0))]), ["count: no mode has this value"]);
    assert_eq!(said_by(&rules, &[wide, ("count", Value::Number(0.5))]), ["count: must be a whole number"]);
}

#[test]
fn limits_of_a_mode_hold_only_in_that_mode() {
    let mut rules = rules();
    for limit in rules.fields.to_mut()[COUNT].limits.to_mut() {
        limit.modes = 1;
    }
    let count = ("count", Value::Number(9.0));
    assert_eq!(said_by(&rules, from_ref(&count)), [""; 0]);
    let wide = [("wide", Value::Truth(true)), ("model", Value::text("a")), count];
    assert_eq!(said_by(&rules, &wide), ["count: 9, at most 2 in Wide"]);
    for (set, index, is_in) in [(1, 0, true), (1, 1, false), (1 << 63, 63, true), (ALL, 64, true), (1, 64, false)] {
        assert_eq!(context::among(set, Some(index)), is_in, "{set:b} {index}");
    }
    assert_eq!([context::among(ALL, None), context::among(1, None)], [true, false]);
}

#[test]
fn null_selects_no_mode() {
    let mut rules = rules();
    rules.fields.to_mut()[WIDE].nullable = true;
    for value in [Value::Null, Value::Later] {
        assert_eq!(said_by(&rules, &[("wide", value)]), ["wide: no mode has this value"]);
    }
}
