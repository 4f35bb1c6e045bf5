//! Specs in other formats.

mod json_schema;
mod markdown;
mod openapi;
mod relations;
