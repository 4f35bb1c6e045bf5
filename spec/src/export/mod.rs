//! Specs in other languages.

mod json_schema;
mod relations;
