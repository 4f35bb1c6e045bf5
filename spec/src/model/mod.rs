//! The model of a spec: one type for each table of the language, and every value with its place.

mod callback;
mod condition;
mod disputed;
mod field;
mod limit;
mod mode;
mod presence;
mod reference;
mod relation;
mod request;
mod results;
mod service;
mod sources;
mod task;
mod upload;

pub use callback::{Callback, CallbackStage, Signature};
pub use condition::{Condition, Conditions, Is};
pub(crate) use disputed::is_within;
pub use disputed::{Disputed, Statement};
pub use field::{Choice, DefaultValue, Field, FieldKind, Place, Placeholder, object_module};
pub use limit::{Bounds, Dispute, Limit};
pub use mode::{FieldSet, Mode, ModeSet};
pub use reference::{Fetched, IdSource};
pub use relation::{Asks, Relation, Total};
pub use request::Request;
pub use results::{ResultEntry, ResultValue};
pub use service::{Code, Cost, Credits, Envelope, RateLimit, Service};
pub use sources::{Inherited, Sources};
pub use task::{Cancel, FailureCode, Poll, Ready, Status, Submit};
pub use upload::Upload;

pub use crate::tables::ResultKind;

pub use crate::source::{At, File, Files, Scalar, Span};

/// A whole spec: a service, one request to it, and the task that the request starts, or the results that it is answered with.
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
    /// The GET that polls a task. `None`: the operation answers at once.
    pub poll: Option<Poll>,
    /// The request that cancels a task.
    pub cancel: Option<Cancel>,
    /// The statuses of a task.
    pub statuses: Vec<Status>,
    /// The codes of failed tasks.
    pub failures: Vec<FailureCode>,
    /// The results.
    pub results: Vec<ResultEntry>,
    /// The rate limit of the service.
    pub rate_limit: Option<RateLimit>,
    /// The GET that returns the remaining credits, and the price of a request.
    pub credits: Option<Credits>,
    /// The callbacks that the service sends.
    pub callback: Option<Callback>,
    /// The POST that turns a local file into an address.
    pub upload: Option<Upload>,
    /// Contradictions of the service's documentation.
    pub disputed: Vec<Disputed>,
    /// The files of the spec, and what it takes from its bases.
    pub sources: Sources,
}
