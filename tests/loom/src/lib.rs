//! Tries every order of the steps of threads on the sources of cover-api.
//!
//! The modules under test are files of cover-api, included by their paths: the connection of a caller with its attempt, and the
//! rate limit. This crate calls itself `std` and `tokio`, so that the modules use loom's `std::sync` and the clock of the model.
//! Neither cover-api nor its dependencies are built, and no flag is needed.
//!
//! Each function is a model; `tests/models.rs` runs them. A model that gets stuck, for example after a lost wake-up, fails.
#![cfg_attr(not(test), expect(clippy::missing_panics_doc, reason = "each function is a test"))]
// The sources of cover-api have tests of their own, which run there.
#![cfg(not(test))]

extern crate self as std;
extern crate self as tokio;
extern crate std as real;

use real::{collections, fmt, future, hash, mem, pin, task};

pub mod attempt;
mod events;
pub mod permits;
#[expect(dead_code, unused_imports, reason = "a model uses a part of it")]
#[path = "../../../cover-api/src/rate_limit/mod.rs"]
mod rate_limit;
mod sync;
mod time;
