//! Requests → answers.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State as Shares};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use cover_spec::wire::{Code, CodeMeaning, Created};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::Instant;

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
    let asked = shared.asked(&parts.method, path, parts.uri.query().unwrap_or_default());
    let Some(_place) = shared.place(&asked) else {
        return shared.too_many();
    };
    match asked {
        Asked::Submit => match to_bytes(body, MOST_BODY).await {
            Ok(bytes) => shared.submit(&bytes),
            Err(_) => shared.refuse(CodeMeaning::Invalid, "the body is too large or broke off"),
        },
        Asked::Poll(task) => shared.poll(task.as_deref()),
        Asked::Credits => shared.credits(),
        Asked::Nothing => shared.refuse(CodeMeaning::NotFound, "no such method or path"),
    }
}

/// What a request is about.
enum Asked<'a> {
    Submit,
    /// The task that it names, if any.
    Poll(Option<Cow<'a, str>>),
    Credits,
    Nothing,
}

/// A place in the rate limit, taken until the request has its answer.
struct Place<'a>(&'a Shared);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.state().limit.answered();
    }
}

impl Shared {
    fn asked<'a>(&self, method: &Method, path: &'a str, query: &'a str) -> Asked<'a> {
        match *method {
            Method::POST if path == self.api.submit.path => Asked::Submit,
            Method::GET if self.is_poll(path) => {
                Asked::Poll(self.in_query(query).or(self.in_path(path).map(Cow::Borrowed)))
            }
            Method::GET if self.api.credits.as_ref().is_some_and(|credits| path == credits.path) => Asked::Credits,
            _ => Asked::Nothing,
        }
    }

    /// Counts a request; `None` where there are too many.
    fn place(&self, asked: &Asked) -> Option<Place<'_>> {
        let mut state = self.state();
        let polled = match asked {
            Asked::Submit => {
                state.submits += 1;
                None
            }
            Asked::Poll(task) => {
                state.polls += 1;
                // Nothing is kept of ids that name no task.
                task.as_deref().filter(|task| state.tasks.contains_key(*task))
            }
            Asked::Credits | Asked::Nothing => None,
        };
        state.limit.takes(Instant::now(), polled).then(|| Place(self))
    }

    fn too_many(&self) -> Response {
        let message = "there are too many requests";
        let is_it = |code: &&Code| code.means == CodeMeaning::RateLimited && code.created == Created::No;
        match self.api.codes.iter().find(is_it) {
            Some(code) => envelope(&self.api, code.number, message, json!({})),
            None => respond(StatusCode::TOO_MANY_REQUESTS, "text/plain", Body::from(message)),
        }
    }

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

    fn in_query<'a>(&self, query: &'a str) -> Option<Cow<'a, str>> {
        let wanted = self.api.poll.query.as_ref()?;
        url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted).map(|(_, id)| id)
    }

    fn poll(&self, task: Option<&str>) -> Response {
        let mut state = self.state();
        if let Some(answer) = state.next_polls.pop_front() {
            return answer.respond(&self.api);
        }
        match state.fault() {
            Some(Fault::Refused) => return state.refusal(&self.api).respond(&self.api),
            Some(Fault::Lost) => return state.nonsense(&self.api).respond(&self.api),
            None => {}
        }
        match task.and_then(|task| state.tasks.get_mut(task)) {
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
