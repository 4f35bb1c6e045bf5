//! Rules over several fields: the fields fit the rule, and each rule can be kept and broken.

use crate::fault::Fault;
use crate::lower;
use crate::model::{Asks, Field, FieldKind, Mode, Relation, Request};
use crate::rules::{self, Decimal, Difference, Presence};
use crate::source::At;

use super::{Incomplete, conditions, is_mode, known_field, known_modes, totals};

/// Maximum number of fields of a rule. All 2^12 combinations of a group are checked.
const MOST_MEMBERS: usize = 12;

pub(super) fn check(request: &Request, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    let rules = lower::rules(request);
    for (relation, lowered) in request.relations.iter().zip(rules.relations.iter()) {
        let names = relation.modes.as_deref().unwrap_or_default();
        known_modes(request, names, faults);
        relation.when.iter().for_each(|it| conditions::fields_and_values(it, request, &rules, incomplete, faults));
        let before = faults.len();
        members(relation, request, faults);
        if faults.len() > before || !names.iter().all(|name| is_mode(request, name)) {
            // After a misspelt name, other faults would only follow from it.
            continue;
        }
        let modes: Vec<Option<&Mode>> = request.each_mode().filter(|mode| concerns(relation, *mode)).collect();
        if modes.is_empty() {
            faults.push(relation.at.fault("this rule holds in no mode", "add a mode"));
        }
        relation.when.iter().for_each(|it| conditions::decided(it, &modes, request, incomplete, faults));
        let members = relation.asks.fields();
        if members.iter().filter_map(|name| request.field(name)).any(|field| incomplete.has_presence(field)) {
            continue;
        }
        let modes: Vec<Option<&Mode>> =
            modes.into_iter().filter(|mode| mode.is_none_or(|mode| !incomplete.has_mode(mode))).collect();
        match &relation.asks {
            Asks::Items(..) | Asks::Length(..) => totals::check(relation, &modes, request, faults),
            Asks::Difference(..) => difference(relation, request, faults),
            _ => faults.extend(modes.iter().find_map(|mode| group(relation, lowered, *mode, request))),
        }
    }
}

fn concerns(relation: &Relation, mode: Option<&Mode>) -> bool {
    match (&relation.modes, mode) {
        (Some(names), Some(mode)) => names.iter().any(|name| mode.is_named(name)),
        (Some(_), None) => false,
        (None, _) => true,
    }
}

/// Checks that the fields exist, are different, and are at least two.
fn members(relation: &Relation, request: &Request, faults: &mut Vec<Fault>) {
    let fields = relation.asks.fields();
    for (index, name) in fields.iter().enumerate() {
        known_field(request, name, faults);
        if fields[..index].iter().any(|other| other.value == name.value) {
            faults.push(name.fault(format!("`{}` is listed twice", name.value), "remove one of them"));
        }
    }
    if fields.len() < 2 {
        faults.push(relation.at.fault("a rule over several fields needs at least two", "add another field"));
    }
    if fields.len() > MOST_MEMBERS {
        let message = format!("this rule has {} fields, and at most {MOST_MEMBERS} are allowed", fields.len());
        faults.push(relation.at.fault(message, "split the rule"));
    }
    if let Asks::ExactlyOne(groups) = &relation.asks
        && (groups.len() < 2 || groups.iter().any(Vec::is_empty))
    {
        faults.push(
            relation
                .at
                .fault("`exactly_one` needs at least two groups, and none may be empty", "such as [[\"a\"], [\"b\"]]"),
        );
    }
}

/// Returns the fault of a group that the presence of its fields in a mode decides already.
fn group(relation: &Relation, lowered: &rules::Relation, mode: Option<&Mode>, request: &Request) -> Option<Fault> {
    let names = relation.asks.fields();
    let fields: Vec<&Field> = lowered.fields.iter().map(|index| &request.fields[*index]).collect();
    let place = mode.map(|mode| format!(" in `{}`", *mode.name)).unwrap_or_default();
    let must_not = |(_, field): &(&&At<String>, &&Field)| field.presence_in(mode) == Presence::Forbidden;
    if let Some((name, _)) = names.iter().zip(&fields).find(must_not) {
        let message = format!("`{}` is forbidden{place}, but listed in a group", name.value);
        return Some(name.fault(message, "remove it from the group, or add `modes` to the group"));
    }
    let can = |field: &&Field, there: bool| match field.presence_in(mode) {
        Presence::Optional => true,
        presence => (presence != Presence::Forbidden) == there,
    };
    let states = (0..1_usize << fields.len())
        .filter(|state| fields.iter().enumerate().all(|(bit, field)| can(field, state >> bit & 1 == 1)));
    let is_in = |state: usize, index| {
        lowered.fields.iter().position(|field| *field == index).is_some_and(|bit| state >> bit & 1 == 1)
    };
    let mut verdicts = states.map(|state| lowered.is_kept_by(|index| is_in(state, index)));
    let is_kept = verdicts.next()?;
    if verdicts.any(|other| other != is_kept) {
        return None;
    }
    Some(if is_kept {
        let message = format!("this rule always holds{place}");
        relation.at.fault(message, "remove the rule; a required field decides it")
    } else {
        relation.at.fault(format!("this rule can never hold{place}"), "the required fields always break it")
    })
}

fn difference(relation: &Relation, request: &Request, faults: &mut Vec<Fault>) {
    let Asks::Difference([larger, smaller], [least, most]) = &relation.asks else { return };
    for name in [larger, smaller] {
        let number = |field: &Field| matches!(*field.kind, FieldKind::Number | FieldKind::Integer) && !field.is_list();
        if !request.field(name).is_some_and(number) {
            faults.push(name.fault(format!("`{}` is not a number", name.value), "differences need numbers"));
        }
    }
    match (least, most) {
        (None, None) => faults.push(relation.at.fault("the difference has no figure", "give `min` or `max`")),
        (Some(least), Some(most)) if least.value.value() > most.value.value() => {
            faults.push(
                most.fault("no difference can keep both limits", format!("less than `min`, which is {}", least.value)),
            );
        }
        _ => {}
    }
    let bound =
        |name: &At<String>, key| request.field(name).and_then(|field| field.bounds.number(key)).map(Decimal::value);
    let between = |(high, low)| Difference::of(high, low);
    let greatest = bound(larger, "max").zip(bound(smaller, "min")).and_then(between);
    let smallest = bound(larger, "min").zip(bound(smaller, "max")).and_then(between);
    let never = greatest.zip(*least).is_some_and(|(greatest, least)| greatest.compared_to(*least).is_lt())
        || smallest.zip(*most).is_some_and(|(smallest, most)| smallest.compared_to(*most).is_gt());
    let always = least.is_none_or(|least| smallest.is_some_and(|smallest| smallest.compared_to(*least).is_ge()))
        && most.is_none_or(|most| greatest.is_some_and(|greatest| greatest.compared_to(*most).is_le()));
    if never {
        faults.push(relation.at.fault("this difference can never hold", "the limits of the two fields exclude it"));
    } else if always && (least.is_some() || most.is_some()) {
        faults.push(relation.at.fault("this difference always holds", "the limits of the two fields ensure it"));
    }
}
