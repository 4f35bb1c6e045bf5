//! Groups, totals and differences.

use super::body::Body;
use super::decimal::{as_number, difference, shifted};
use super::values::length;
use super::{Broken, Group, Kind, Total};
use crate::json::Json;

/// Checks the rules over several fields.
pub fn check_over_several(body: &Body<'_>, broken: &mut Vec<Broken>) {
    let name = |place: &usize| body.spec.fields[*place].name.clone();
    for group in body.spec.groups.iter().filter(|group| body.holds(&group.scope) && !keeps(body, group)) {
        let fields = group.lists.iter().flatten().map(name).collect();
        let rule = if group.scope.when.is_none() { "group by types" } else { "group" };
        broken.push(Broken { fields, rule, is_in_schema: true });
    }
    for total in body.spec.totals.iter().filter(|total| body.holds(&total.scope)) {
        let sum = as_number(total.fields.iter().map(|place| count(body, total, *place)).sum());
        if total.min.is_some_and(|min| sum < min) || total.max.is_some_and(|max| sum > max) {
            let fields = total.fields.iter().map(name).collect();
            let rule = if total.counts_items { "total of items" } else { "total of lengths" };
            broken.push(Broken { fields, rule, is_in_schema: false });
        }
    }
    for rule in body.spec.differences.iter().filter(|rule| body.holds(&rule.scope)) {
        let number = |place: usize| body.value(place).and_then(Json::as_number);
        let (Some(larger), Some(smaller)) = (number(rule.larger), number(rule.smaller)) else { continue };
        let found = difference(larger, smaller);
        let is_less = rule.min.is_some_and(|min| found < shifted(min));
        if is_less || rule.max.is_some_and(|max| found > shifted(max)) {
            let fields = [rule.larger, rule.smaller].iter().map(name).collect();
            broken.push(Broken { fields, rule: "difference", is_in_schema: false });
        }
    }
}

fn keeps(body: &Body<'_>, group: &Group) -> bool {
    let given = |list: &[usize]| list.iter().filter(|place| body.is_given(**place)).count();
    let first = &group.lists[0];
    match group.key.as_str() {
        "at_least_one" => given(first) > 0,
        "at_most_one" => given(first) < 2,
        "all_or_none" => given(first) == 0 || given(first) == first.len(),
        _ => {
            let all: usize = group.lists.iter().map(|list| given(list)).sum();
            group.lists.iter().any(|list| given(list) == list.len() && all == list.len())
        }
    }
}

fn count(body: &Body<'_>, total: &Total, place: usize) -> usize {
    let Kind::Text(unit) = body.spec.fields[place].kind else {
        return match body.value(place) {
            Some(Json::List(items)) if total.counts_items => items.len(),
            _ => 0,
        };
    };
    match body.value(place) {
        Some(Json::List(items)) if total.counts_items => items.len(),
        Some(Json::List(items)) => {
            items.iter().map(|item| if let Json::Text(text) = item { length(text, unit) } else { 0 }).sum()
        }
        Some(Json::Text(text)) if !total.counts_items => length(text, unit),
        _ => 0,
    }
}
