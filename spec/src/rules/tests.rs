//! One small table of rules, and every rule of it at its edge.

use std::slice::from_ref;

use super::*;

const ALL: u64 = u64::MAX;

fn text(text: &'static str) -> Str {
    Str::Borrowed(text)
}

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).expect("a decimal")
}

fn field(wire: &'static str, kind: Kind) -> Field {
    Field {
        wire: text(wire),
        rust: Str::Owned(format!("rust_{wire}")),
        kind,
        list: false,
        nullable: false,
        constant: None,
        presence: vec![Presence::Optional; 2].into(),
        default: None,
        limits: Vec::new().into(),
        conditions: Vec::new().into(),
    }
}

fn limited(field: Field, bounds: &[Bound]) -> Field {
    let limit =
        |bound: &Bound| Limit { modes: ALL, models: ALL, when: Vec::new().into(), bound: *bound, dispute: None };
    Field { limits: bounds.iter().map(limit).collect(), ..field }
}

fn choices(names: &[&'static str]) -> Kind {
    Kind::Choice(names.iter().map(|name| text(name)).collect())
}

fn when(field: usize, is: Is) -> List<Condition> {
    vec![Condition { terms: vec![Term { field, is }].into() }].into()
}

fn number(number: &str) -> Is {
    Is::OneOf(vec![Const::Number(decimal(number))].into())
}

fn conditional(effect: Effect, choice: Option<usize>, any: List<Condition>) -> List<Conditional> {
    vec![Conditional { effect, choice, any }].into()
}

const WIDE: usize = 0;
const MODEL: usize = 1;
const TITLE: usize = 2;
const COUNT: usize = 3;
const RATIO: usize = 4;
const TAGS: usize = 5;
const NOTE: usize = 9;

fn rules() -> Rules {
    let mode = |name, wide| Mode { name: text(name), when: vec![(WIDE, Const::Truth(wide))].into() };
    let by_model = |models, most| Limit {
        modes: ALL,
        models,
        when: Vec::new().into(),
        bound: Bound::MaxLength(most),
        dispute: None,
    };
    let title = limited(field("title", Kind::Text(Unit::Chars)), &[Bound::MinLength(1)]);
    let title_limits: Vec<Limit> = title.limits.iter().cloned().chain([by_model(1, 3), by_model(2, 5)]).collect();
    Rules {
        modes: vec![mode("Wide", true), mode("Narrow", false)].into(),
        fields: vec![
            Field {
                presence: vec![Presence::Fixed; 2].into(),
                default: Some(Const::Truth(false)),
                ..field("wide", Kind::Boolean)
            },
            Field {
                presence: vec![Presence::Required, Presence::Optional].into(),
                ..field("model", choices(&["a", "b"]))
            },
            Field {
                presence: vec![Presence::Optional, Presence::Forbidden].into(),
                limits: title_limits.into(),
                ..title
            },
            limited(field("count", Kind::Integer), &[Bound::Min(decimal("-2")), Bound::Max(decimal("2"))]),
            limited(
                field("ratio", Kind::Number),
                &[Bound::Above(decimal("0")), Bound::Below(decimal("1")), Bound::MultipleOf(decimal("0.25"))],
            ),
            Field {
                list: true,
                ..limited(
                    field("tags", Kind::Text(Unit::Bytes)),
                    &[Bound::MinItems(1), Bound::MaxItems(2), Bound::MaxLength(2)],
                )
            },
            limited(field("link", Kind::Url), &[Bound::MaxLength(12)]),
            Field { nullable: true, ..field("seed", Kind::Integer) },
            Field { constant: Some(Const::Number(decimal("3"))), ..field("version", Kind::Integer) },
            field("note", Kind::Text(Unit::Utf16)),
            field("size", Kind::Number),
        ]
        .into(),
        model: Some(MODEL),
        relations: Vec::new().into(),
    }
}

fn placed<'r, 'v>(rules: &'r Rules, values: &[(&str, Value<'v>)]) -> Placed<'r, 'v> {
    let mut placed = Placed::none(rules);
    for (name, value) in values {
        placed.put(name, value.clone());
    }
    placed
}

