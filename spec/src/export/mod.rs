//! Specs in other languages.

mod json_schema;
mod markdown;
mod openapi;
mod relations;
