//! Tables that could not be read completely, so that faults which follow from what they lack are not reported.

use std::ops::Range;

use crate::fault::Fault;
use crate::model::{Condition, Field, Mode, Request};
use crate::source::{At, Span};

/// What is not known because of another fault.
pub(super) struct Incomplete {
    /// The tables with a key that is unknown, missing, or has a value of a wrong type.
    tables: Vec<(String, Range<usize>)>,
    /// The places of the names of modes whose `when` has a fault.
    modes: Vec<Span>,
    /// The places of the names of fields whose presence has a fault.
    presences: Vec<Span>,
}

impl Incomplete {
    /// Returns the tables that the faults of reading are about.
    pub(super) fn of(read: &[Fault]) -> Self {
        let tables = read.iter().flat_map(Fault::tables).cloned().collect();
        Self { tables, modes: Vec::new(), presences: Vec::new() }
    }

    /// Adds modes whose `when` has a fault.
    pub(super) fn add_modes(&mut self, names: Vec<Span>) {
        self.modes.extend(names);
    }

    /// Adds fields whose presence has a fault.
    pub(super) fn add_presences(&mut self, names: Vec<Span>) {
        self.presences.extend(names);
    }

    /// Whether it is not known which values a mode sets, or which fields it has.
    pub(super) fn has_mode(&self, mode: &Mode) -> bool {
        self.has(&mode.name) || self.modes.contains(&mode.name.span)
    }

    /// Whether it is not known in which modes a condition holds.
    pub(super) fn hides(&self, condition: &Condition, request: &Request) -> bool {
        request.modes.iter().any(|mode| self.has_mode(mode))
            || condition.terms.iter().filter_map(|(wire, _)| request.field(wire)).any(|field| self.has_presence(field))
    }

    /// Whether the presence of a field is not known.
    pub(super) fn has_presence(&self, field: &Field) -> bool {
        self.has(&field.wire) || self.presences.contains(&field.wire.span)
    }

    /// Whether the entry with this name or place is incomplete.
    pub(super) fn has<T>(&self, name: &At<T>) -> bool {
        self.tables.iter().any(|(_, place)| *place == Range::from(name.span))
    }

    /// Whether a table with this name is incomplete.
    pub(super) fn has_named(&self, name: &str) -> bool {
        self.tables.iter().any(|(table, _)| table == name)
    }

    /// Whether the fault only follows from what an incomplete table lacks.
    pub(super) fn explains(&self, fault: &Fault) -> bool {
        let is_at_name = self.tables.iter().any(|(_, place)| *place == fault.span());
        let names = [("field", "fields"), ("mode", "modes"), ("status", "statuses")];
        let is_about = |what: &str| fault.message().starts_with(&format!("unknown {what} `"));
        is_at_name || names.iter().any(|(what, table)| is_about(what) && self.has_named(table))
    }
}
