//! Rules over several fields.

use super::Changes;
use crate::model::{Asks, At, Condition, Field, Relation, Spec};
use crate::rules::{Decimal, Unit};

pub(super) fn compare(old: &Spec, new: &Spec, changes: &mut Changes) {
    let text = |spec: &Spec, relation: &Relation| describe(spec, relation, &between(figures(relation)));
    let texts = |spec: &Spec| spec.request.relations.iter().map(|relation| text(spec, relation)).collect();
    let (was, is): (Vec<String>, Vec<String>) = (texts(old), texts(new));
    let mut gone: Vec<&Relation> =
        old.request.relations.iter().filter(|relation| !is.contains(&text(old, relation))).collect();
    for relation in new.request.relations.iter().filter(|relation| !was.contains(&text(new, relation))) {
        // Only the figures of such a rule are different.
        let like = gone.iter().position(|other| describe(old, other, "") == describe(new, relation, ""));
        let before = like.map(|at| figures(gone.remove(at)));
        let is = figures(relation);
        let text = match before {
            Some(was) => describe(new, relation, &format!("{} instead of {}", between(is), between(was))),
            None => text(new, relation),
        };
        if before.is_some_and(|was| is_looser(was, is)) {
            changes.loosening(text);
        } else {
            changes.breaking(format!("{text}: requests that built before may now be refused"));
        }
    }
    for relation in gone {
        changes.loosening(format!("no longer: {}", text(old, relation)));
    }
}

/// Returns the minimum and the maximum of a total or a difference.
fn figures(relation: &Relation) -> [Option<Decimal>; 2] {
    let count = |figure: &Option<At<u32>>| Some(Decimal { digits: figure.as_ref()?.value.into(), scale: 0 });
    match &relation.asks {
        Asks::Items(_, total) | Asks::Length(_, total) => [count(&total.least), count(&total.most)],
        Asks::Difference(_, figures) => figures.each_ref().map(|figure| Some(figure.as_ref()?.value)),
        Asks::AtLeastOne(_) | Asks::AtMostOne(_) | Asks::AllOrNone(_) | Asks::ExactlyOne(_) => [None, None],
    }
}

fn is_looser([old_least, old_most]: [Option<Decimal>; 2], [least, most]: [Option<Decimal>; 2]) -> bool {
    least.is_none_or(|is| old_least.is_some_and(|was| is.value() <= was.value()))
        && most.is_none_or(|is| old_most.is_some_and(|was| is.value() >= was.value()))
}

fn between(figures: [Option<Decimal>; 2]) -> String {
    match figures {
        [Some(least), Some(most)] => format!("{least} to {most}"),
        [Some(least), None] => format!("at least {least}"),
        [None, Some(most)] => format!("at most {most}"),
        [None, None] => String::new(),
    }
}

/// Describes the rule with these figures, independently of the order of its fields.
fn describe(spec: &Spec, relation: &Relation, figures: &str) -> String {
    let names = |fields: &[&str]| {
        let mut names: Vec<String> = fields.iter().map(|name| format!("`{name}`")).collect();
        names.sort();
        names.join(", ")
    };
    let fields: Vec<&str> = relation.asks.fields().iter().map(|name| name.as_str()).collect();
    let all = names(&fields);
    let asks = match &relation.asks {
        Asks::AtLeastOne(_) => format!("at least one of {all}"),
        Asks::AtMostOne(_) => format!("at most one of {all}"),
        Asks::AllOrNone(_) => format!("all of {all} or none"),
        Asks::ExactlyOne(groups) => {
            let group = |group: &Vec<At<String>>| names(&group.iter().map(|name| name.as_str()).collect::<Vec<_>>());
            let mut groups: Vec<String> = groups.iter().map(group).collect();
            groups.sort();
            format!("exactly one of {}", groups.join(" or "))
        }
        Asks::Items(..) => format!("{all}: {figures} items together"),
        Asks::Length(names, _) => {
            let unit = unit(spec, names).map(|unit| format!(" {}", unit.word(2))).unwrap_or_default();
            format!("{all}: {figures}{unit} together")
        }
        Asks::Difference([larger, smaller], _) => format!("`{}` - `{}`: {figures}", **larger, **smaller),
    };
    let place = relation.modes.as_ref().map(|modes| {
        let mut modes: Vec<String> = modes.iter().map(|mode| format!("`{}`", **mode)).collect();
        modes.sort();
        format!(" in {}", modes.join(" and "))
    });
    let when = if relation.when.is_empty() {
        String::new()
    } else {
        format!(" if {}", Condition::any_in_words(&relation.when))
    };
    asks + &place.unwrap_or_default() + &when
}

/// Returns the unit in which all of these texts count, or `None` if their units differ.
fn unit(spec: &Spec, names: &[At<String>]) -> Option<Unit> {
    let fields = spec.request.fields.iter().filter(|field| names.iter().any(|name| name.value == field.wire.value));
    let mut units = fields.map(Field::unit);
    let first = units.next()?;
    units.all(|unit| unit == first).then_some(first)
}
