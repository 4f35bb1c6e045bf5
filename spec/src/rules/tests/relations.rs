//! Rules over several fields.

use super::*;

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
fn relations_hold_only_in_their_modes_and_if_their_conditions_do() {
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
    assert_eq!(lengths("a"), ["title, note: 1 together, at least 2 in Narrow"]);
    assert_eq!((lengths("ab"), lengths("abc")), (vec![], vec![]));
    assert_eq!(lengths("abcd"), ["title, note: 4 together, at most 3 in Narrow"]);
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
fn a_cut_list_counts_in_totals_and_is_not_a_text() {
    let cut = || Value::Cut { items: vec![Value::text("a")], count: 9, wrong: 0 };
    assert_eq!(about("note", cut()), ["note: must be a text"]);
    let rules = relating(&[TAGS], Relating::Items { least: None, most: Some(8) });
    let line = "tags: 9 items together, at most 8 in Narrow";
    assert_eq!(said_by(&rules, &[("tags", cut())])[1..], [line]);
}

#[test]
fn totals_of_length_use_the_unit_of_each_field_and_count_lists() {
    let rules = relating(&[NOTE, TAGS], Relating::Length { least: None, most: Some(5) });
    let values = |note: &'static str| [("note", Value::text(note)), ("tags", texts(&["é", "a"]))];
    assert_eq!(said_by(&rules, &values("🎷")), [""; 0], "2 UTF-16 units and 3 bytes");
    let checked = placed(&rules, &values("🎷a")).check(looks_like_web_address).expect_err("too long");
    let one = checked.iter().next().expect("one");
    assert_eq!(one.to_string(), "note, tags: 6 together, at most 5 in Narrow");
    assert_eq!((one.limit(), one.field()), (Some(Figure::Number(5.0)), "note, tags"));
}
