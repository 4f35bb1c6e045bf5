//! What a spec says, each value with its place.

mod callback;
mod request;
mod service;
mod task;
mod words;

pub use callback::{Callback, CallbackStage, Signature};
pub use request::{
    Asks, Bounds, Choice, Condition, Conditions, Dispute, Field, FieldKind, Is, Limit, Mode, ModeSet, Placeholder,
    Relation, Request, Total,
};
pub use service::{Code, Credits, Envelope, Pace, Service};
pub use task::{Poll, Ready, Status, Submit, Track, TrackField, TrackKind};

pub use crate::source::{At, Scalar, Span};

/// A whole spec: a service, one request of it, and how the task that it starts is followed.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The service.
    pub service: Service,
    /// The request.
    pub request: Request,
    /// Where answers say their code and message; `None` where the HTTP status is the code.
    pub envelope: Option<Envelope>,
    /// What the codes mean.
    pub codes: Vec<Code>,
    /// How a task is submitted.
    pub submit: Submit,
    /// How a task is followed.
    pub poll: Poll,
    /// The statuses of a task.
    pub statuses: Vec<Status>,
    /// What a task brings.
    pub track: Track,
    /// How many requests the service takes.
    pub pace: Option<Pace>,
    /// How to ask for credits.
    pub credits: Option<Credits>,
    /// How the service tells of stages by itself.
    pub callback: Option<Callback>,
}
