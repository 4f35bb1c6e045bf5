//! The spec of a service as tables, for tools.
//!
//! [`StaticService::api`](crate::runtime::StaticService::api) returns the [`Api`] of a service. Programs that only send requests and
//! wait for tasks do not need these types.

pub use cover_spec::tables::{
    Api, BodyFormat, CallbackSpec, CallbackStageSpec, CancelSpec, CodeMeaning, CodeSpec, CostSpec, Created, Credits,
    CreditsSpec, JsonPath, MemberSpec, Method, PollSpec, RateLimitSpec, ResultKind, ResultSpec, ShapeSpec,
    SignatureClock, SignatureEncoding, SignatureSpec, SignedPart, StatusMeaning, StatusSpec, SubmitSpec,
};
