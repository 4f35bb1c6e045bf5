//! Every order in which threads can take their steps, tried on the sources of cover-api itself.
//!
//! The modules under test are the files of cover-api, included by their paths: what connects a caller with its attempt, and the
//! whole rate limit. Only what lies beneath them is another: this crate calls itself `std` and `tokio`, so that `std::sync` is
//! loom's, and the time is what a model says it is. Neither cover-api nor its dependencies are built for that, and no flag is
//! needed.
//!
//! Each function is a model; `tests/models.rs` runs them. A model that gets stuck, such as by a wake-up that is lost, fails.
#![cfg_attr(not(test), expect(clippy::missing_panics_doc, reason = "each function is a test"))]
// The sources of cover-api have tests of their own, which run there.
#![cfg(not(test))]

extern crate self as std;
extern crate self as tokio;
extern crate std as real;

use real::{collections, future, hash, mem, pin, task};

pub mod attempt;
mod events;
pub mod permits;
#[expect(dead_code, reason = "a model uses a part of it")]
#[path = "../../../cover-api/src/rate_limit/mod.rs"]
mod rate_limit;
mod sync;
mod time;
