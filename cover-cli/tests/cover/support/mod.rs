//! What the tests share: a home folder, the command in it, a terminal, and a service that misbehaves when asked to.

mod home;
#[cfg(unix)]
mod live;
mod service;
mod snapshot;
#[cfg(unix)]
mod terminal;

pub(crate) use home::{Home, Running, Said, root};
#[cfg(unix)]
pub(crate) use live::Live;
pub(crate) use service::{Asks, Fate, Service};
pub(crate) use snapshot::{Session, matches_snapshot};
#[cfg(unix)]
pub(crate) use terminal::Terminal;

/// The flags of a cover that keeps every rule.
pub(crate) const NIGHT_DRIVE: [&str; 5] = ["--title", "Night Drive", "--style", "Smooth jazz trio", "--instrumental"];
