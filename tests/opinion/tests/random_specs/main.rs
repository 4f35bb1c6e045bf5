//! Random specs of the whole language: an evaluator that was written from LANGUAGE.md alone, the checker of requests, and two
//! validators of the exported JSON Schema give the same verdict on random bodies.

mod bodies;
mod contradictions;
mod drawing;
mod json;
mod meaning;
mod schemas;
#[path = "../../../tests/stranger/mod.rs"]
mod stranger;
mod typed;
mod verdicts;
