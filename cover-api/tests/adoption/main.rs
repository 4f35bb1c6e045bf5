//! Tasks of processes that have gone are adopted by others, which share the ledger.

mod handed_over;
mod many;
mod service;
mod silent;
