//! Keys that are not part of the language, and what only follows from them.

use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::place::Span;
use super::section::Section;
use crate::fault::Fault;
use crate::suggest::{nearest, suggestion};

/// Keys of earlier versions of the language, each with the key that replaced it.
const RENAMED: &[(&str, &str)] = &[
    ("deadline", "timeout"),
    ("pace", "rate_limit"),
    ("resend", "retry_after"),
    ("tries", "attempts"),
    ("typical", "expected_duration"),
    ("window", "per"),
];

impl<'a> Section<'a> {
    /// Reports every key that was neither read nor marked as known. A key that is missing because it is misspelt is no
    /// longer reported as missing.
    pub(crate) fn unknown_keys(&self) {
        let asked: BTreeSet<&str> = self.asked.borrow().iter().copied().collect();
        for key in self.not_asked() {
            let renamed = RENAMED.iter().find(|(old, new)| old == key.get_ref() && asked.contains(*new));
            let (meant, label) = match renamed {
                Some((_, new)) => (Some(*new), format!("renamed to `{new}`")),
                None => {
                    (nearest(key.get_ref(), asked.iter().copied()), suggestion(key.get_ref(), asked.iter().copied()))
                }
            };
            let fault = self.unknown_key(key, label);
            let Some(meant) = meant else {
                self.report(fault);
                continue;
            };
            self.report.is_misspelt(self.name.span, meant);
            let mut fault = fault.within(meant, 0..0);
            for (name, place) in self.halves(key.get_ref(), meant) {
                self.report.is_incomplete(place);
                fault = fault.within(name, place.into());
            }
            self.report(fault);
        }
    }

    /// Reports the keys that are a misspelling of one of these.
    pub(crate) fn misspellings(&self, known: &[&'static str]) {
        for key in self.not_asked() {
            if let Some(meant) = nearest(key.get_ref(), known.iter().copied()) {
                self.report(self.unknown_key(key, format!("did you mean `{meant}`?")));
            }
        }
    }

    fn unknown_key(&self, key: &Spanned<DeString<'_>>, label: String) -> Fault {
        Fault::new(format!("unknown key `{}` in {}", key.get_ref(), self.title()), key.span(), label)
    }

    /// Returns the tables that lack what the table under a misspelt key has: the one that is meant, and those in both.
    fn halves(&self, misspelt: &str, meant: &str) -> Vec<(&'a str, Span)> {
        let mut halves = Vec::new();
        let Some(table) = self.table else { return halves };
        let other = table.get(misspelt).and_then(|value| value.get_ref().as_table());
        if let (Some(other), Some((key, value))) = (other, table.get_key_value(meant)) {
            add_halves(other, (key, value), &mut halves);
        }
        halves
    }

    /// Whether the table has a key that was neither read nor marked as known until now.
    pub(crate) fn has_unknown_keys(&self) -> bool {
        self.not_asked().next().is_some()
    }

    fn not_asked(&self) -> impl Iterator<Item = &'a Spanned<DeString<'a>>> {
        let is_unknown = |key: &&Spanned<DeString<'a>>| !self.asked.borrow().contains(&key.get_ref().as_ref());
        self.table.into_iter().flat_map(DeTable::keys).filter(is_unknown)
    }
}

/// Adds a table, and the tables in it whose names another table has, too.
fn add_halves<'a>(
    other: &'a DeTable<'a>,
    (key, value): (&'a Spanned<DeString<'a>>, &'a Spanned<DeValue<'a>>),
    halves: &mut Vec<(&'a str, Span)>,
) {
    let Some(table) = value.get_ref().as_table() else { return };
    halves.push((key.get_ref(), key.span().into()));
    for (name, value) in other {
        if let (Some(other), Some(entry)) = (value.get_ref().as_table(), table.get_key_value(&**name.get_ref())) {
            add_halves(other, entry, halves);
        }
    }
}
