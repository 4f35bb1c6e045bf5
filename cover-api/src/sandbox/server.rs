//! The HTTP server: reads requests, and answers them as the spec says.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State as Extract};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use cover_spec::answers::{Object, at, put};
use cover_spec::rules::Str;
use cover_spec::tables::{CancelSpec, CodeMeaning, CodeSpec, Created};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::Instant;

use super::answer::{envelope, respond};
use super::faults::AnswerFault;
use super::output::files;
use super::request::{self, Pair};
use super::task::{Task, successful_statuses};
use super::{Backend, media};
use crate::request::json;
use crate::transport::credentials;

const MAX_BODY: usize = 1 << 20;

pub(super) async fn run(listener: TcpListener, backend: Arc<Backend>) {
    // Serving ends when its task is aborted.
    let _ = axum::serve(listener, router(backend)).await;
}

pub(super) fn router(backend: Arc<Backend>) -> Router {
    // A spec may give one path to two endpoints, which routes would refuse. `Backend::endpoint` takes any paths.
    Router::new().fallback(answer).with_state(backend)
}

async fn answer(Extract(backend): Extract<Arc<Backend>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    if let Some(file) = path.strip_prefix("/files/uploads/") {
        return backend.uploaded(file);
    }
    if let Some(file) = path.strip_prefix("/files/") {
        return backend.file(file);
    }
    let api = &backend.api;
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    if header(&api.auth_header) != Some(&credentials(api, &backend.key)) {
        return backend.refuse(CodeMeaning::Unauthorized, "the key is missing or wrong");
    }
    if let Some((name, _)) = api.headers.iter().find(|(name, value)| header(name) != Some(value)) {
        return backend.refuse(CodeMeaning::Invalid, &format!("the header `{name}` is missing or wrong"));
    }
    let query = parts.uri.query().unwrap_or_default();
    let endpoint = backend.endpoint(&parts.method, path, query);
    let Some(_guard) = backend.admit(&endpoint) else {
        return backend.too_many();
    };
    match endpoint {
        Endpoint::Submit(pairs) => match to_bytes(body, MAX_BODY).await {
            Ok(bytes) => {
                let request = request::json(&api.submit, &backend.rules, pairs, (query, &parts.headers), &bytes);
                backend.submit(request.as_deref())
            }
            Err(_) => backend.refuse(CodeMeaning::Invalid, "the body is too large, or its connection broke"),
        },
        Endpoint::Poll(task) => backend.poll(task.as_deref()),
        Endpoint::Cancel(cancel, task) => match to_bytes(body, MAX_BODY).await {
            Ok(bytes) => backend.cancel(in_body(cancel, &bytes).or(task.map(Cow::into_owned)).as_deref()),
            Err(_) => backend.refuse(CodeMeaning::Invalid, "the body is too large, or its connection broke"),
        },
        Endpoint::Credits => backend.credits(),
        Endpoint::Upload => match to_bytes(body, backend.max_upload()).await {
            Ok(bytes) => {
                let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
                backend.upload(kind.unwrap_or_default(), &bytes)
            }
            Err(_) => backend.refuse(CodeMeaning::Invalid, "the file is too large, or its connection broke"),
        },
        Endpoint::Unknown => backend.refuse(CodeMeaning::NotFound, "no such method or path"),
    }
}

/// What a request asks for.
enum Endpoint<'a> {
    /// The fields in the path.
    Submit(Vec<Pair>),
    /// The id that the request names, if any.
    Poll(Option<Cow<'a, str>>),
    /// The id in the path or in the query, if any.
    Cancel(&'a CancelSpec, Option<Cow<'a, str>>),
    Credits,
    Upload,
    Unknown,
}

/// Counts a request as in flight until it is dropped.
struct LimitGuard<'a>(&'a Backend);

impl Drop for LimitGuard<'_> {
    fn drop(&mut self) {
        self.0.state().limit.answered();
    }
}

