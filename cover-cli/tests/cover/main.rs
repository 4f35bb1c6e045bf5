//! The command as its users meet it: in a home folder of its own, against a sandbox.

mod bad_input;
mod batches;
mod encrypted;
mod exit_codes;
mod files;
mod help;
#[cfg(unix)]
mod interrupts;
mod keys;
#[cfg(unix)]
mod kills;
#[cfg(unix)]
mod listening;
mod other_specs;
#[cfg(all(unix, feature = "postgres"))]
mod postgres;
#[cfg(unix)]
mod recording;
mod sessions;
mod support;
#[cfg(unix)]
mod terminals;
