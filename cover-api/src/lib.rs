//! Typed requests whose rules depend on their own fields, and a client that sends, polls, waits and never pays twice.
//!
//! A music service turns an uploaded song into a cover. One POST starts a task and is charged; polls or callbacks report the
//! result. Which fields a request must have, must not have, and how long they may be depends on its other fields. A spec
//! describes these rules, and a macro turns the spec into types: a [`CoverRequest`] in the mode `Custom<Instrumental>` does
//! not compile without a style and a title.
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
//! - The types at the root of this crate are generated from the spec that it ships (feature `typed`, on by default).
//! - [`api!`] generates the same types for another operation of the service, or from a spec of your own.
//! - [`runtime`] has the types that all services share: the client, tasks, errors.
//! - [`callback`] (feature `callback`) receives callbacks of the service.
//! - [`sandbox`] (feature `sandbox`) is the service in miniature on a loopback port, for tests.
//! - [`ledger`] remembers what was sent, in memory, in a file (feature `sqlite`) or in PostgreSQL (feature `postgres`), so that no purchase
//!   is charged twice.
//! - [`guide`] has longer pages, such as what happens when a process dies.
//!
//! # Guarantees
//!
//! - No purchase is charged twice. The [`ledger`] decides every POST, and another attempt follows only if the one before is known
//!   to have created nothing. Dropping a future does not change that. With keys and a ledger in a file, it also holds if
//!   a process dies or a batch is run again.
//! - No task is lost. The next [`send`](runtime::Client::send) with the same key returns it, and so does an equal `send` without a
//!   key until the task was delivered. Every error of a wait has the handle, and unknown outcomes are
//!   [listed](runtime::Client::unknown).
//! - The rate limit of an API key is never exceeded, however many tasks wait.
//! - API keys and the queries of addresses never appear in `Debug`, `Display` or errors.

#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate self as cover_api;

mod account;
mod attempt;
#[cfg(feature = "callback")]
pub mod callback;
mod callback_link;
mod client;
mod download;
mod error;
mod events;
mod follow;
pub mod guide;
mod ids;
#[cfg_attr(not(feature = "callback"), expect(dead_code, reason = "only callbacks write there"))]
mod inbox;
pub mod ledger;
mod rate_limit;
mod redact;
mod request;
mod response;
pub mod runtime;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod service;
mod submit;
pub mod tables;
mod tls;
mod transport;
mod upload;

pub use cover_spec::rules::{Figure, Rule, Violation, Violations};
pub use cover_spec::tables::Refunded;
pub use request::unlisted::{FromJson, OpenChoice};
pub use request::{UnknownChoice, state};
pub use response::{Link, Timestamp};

/// Generates the types of an operation from its spec: one of your own, or a shipped one.
///
/// The path is relative to the `Cargo.toml` of the crate that calls the macro. Cargo builds the crate again when the file changes.
/// If the spec has faults, each is a compile error with its place in the file.
///
/// ```ignore
/// cover_api::api!("specs/speech.toml");
/// ```
///
/// Without such a file, the path is that of a [shipped spec](guide::operations#the-shipped-operations):
///
/// ```ignore
/// cover_api::api!("sunoapi/wav.toml");
/// ```
///
/// If the spec names literal macros and the call is not at the root of the crate, give the path of its module:
///
/// ```ignore
/// mod speech {
///     cover_api::api!("specs/speech.toml", in crate::speech);
/// }
/// ```
///
/// The macro generates these items, with the names that the spec gives: the request with its builder, the markers of its modes,
/// the types of its choices, its literal macros, `Status`, `Results` with the types of objects in results, and the service with its `Client`, `Task`,
/// `TaskHandle`, `Snapshot` and `Error`. They are in the module that calls the macro, so give each spec a module of its own.
#[cfg(feature = "typed")]
pub use cover_macros::api;

#[cfg(feature = "typed")]
cover_macros::shipped!();

/// A pattern of the rules, as generated code writes it.
#[doc(hidden)]
#[cfg(feature = "pattern")]
#[macro_export]
macro_rules! __pattern {
    ($text:literal) => {
        $crate::__private::rules::Pattern::new($crate::__private::Borrowed($text))
    };
}

/// A pattern of the rules needs a feature.
#[doc(hidden)]
#[cfg(not(feature = "pattern"))]
#[macro_export]
macro_rules! __pattern {
    ($text:literal) => {
        ::core::compile_error!(
            "this spec has a `pattern`, which needs the feature `pattern` of the crate `cover-api`: add it to the \
             dependency's `features` in Cargo.toml"
        )
    };
}

/// Items that generated code uses. They are not part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use std::borrow::Cow::Borrowed;
    pub use std::time::Duration;

    #[cfg(feature = "typed")]
    pub use cover_macros::literal;
    pub use cover_spec::rules::{self, Value};
    pub use cover_spec::tables;
    pub use serde::{Serialize, Serializer};
    pub use serde_json::Value as Json;

    pub use crate::request::value::{FieldValue, members, object};
    pub use crate::request::{canonical, check, check_lengths, choice, debug, debug_object, json, serialize};
    pub use crate::response::{read, record};
    pub use crate::service::KnownOperation;
}
