//! One operation of a sandbox: a spec, and the form of its answers.

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use cover_spec::answers::Object;
use cover_spec::model::{Spec, Status};
use cover_spec::rules::Rules;
use cover_spec::tables::{Api, CodeMeaning, CodeSpec, Created, Credits};
use serde_json::{Value, json};

use super::answer::{envelope, respond};
use crate::request::json;

/// An operation, as its spec describes it.
pub(super) struct Operation {
    pub(super) spec: Spec,
    pub(super) rules: Rules,
    pub(super) api: Api,
}

impl Operation {
    pub(super) fn new(spec: Spec) -> Self {
        Self { rules: spec.rules(), api: spec.api(), spec }
    }

    /// Returns the id of the operation.
    pub(super) fn id(&self) -> &str {
        &self.api.id
    }

    /// Reads a body that keeps every rule, and its price. The error lists the broken rules.
    pub(super) fn check(&self, bytes: &[u8]) -> Result<(Object, Credits), String> {
        let checked = json::check(&self.rules, bytes);
        let checked = checked.map_err(|violations| violations.to_string().replace('\n', "; "))?;
        let price = self.api.credits.as_ref().map_or(Credits::ZERO, |credits| checked.price(credits));
        Ok((serde_json::from_slice(bytes).map_err(|error| error.to_string())?, price))
    }

    /// Returns the code that the spec has for this meaning, or else the HTTP status.
    pub(super) fn code(&self, means: CodeMeaning) -> u32 {
        let known = self.api.codes.iter().find(|code| code.means == means);
        known.map_or_else(
            || match means {
                CodeMeaning::Success => 200,
                CodeMeaning::Unauthorized => 401,
                CodeMeaning::InsufficientCredits => 402,
                CodeMeaning::NotFound => 404,
                _ => 400,
            },
            |code| code.number,
        )
    }

    pub(super) fn refuse(&self, means: CodeMeaning, message: &str) -> Response {
        self.refuse_with(self.code(means), message)
    }

    pub(super) fn refuse_with(&self, code: u32, message: &str) -> Response {
        envelope(&self.api, code, message, json!({}))
    }

    pub(super) fn succeed(&self, body: Value) -> Response {
        self.answer(self.code(CodeMeaning::Success), body)
    }

    /// Makes the answer to a request that was carried out.
    pub(super) fn answer(&self, code: u32, body: Value) -> Response {
        envelope(&self.api, code, "success", body)
    }

    /// Returns the code of the answer to a poll: the status itself if it is at the same place.
    pub(super) fn code_of_status(&self, status: &str) -> u32 {
        let is_code = self.api.poll.as_ref().is_some_and(|poll| poll.status == self.api.code);
        let code = status.parse().ok().filter(|_| is_code);
        code.unwrap_or_else(|| self.code(CodeMeaning::Success))
    }

    /// Returns the status with this name.
    pub(super) fn status(&self, name: &str) -> Option<&Status> {
        self.spec.statuses.iter().find(|status| status.name.value == name)
    }

    pub(super) fn too_many(&self) -> Response {
        let message = "there are too many requests";
        let is_match = |code: &&CodeSpec| code.means == CodeMeaning::RateLimited && code.created == Created::No;
        match self.api.codes.iter().find(is_match) {
            Some(code) => self.refuse_with(code.number, message),
            None => respond(StatusCode::TOO_MANY_REQUESTS, "text/plain", Body::from(message)),
        }
    }

    pub(super) fn no_such_task(&self) -> Response {
        match self.api.poll.iter().flat_map(|poll| poll.unknown_task.iter()).next() {
            Some(code) => self.refuse_with(*code, "no such task"),
            None => self.refuse(CodeMeaning::NotFound, "no such task"),
        }
    }
}
