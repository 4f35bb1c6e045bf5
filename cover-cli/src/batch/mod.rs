//! Many purchases from one table: its rows, their checks, and the report.

mod checks;
mod columns;
mod quotes;
mod report;
mod rows;

pub(crate) use checks::{Checks, Defaults, Item};
pub(crate) use report::{Line, Outcome, Report};
pub(crate) use rows::{Format, Rows};
