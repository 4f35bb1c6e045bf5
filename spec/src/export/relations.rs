//! The rules over several fields as JSON Schema, as far as it can express them.

use serde_json::{Value, json};

use crate::rules::{List, Presence, Relating, Relation, Rules};

/// Maximum number of combinations of items that are written one by one for a total.
const MOST_COMBINATIONS: usize = 200;

/// Returns the schema of a rule; `None` if JSON Schema cannot express it. It cannot add or subtract, so a total of items is
/// written as all combinations of items, if they are few.
pub(super) fn asked(rules: &Rules, mode: usize, relation: &Relation) -> Option<Value> {
    let fields = &relation.fields;
    // A field that the mode sets is given, also where the body leaves it out.
    let in_body = |field: &&usize| rules.fields[**field].presence.get(mode) != Some(&Presence::Fixed);
    let given = |fields: &[usize]| {
        let wires = fields.iter().filter(in_body).map(|field| &*rules.fields[*field].wire);
        json!({ "required": wires.collect::<Vec<_>>() })
    };
    let any = |fields: &[usize]| json!({ "anyOf": fields.iter().map(|field| given(&[*field])).collect::<Vec<_>>() });
    match &relation.asks {
        Relating::AtLeastOne => Some(any(fields)),
        Relating::AtMostOne => {
            let pairs = fields
                .iter()
                .enumerate()
                .flat_map(|(index, one)| fields[index + 1..].iter().map(|other| given(&[*one, *other])));
            Some(json!({ "not": { "anyOf": pairs.collect::<Vec<_>>() } }))
        }
        Relating::AllOrNone => Some(json!({ "anyOf": [given(fields), { "not": any(fields) }] })),
        Relating::ExactlyOne(groups) => {
            let one = |group: &List<usize>| {
                let others: Vec<usize> = fields.iter().filter(|field| !group.contains(field)).copied().collect();
                let mut schema = given(group);
                schema["not"] = any(&others);
                schema
            };
            Some(json!({ "oneOf": groups.iter().map(one).collect::<Vec<_>>() }))
        }
        Relating::Items { least, most } => {
            let wires: Vec<&str> = fields.iter().map(|field| &*rules.fields[*field].wire).collect();
            total(&wires, *least, *most)
        }
        Relating::Length { .. } | Relating::Difference { .. } => None,
    }
}

/// Returns the schema of a total of items; `None` if it needs too many combinations.
fn total(wires: &[&str], least: Option<u32>, most: Option<u32>) -> Option<Value> {
    let too_many = most.map_or(Some(Vec::new()), |most| shares(wires.len(), most.checked_add(1)?))?;
    let enough = least.map_or(Some(Vec::new()), |least| shares(wires.len(), least))?;
    if too_many.len() + enough.len() > MOST_COMBINATIONS {
        return None;
    }
    let any = |ways: &[Vec<u32>]| json!({ "anyOf": ways.iter().map(|way| holds(wires, way)).collect::<Vec<_>>() });
    let mut all = Vec::new();
    if most.is_some() {
        all.push(json!({ "not": any(&too_many) }));
    }
    if least.is_some() {
        all.push(any(&enough));
    }
    Some(json!({ "allOf": all }))
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
        ways = longer.take(MOST_COMBINATIONS + 1).collect();
        if ways.len() > MOST_COMBINATIONS {
            return None;
        }
    }
    Some(ways)
}
