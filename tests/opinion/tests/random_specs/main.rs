//! Random specs of the whole language. Evaluators that were written from LANGUAGE.md alone give the same verdict on random bodies as
//! the checker of requests and two validators of the exported JSON Schema, and find the same results in random answers as the reader.

mod bodies;
mod contradictions;
mod drawing;
mod json;
mod meaning;
mod results;
mod schemas;
#[path = "../../../tests/stranger/mod.rs"]
mod stranger;
mod typed;
mod unlisted;
mod verdicts;
