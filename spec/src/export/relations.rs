//! The rules over several fields as JSON Schema, as far as it can express them.

use serde_json::{Value, json};

use crate::rules::{Bound, Decimal, List, Relating, Relation, Rules};

/// Maximum number of cases that are written one by one.
const MOST_CASES: u64 = 2_000;

/// Returns the schema of a rule; `None` if JSON Schema cannot express it. It cannot add lengths of texts, and differences
/// only work for integers with narrow limits.
pub(super) fn asked(rules: &Rules, relation: &Relation) -> Option<Value> {
    let wires: Vec<&str> = relation.fields.iter().map(|field| &*rules.fields[*field].wire).collect();
    let all = |group: &List<usize>| -> Vec<&str> { group.iter().map(|field| &*rules.fields[*field].wire).collect() };
    match &relation.asks {
        Relating::AtLeastOne => Some(json!({ "anyOf": each(&wires) })),
        Relating::AtMostOne => {
            let pairs = wires.iter().enumerate().flat_map(|(index, one)| {
                wires[index + 1..].iter().map(move |other| json!({ "required": [one, other] }))
            });
            Some(json!({ "not": { "anyOf": pairs.collect::<Vec<_>>() } }))
        }
        Relating::AllOrNone => Some(json!({ "anyOf": [{ "required": wires }, { "not": { "anyOf": each(&wires) } }] })),
        Relating::ExactlyOne(groups) => {
            let one = |group: &List<usize>| {
                let mine = all(group);
                let others: Vec<&str> = wires.iter().filter(|wire| !mine.contains(wire)).copied().collect();
                json!({ "required": mine, "not": { "anyOf": each(&others) } })
            };
            Some(json!({ "oneOf": groups.iter().map(one).collect::<Vec<_>>() }))
        }
        Relating::Items { least, most } => {
            let most = most.map(|most| too_many(&wires, most)).map_or(Some(None), |it| it.map(Some))?;
            let least = least.map(|least| enough(&wires, least)).map_or(Some(None), |it| it.map(Some))?;
            Some(json!({ "allOf": most.into_iter().chain(least).collect::<Vec<_>>() }))
        }
        Relating::Length { .. } => None,
        Relating::Difference { least, most } => difference(rules, relation, *least, *most),
    }
}

fn each(wires: &[&str]) -> Vec<Value> {
    wires.iter().map(|wire| json!({ "required": [wire] })).collect()
}

/// Returns a schema that fails with more than `most` items in total.
fn too_many(wires: &[&str], most: u32) -> Option<Value> {
    let ways = shares(wires.len(), most.checked_add(1)?)?;
    Some(json!({ "not": { "anyOf": ways.iter().map(|way| holds(wires, way)).collect::<Vec<_>>() } }))
}

/// Returns a schema that fails with less than `least` items in total.
fn enough(wires: &[&str], least: u32) -> Option<Value> {
    let ways = shares(wires.len(), least)?;
    Some(json!({ "anyOf": ways.iter().map(|way| holds(wires, way)).collect::<Vec<_>>() }))
}

/// Returns a schema in which each list has at least its share of items.
fn holds(wires: &[&str], shares: &[u32]) -> Value {
    let shared = || wires.iter().zip(shares).filter(|(_, share)| **share > 0);
    let properties: serde_json::Map<String, Value> =
        shared().map(|(wire, share)| ((*wire).to_owned(), json!({ "type": "array", "minItems": share }))).collect();
    json!({ "properties": properties, "required": shared().map(|(wire, _)| wire).collect::<Vec<_>>() })
}

/// Returns every way to distribute `items` among `lists`.
fn shares(lists: usize, items: u32) -> Option<Vec<Vec<u32>>> {
    let mut ways = vec![Vec::new()];
    for list in 0..lists {
        let longer = ways.iter().flat_map(|way: &Vec<u32>| {
            let left = items - way.iter().sum::<u32>();
            let shares = if list + 1 == lists { left..=left } else { 0..=left };
            shares.map(|share| [way.clone(), vec![share]].concat())
        });
        // They are counted first, as a large total has too many to collect.
        ways = longer.take(usize::try_from(MOST_CASES).ok()? + 1).collect();
        if ways.len() as u64 > MOST_CASES {
            return None;
        }
    }
    Some(ways)
}

/// Returns the limits of the larger field for each value of the smaller one.
fn difference(rules: &Rules, relation: &Relation, least: Option<Decimal>, most: Option<Decimal>) -> Option<Value> {
    let [smaller, larger] = [0, 1].map(|at| relation.fields.get(at).map(|field| &rules.fields[*field]));
    let (smaller, larger) = (smaller?, larger?);
    let whole = |figure: Decimal| (figure.scale == 0).then_some(figure.digits);
    let limits = || smaller.limits.iter().filter(|limit| limit.when.is_empty());
    let from = limits().find_map(|limit| if let Bound::Min(least) = limit.bound { whole(least) } else { None })?;
    let to = limits().find_map(|limit| if let Bound::Max(most) = limit.bound { whole(most) } else { None })?;
    let is_whole = smaller.kind == crate::rules::Kind::Integer;
    if !is_whole || to.abs_diff(from) > MOST_CASES {
        return None;
    }
    let case = |value: i64| {
        let mut bounds = serde_json::Map::new();
        for (keyword, figure) in [("minimum", least), ("maximum", most)] {
            if let Some(figure) = figure.and_then(whole) {
                bounds.insert(keyword.to_owned(), json!(value.saturating_add(figure)));
            }
        }
        json!({
            "if": { "properties": { &*smaller.wire: { "const": value } }, "required": [smaller.wire] },
            "then": { "properties": { &*larger.wire: bounds } },
        })
    };
    let exact = [least, most].into_iter().flatten().all(|figure| figure.scale == 0);
    exact.then(|| json!({ "allOf": (from..=to).map(case).collect::<Vec<_>>() }))
}
