//! Several processes on a real PostgreSQL: what operators do, and what teams set up. Each ledger counts as a process of its own.

mod common;
mod failover;
mod guide;
mod lists;
mod metrics;
mod migration;
mod pooler;
mod purging;
mod questions;
mod removed;
mod roles;
mod tls;
