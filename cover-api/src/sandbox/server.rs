//! Requests → answers.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State as Shares};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use cover_spec::wire::CodeMeaning;
use serde_json::json;
use tokio::net::TcpListener;

use super::answer::{envelope, respond};
use super::faults::Fault;
use super::task::{Task, all_well};
use super::{Shared, media};
use crate::json;
use crate::read::{Object, put};

const MOST_BODY: usize = 1 << 20;

pub(super) async fn run(listener: TcpListener, shared: Arc<Shared>) {
    // Serving ends when its task is aborted.
    let _ = axum::serve(listener, router(shared)).await;
}

pub(super) fn router(shared: Arc<Shared>) -> Router {
    // Paths come from a spec, which may give one to two things: matching them here cannot fail.
    Router::new().fallback(answer).with_state(shared)
}

async fn answer(Shares(shared): Shares<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    if let Some(file) = path.strip_prefix("/files/") {
        return shared.file(file);
    }
    let api = &shared.api;
    let key = parts.headers.get(&*api.auth_header).and_then(|value| value.to_str().ok());
    if key != Some(format!("{} {}", api.auth_scheme, shared.key).trim_start()) {
        return shared.refuse(CodeMeaning::Unauthorized, "the key is missing or wrong");
    }
    match parts.method {
        Method::POST if path == api.submit.path => match to_bytes(body, MOST_BODY).await {
            Ok(bytes) => shared.submit(&bytes),
            Err(_) => shared.refuse(CodeMeaning::Invalid, "the body is too large or broke off"),
        },
        Method::GET if shared.is_poll(path) => shared.poll(path, parts.uri.query().unwrap_or_default()),
        Method::GET if api.credits.as_ref().is_some_and(|credits| path == credits.path) => shared.credits(),
        _ => shared.refuse(CodeMeaning::NotFound, "no such method or path"),
    }
}

impl Shared {
    /// The code that the spec has for it, or the one that HTTP would use.
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

    fn refuse(&self, means: CodeMeaning, message: &str) -> Response {
        envelope(&self.api, self.code(means), message, json!({}))
    }

    fn succeed(&self, body: serde_json::Value) -> Response {
        envelope(&self.api, self.code(CodeMeaning::Success), "success", body)
    }

    fn submit(self: &Arc<Self>, bytes: &Bytes) -> Response {
        let mut state = self.state();
        state.submits += 1;
        if let Some(answer) = state.next_submits.pop_front() {
            return answer.respond(&self.api);
        }
        let fault = state.fault();
        if fault == Some(Fault::Refused) {
            return state.refusal(&self.api).respond(&self.api);
        }
        let request = match self.check(bytes) {
            Ok(request) => request,
            Err(message) => return self.refuse(CodeMeaning::Invalid, &message),
        };
        let cost = self.spec.credits.as_ref().map_or(0, |credits| credits.cost.value);
        let Some(left) = state.credits.checked_sub(cost) else {
            return self.refuse(CodeMeaning::InsufficientCredits, "there are too few credits");
        };
        state.credits = left;
        let id = Task::id(state.tasks.len() + 1);
        let statuses = state.next_statuses.pop_front().unwrap_or_else(|| all_well(&self.spec));
        state.tasks.insert(id.clone(), Task::new(id.clone(), request, statuses));
        let mut body = json!({});
        put(&mut body, &self.api.submit.task, json!(&id));
        let nonsense = fault.map(|_| state.nonsense(&self.api).respond(&self.api));
        drop(state);
        self.tell(&id);
        nonsense.unwrap_or_else(|| self.succeed(body))
    }

    /// The body as an object that keeps every rule, or each that it breaks.
    fn check(&self, bytes: &[u8]) -> Result<Object, String> {
        json::check(&self.rules, bytes).map_err(|violations| violations.to_string().replace('\n', "; "))?;
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }

    fn is_poll(&self, path: &str) -> bool {
        path == self.api.poll.path || self.in_path(path).is_some()
    }

    /// The id of the task, where it stands in the path.
    fn in_path<'a>(&self, path: &'a str) -> Option<&'a str> {
        let (before, after) = self.api.poll.path.split_once("{task}")?;
        let id = path.strip_prefix(before)?.strip_suffix(after)?;
        (!id.is_empty() && !id.contains('/')).then_some(id)
    }

    fn poll(&self, path: &str, query: &str) -> Response {
        let mut state = self.state();
        state.polls += 1;
        if let Some(answer) = state.next_polls.pop_front() {
            return answer.respond(&self.api);
        }
        match state.fault() {
            Some(Fault::Refused) => return state.refusal(&self.api).respond(&self.api),
            Some(Fault::Lost) => return state.nonsense(&self.api).respond(&self.api),
            None => {}
        }
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        let in_query = pairs.find(|(name, _)| self.api.poll.query.as_ref().is_some_and(|query| name == query));
        let id = in_query.map(|(_, id)| id).or(self.in_path(path).map(Cow::Borrowed));
        match id.and_then(|id| state.tasks.get_mut(&*id)) {
            Some(task) => self.succeed(task.poll(&self.spec, &self.api, self.speed, &self.url)),
            None => match self.api.poll.unknown_task.first() {
                Some(code) => envelope(&self.api, *code, "no such task", json!({})),
                None => self.refuse(CodeMeaning::NotFound, "no such task"),
            },
        }
    }

    fn credits(&self) -> Response {
        let mut body = json!({});
        if let Some(credits) = &self.api.credits {
            put(&mut body, &credits.amount, json!(self.state().credits));
        }
        self.succeed(body)
    }

    /// `task-1/0.wav`
    fn file(&self, path: &str) -> Response {
        let found = path.split_once('/').filter(|(task, _)| self.state().tasks.contains_key(*task));
        let number = |name: &str| name.parse::<u32>().ok().filter(|number| *number < self.spec.track.count.value);
        match found.and_then(|(_, name)| name.split_once('.')).map(|(name, kind)| (number(name), kind)) {
            Some((Some(track), "wav")) => respond(StatusCode::OK, "audio/wav", Body::from(media::wav(track))),
            Some((Some(_), "svg")) => respond(StatusCode::OK, "image/svg+xml", Body::from(media::SVG)),
            _ => respond(StatusCode::NOT_FOUND, "text/plain", Body::from("no such file")),
        }
    }
}
