//! What the generated types of every service share: sending, polling, waiting, and the errors of these.
//!
//! The types here have the service as a parameter. [`api!`](crate::api!) generates names for them without it, such as
//! [`Client`](crate::Client).

mod batch;
mod client;
mod download;
mod purchases;
mod sending;
pub(crate) mod setup;
mod shared;
mod task;

pub use batch::{Batch, BatchItem, Event, Report};
pub use client::Client;
pub use download::Download;
pub use purchases::{Duplicate, UnfinishedTasks, UnknownPurchase};
pub use sending::Sending;
pub use setup::ClientBuilder;
pub use task::Task;

pub use crate::attempt::Unfinished;
pub use crate::error::{Attempt, BodySent, Error, Recovery, WaitStats};
pub use crate::follow::{Update, Updates, Wait};
pub use crate::handle::TaskHandle;
pub use crate::ledger::Resolution;
pub use crate::service::{Request, Service, Track};
pub use crate::snapshot::Snapshot;
pub use crate::stats::Stats;
pub use cover_spec::wire::{
    Api, Callback, CallbackStage, Clock, Code, CodeMeaning, Created, Credits, Encoding, Pace, Poll, Signature, Signed,
    Status, StatusMeaning, Submit,
};
