//! The traits that [`api!`](crate::api!) implements for a service, the handles of its tasks, and snapshots.

mod handle;
mod snapshot;

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use cover_spec::answers::Object;
use cover_spec::tables::Api;
use serde::Serialize;

pub use handle::TaskHandle;
pub use snapshot::Snapshot;

/// A service, generated from a spec.
pub trait Service: 'static {
    /// The statuses of its tasks.
    type Status: FromStr<Err = Infallible> + Clone + fmt::Debug + fmt::Display + PartialEq + Send + Sync;
    /// The results of its tasks.
    type Track: Track;

    /// Returns the spec of the service as tables.
    ///
    /// ```
    /// use cover_api::{UploadCover, runtime::Service};
    ///
    /// assert!(UploadCover::api().codes.iter().any(|code| code.number == 200));
    /// ```
    fn api() -> &'static Api;
}

/// A result of a task, such as a song, generated from a spec.
pub trait Track: Clone + fmt::Debug + PartialEq + Send + Sync + 'static {
    /// Reads a track from an answer of the service.
    #[doc(hidden)]
    fn read(from: &Object) -> Self;

    /// Returns whether the output of the track, such as its audio, is finished.
    fn is_ready(&self) -> bool;
}

/// A request that was built and checked.
#[diagnostic::on_unimplemented(
    message = "only a request can be sent",
    label = "this is not a request",
    note = "call `.build()?` on a builder first, and send the request that it returns"
)]
pub trait Request: Serialize {
    /// The service that takes it.
    type Service: Service;

    /// Returns the bytes that identify the request; equal requests have equal bytes. `callback` is the name of the field for callbacks.
    #[doc(hidden)]
    fn canonical(&self, callback: Option<&str>) -> Vec<u8>;
}
