//! Specs in other formats.

mod conditions;
mod disputed;
mod json_schema;
mod markdown;
mod openapi;
mod relations;
mod results;
mod table;

pub use table::markdown_table;