/// The lines about these values; none where every rule is kept.
fn said_by(rules: &Rules, values: &[(&str, Value<'_>)]) -> Vec<String> {
    let checked = placed(rules, values).check(looks_like_web_address);
    checked.err().map(|violations| violations.iter().map(ToString::to_string).collect()).unwrap_or_default()
}

fn said(values: &[(&str, Value<'_>)]) -> Vec<String> {
    said_by(&rules(), values)
}

/// What is said about one value in the mode that has no demands.
fn about(name: &str, value: Value<'_>) -> Vec<String> {
    said(&[(name, value)])
}

fn texts(texts: &[&'static str]) -> Value<'static> {
    Value::List(texts.iter().map(|text| Value::text(text)).collect())
}

#[test]
fn the_mode_is_found_by_its_values_and_their_defaults() {
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

/// Without a default, and with two fields that decide.
#[test]
fn where_no_mode_fits_the_nearest_is_told() {
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
#[expect(clippy::cast_precision_loss, reason = "exact")]
fn whole_numbers_are_whole_and_exact_in_every_language() {
    let most = MOST_EXACT as f64;
    for good in [0.0, -0.0, 1.0, -7.0, most, -most] {
        assert_eq!(about("seed", Value::Number(good)), [""; 0], "{good}");
    }
    for bad in [0.5, -0.5, most + 1.0, -most - 1.0, 1e300, f64::INFINITY, f64::NAN] {
        assert_eq!(about("seed", Value::Number(bad)), ["seed: must be a whole number"], "{bad}");
    }
    assert_eq!(about("size", Value::Number(1e300)), [""; 0]);
    for bad in [f64::INFINITY, f64::NAN] {
        assert_eq!(about("size", Value::Number(bad)), ["size: must be a number"], "{bad}");
    }
}

#[test]
fn types_are_told_apart() {
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
                ("link", 0) => "link: no http or https address".to_owned(),
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
fn bounds_hold_at_their_edges() {
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
    assert_eq!(about("version", Value::Number(3.5)), ["version: must be a whole number"], "and nothing of the 3");
}

#[test]
fn limits_by_model_need_the_model_or_are_broken_for_all() {
    let title = |model: &'static str, title: &'static str| {
        said(&[("wide", Value::Truth(true)), ("model", Value::text(model)), ("title", Value::text(title))])
    };
    assert_eq!(title("a", "abc"), [""; 0]);
    assert_eq!(title("a", "abcd"), ["title: 4 characters, at most 3 with a in Wide"]);
    assert_eq!(title("b", "abcde"), [""; 0]);
    assert_eq!(title("b", "abcdef"), ["title: 6 characters, at most 5 with b in Wide"]);
    assert_eq!(title("a", ""), ["title: empty, must hold something in Wide"]);
    let unknown = "model: must be one of a, b";
    assert_eq!(title("c", "abcde"), [unknown]);
    assert_eq!(title("c", "abcdef"), [unknown, "title: 6 characters, at most 5 in Wide"], "the loosest");
}

#[test]
fn limits_of_a_mode_hold_in_it_alone() {
    let mut rules = rules();
    for limit in rules.fields.to_mut()[COUNT].limits.to_mut() {
        limit.modes = 1;
    }
    let count = ("count", Value::Number(9.0));
    assert_eq!(said_by(&rules, from_ref(&count)), [""; 0]);
    let wide = [("wide", Value::Truth(true)), ("model", Value::text("a")), count];
    assert_eq!(said_by(&rules, &wide), ["count: 9, at most 2 in Wide"]);
    for (set, index, is_in) in [(1, 0, true), (1, 1, false), (1 << 63, 63, true), (ALL, 64, true), (1, 64, false)] {
        assert_eq!(field::among(set, Some(index)), is_in, "{set:b} {index}");
    }
    assert_eq!([field::among(ALL, None), field::among(1, None)], [true, false]);
}

/// The effect of a condition on a field and on one of its choices.
#[test]
fn conditions_ask_for_fields_and_choices() {
    let with = |index: usize, conditions: List<Conditional>| {
        let mut rules = rules();
        rules.fields.to_mut()[index].conditions = conditions;
        rules
    };
    let (note, count) = (("note", Value::text("x")), |count| ("count", Value::Number(count)));
    let needs = with(NOTE, conditional(Effect::Required, None, when(COUNT, Is::Given)));
    assert_eq!(said_by(&needs, &[]), [""; 0]);
    assert_eq!(said_by(&needs, &[note.clone(), count(1.0)]), [""; 0]);
    let line = "note: missing, required in Narrow (where `count` is given)";
    assert_eq!(said_by(&needs, &[count(1.0)]), [line]);
    let barred = with(NOTE, conditional(Effect::Forbidden, None, when(COUNT, number("1"))));
    assert_eq!(said_by(&barred, &[note.clone(), count(2.0)]), [""; 0]);
    let line = "note: must be left out in Narrow (where `count` is 1)";
    assert_eq!(said_by(&barred, &[note.clone(), count(1.0)]), [line]);
    let allowed = with(NOTE, conditional(Effect::Allowed, None, when(COUNT, Is::Absent)));
    assert_eq!(said_by(&allowed, from_ref(&note)), [""; 0]);
    assert_eq!(said_by(&allowed, &[count(1.0)]), [""; 0]);
    let line = "note: must be left out in Narrow (only where `count` is left out)";
    assert_eq!(said_by(&allowed, &[note, count(1.0)]), [line]);
    let choice = with(MODEL, conditional(Effect::Forbidden, Some(1), when(COUNT, Is::Given)));
    assert_eq!(said_by(&choice, &[("model", Value::text("a")), count(1.0)]), [""; 0]);
    assert_eq!(said_by(&choice, &[("model", Value::text("b"))]), [""; 0]);
    let line = "model: this value is not taken in Narrow (where `count` is given)";
    assert_eq!(said_by(&choice, &[("model", Value::text("b")), count(1.0)]), [line]);
    assert_eq!(said_by(&choice, &[count(1.0)]), [""; 0], "the choice is not made");
    let by_mode =
        with(NOTE, conditional(Effect::Required, None, when(WIDE, Is::OneOf(vec![Const::Truth(false)].into()))));
    assert_eq!(said_by(&by_mode, &[]).len(), 1, "the mode's own value counts");
    let wide = [("wide", Value::Truth(true)), ("model", Value::text("a"))];
    assert_eq!(said_by(&by_mode, &wide), [""; 0]);
}

#[test]
fn a_choice_of_a_list_is_found_among_its_items() {
    let mut rules = rules();
    let conditions = conditional(Effect::Forbidden, Some(1), when(COUNT, Is::Given));
    rules.fields.to_mut()[TAGS] = Field { list: true, conditions, ..field("tags", choices(&["a", "b"])) };
    let count = ("count", Value::Number(1.0));
    assert_eq!(said_by(&rules, &[("tags", texts(&["a"])), count.clone()]), [""; 0]);
    assert_eq!(said_by(&rules, &[("tags", texts(&["a", "b"])), count]).len(), 1);
}

#[test]
fn a_limit_with_a_condition_holds_under_it() {
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
    let line = "note: 2 UTF-16 units, at most 1 in Narrow (where `count` is given)";
    assert_eq!(said_by(&rules, &[note.clone(), ("count", Value::Number(1.0))]), [line]);
    assert_eq!(said_by(&rules, &[note, ("count", Value::Later)]), [line], "given, whatever it is");
}

fn relating(fields: &[usize], asks: Relating) -> Rules {
    let relation = Relation { fields: fields.to_vec().into(), modes: ALL, when: Vec::new().into(), asks };
    Rules { relations: vec![relation].into(), ..rules() }
}

#[test]
fn groups_count_the_fields_that_are_given() {
    let (note, count) = (("note", Value::text("x")), ("count", Value::Number(1.0)));
    let size = ("size", Value::Number(1.0));
    let groups = Relating::ExactlyOne(vec![vec![NOTE].into(), vec![COUNT, 10].into()].into());
    let one = "give exactly one of: note; count and size in Narrow";
    for (asks, none, first, second, line) in [
        (Relating::AtLeastOne, false, true, true, "give at least one of them in Narrow"),
        (Relating::AtMostOne, true, true, false, "give at most one of them in Narrow"),
        (Relating::AllOrNone, true, false, true, "give all of them or none in Narrow"),
    ] {
        let rules = relating(&[NOTE, COUNT], asks);
        let given = [vec![], vec![note.clone()], vec![note.clone(), count.clone()]];
        for (values, is_kept) in given.iter().zip([none, first, second]) {
            let expected = if is_kept { vec![] } else { vec![format!("note, count: {line}")] };
            assert_eq!(said_by(&rules, values), expected, "{values:?}");
        }
    }
    let rules = relating(&[NOTE, COUNT, 10], groups);
    for (values, is_kept) in [
        (vec![], false),
        (vec![note.clone()], true),
        (vec![count.clone()], false),
        (vec![count.clone(), size.clone()], true),
        (vec![note.clone(), size.clone()], false),
        (vec![note, count, size], false),
    ] {
        let expected = if is_kept { vec![] } else { vec![format!("note, count, size: {one}")] };
        assert_eq!(said_by(&rules, &values), expected, "{values:?}");
    }
}

#[test]
fn relations_hold_in_their_modes_and_under_their_conditions() {
    let mut rules = relating(&[NOTE, RATIO], Relating::AtLeastOne);
    rules.relations.to_mut()[0].modes = 1;
    assert_eq!(said_by(&rules, &[]), [""; 0]);
    let wide = [("wide", Value::Truth(true)), ("model", Value::text("a"))];
    assert_eq!(said_by(&rules, &wide).len(), 1);
    rules.relations.to_mut()[0].modes = ALL;
    rules.relations.to_mut()[0].when = when(COUNT, Is::Given);
    assert_eq!(said_by(&rules, &[]), [""; 0]);
    assert_eq!(said_by(&rules, &[("count", Value::Number(1.0))]).len(), 1);
}

#[test]
fn totals_and_differences_hold_at_their_edges() {
    let rules = relating(&[TITLE, NOTE], Relating::Length { least: Some(2), most: Some(3) });
    let lengths = |note: &'static str| said_by(&rules, &[("note", Value::text(note))]);
    assert_eq!(lengths("a"), ["title, note: 1 character together, at least 2 in Narrow"]);
    assert_eq!((lengths("ab"), lengths("abc")), (vec![], vec![]));
    assert_eq!(lengths("abcd"), ["title, note: 4 characters together, at most 3 in Narrow"]);
    let rules = relating(&[TAGS], Relating::Items { least: Some(2), most: Some(2) });
    let items = |tags| said_by(&rules, &[("tags", tags)]);
    assert_eq!(items(texts(&["a"])), ["tags: 1 item together, at least 2 in Narrow"]);
    assert_eq!(items(texts(&["a", "b"])), [""; 0]);
    let long = items(texts(&["a", "b", "c"]));
    assert_eq!(long, ["tags: 3 items, at most 2 in Narrow", "tags: 3 items together, at most 2 in Narrow"]);
    assert_eq!(items(Value::Null), ["tags: must be a list, and each item a text"], "and nothing of its length");
    let asks = Relating::Difference { least: Some(decimal("0.1")), most: Some(decimal("1")) };
    let rules = relating(&[10, COUNT], asks);
    let less = |size| said_by(&rules, &[("size", Value::Number(size)), ("count", Value::Number(1.0))]);
    assert_eq!((less(0.9), less(0.0)), (vec![], vec![]));
    assert_eq!(less(0.95), ["count - size: 0.05, at least 0.1 in Narrow"]);
    assert_eq!(less(-0.5), ["count - size: 1.5, at most 1 in Narrow"]);
    assert_eq!(said_by(&rules, &[("size", Value::Number(5.0))]), [""; 0], "one of them alone");
}

#[test]
fn builders_use_the_names_of_setters() {
    let rules = rules();
    let mut values = vec![None; rules.fields.len()];
    values[COUNT] = Some(Value::integer(3));
    let violations = rules.check(1, &values, looks_like_web_address).expect_err("too much");
    assert_eq!(violations.to_string(), "rust_count: 3, at most 2 in Narrow");
    let one = violations.iter().next().expect("one");
    assert_eq!((one.field(), one.rule(), one.mode(), one.model()), ("count", Rule::Max, Some("Narrow"), None));
    assert_eq!((one.limit(), one.actual()), (Some(Figure::Number(2.0)), Some(Figure::Number(3.0))));
    assert_eq!(one.detail(), None);
    let bounds = [
        (Bound::MinLength(1), "at least 1 byte", "1"),
        (Bound::MaxLength(2), "at most 2 bytes", "2"),
        (Bound::MinItems(1), "at least 1 item", "1"),
        (Bound::MaxItems(2), "at most 2 items", "2"),
        (Bound::Min(decimal("0.5")), "at least 0.5", "0.5"),
        (Bound::Max(decimal("0.5")), "at most 0.5", "0.5"),
        (Bound::Above(decimal("0.5")), "above 0.5", "0.5"),
        (Bound::Below(decimal("0.5")), "below 0.5", "0.5"),
        (Bound::MultipleOf(decimal("0.5")), "a multiple of 0.5", "0.5"),
    ];
    for (bound, words, figure) in bounds {
        assert_eq!((&*bound.words(Unit::Bytes), bound.figure()), (words, decimal(figure)));
    }
}

#[test]
fn at_most_a_hundred_violations_are_kept_and_those_of_fields_before_others() {
    let names: Vec<String> = (0..150).map(|number| number.to_string()).collect();
    let values: Vec<(&str, Value<'_>)> = names.iter().map(|name| (name.as_str(), Value::Null)).collect();
    let rules = rules();
    let violations =
        |values: &[(&str, Value<'_>)]| placed(&rules, values).check(looks_like_web_address).expect_err("junk");
    for (count, omitted) in [(99, 0), (100, 0), (101, 1), (150, 50)] {
        let found = violations(&values[..count]);
        assert_eq!((found.iter().len(), found.omitted()), (count - omitted, omitted));
        assert_eq!(found.to_string().ends_with(&format!("\nand {omitted} more")), omitted > 0);
    }
    let mut with_fields = values.clone();
    with_fields.extend([("note", Value::Null), ("size", Value::Null), ("size", Value::Null), ("size", Value::Null)]);
    let found = violations(&with_fields);
    assert_eq!((found.iter().len(), found.omitted()), (100, 53));
    let last: Vec<String> = found.iter().skip(96).map(ToString::to_string).collect();
    let expected = ["96: no such field", "size: given twice", "note: must be a text", "size: must be a number"];
    assert_eq!(last, expected);
}

#[test]
fn the_items_of_a_list_are_kept_while_a_request_can_hold_it() {
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
    // Without a limit: as many as there are, but no more than a hundred of a wrong type, and one.
    assert_eq!(read(NOTE, &[(1_000, good.clone())]), Value::List(vec![good.clone(); 1_000]));
    let Value::Cut { items, count, wrong } = read(NOTE, &[(90, good), (200, wrong)]) else { panic!("not cut") };
    assert_eq!((items.len(), count, wrong), (191, 290, 99));
    let mut conditioned = rules.fields[TAGS].clone();
    for limit in conditioned.limits.to_mut() {
        (limit.modes, limit.models) = (1, ALL);
    }
    let mut list = Items::of(&conditioned);
    (0..5).for_each(|_| list.push(Value::text("a")));
    assert_eq!(list.value(), texts(&["a"; 5]), "another mode may take it");
}

#[test]
fn a_constant_is_compared_with_values_of_its_own_type() {
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
fn nothing_is_asked_of_values_that_are_not_known_yet() {
    for name in ["note", "tags", "count", "version", "link"] {
        assert_eq!(about(name, Value::Later), [""; 0], "{name}");
    }
    assert_eq!(about("tags", Value::List(vec![Value::Later])), [""; 0]);
}

#[test]
fn a_list_that_was_cut_is_no_text_and_counts_in_totals() {
    let cut = || Value::Cut { items: vec![Value::text("a")], count: 9, wrong: 0 };
    assert_eq!(about("note", cut()), ["note: must be a text"]);
    let rules = relating(&[TAGS], Relating::Items { least: None, most: Some(8) });
    let line = "tags: 9 items together, at most 8 in Narrow";
    assert_eq!(said_by(&rules, &[("tags", cut())])[1..], [line]);
}

#[test]
fn without_a_model_the_loosest_of_floors_counts() {
    for models in [[1, 2], [2, 1]] {
        let mut rules = rules();
        let floor = |(models, least)| Limit {
            modes: ALL,
            models,
            when: Vec::new().into(),
            bound: Bound::MinLength(least),
            dispute: None,
        };
        rules.fields.to_mut()[NOTE].limits = models.into_iter().zip([3, 5]).map(floor).collect();
        let note = |note: &'static str| said_by(&rules, &[("note", Value::text(note))]);
        assert_eq!((note("abcd"), note("abc")), (vec![], vec![]));
        assert_eq!(note("ab"), ["note: 2 UTF-16 units, at least 3 in Narrow"]);
        rules.fields.to_mut()[NOTE].limits.to_mut().reverse();
        assert_eq!(said_by(&rules, &[("note", Value::text("ab"))]), ["note: 2 UTF-16 units, at least 3 in Narrow"]);
    }
}

#[test]
fn totals_of_texts_use_the_unit_of_each_and_count_lists() {
    let rules = relating(&[NOTE, TAGS], Relating::Length { least: None, most: Some(5) });
    let values = |note: &'static str| [("note", Value::text(note)), ("tags", texts(&["é", "a"]))];
    assert_eq!(said_by(&rules, &values("🎷")), [""; 0], "2 UTF-16 units and 3 bytes");
    let checked = placed(&rules, &values("🎷a")).check(looks_like_web_address).expect_err("too long");
    let one = checked.iter().next().expect("one");
    assert_eq!(one.to_string(), "note, tags: 6 UTF-16 units together, at most 5 in Narrow");
    assert_eq!((one.limit(), one.field()), (Some(Figure::Length(5, Unit::Utf16)), "note, tags"));
}

#[test]
fn rules_have_the_names_of_the_language() {
    let names = [Rule::MinLength, Rule::MaxItems, Rule::Above, Rule::Unknown].map(Rule::name);
    assert_eq!(names, ["min_length", "max_items", "exclusive_min", "unknown"]);
}

#[test]
fn a_violation_gives_its_parts() {
    let rules = rules();
    let values = [("wide", Value::Truth(true)), ("model", Value::text("a")), ("title", Value::text("long"))];
    let violations = placed(&rules, &values).check(looks_like_web_address).expect_err("too long");
    let parts: Vec<_> = (&violations).into_iter().map(|it| (it.mode(), it.model(), it.detail())).collect();
    assert_eq!(parts, [(Some("Wide"), Some("a"), None)]);
    assert_eq!(violations.to_string(), "title: 4 characters, at most 3 with a in Wide");
    let values = [("model", Value::text("c")), ("size", Value::Null)];
    let violations = placed(&rules, &values).check(looks_like_web_address).expect_err("two");
    let parts: Vec<_> = violations.iter().map(|it| (it.mode(), it.model(), it.detail())).collect();
    assert_eq!(parts, [(Some("Narrow"), None, Some("a, b")), (Some("Narrow"), None, Some("a number"))]);
    assert_eq!(violations.to_string(), "model: must be one of a, b\nsize: must be a number");
}

#[test]
fn of_a_list_a_hundred_violations_are_kept() {
    let rules = rules();
    let mut values = vec![None; rules.fields.len()];
    values[TAGS] = Some(Value::List(vec![Value::Null; 150]));
    let violations = rules.check(1, &values, looks_like_web_address).expect_err("too many");
    assert_eq!((violations.iter().len(), violations.omitted()), (100, 51));
}

#[test]
fn unknown_names_are_cut_and_escaped() {
    let of = |name: &str| said(&[(name, Value::Null)]);
    assert_eq!(of("a\n\u{1b}b"), [r"a\n\u{1b}b: no such field"]);
    assert_eq!(of(&"é".repeat(100)), ["é".repeat(100) + ": no such field"]);
    assert_eq!(of(&"é".repeat(101)), ["é".repeat(100) + "…: no such field"]);
}
