//! The types that all services share: clients, tasks, waits and errors.
//!
//! They have the service as a type parameter. [`api!`](crate::api!) generates aliases without it, such as
//! [`Client`](crate::Client).

pub use crate::account::Stats;
pub use crate::attempt::Unfinished;
pub use crate::client::{
    Account, AccountTask, Adopted, Answer, Batch, BatchEvent, BatchItem, BatchReport, Became, Client, ClientBuilder,
    Download, Duplicate, FileDownload, Quote, Sending, Sent, Task, UnfinishedTasks, UnknownPurchase, Upload,
};
pub use crate::error::{AttemptDetails, BodySent, Error, Recovery, WaitStats};
pub use crate::follow::{Update, Updates, Wait};
pub use crate::ledger::{Resolution, SpendLimit};
#[cfg(feature = "dynamic")]
pub use crate::service::AnyRequest;
pub use crate::service::{
    AnyResults, AnyService, AtOnce, ByTask, Either, Given, Request, Results, Service, Snapshot, StaticService,
    TaskHandle, Way,
};
pub use cover_spec::tables::Credits;
#[cfg(feature = "dynamic")]
pub use cover_spec::{Faults, Spec};
