//! Types and limits of one value.

use super::*;

#[test]
#[expect(clippy::cast_precision_loss, reason = "exact")]
fn integers_are_whole_and_exact_in_every_language() {
    let most = MOST_EXACT as f64;
    for good in [0.0, -0.0, 1.0, -7.0, most, -most] {
        assert_eq!(about("seed", Value::Number(good)), [""; 0], "{good}");
    }
    for bad in [0.5, -0.5, f64::INFINITY, f64::NAN] {
        assert_eq!(about("seed", Value::Number(bad)), ["seed: must be a whole number"], "{bad}");
    }
    let beyond = "seed: must be from -9007199254740991 to 9007199254740991, where whole numbers are exact in JSON";
    for bad in [Value::Number(most + 1.0), Value::Number(-most - 1.0), Value::Number(1e300), Value::integer(i64::MAX)] {
        assert_eq!(about("seed", bad.clone()), [beyond], "{bad:?}");
    }
    assert_eq!(about("size", Value::Number(1e300)), [""; 0]);
    for bad in [f64::INFINITY, f64::NAN] {
        assert_eq!(about("size", Value::Number(bad)), ["size: must be a number"], "{bad}");
    }
}

#[test]
fn each_type_refuses_the_others() {
    let values = [Value::text("a"), Value::Number(1.0), Value::Truth(true), texts(&[]), Value::Null, Value::Other];
    for (name, word, own) in [
        ("wide", "true or false", 2),
        ("count", "a whole number", 1),
        ("size", "a number", 1),
        ("note", "a text", 0),
        ("model", "a text", 0),
        ("tags", "a list, and each item a text", 3),
        ("link", "an http or https address", 6),
    ] {
        for (index, value) in values.iter().enumerate().filter(|(index, _)| *index != own) {
            let line = match (name, index) {
                ("link", 0) => "link: not an http or https address".to_owned(),
                ("tags" | "wide" | "count" | "size", _) | (_, 1..) => format!("{name}: must be {word}"),
                _ => continue,
            };
            let expected = if name == "model" { format!("model: must be {word}") } else { line };
            assert_eq!(about(name, value.clone()), [expected], "{value:?}");
        }
    }
    assert_eq!(about("model", Value::text("c")), ["model: must be one of a, b"]);
    assert_eq!(about("seed", Value::Null), [""; 0], "nullable");
    for value in [Value::Later, Value::Null] {
        assert_eq!(about("seed", value), [""; 0]);
    }
    assert_eq!(about("link", Value::text("https://a.io/")), ["link: 13 characters, at most 12 in Narrow"]);
    assert_eq!(about("link", Value::text("https://a.io")), [""; 0]);
}

#[test]
fn a_choice_of_integers_takes_its_numbers() {
    let mut rules = rules();
    let seconds = field("seconds", Kind::IntegerChoice(vec![5, -10, MOST_EXACT].into()));
    rules.fields.to_mut()[NOTE] = seconds.clone();
    let about = |rules: &Rules, value: Value<'_>| said_by(rules, &[("seconds", value)]);
    for good in [5.0, -10.0, 9_007_199_254_740_991.0] {
        assert_eq!(about(&rules, Value::Number(good)), [""; 0], "{good}");
    }
    for bad in [10.0, 5.5, 0.0, 9_007_199_254_740_992.0, f64::NAN, f64::INFINITY] {
        let line = "seconds: must be one of 5, -10, 9007199254740991";
        assert_eq!(about(&rules, Value::Number(bad)), [line], "{bad}");
    }
    for bad in [Value::text("5"), Value::Truth(true), Value::Null, texts(&["5"])] {
        assert_eq!(about(&rules, bad.clone()), ["seconds: must be a whole number"], "{bad:?}");
    }
    let forbidden = conditional(Effect::Forbidden, Some(Const::Number(decimal("5"))), when(COUNT, Is::Given));
    rules.fields.to_mut()[NOTE] = Field { list: true, conditions: forbidden, ..seconds };
    let numbers = |numbers: &[f64]| ("seconds", Value::List(numbers.iter().map(|it| Value::Number(*it)).collect()));
    assert_eq!(said_by(&rules, &[numbers(&[5.0, -10.0])]), [""; 0]);
    assert_eq!(said_by(&rules, &[numbers(&[-10.0, 7.0])]), ["seconds[1]: must be one of 5, -10, 9007199254740991"]);
    let count = ("count", Value::Number(1.0));
    assert_eq!(said_by(&rules, &[numbers(&[-10.0]), count.clone()]), [""; 0]);
    let line = "seconds: this value is not allowed in Narrow (if `count` is given)";
    assert_eq!(said_by(&rules, &[numbers(&[-10.0, 5.0]), count]), [line]);
}

