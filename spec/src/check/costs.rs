//! Prices: each is an amount of credits, and each entry of `costs` counts for some request.

use crate::fault::Fault;
use crate::lower;
use crate::model::{Cost, Request, Spec};
use crate::rules::{Condition, Decimal, Is, Rules, Term};
use crate::source::At;
use crate::tables::Credits;

use super::{Incomplete, conditions};

/// The greatest cost of a request, so that sums of costs stay exact.
const MOST: u32 = 1_000_000_000;

/// Maximum number of conditions with single values into which one condition is split.
const MOST_SPLIT: usize = 1_000;

pub(super) fn check(spec: &Spec, incomplete: &Incomplete, faults: &mut Vec<Fault>) {
    let Some(credits) = &spec.credits else { return };
    amount(&credits.cost, faults);
    let request = &spec.request;
    let rules = lower::rules(request);
    let modes: Vec<_> = request.each_mode().collect();
    let before = faults.len();
    for entry in &credits.costs {
        amount(&entry.cost, faults);
        if entry.when.is_empty() {
            faults.push(entry.at.fault("this cost has no condition", "add one to `when`, or change `cost`"));
        }
        for condition in &entry.when {
            conditions::fields_and_values(condition, request, &rules, incomplete, faults);
            conditions::decided(condition, &modes, request, incomplete, faults);
        }
    }
    if faults.len() == before {
        preceded(&credits.costs, request, &rules, faults);
    }
}

fn amount(cost: &At<Decimal>, faults: &mut Vec<Fault>) {
    let amount = Credits::exact(cost.value).filter(|amount| *amount <= MOST.into());
    if amount.is_none() {
        let label = format!("use a number from 0 to {MOST} with at most three digits after the point");
        faults.push(cost.fault(format!("`cost` is {}, which cannot be a price", cost.value), label));
    }
}

/// Reports entries that never count, because an earlier one does whenever they hold.
fn preceded(costs: &[Cost], request: &Request, rules: &Rules, faults: &mut Vec<Fault>) {
    let lowered: Vec<_> = costs.iter().map(|entry| lower::conditions(&entry.when, request)).collect();
    for (index, (entry, any)) in costs.iter().zip(&lowered).enumerate() {
        let earlier: Vec<&Condition> = lowered[..index].iter().flat_map(|any| any.iter()).collect();
        let is_preceded = |condition: &Condition| {
            split(condition)
                .is_some_and(|parts| parts.iter().all(|part| earlier.iter().any(|other| implies(part, other, rules))))
        };
        if !any.is_empty() && any.iter().all(is_preceded) {
            let label = "an earlier entry counts whenever this one holds; move this one up, or remove it";
            faults.push(entry.at.fault("this cost never counts", label));
        }
    }
}

/// Returns conditions with single values: one of them holds if and only if this condition does. `None` if there are too many.
fn split(condition: &Condition) -> Option<Vec<Vec<Term>>> {
    let mut parts: Vec<Vec<Term>> = vec![Vec::new()];
    for term in condition.terms.iter() {
        let single: Vec<Term> = match &term.is {
            Is::OneOf(values) => {
                let one = |value| Term { field: term.field, is: Is::OneOf(vec![value].into()) };
                values.iter().cloned().map(one).collect()
            }
            Is::Given | Is::Absent => vec![term.clone()],
        };
        if parts.len().saturating_mul(single.len()) > MOST_SPLIT {
            return None;
        }
        let with = |part: &Vec<Term>| {
            single.iter().map(|term| [part, std::slice::from_ref(term)].concat()).collect::<Vec<_>>()
        };
        parts = parts.iter().flat_map(with).collect();
    }
    Some(parts)
}

/// Whether a condition holds whenever these terms do.
fn implies(terms: &[Term], other: &Condition, rules: &Rules) -> bool {
    let implies_term = |term: &Term, other: &Term| match (&term.is, &other.is) {
        _ if term.field != other.field => false,
        (Is::OneOf(values), Is::OneOf(others)) => values.iter().all(|value| others.contains(value)),
        // A field with a default may have its value without being given.
        (Is::OneOf(_), Is::Given) => rules.fields.get(term.field).is_some_and(|field| field.default.is_none()),
        (is, other) => is == other,
    };
    other.terms.iter().all(|other| terms.iter().any(|term| implies_term(term, other)))
}
