use std::cell::RefCell;

use super::place::{At, Span};
use crate::fault::Fault;

/// The faults that are found while tables are read.
#[derive(Default)]
pub(crate) struct Report {
    faults: RefCell<Vec<Fault>>,
    missing: RefCell<Vec<Missing>>,
    /// Whether the file may lack keys.
    is_parts: bool,
    unavailable: Vec<Unavailable>,
}

/// The fault that a table lacks a key.
struct Missing {
    /// The place of the name of the table.
    table: Span,
    key: String,
    fault: Fault,
}

/// A key that is missing because the base's must not be used.
pub(crate) struct Unavailable {
    /// The place of the name of the key's table.
    pub(crate) table: Span,
    pub(crate) key: &'static str,
    /// Says why, in place of the fault that the key is missing.
    pub(crate) fault: Fault,
}

impl Report {
    /// Creates a report for a file, which is perhaps only a base for others.
    pub(crate) fn new(is_parts: bool, unavailable: Vec<Unavailable>) -> Self {
        Self { is_parts, unavailable, ..Self::default() }
    }

    pub(crate) fn add(&self, fault: Fault) {
        self.faults.borrow_mut().push(fault);
    }

    /// Adds the fault that a table lacks a key, if that is one.
    pub(super) fn missing(&self, table: &At<String>, key: &str, fault: Fault) {
        let reason = self.reason(table, key);
        if self.is_parts && reason.is_none() {
            return;
        }
        let fault = reason.unwrap_or(fault);
        self.missing.borrow_mut().push(Missing { table: table.span, key: key.to_owned(), fault });
    }

    /// Removes the fault that a table lacks a key, because another fault is the cause.
    pub(super) fn is_misspelt(&self, table: Span, key: &str) {
        self.remove(|missing| missing.table == table && missing.key == key);
    }

    /// Removes the faults about what a table lacks, because another fault is the cause.
    pub(super) fn is_incomplete(&self, table: Span) {
        self.remove(|missing| missing.table == table);
    }

    /// Removes faults, and those that are equal to them: several keys can have one reason.
    fn remove(&self, is_explained: impl Fn(&Missing) -> bool) {
        let mut missing = self.missing.borrow_mut();
        let faults: Vec<Fault> = missing.iter().filter(|it| is_explained(it)).map(|it| it.fault.clone()).collect();
        missing.retain(|it| !faults.contains(&it.fault));
    }

    /// Returns the fault that says why a key of the base is not used.
    fn reason(&self, table: &At<String>, key: &str) -> Option<Fault> {
        let unavailable = self.unavailable.iter().find(|it| it.key == key && it.table == table.span)?;
        Some(unavailable.fault.clone().within(&table.value, table.span.into()))
    }

    pub(crate) fn into_faults(self) -> Vec<Fault> {
        let missing = self.missing.into_inner().into_iter().map(|missing| missing.fault);
        self.faults.into_inner().into_iter().chain(missing).collect()
    }
}
