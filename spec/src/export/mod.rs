//! Specs in other formats.

mod conditions;
mod json_schema;
mod markdown;
mod openapi;
mod relations;
mod results;
