use super::{JsonPath, Method};
use crate::rules::Str;

/// The request that cancels a task. One of `path`, `query` and `body` has the id of the task.
#[derive(Debug, Clone, PartialEq)]
pub struct CancelSpec {
    /// HTTP method.
    pub method: Method,
    /// Path below the base URL. It may have `{task}`, which stands for the id of the task.
    pub path: Str,
    /// Query parameter for the id of the task.
    pub query: Option<Str>,
    /// Place of the id of the task in the JSON body. Empty: the request has no body.
    pub body: JsonPath,
}