impl Backend {
    fn endpoint<'a>(&'a self, method: &Method, path: &'a str, query: &'a str) -> Endpoint<'a> {
        if method.as_str() == self.api.submit.method.name()
            && let Some(pairs) = request::in_path(&self.api.submit, path)
        {
            return Endpoint::Submit(pairs);
        }
        if let Some(cancel) = &self.api.cancel
            && method.as_str() == cancel.method.name()
            && is_path(&cancel.path, path)
        {
            return Endpoint::Cancel(cancel, named_task(&cancel.path, cancel.query.as_ref(), path, query));
        }
        match *method {
            Method::POST if self.is_upload(path) => Endpoint::Upload,
            Method::GET if self.api.poll.as_ref().is_some_and(|poll| is_path(&poll.path, path)) => {
                let poll = self.api.poll.as_ref();
                Endpoint::Poll(poll.and_then(|poll| named_task(&poll.path, poll.query.as_ref(), path, query)))
            }
            Method::GET if self.api.credits.as_ref().is_some_and(|credits| path == credits.path) => Endpoint::Credits,
            _ => Endpoint::Unknown,
        }
    }

    /// Counts a request. Returns `None` if it exceeds the rate limit.
    fn admit(&self, endpoint: &Endpoint) -> Option<LimitGuard<'_>> {
        let mut state = self.state();
        let polled = match endpoint {
            Endpoint::Submit(_) => {
                state.submits += 1;
                None
            }
            Endpoint::Poll(task) => {
                state.polls += 1;
                // The limit remembers only ids of tasks that exist, so that other ids use no memory.
                task.as_deref().filter(|task| state.tasks.contains_key(*task))
            }
            Endpoint::Upload => {
                state.uploads += 1;
                None
            }
            Endpoint::Cancel(..) => {
                state.cancels += 1;
                None
            }
            Endpoint::Credits | Endpoint::Unknown => None,
        };
        state.limit.admits(Instant::now(), polled).then(|| LimitGuard(self))
    }

    fn too_many(&self) -> Response {
        let message = "there are too many requests";
        let is_match = |code: &&CodeSpec| code.means == CodeMeaning::RateLimited && code.created == Created::No;
        match self.api.codes.iter().find(is_match) {
            Some(code) => envelope(&self.api, code.number, message, json!({})),
            None => respond(StatusCode::TOO_MANY_REQUESTS, "text/plain", Body::from(message)),
        }
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
        envelope(&self.api, self.code(means), message, json!({}))
    }

    pub(super) fn succeed(&self, body: serde_json::Value) -> Response {
        envelope(&self.api, self.code(CodeMeaning::Success), "success", body)
    }

    fn submit(self: &Arc<Self>, request: Result<&[u8], &String>) -> Response {
        let mut state = self.state();
        if let Some(answer) = state.next_submits.pop_front() {
            return answer.respond(&self.api);
        }
        let fault = state.fault();
        if fault == Some(AnswerFault::Refused) {
            return state.refusal(&self.api).respond(&self.api);
        }
        let request = match request.map_err(String::clone).and_then(|bytes| self.check(bytes)) {
            Ok(request) => request,
            Err(message) => return self.refuse(CodeMeaning::Invalid, &message),
        };
        let cost = self.spec.credits.as_ref().map_or(0, |credits| credits.cost.value);
        let Some(left) = state.credits.checked_sub(cost) else {
            return self.refuse(CodeMeaning::InsufficientCredits, "there are too few credits");
        };
        state.credits = left;
        let id = Task::id(state.tasks.len() + 1);
        let statuses = state.next_statuses.pop_front().unwrap_or_else(|| successful_statuses(&self.spec));
        let task = Task::new(id.clone(), request, statuses);
        let mut body = json!({});
        if self.api.poll.is_none() {
            task.put_into_answer(&self.spec, &self.api, &self.url, &mut body);
        }
        state.tasks.insert(id.clone(), task);
        put(&mut body, &self.api.submit.task, json!(&id));
        let broken = fault.map(|_| state.broken_answer(&self.api).respond(&self.api));
        drop(state);
        self.send_callbacks(&id);
        broken.unwrap_or_else(|| self.succeed(body))
    }

    /// Reads a body that keeps every rule. The error lists the broken rules.
    fn check(&self, bytes: &[u8]) -> Result<Object, String> {
        json::check(&self.rules, bytes).map_err(|violations| violations.to_string().replace('\n', "; "))?;
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }

    fn poll(&self, task: Option<&str>) -> Response {
        let mut state = self.state();
        if let Some(answer) = state.next_polls.pop_front() {
            return answer.respond(&self.api);
        }
        match state.fault() {
            Some(AnswerFault::Refused) => return state.refusal(&self.api).respond(&self.api),
            Some(AnswerFault::Lost) => return state.broken_answer(&self.api).respond(&self.api),
            None => {}
        }
        match task.and_then(|task| state.tasks.get_mut(task)) {
            Some(task) => {
                let body =
                    self.api.poll.as_ref().map(|poll| task.poll(&self.spec, &self.api, poll, self.speed, &self.url));
                self.succeed(body.unwrap_or_default())
            }
            None => self.no_such_task(),
        }
    }

    fn no_such_task(&self) -> Response {
        match self.api.poll.iter().flat_map(|poll| poll.unknown_task.iter()).next() {
            Some(code) => envelope(&self.api, *code, "no such task", json!({})),
            None => self.refuse(CodeMeaning::NotFound, "no such task"),
        }
    }

    fn cancel(&self, task: Option<&str>) -> Response {
        let mut state = self.state();
        if let Some(answer) = state.next_cancels.pop_front() {
            return answer.respond(&self.api);
        }
        let fault = state.fault();
        if fault == Some(AnswerFault::Refused) {
            return state.refusal(&self.api).respond(&self.api);
        }
        let Some((id, task)) = task.and_then(|id| Some((id, state.tasks.get_mut(id)?))) else {
            return self.no_such_task();
        };
        if let Err(why) = task.cancel(&self.spec, self.speed) {
            return self.refuse(CodeMeaning::Invalid, why);
        }
        if fault.is_some() {
            return state.broken_answer(&self.api).respond(&self.api);
        }
        let mut body = json!({});
        if let Some(poll) = &self.api.poll {
            put(&mut body, &poll.task, json!(id));
        }
        self.succeed(body)
    }

    fn credits(&self) -> Response {
        let mut body = json!({});
        if let Some(credits) = &self.api.credits {
            put(&mut body, &credits.amount, json!(self.state().credits));
        }
        self.succeed(body)
    }

    /// Returns a file of a track, such as `task-1/0.wav`.
    fn file(&self, path: &str) -> Response {
        let found = path.split_once('/').filter(|(task, _)| self.state().tasks.contains_key(*task));
        let number = |name: &str| name.parse::<u32>().ok().filter(|number| *number < files(&self.spec));
        match found.and_then(|(_, name)| name.split_once('.')).map(|(name, kind)| (number(name), kind)) {
            Some((Some(track), "wav")) => respond(StatusCode::OK, "audio/wav", Body::from(media::wav(track))),
            Some((Some(_), "svg")) => respond(StatusCode::OK, "image/svg+xml", Body::from(media::SVG)),
            _ => respond(StatusCode::NOT_FOUND, "text/plain", Body::from("no such file")),
        }
    }
}

/// Whether a path is this one of the spec, which may have the id of a task.
fn is_path(wanted: &str, path: &str) -> bool {
    path == wanted || in_path(wanted, path).is_some()
}

/// Returns the id of the task if the path has it.
fn in_path<'a>(wanted: &str, path: &'a str) -> Option<&'a str> {
    let (before, after) = wanted.split_once("{task}")?;
    let id = path.strip_prefix(before)?.strip_suffix(after)?;
    (!id.is_empty() && !id.contains('/')).then_some(id)
}

/// Returns the id of the task that the query or the path has.
fn named_task<'a>(wanted: &str, name: Option<&Str>, path: &'a str, query: &'a str) -> Option<Cow<'a, str>> {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let in_query = name.and_then(|wanted| pairs.find(|(name, _)| name == wanted));
    in_query.map(|(_, id)| id).or_else(|| in_path(wanted, path).map(Cow::Borrowed))
}

/// Returns the id of the task that the body of a cancel has.
fn in_body(cancel: &CancelSpec, body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    at(&body, &cancel.body).filter(|_| !cancel.body.is_empty())?.as_str().map(str::to_owned)
}
