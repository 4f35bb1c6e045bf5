use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::read::Object;
use cover_spec::wire::Api;

/// A service, generated from a spec.
pub trait Service: 'static {
    /// The statuses of its tasks.
    type Status: FromStr<Err = Infallible> + Clone + fmt::Debug + fmt::Display + PartialEq + Send + Sync;
    /// What its tasks bring.
    type Track: Track;

    /// What the spec says of its answers.
    ///
    /// ```
    /// use cover_api::{UploadCover, runtime::Service};
    ///
    /// assert!(UploadCover::api().codes.iter().any(|code| code.number == 200));
    /// ```
    fn api() -> &'static Api;
}

/// One finished piece of a task, generated from a spec.
pub trait Track: Clone + fmt::Debug + PartialEq + Send + Sync + 'static {
    /// Reads it from a service's answer.
    #[doc(hidden)]
    fn read(from: &Object) -> Self;

    /// Has it finished audio?
    fn is_ready(&self) -> bool;
}

/// A request that was built and checked, and can be sent.
#[diagnostic::on_unimplemented(
    message = "this is no request that can be sent",
    label = "not a request of this client's service",
    note = "call `.build()?` on a builder first, and send what it gives"
)]
pub trait Request: Serialize {
    /// The service that takes it.
    type Service: Service;

    /// What tells it apart from other requests; `callback` is the name of the field for callbacks.
    #[doc(hidden)]
    fn canonical(&self, callback: Option<&str>) -> Vec<u8>;
}
