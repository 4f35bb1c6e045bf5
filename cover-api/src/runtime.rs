//! The types that all services share: clients, tasks, waits and errors.
//!
//! They have the service as a type parameter. [`api!`](crate::api!) generates aliases without it, such as
//! [`Client`](crate::Client).

pub use crate::account::Stats;
pub use crate::attempt::Unfinished;
pub use crate::client::{
    Batch, BatchEvent, BatchItem, BatchReport, Client, ClientBuilder, Download, Duplicate, Sending, Task,
    UnfinishedTasks, UnknownPurchase,
};
pub use crate::error::{AttemptDetails, BodySent, Error, Recovery, WaitStats};
pub use crate::follow::{Update, Updates, Wait};
pub use crate::ledger::Resolution;
pub use crate::service::{Request, Service, Snapshot, TaskHandle, Track};
