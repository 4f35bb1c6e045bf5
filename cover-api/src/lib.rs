//! Typed requests whose rules depend on their own fields, and a client that sends, polls, waits and never pays twice.
//!
//! A music service turns an uploaded song into a cover: one POST, which costs money and starts a task, then polling or
//! callbacks. Which fields must be there, which must not and how long they may be follows from the request's own fields.
//! Here that is a spec, and the spec is types: a [`CoverRequest`] of `Custom<Instrumental>` without style or title does
//! not compile.
//!
//! ```no_run
//! use cover_api::{Client, CoverRequest, Model, VocalGender};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let request = CoverRequest::custom_instrumental()
//!     .upload_url("https://storage.example.com/song.mp3")
//!     .without_callback()
//!     .model(Model::V4_5)
//!     .style("Smooth jazz trio")
//!     .title("Night Drive")
//!     .vocal_gender(VocalGender::Female)
//!     .style_weight(0.65)
//!     .build()?;
//!
//! let client = Client::from_env()?;
//! let task = client.send(&request).key("order-17").await?;
//! let cover = task.wait().await?;
//! for track in &cover.tracks {
//!     println!("{:?}", track.audio_url);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Parts
//!
//! - The types at the root of this crate are generated from the spec that it ships.
//! - [`api!`] generates the same types from your own spec.
//! - [`runtime`] has what they share: the client, tasks, errors.
//! - [`callback`] (feature `callback`) receives what the service tells by itself.
//! - [`sandbox`] (feature `sandbox`) is the service in miniature on a loopback port.
//! - [`ledger`] remembers what was sent, in memory or in a file (feature `sqlite`), so that no purchase is charged twice.
//!
//! # What never happens
//!
//! - No purchase is charged twice. The [`ledger`] decides every POST, and another attempt follows only if the one before is
//!   proved to have created nothing. That holds whatever a caller drops; with keys and a ledger in a file, it also holds when a
//!   process dies or a batch is run again.
//! - A task is never lost. The next [`send`](runtime::Client::send) of its key returns it, and so does an equal `send` without a
//!   key until the task was delivered. Every error of a wait has its handle, and unknown outcomes are
//!   [listed](runtime::Client::unknown).
//! - The rate limit of an API key is never exceeded, however many tasks wait.
//! - An API key, or the query of an address, never stands in `Debug`, `Display` or an error.

#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate self as cover_api;

mod account;
mod attempt;
mod attempt_id;
#[cfg(feature = "callback")]
pub mod callback;
mod callback_link;
mod download;
mod error;
mod events;
mod follow;
pub mod guide;
mod handle;
mod ids;
#[cfg_attr(not(feature = "callback"), expect(dead_code, reason = "only callbacks write there"))]
mod inbox;
#[doc(hidden)]
pub mod json;
pub mod ledger;
mod link;
mod rate_limit;
#[doc(hidden)]
pub mod read;
mod redact;
mod request;
pub mod runtime;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod schedule;
mod service;
mod snapshot;
pub mod state;
mod stats;
mod submit;
mod transport;
#[doc(hidden)]
pub mod value;

pub use cover_spec::rules::{Figure, Rule, Violation, Violations};
pub use link::Link;
pub use read::Timestamp;
pub use request::UnknownChoice;

/// Generates the types of an API from a spec of your own.
///
/// The path is relative to the Cargo.toml of the crate that calls it, and cargo builds again when the file changes. A
/// spec with faults gives an error for each, with its place in the file.
///
/// ```ignore
/// cover_api::api!("specs/speech.toml");
/// ```
///
/// A spec that names literal macros needs to know the module that it stands in, unless that is the root of the crate:
///
/// ```ignore
/// mod speech {
///     cover_api::api!("specs/speech.toml", in crate::speech);
/// }
/// ```
///
/// Generated are, under the names that the spec gives: the request with its builder, the markers of its modes, the
/// types of its choices, its literal macros, `Status`, the track, and the service with its `Client`, `Task`, `TaskHandle`, `Snapshot` and
/// `Error`. They stand where the macro is called: give each spec a module of its own.
pub use cover_macros::api;

cover_macros::shipped!();

/// What generated code uses. Not for users: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use std::borrow::Cow::Borrowed;
    pub use std::time::Duration;

    pub use cover_macros::literal;
    pub use cover_spec::rules::{self, Value};
    pub use cover_spec::wire;
    pub use serde::{Serialize, Serializer};

    pub use crate::json;
    pub use crate::read::{self, Object};
    pub use crate::redact::Shown;
    pub use crate::request::{canonical, check, debug, serialize};
    pub use crate::value::FieldValue;
}
