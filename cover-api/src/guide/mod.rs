//! Pages about running a client: how local files are uploaded, what it does when something goes wrong, why it never pays twice, how
//! operations share an account, how to send from a workflow engine, how several machines share an account, and how to watch it.

#[doc = include_str!("what_happens_when.md")]
pub mod what_happens_when {}

#[doc = include_str!("uploads.md")]
pub mod uploads {}

#[doc = include_str!("never_twice.md")]
pub mod never_twice {}

#[doc = include_str!("operations.md")]
#[expect(
    clippy::doc_markdown,
    reason = "the table of operations has values in words, as the pages of the operations do"
)]
pub mod operations {}

#[doc = include_str!("workflow_engines.md")]
pub mod workflow_engines {}

#[cfg(feature = "postgres")]
#[doc = include_str!("several_machines.md")]
pub mod several_machines {}

#[doc = include_str!("watching.md")]
pub mod watching {}