#[test]
fn limits_hold_at_their_edges() {
    for (name, good, bad) in [
        ("count", [-2.0, 2.0], [(-3.0, "-3, at least -2"), (3.0, "3, at most 2")]),
        ("ratio", [0.25, 0.75], [(0.0, "0, must be above 0"), (1.0, "1, must be below 1")]),
    ] {
        for value in good {
            assert_eq!(about(name, Value::Number(value)), [""; 0], "{name} {value}");
        }
        for (value, line) in bad {
            assert_eq!(about(name, Value::Number(value)), [format!("{name}: {line} in Narrow")]);
        }
    }
    assert_eq!(about("ratio", Value::Number(0.3)), ["ratio: 0.3, must be a multiple of 0.25 in Narrow"]);
    assert_eq!(about("tags", texts(&[])), ["tags: 0 items, at least 1 in Narrow"]);
    assert_eq!(about("tags", texts(&["ab", "é"])), [""; 0]);
    assert_eq!(
        about("tags", texts(&["ab", "éa", "c"])),
        ["tags: 3 items, at most 2 in Narrow", "tags[1]: 3 bytes, at most 2 in Narrow"]
    );
    let three = about("version", Value::Number(3.0));
    assert_eq!((three, about("version", Value::Number(4.0))), (Vec::new(), vec!["version: must be 3".to_owned()]));
    assert_eq!(
        about("version", Value::Number(3.5)),
        ["version: must be a whole number"],
        "the constant is not mentioned"
    );
}

#[test]
fn an_address_is_limited_in_characters_and_in_bytes() {
    let mut rules = rules();
    let address = limited(field("page", Kind::Url), &[Bound::MaxLength(12), Bound::MaxBytes(14)]);
    rules.fields.to_mut()[NOTE] = address.clone();
    let page = |page: &'static str| said_by(&rules, &[("page", Value::text(page))]);
    for good in ["http://a.ioo", "http://éé.io"] {
        assert_eq!(page(good), [""; 0], "{good}");
    }
    assert_eq!(page("http://ééé.i"), ["page: 15 bytes, at most 14 in Narrow"]);
    assert_eq!(page("http://a.iooo"), ["page: 13 characters, at most 12 in Narrow"], "13 bytes are allowed");
    assert_eq!(
        page("http://🎷🎷🎷.io"),
        ["page: 13 characters, at most 12 in Narrow", "page: 22 bytes, at most 14 in Narrow"]
    );
    assert_eq!(page("ééééééééé"), ["page: not an http or https address"]);

    rules.fields.to_mut()[NOTE] = Field { list: true, ..address };
    assert_eq!(
        said_by(&rules, &[("page", texts(&["http://a.io", "http://ééé.i"]))]),
        ["page[1]: 15 bytes, at most 14 in Narrow"],
        "each item"
    );
}

#[test]
#[cfg(feature = "pattern")]
fn a_pattern_matches_anywhere_in_the_text_unless_it_has_anchors() {
    let mut rules = rules();
    let code = Field { pattern: Some(pattern("[0-9]{2}")), ..field("code", Kind::Text(Unit::Chars)) };
    rules.fields.to_mut()[NOTE] = code.clone();
    let about = |rules: &Rules, code: &'static str| said_by(rules, &[("code", Value::text(code))]);
    assert_eq!(about(&rules, "a12b"), [""; 0]);
    assert_eq!(about(&rules, "a1b2"), ["code: must match `[0-9]{2}`"]);

    rules.fields.to_mut()[NOTE] = Field { pattern: Some(pattern("^[0-9]{2}$")), ..code.clone() };
    assert_eq!(about(&rules, "12"), [""; 0]);
    for bad in ["a12", "12b", "12\n", "\n12", "", "１２"] {
        assert_eq!(about(&rules, bad), ["code: must match `^[0-9]{2}$`"], "{bad}");
    }

    rules.fields.to_mut()[NOTE] = Field { list: true, ..code };
    let items = said_by(&rules, &[("code", texts(&["12", "x", "34"]))]);
    assert_eq!(items, ["code[1]: must match `[0-9]{2}`"], "each item");
    assert_eq!(said_by(&rules, &[("code", Value::Later)]), [""; 0], "not known yet");
}

