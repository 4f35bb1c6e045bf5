//! What stands for `std::sync`: loom's types, but for what threads do not change.

pub(crate) use loom::sync::atomic::{AtomicU8, Ordering};
pub(crate) use loom::sync::{Mutex, MutexGuard};
// Methods take `&Arc<Self>`, which is possible with the original alone.
pub(crate) use real::sync::{Arc, PoisonError};
