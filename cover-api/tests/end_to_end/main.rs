//! From the settings of a client to the tracks of a cover, against the sandbox.

mod common;
mod errors;
mod sandbox;
mod setup;
mod waits;
