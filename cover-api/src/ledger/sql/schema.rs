//! The changes of the tables, by version.

/// The changes of each version. A released step never changes.
pub(in crate::ledger) const STEPS: [&str; 4] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
];

/// The version of the tables that this crate writes.
#[expect(clippy::cast_possible_wrap, reason = "there are few steps")]
pub(in crate::ledger) const VERSION: i64 = STEPS.len() as i64;

/// The least version whose writers are compatible with these tables.
pub(in crate::ledger) const LEAST: i64 = 1;
