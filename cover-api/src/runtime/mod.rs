//! What the generated types of every service share: sending, polling, waiting, and the errors of these.
//!
//! The types here have the service as a parameter. [`api!`](crate::api!) generates names for them without it, such as
//! [`Client`](crate::Client).

mod attempt;
mod batch;
pub(crate) mod called;
mod client;
pub(crate) mod envelope;
mod error;
mod facts;
mod follow;
pub(crate) mod ledger;
#[cfg_attr(not(feature = "callback"), expect(dead_code, reason = "only callbacks write there"))]
pub(crate) mod news;
mod pace;
pub(crate) mod poll;
mod rhythm;
mod send;
mod service;
#[cfg(feature = "callback")]
pub(crate) mod settle;
pub(crate) mod setup;
mod stats;
mod submit;
mod task;
pub(crate) mod unknown;
mod wait;
mod waiting;
mod wire;
mod written;

pub use attempt::Attempt;
pub use batch::{Batch, Event, Report};
pub use client::Client;
pub use error::Error;
pub use follow::Tally;
pub use poll::Snapshot;
pub use send::Sending;
pub use service::{Request, Service, Track};
pub use setup::ClientBuilder;
pub use stats::Stats;
pub use task::{Task, TaskHandle};
pub use wait::{Update, Updates, Wait};
pub use written::Written;

pub use cover_spec::wire::{
    Api, Callback, CallbackStage, Clock, Code, CodeMeaning, Created, Credits, Encoding, Pace, Poll, Signature, Signed,
    Status, StatusMeaning, Submit,
};