#[test]
#[cfg(feature = "pattern")]
fn the_violation_of_a_pattern_has_the_pattern_and_no_value() {
    let mut rules = rules();
    rules.fields.to_mut()[NOTE] =
        Field { pattern: Some(pattern("^[a-c]+$")), ..field("code", Kind::Text(Unit::Chars)) };
    let checked = placed(&rules, &[("code", Value::text("secret"))]).check(looks_like_web_address);
    let violations = checked.expect_err("another text");
    let violation = violations.iter().next().expect("a violation");
    assert_eq!((violation.rule().name(), violation.detail()), ("pattern", Some("^[a-c]+$")));
    assert!(!format!("{violation:?} {violation}").contains("secret"), "{violation:?}");
}

#[test]
#[cfg(feature = "pattern")]
fn an_invalid_pattern_matches_nothing() {
    assert!(!Pattern::new("(".into()).matches("("));
}

#[test]
fn max_bytes_of_a_violation_has_figures_and_no_value() {
    let mut rules = rules();
    rules.fields.to_mut()[NOTE] = limited(field("page", Kind::Url), &[Bound::MaxBytes(14)]);
    let checked = placed(&rules, &[("page", Value::text("http://ééé.i"))]).check(looks_like_web_address);
    let violations = checked.expect_err("15 bytes");
    let violation = violations.iter().next().expect("a violation");
    assert_eq!((violation.field(), violation.rule().name()), ("page", "max_bytes"));
    assert_eq!((violation.limit(), violation.actual()), (Some(Figure::Bytes(14)), Some(Figure::Bytes(15))));
    assert!(!format!("{violation:?}").contains("éé"), "{violation:?}");
}

#[test]
fn limits_by_model_depend_on_the_model() {
    let title = |model: &'static str, title: &'static str| {
        said(&[("wide", Value::Truth(true)), ("model", Value::text(model)), ("title", Value::text(title))])
    };
    assert_eq!(title("a", "abc"), [""; 0]);
    assert_eq!(title("a", "abcd"), ["title: 4 characters, at most 3 with a in Wide"]);
    assert_eq!(title("b", "abcde"), [""; 0]);
    assert_eq!(title("b", "abcdef"), ["title: 6 characters, at most 5 with b in Wide"]);
    assert_eq!(title("a", ""), ["title: must not be empty in Wide"]);
    let unknown = "model: must be one of a, b";
    assert_eq!(title("c", "abcde"), [unknown]);
    assert_eq!(title("c", "abcdef"), [unknown, "title: 6 characters, at most 5 in Wide"], "the loosest");
}

#[test]
fn a_limit_by_some_models_does_not_hold_without_one_of_them() {
    let mut rules = rules();
    let limits = &mut rules.fields.to_mut()[TITLE].limits;
    *limits = limits.iter().filter(|limit| limit.models != 2).cloned().collect();
    let title = |model: Value<'static>, rules: &Rules| {
        said_by(rules, &[("wide", Value::Truth(true)), ("model", model), ("title", Value::text("abcdef"))])
    };
    assert_eq!(title(Value::text("a"), &rules), ["title: 6 characters, at most 3 with a in Wide"]);
    assert_eq!(title(Value::text("b"), &rules), [""; 0]);
    assert_eq!(title(Value::Later, &rules), [""; 0], "it may be b");
}

/// The rules with a title that is allowed in the mode whose model is optional, and a model that may be null.
fn with_optional_models() -> Rules {
    let mut rules = rules();
    let fields = rules.fields.to_mut();
    fields[TITLE].presence = vec![Presence::Optional; 2].into();
    fields[MODEL].nullable = true;
    rules
}

#[test]
fn a_limit_by_model_does_not_hold_if_the_model_field_is_left_out_and_has_no_default() {
    let mut rules = with_optional_models();
    let title = ("title", Value::text("abcdef"));
    assert_eq!(said_by(&rules, std::slice::from_ref(&title)), [""; 0]);
    let unknown = said_by(&rules, &[title.clone(), ("model", Value::Later)]);
    assert_eq!(unknown, ["title: 6 characters, at most 5 in Narrow"], "too long with every model");
    rules.fields.to_mut()[MODEL].default = Some(default(Const::Text(text("a")), ALL));
    assert_eq!(said_by(&rules, &[title]), ["title: 6 characters, at most 3 with a in Narrow"]);
}

