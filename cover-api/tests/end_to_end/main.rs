//! From the settings of a client to the tracks of a cover, against the sandbox.

mod common;
mod empty_texts;
mod errors;
mod fetched;
mod sandbox;
mod served;
mod setup;
mod several;
mod shipped;
mod sources;
mod waits;
