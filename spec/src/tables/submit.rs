use super::JsonPath;
use crate::rules::{List, Str};

/// The request that submits a task.
#[derive(Debug, Clone, PartialEq)]
pub struct SubmitSpec {
    /// HTTP method.
    pub method: Method,
    /// Path below the base URL. Each `{name}` in it stands for the field of that name.
    pub path: Str,
    /// Names of the fields that are query parameters.
    pub query: List<Str>,
    /// Format of the body, which has all other fields.
    pub body: BodyFormat,
    /// Where the answer has the id of the task; empty if the operation answers at once.
    pub task: JsonPath,
}

/// Returns the names of the fields in a path, such as `id` for `/tasks/{id}`.
pub fn path_fields(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// HTTP methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET`, which has no body.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `PATCH`.
    Patch,
    /// `DELETE`, which has no body.
    Delete,
}

impl Method {
    /// Returns the name of the method, such as `POST`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether requests with this method have a body.
    #[must_use]
    pub fn has_body(self) -> bool {
        !matches!(self, Self::Get | Self::Delete)
    }
}

/// Formats of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BodyFormat {
    /// There is no body.
    None,
    /// A JSON object.
    Json,
    /// `multipart/form-data`, with a part for each value.
    Multipart,
}
