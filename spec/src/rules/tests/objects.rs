//! Objects in a request, and lists of them.

use super::*;

fn required(field: Field) -> Field {
    Field { presence: vec![Presence::Required].into(), ..field }
}

fn with_segments(list: bool) -> Rules {
    let members = vec![
        required(limited(field("start", Kind::Number), &[Bound::Min(decimal("0"))])),
        Field {
            list: true,
            ..limited(field("tags", Kind::Text(Unit::Chars)), &[Bound::MaxItems(2), Bound::MaxLength(3)])
        },
        Field { nullable: true, ..field("kind", choices(&["verse", "chorus"])) },
    ];
    let segments = Field { list, ..field("segments", Kind::Object(members.into())) };
    let segments = if list { limited(segments, &[Bound::MaxItems(3)]) } else { segments };
    Rules {
        modes: Vec::new().into(),
        fields: vec![Field { presence: vec![Presence::Optional].into(), ..segments }].into(),
        model: None,
        relations: Vec::new().into(),
    }
}

fn object(rules: &Rules, values: &[(&str, Value<'static>)]) -> Value<'static> {
    let members = rules.fields[0].kind.members().expect("an object");
    let mut object = Object::default();
    for (name, value) in values {
        if let Some((index, _)) = object.place(members, name) {
            object.put(index, value.clone());
        }
    }
    Value::Object(object)
}

fn listed(items: &[&[(&str, Value<'static>)]]) -> Vec<String> {
    let rules = with_segments(true);
    let items = items.iter().map(|item| object(&rules, item)).collect();
    said_by(&rules, &[("segments", Value::List(items))])
}

#[test]
fn an_object_with_its_required_members_is_accepted() {
    let start = ("start", Value::Number(0.0));
    assert_eq!(listed(&[std::slice::from_ref(&start)]), [""; 0]);
    assert_eq!(listed(&[&[start.clone(), ("kind", Value::Null), ("tags", texts(&["a"]))], &[start]]), [""; 0]);
}

#[test]
fn a_violation_names_the_place_of_a_member() {
    let start = ("start", Value::Number(0.0));
    let said = listed(&[
        std::slice::from_ref(&start),
        &[("start", Value::Number(-1.0)), ("tags", texts(&["a", "long"]))],
        &[("kind", Value::text("bridge"))],
    ]);
    let expected = [
        "segments[1].start: -1, at least 0",
        "segments[1].tags[1]: 4 characters, at most 3",
        "segments[2].start: missing, required",
        "segments[2].kind: must be one of verse, chorus",
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_single_object_has_a_place_without_an_index() {
    let rules = with_segments(false);
    let said = said_by(&rules, &[("segments", object(&rules, &[("start", Value::text("0"))]))]);
    assert_eq!(said, ["segments.start: must be a number"]);
    assert_eq!(said_by(&rules, &[("segments", Value::text("a"))]), ["segments: must be an object"]);
    assert_eq!(said_by(&rules, &[("segments", Value::List(Vec::new()))]), ["segments: must be an object"]);
}

#[test]
fn names_that_are_unknown_or_given_twice_are_violations_with_a_place() {
    let start = ("start", Value::Number(0.0));
    let said = listed(&[&[start.clone(), ("pace", Value::Null), start.clone(), start]]);
    assert_eq!(said, ["segments[0].pace: no such field", "segments[0].start: given twice"]);
}

#[test]
fn a_violation_of_a_member_has_its_place_with_the_names_in_json() {
    let rules = with_segments(true);
    let values = [Some(Value::List(vec![object(&rules, &[])]))];
    let violations = rules.check(0, &values, looks_like_web_address).expect_err("no start");
    let one = violations.iter().next().expect("one");
    assert_eq!((one.field(), one.rule()), ("segments[0].start", Rule::Required));
    assert_eq!(one.to_string(), "rust_segments[0].rust_start: missing, required");
    let good = object(&rules, &[("start", Value::Number(0.0))]);
    let bad = object(&rules, &[("start", Value::Number(-1.0)), ("tags", texts(&["a", "long"]))]);
    let values = [Some(Value::List(vec![good, Value::Null, bad]))];
    let violations = rules.check(0, &values, looks_like_web_address).expect_err("a null, and two limits");
    let places: Vec<&str> = violations.iter().map(Violation::field).collect();
    assert_eq!(places, ["segments", "segments[2].start", "segments[2].tags"]);
}

#[test]
fn at_most_a_hundred_violations_of_members_are_kept() {
    let names: Vec<String> = (0..150).map(|number| number.to_string()).collect();
    let rules = with_segments(true);
    let junk: Vec<(&str, Value<'_>)> = names.iter().map(|name| (name.as_str(), Value::Null)).collect();
    let placed = placed(&rules, &[("segments", Value::List(vec![object(&rules, &junk)]))]);
    let violations = placed.check(looks_like_web_address).expect_err("junk");
    // 150 unknown names, and `start` is missing.
    assert_eq!((violations.iter().len(), violations.omitted()), (100, 51));
}

#[test]
fn a_list_of_junk_is_cut() {
    let rules = with_segments(true);
    let mut items = Items::of(&rules.fields[0]);
    for _ in 0..1000 {
        items.push(object(&rules, &[]));
    }
    let Value::Cut { items, count, wrong } = items.value() else { panic!("the list is not cut") };
    assert_eq!((items.len(), count, wrong), (4, 1000, 996));
}
