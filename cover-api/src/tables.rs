//! The spec of a service as tables, for tools.
//!
//! [`Service::api`](crate::runtime::Service::api) returns the [`Api`] of a service. Programs that only send requests and
//! wait for tasks do not need these types.

pub use cover_spec::tables::{
    Api, CallbackSpec, CallbackStageSpec, CodeMeaning, CodeSpec, Created, CreditsSpec, JsonPath, PollSpec,
    RateLimitSpec, SignatureClock, SignatureEncoding, SignatureSpec, SignedPart, StatusMeaning, StatusSpec, SubmitSpec,
};
