//! The spec alone decides the types, the rules and the client of a service.

mod history;
mod junk;
mod language_faults;
mod matrix;
mod optional_values;
mod other_services;
mod own_spec;
mod spec_alone_knows;
#[path = "../stranger/mod.rs"]
mod stranger;
#[path = "../table/mod.rs"]
mod table;
