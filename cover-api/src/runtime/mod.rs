//! What the generated types of every service share: sending, polling, waiting, and the errors of these.
//!
//! The types here have the service as a parameter. [`api!`](crate::api!) generates names for them without it, such as
//! [`Client`](crate::Client).

mod client;
mod envelope;
mod error;
mod http;
mod poll;
mod service;
mod setup;
mod submit;
mod task;
mod wait;

pub use client::{Client, Sending};
pub use error::Error;
pub use poll::Snapshot;
pub use service::{Request, Service, Track};
pub use setup::ClientBuilder;
pub use task::{Task, TaskHandle};
pub use wait::{Updates, Wait};

pub use cover_spec::wire::{Api, Code, CodeMeaning, Created, Credits, Poll, Status, StatusMeaning, Submit};
