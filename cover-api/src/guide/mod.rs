//! Pages about running a client: what it does when something goes wrong, why it never pays twice, and how to watch it.

#[doc = include_str!("what_happens_when.md")]
pub mod what_happens_when {}

#[doc = include_str!("never_twice.md")]
pub mod never_twice {}

#[doc = include_str!("watching.md")]
pub mod watching {}
