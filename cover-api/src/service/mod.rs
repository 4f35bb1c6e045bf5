//! The traits that [`api!`](crate::api!) implements for a service, the handles of its tasks, and snapshots.

mod any;
#[cfg(feature = "dynamic")]
mod any_request;
mod handle;
mod operation;
mod snapshot;
mod way;

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use cover_spec::rules::{Rules, Violations};
use cover_spec::tables::{Api, Credits, CreditsSpec};
use serde::Serialize;

use crate::response::read;
use crate::response::record::Record;

pub use any::{AnyResults, AnyService};
#[cfg(feature = "dynamic")]
pub use any_request::AnyRequest;
pub use handle::TaskHandle;
pub use operation::{KnownOperation, OperationId};
pub(crate) use snapshot::Content;
pub use snapshot::Snapshot;
pub use way::{AtOnce, ByTask, Either, Given, Way};

/// The types of a service. [`api!`](crate::api!) generates them from a spec, and [`AnyService`] has them for specs that are read at
/// run time.
pub trait Service: 'static {
    /// The statuses of its tasks.
    type Status: FromStr<Err = Infallible> + Serialize + Clone + fmt::Debug + fmt::Display + PartialEq + Send + Sync;
    /// The results of its tasks.
    type Results: Results;
    /// How it gives its results: by a task, or at once.
    type Way: Way;
    /// What a handle remembers of its operation.
    #[doc(hidden)]
    type Operation: OperationId;
}

/// A service whose spec is known while compiling.
pub trait StaticService: Service<Operation = KnownOperation<Self>> + Sized {
    /// Returns the spec of the service as tables.
    ///
    /// ```
    /// use cover_api::{UploadCover, runtime::StaticService};
    ///
    /// assert!(UploadCover::api().codes.iter().any(|code| code.number == 200));
    /// ```
    fn api() -> &'static Api;
}

/// The results of a task, generated from a spec.
pub trait Results: Clone + Default + fmt::Debug + PartialEq + Serialize + Send + Sync + 'static {
    /// Reads the results from an answer of the service.
    #[doc(hidden)]
    fn read(found: read::Found<'_>) -> Self;
}

impl<T: Record + Clone + Default + fmt::Debug + PartialEq + Serialize + Send + Sync + 'static> Results for T {
    fn read(found: read::Found<'_>) -> Self {
        <T as Record>::read(found.fields())
    }
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

    /// Checks the lengths of recordings whose addresses the request has. `length_of` returns a length in seconds, if it is known.
    #[doc(hidden)]
    fn check_lengths(&self, api: &Api, length_of: &dyn Fn(&str) -> Option<f64>) -> Result<(), Violations> {
        let _ = (api, length_of);
        Ok(())
    }

    /// Returns its price. Requests of one operation have one price, unless the spec says otherwise.
    #[doc(hidden)]
    fn price(&self, credits: &CreditsSpec) -> Credits {
        credits.cost
    }

    /// Returns the id of the operation that it is for, unless its type says it.
    #[doc(hidden)]
    fn operation(&self) -> Option<&str> {
        None
    }

    /// Returns the rules that it keeps, unless its type says them.
    #[doc(hidden)]
    fn rules(&self) -> Option<&'static Rules> {
        None
    }
}
