//! Stands for `std::sync`: loom's types, except for those that threads do not change.

pub(crate) use loom::sync::atomic::{AtomicU8, Ordering};
pub(crate) use loom::sync::{Mutex, MutexGuard};
// Methods take `&Arc<Self>`, which only works with the original.
pub(crate) use real::sync::{Arc, PoisonError};
