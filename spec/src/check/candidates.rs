//! The values that the search for contradictions tries for a field.

use std::collections::BTreeSet;

use crate::rules::{Bound, Condition, Const, Decimal, Field, Is, Kind, Rules, Value};

/// Maximum number of whole numbers that are tried one by one.
const MOST_NUMBERS: i64 = 64;

/// Maximum number of comparisons of values of a field with values that conditions name.
const MOST_COMPARISONS: usize = 100_000;

/// Returns for each field one value for each set of values between which no condition distinguishes. A field has `None` if
/// conditions name too many of its values.
pub(super) fn candidates(rules: &Rules) -> Vec<Option<Vec<Value<'static>>>> {
    rules.fields.iter().zip(sets(rules)).map(|(field, sets)| candidates_of(field, &sets)).collect()
}

fn candidates_of(field: &Field, sets: &[&[Const]]) -> Option<Vec<Value<'static>>> {
    if field.list {
        return Some(vec![Value::Cut { items: Vec::new(), count: 0, wrong: 0 }]);
    }
    if sets.is_empty() {
        return Some(vec![Value::Later]);
    }
    let named: usize = sets.iter().map(|set| set.len()).sum();
    if count(field, named).saturating_mul(named) > MOST_COMPARISONS {
        return None;
    }
    let mut distinguished: BTreeSet<Vec<bool>> = BTreeSet::new();
    let mut found = values(field, sets);
    found.retain(|value| {
        distinguished.insert(sets.iter().map(|set| set.iter().any(|one| one.is(value) == Some(true))).collect())
    });
    found.extend(field.nullable.then_some(Value::Null));
    Some(found)
}

/// Returns the sets of values that conditions name, of each field. Of very many sets, only some are returned.
fn sets(rules: &Rules) -> Vec<Vec<&[Const]>> {
    let mut sets: Vec<Vec<&[Const]>> = vec![Vec::new(); rules.fields.len()];
    let mut add = |field: usize, set| {
        // With one more set, each with a value, there are too many comparisons.
        if sets[field].len().pow(2) <= MOST_COMPARISONS && !sets[field].contains(&set) {
            sets[field].push(set);
        }
    };
    let fields = rules.fields.iter();
    let in_fields = fields.flat_map(|field| field.conditions.iter().flat_map(|conditional| conditional.any.iter()));
    let in_limits = rules.fields.iter().flat_map(|field| field.limits.iter().flat_map(|limit| limit.when.iter()));
    let in_relations = rules.relations.iter().flat_map(|relation| relation.when.iter());
    let terms = in_fields.chain(in_limits).chain(in_relations).flat_map(|condition: &Condition| condition.terms.iter());
    for term in terms {
        if let Is::OneOf(values) = &term.is {
            add(term.field, &values[..]);
        }
    }
    for (index, field) in rules.fields.iter().enumerate() {
        for value in field.conditions.iter().filter_map(|conditional| conditional.value.as_ref()) {
            add(index, std::slice::from_ref(value));
        }
    }
    sets
}

/// Returns the greatest number of values that [`values`] returns if conditions name this number of values.
fn count(field: &Field, named: usize) -> usize {
    match &field.kind {
        Kind::Boolean => 2,
        Kind::Choice(choices) => choices.len(),
        Kind::IntegerChoice(choices) => choices.len(),
        Kind::Text(_) | Kind::Url | Kind::Integer | Kind::Number | Kind::Object(_) => named + 1,
    }
}

/// Returns at least one value for each set of values between which no condition distinguishes.
fn values(field: &Field, sets: &[&[Const]]) -> Vec<Value<'static>> {
    let named = || sets.iter().copied().flatten();
    match &field.kind {
        Kind::Boolean => vec![Value::Truth(true), Value::Truth(false)],
        Kind::Choice(choices) => choices.iter().map(|choice| Value::Text(choice.clone())).collect(),
        Kind::IntegerChoice(choices) => choices.iter().map(|choice| Value::integer(*choice)).collect(),
        Kind::Text(_) | Kind::Url => {
            let texts: Vec<&str> =
                named().filter_map(|value| if let Const::Text(text) = value { Some(&**text) } else { None }).collect();
            // Of more texts than are named, one is not named.
            let other =
                (0..=texts.len()).map(|length| "x".repeat(length + 1)).find(|text| !texts.contains(&text.as_str()));
            texts.iter().map(|text| (*text).to_owned()).chain(other).map(|text| Value::Text(text.into())).collect()
        }
        Kind::Integer | Kind::Number => numbers(field, named()),
        // No condition names a value of an object.
        Kind::Object(_) => vec![Value::Later],
    }
}

fn numbers<'a>(field: &Field, named: impl Iterator<Item = &'a Const>) -> Vec<Value<'static>> {
    if let Some(all) = few_numbers(field) {
        return all;
    }
    let named: Vec<&Const> = named.filter(|value| matches!(value, Const::Number(_))).collect();
    let is_named = |value: &Value<'_>| named.iter().any(|one| one.is(value) == Some(true));
    // Of more numbers than are named, one is not named.
    let other = (0..).take(named.len() + 1).map(Value::integer).find(|value| !is_named(value));
    named.iter().map(|value| owned(value)).chain(other).collect()
}

/// Returns all values of an integer, if its limits leave few.
fn few_numbers(field: &Field) -> Option<Vec<Value<'static>>> {
    let always = || field.limits.iter().filter(|limit| limit.holds_always());
    let whole = |number: Decimal| (number.scale == 0).then_some(number.digits);
    let least = always().find_map(|limit| if let Bound::Min(least) = limit.bound { whole(least) } else { None })?;
    let most = always().find_map(|limit| if let Bound::Max(most) = limit.bound { whole(most) } else { None })?;
    let is_few = field.kind == Kind::Integer && most.saturating_sub(least) < MOST_NUMBERS;
    is_few.then(|| (least..=most).map(Value::integer).collect())
}

/// Returns the value of a constant.
pub(super) fn owned(value: &Const) -> Value<'static> {
    match value {
        Const::Text(text) => Value::Text(text.clone()),
        Const::Number(number) => Value::Number(number.value()),
        Const::Truth(truth) => Value::Truth(*truth),
    }
}
