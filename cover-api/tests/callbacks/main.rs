//! Callbacks shorten waits and recover lost tasks. A poll confirms each of them, and those of others are refused.

mod common;
mod forged;
mod lost_replies;
mod refusals;
#[cfg(unix)]
mod several_machines;
mod waits;
