//! Rules over several fields.

use super::Changes;
use crate::model::{Asks, Condition, Relation, Spec};

pub(super) fn compare(old: &Spec, new: &Spec, changes: &mut Changes) {
    let was: Vec<String> = old.request.relations.iter().map(describe).collect();
    let is: Vec<String> = new.request.relations.iter().map(describe).collect();
    for text in is.iter().filter(|text| !was.contains(text)) {
        changes.breaking(format!("{text}: requests that built before may now be refused"));
    }
    for text in was.iter().filter(|text| !is.contains(text)) {
        changes.loosening(format!("no longer: {text}"));
    }
}

/// Describes the rule, independently of the order of its fields.
fn describe(relation: &Relation) -> String {
    let names = |fields: &[&str]| {
        let mut names: Vec<String> = fields.iter().map(|name| format!("`{name}`")).collect();
        names.sort();
        names.join(", ")
    };
    let fields: Vec<&str> = relation.asks.fields().iter().map(|name| name.as_str()).collect();
    let all = names(&fields);
    let between = |least: Option<String>, most: Option<String>| match (least, most) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => String::new(),
    };
    let figure = |figure: &Option<crate::model::At<u32>>| figure.as_ref().map(|figure| figure.value.to_string());
    let asks = match &relation.asks {
        Asks::AtLeastOne(_) => format!("at least one of {all}"),
        Asks::AtMostOne(_) => format!("at most one of {all}"),
        Asks::AllOrNone(_) => format!("all of {all} or none"),
        Asks::ExactlyOne(groups) => {
            let group = |group: &Vec<crate::model::At<String>>| {
                names(&group.iter().map(|name| name.as_str()).collect::<Vec<_>>())
            };
            let mut groups: Vec<String> = groups.iter().map(group).collect();
            groups.sort();
            format!("exactly one of {}", groups.join(" or "))
        }
        Asks::Items(_, total) => {
            format!("{all}: {} items together", between(figure(&total.least), figure(&total.most)))
        }
        Asks::Length(_, total) => {
            format!("{all}: {} characters together", between(figure(&total.least), figure(&total.most)))
        }
        Asks::Difference([larger, smaller], [least, most]) => {
            let figure = |figure: &Option<crate::model::At<crate::rules::Decimal>>| {
                figure.as_ref().map(|figure| figure.value.to_string())
            };
            format!("`{}` - `{}`: {}", **larger, **smaller, between(figure(least), figure(most)))
        }
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
