//! The parts of the standard library that the model checker replaces.

pub(super) use std::sync::atomic::{AtomicU8, Ordering};
pub(super) use std::sync::{Mutex, MutexGuard, PoisonError};
