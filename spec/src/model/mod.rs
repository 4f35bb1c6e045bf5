//! The model of a spec: one type for each table of the language, and every value with its place.

mod callback;
mod condition;
mod field;
mod limit;
mod mode;
mod presence;
mod relation;
mod request;
mod service;
mod sources;
mod task;

pub use callback::{Callback, CallbackStage, Signature};
pub use condition::{Condition, Conditions, Is};
pub use field::{Choice, DefaultValue, Field, FieldKind, Placeholder};
pub use limit::{Bounds, Dispute, Limit};
pub use mode::{FieldSet, Mode, ModeSet};
pub use relation::{Asks, Relation, Total};
pub use request::Request;
pub use service::{Code, Credits, Envelope, RateLimit, Service};
pub use sources::{Inherited, Sources};
pub use task::{Poll, Ready, Status, Submit, Track, TrackField, TrackKind};

pub use crate::source::{At, File, Files, Scalar, Span};

/// A whole spec: a service, one request to it, and the task that the request starts.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The service.
    pub service: Service,
    /// The request.
    pub request: Request,
    /// Where answers have their code and message. `None`: the HTTP status is the code.
    pub envelope: Option<Envelope>,
    /// The codes of answers.
    pub codes: Vec<Code>,
    /// The POST that submits a task.
    pub submit: Submit,
    /// The GET that polls a task.
    pub poll: Poll,
    /// The statuses of a task.
    pub statuses: Vec<Status>,
    /// One result of a task.
    pub track: Track,
    /// The rate limit of the service.
    pub rate_limit: Option<RateLimit>,
    /// The GET that returns the remaining credits.
    pub credits: Option<Credits>,
    /// The callbacks that the service sends.
    pub callback: Option<Callback>,
    /// The files of the spec, and what it takes from its bases.
    pub sources: Sources,
}
