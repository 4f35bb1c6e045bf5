//! The spec alone decides the types, the rules and the client of a service.

mod bases;
mod history;
mod junk;
mod language_faults;
mod matrix;
mod meaning;
mod modes_and_values;
mod names;
mod objects;
mod open_choices;
mod optional_values;
mod other_services;
mod own_spec;
mod patterns_and_numbers;
mod results;
mod spec_alone_knows;
#[path = "../stranger/mod.rs"]
mod stranger;
#[path = "../table/mod.rs"]
mod table;
mod tried_answers;
