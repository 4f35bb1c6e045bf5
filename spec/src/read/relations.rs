//! `[[groups]]`, `[[totals]]` and `[[differences]]`.

use super::conditions::any_of;
use crate::model::{Asks, Relation, Total};
use crate::source::Section;

pub(super) fn relations(root: &Section<'_>) -> Vec<Relation> {
    let [groups, totals, differences] = ["groups", "totals", "differences"].map(|key| root.sections(key));
    let groups = groups.iter().map(|section| relation(section, group(section)));
    let totals = totals.iter().map(|section| relation(section, total(section)));
    let differences = differences.iter().map(|section| relation(section, difference(section)));
    groups.chain(totals).chain(differences).collect()
}

fn relation(section: &Section<'_>, asks: Asks) -> Relation {
    let relation = Relation {
        at: section.name().with(()),
        doc: section.needs_text("doc"),
        modes: section.texts("modes"),
        when: any_of(section, "when"),
        asks,
    };
    section.unknown_keys();
    relation
}

fn group(section: &Section<'_>) -> Asks {
    let [at_least_one, at_most_one, all_or_none] =
        ["at_least_one", "at_most_one", "all_or_none"].map(|key| section.texts(key));
    let all = [
        at_least_one.map(Asks::AtLeastOne),
        at_most_one.map(Asks::AtMostOne),
        all_or_none.map(Asks::AllOrNone),
        section.lists_of_texts("exactly_one").map(Asks::ExactlyOne),
    ];
    let all = all.into_iter().flatten().collect();
    one_of(section, all, "`at_least_one`, `at_most_one`, `all_or_none` or `exactly_one`")
}

fn total(section: &Section<'_>) -> Asks {
    let total = Total { least: section.whole("min"), most: section.whole("max") };
    let items = section.texts("items").map(|fields| Asks::Items(fields, total.clone()));
    let length = section.texts("length").map(|fields| Asks::Length(fields, total));
    one_of(section, items.into_iter().chain(length).collect(), "`items` or `length`")
}

/// Returns the only rule of an entry, or reports that it has none or several.
fn one_of(section: &Section<'_>, all: Vec<Asks>, keys: &str) -> Asks {
    section.knows(&["doc", "modes", "when"]);
    // A misspelt rule is reported as an unknown key.
    if all.len() > 1 || (all.is_empty() && !section.has_unknown_keys()) {
        let name = section.name();
        section.report(
            name.fault(format!("an entry of `{}` must have exactly one rule", name.value), format!("give {keys}")),
        );
    }
    all.into_iter().next().unwrap_or_else(|| Asks::AtMostOne(Vec::new()))
}

fn difference(section: &Section<'_>) -> Asks {
    Asks::Difference(
        [section.needs_text("larger"), section.needs_text("smaller")],
        [section.decimal("min"), section.decimal("max")],
    )
}
