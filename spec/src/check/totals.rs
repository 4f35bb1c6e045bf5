//! Totals: their fields have items or lengths, and values can reach their figures in each mode.

use crate::fault::Fault;
use crate::model::{Asks, Field, FieldKind, Mode, Relation, Request, Scalar, Total};
use crate::rules::{Bound, Presence};
use crate::source::At;

use super::coverage;

/// The least and the greatest amount of a field. `None` stands for any amount.
type Range = (u64, Option<u64>);

pub(super) fn check(relation: &Relation, modes: &[Option<&Mode>], request: &Request, faults: &mut Vec<Fault>) {
    let (Asks::Items(names, total) | Asks::Length(names, total)) = &relation.asks else { return };
    let is_items = matches!(relation.asks, Asks::Items(..));
    let before = faults.len();
    for name in names {
        let Some(field) = request.field(name) else { continue };
        let fits = if is_items { field.is_list() } else { matches!(*field.kind, FieldKind::Text(_)) };
        if !fits {
            let what = if is_items { "list" } else { "text" };
            faults.push(name.fault(
                format!("`{}` is not a {what}", name.value),
                if is_items { "`items` needs lists" } else { "`length` needs texts" },
            ));
        }
    }
    match (&total.least, &total.most) {
        (None, None) => faults.push(relation.at.fault("the total has no figure", "give `min` or `max`")),
        (Some(least), Some(most)) if least.value > most.value => {
            faults.push(
                most.fault("no total can keep both limits", format!("less than `min`, which is {}", least.value)),
            );
        }
        _ if faults.len() == before => faults.extend(unreachable(names, total, relation, modes, request)),
        _ => {}
    }
}

/// Returns the fault of a total that no body of a mode can reach. With a condition, the total may exclude the condition
/// in some modes, but not in all.
fn unreachable(
    names: &[At<String>],
    total: &Total,
    relation: &Relation,
    modes: &[Option<&Mode>],
    request: &Request,
) -> Option<Fault> {
    let is_items = matches!(relation.asks, Asks::Items(..));
    let in_mode = |mode: Option<&Mode>| {
        let ranges = names.iter().filter_map(|name| Some(range(request.field(name)?, mode, request, is_items)));
        let sum = ranges.fold((0_u64, Some(0_u64)), |(least, most), range| {
            (least.saturating_add(range.0), most.zip(range.1).map(|(one, other)| one.saturating_add(other)))
        });
        let message = format!(
            "this total can never hold{}",
            mode.map(|mode| format!(" in `{}`", *mode.name)).unwrap_or_default()
        );
        match (&total.least, &total.most, sum) {
            (_, Some(most), (needed, _)) if u64::from(most.value) < needed => {
                Some(most.fault(message, format!("the fields need at least {needed}")))
            }
            (Some(least), _, (_, Some(possible))) if u64::from(least.value) > possible => {
                Some(least.fault(message, format!("the fields have at most {possible}")))
            }
            _ => None,
        }
    };
    let mut found = modes.iter().copied().map(in_mode);
    if relation.when.is_empty() {
        found.find_map(|fault| fault)
    } else {
        found.collect::<Option<Vec<_>>>()?.into_iter().next()
    }
}

/// Returns the amounts that a field can have in a mode, whatever else is given.
fn range(field: &Field, mode: Option<&Mode>, request: &Request, is_items: bool) -> Range {
    let presence = field.presence_in(mode);
    let exactly = |value: &Scalar| match value {
        Scalar::Text(text) => field.unit().count(text) as u64,
        Scalar::Number(_) | Scalar::Truth(_) => 0,
    };
    if presence == Presence::Forbidden {
        return (0, Some(0));
    }
    if let Some(own) = mode.and_then(|mode| mode.own_value(field)).or(field.constant.as_deref()) {
        return (exactly(own), Some(exactly(own)));
    }
    let (mut least, mut most) = given(field, mode, request, is_items);
    let without = field.default_in(mode).map_or(0, exactly);
    if field.is_nullable() {
        least = 0;
    }
    if presence == Presence::Optional {
        least = least.min(without);
        most = most.map(|most| most.max(without));
    }
    (least, most)
}

/// Returns the amounts that a field can have if it is given and not null.
fn given(field: &Field, mode: Option<&Mode>, request: &Request, is_items: bool) -> Range {
    let (mut items, mut length): (Range, Range) = ((0, None), (0, None));
    let lower = |range: &mut Range, count: u32| range.0 = range.0.max(count.into());
    let upper = |range: &mut Range, count: u32| range.1 = Some(range.1.unwrap_or(u64::MAX).min(count.into()));
    for bound in field.bounds.iter().chain(coverage::holding(field, request, (mode, None))) {
        match bound.1 {
            Bound::MinItems(count) => lower(&mut items, count),
            Bound::MaxItems(count) => upper(&mut items, count),
            Bound::MinLength(count) => lower(&mut length, count),
            Bound::MaxLength(count) => upper(&mut length, count),
            _ => {}
        }
    }
    if !field.bounds.iter().any(|bound| bound.0 == "min_length") {
        lower(&mut length, 1);
    }
    match (is_items, field.is_list()) {
        (true, _) => items,
        (false, false) => length,
        (false, true) if items.1 == Some(0) => (0, Some(0)),
        (false, true) => (
            items.0.saturating_mul(length.0),
            items.1.zip(length.1).map(|(items, length)| items.saturating_mul(length)),
        ),
    }
}