#[test]
fn a_limit_by_model_does_not_hold_if_the_model_field_is_null() {
    let rules = with_optional_models();
    let title = ("title", Value::text("abcdef"));
    assert_eq!(said_by(&rules, &[title.clone(), ("model", Value::Null)]), [""; 0]);
    assert_eq!(said_by(&rules, &[title, ("model", Value::text("a"))]).len(), 1);
}

#[test]
fn items_are_kept_until_the_list_breaks_a_rule_in_any_case() {
    let rules = rules();
    let read = |index: usize, items: &[(usize, Value<'static>)]| {
        let mut list = Items::of(&rules.fields[index]);
        for (count, item) in items {
            (0..*count).for_each(|_| list.push(item.clone()));
        }
        list.value()
    };
    let (good, wrong) = (Value::text("a"), Value::Null);
    assert_eq!(read(TAGS, &[(2, good.clone())]), texts(&["a", "a"]));
    assert_eq!(read(TAGS, &[(3, good.clone())]), texts(&["a", "a", "a"]));
    let cut = Value::Cut { items: vec![Value::text("a"); 3], count: 9, wrong: 4 };
    assert_eq!(read(TAGS, &[(5, good.clone()), (4, wrong.clone())]), cut);
    let lines = about("tags", cut);
    assert_eq!(lines, ["tags: 9 items, at most 2 in Narrow"]);
    // Without a limit, all items are kept until more than a hundred have a wrong type.
    assert_eq!(read(NOTE, &[(1_000, good.clone())]), Value::List(vec![good.clone(); 1_000]));
    let Value::Cut { items, count, wrong } = read(NOTE, &[(90, good), (200, wrong)]) else { panic!("not cut") };
    assert_eq!((items.len(), count, wrong), (191, 290, 99));
    let mut conditioned = rules.fields[TAGS].clone();
    for limit in conditioned.limits.to_mut() {
        (limit.modes, limit.models) = (1, ALL);
    }
    let mut list = Items::of(&conditioned);
    (0..5).for_each(|_| list.push(Value::text("a")));
    assert_eq!(list.value(), texts(&["a"; 5]), "another mode may allow it");
}

#[test]
fn a_constant_equals_only_values_of_its_own_type() {
    let constants = [Const::Text(text("a")), Const::Number(decimal("0.5")), Const::Truth(true)];
    let same = [Value::text("a"), Value::Number(0.5), Value::Truth(true)];
    let other = [Value::text("b"), Value::Number(0.25), Value::Truth(false)];
    for (index, constant) in constants.iter().enumerate() {
        for (place, value) in same.iter().enumerate() {
            assert_eq!(constant.is(value), Some(place == index), "{constant} {value:?}");
        }
        for value in other.iter().chain([&Value::Null]) {
            assert_eq!(constant.is(value), Some(false), "{constant} {value:?}");
        }
        assert_eq!(constant.is(&Value::Later), None);
        assert_eq!(constant.is(&constant.value()), Some(true));
    }
}

#[test]
fn values_that_are_not_known_yet_break_no_rule() {
    for name in ["note", "tags", "count", "version", "link"] {
        assert_eq!(about(name, Value::Later), [""; 0], "{name}");
    }
    assert_eq!(about("tags", Value::List(vec![Value::Later])), [""; 0]);
}

#[test]
fn with_a_model_that_is_not_known_yet_the_lowest_minimum_holds() {
    for limits in [[(1, 3), (2, 5)], [(1, 5), (2, 3)]] {
        let mut rules = rules();
        let floor = |(models, least)| Limit {
            modes: ALL,
            models,
            when: Vec::new().into(),
            bound: Bound::MinLength(least),
            dispute: None,
        };
        rules.fields.to_mut()[NOTE].limits = limits.into_iter().map(floor).collect();
        let note = |note: &'static str| said_by(&rules, &[("model", Value::Later), ("note", Value::text(note))]);
        assert_eq!((note("abcd"), note("abc")), (vec![], vec![]));
        assert_eq!(note("ab"), ["note: 2 UTF-16 units, at least 3 in Narrow"]);
    }
}
