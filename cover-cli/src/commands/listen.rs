//! `cover listen`: receives callbacks, prints them, and passes them on to a program of the user.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use clap::ArgMatches;
use cover_api::callback::{Callback, CallbackOutcome, Callbacks};
use cover_api::runtime::AnyService;
use futures_util::future::{BoxFuture, Shared};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;
use url::Url;

use super::interrupt;
use crate::exit::{Exit, Failure};
use crate::screen::Screen;
use crate::settings::{CALLBACK_VARIABLE, Options, Session, is_local};

/// Longest body that is read, in bytes.
const MAX_BODY: usize = 256 * 1024;
/// Time within which a body must arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(5);
/// Number of callbacks that are read or passed on at the same time.
const TOGETHER: usize = 64;
/// How long the command goes on after Ctrl-C, for callbacks that have come.
const ENDING: Duration = Duration::from_secs(1);
/// How long the user's program may take.
const FORWARD_TIMEOUT: Duration = Duration::from_secs(10);

/// Headers that belong to a connection and not to a callback.
const OF_CONNECTION: [header::HeaderName; 6] =
    [header::HOST, header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::TE, header::UPGRADE];

struct Listener {
    session: Session,
    callbacks: Callbacks<AnyService>,
    reading: Semaphore,
    forward: Option<(Url, reqwest::Client, Arc<Semaphore>)>,
    /// The work that follows answered callbacks.
    afterwards: Mutex<JoinSet<()>>,
}

pub(super) async fn run(options: &Options, screen: &Screen, matches: &ArgMatches) -> Result<Exit, Failure> {
    if options.uses_sandbox {
        let failure =
            Failure::usage("listen --sandbox: such a sandbox ends with its command, and nothing would be received");
        return Err(failure.hint("run `cover sandbox` in another terminal, and set the variables that it prints"));
    }
    let forward = matches.get_one::<String>("forward").map(|address| local(address)).transpose()?;
    let given = matches.get_one::<String>("address").or(options.callback.as_ref()).cloned();
    let address = given.ok_or_else(|| {
        Failure::usage("--address is missing: the address at which the service reaches this machine")
            .hint(format!("`cover listen --address https://…`, or set {CALLBACK_VARIABLE}"))
    })?;
    check_public(&address)?;
    let main = options.catalog.main()?;
    if main.spec.callback.is_none() {
        return Err(Failure::usage(format!("{} sends no callbacks", main.spec.service.id.value)));
    }
    let mut options = options.clone();
    options.callback = Some(address.clone());
    let session = options.open(screen.clone()).await?;
    let callbacks = session.client.account().callbacks()?;
    let port = matches.get_one::<u16>("port").copied().unwrap_or_default();
    let socket = TcpListener::bind(("127.0.0.1", port)).await;
    let failed = |error| Failure::usage(format!("--port {port}: {error}"));
    let socket = socket.map_err(failed)?;
    let local = socket.local_addr().map_err(failed)?;
    let pressed = interrupt::pressed();
    screen.warn(&format!("listening on http://{local}; {address} must lead there. Where you run `cover`:"));
    screen.result(
        &format!("export {CALLBACK_VARIABLE}={address}"),
        &json!({ "event": "listening", "port": local.port(), "address": address }),
    );
    let forward = forward.map(forwarder).transpose()?;
    let reading = Semaphore::new(TOGETHER);
    let listener = Arc::new(Listener { session, callbacks, reading, forward, afterwards: Mutex::default() });
    let router = Router::new().fallback(answer).with_state(Arc::clone(&listener));
    let served = axum::serve(socket, router).with_graceful_shutdown(pressed.clone());
    // A client that keeps a connection open does not keep the command from ending.
    tokio::select! {
        served = served => served.map_err(|error| Failure::new(Exit::Refused, error.to_string()))?,
        () = ended(pressed) => {}
    }
    let afterwards = std::mem::take(&mut *listener.afterwards());
    timeout(ENDING, afterwards.join_all()).await.ok();
    let stats = listener.callbacks.stats();
    let taken = stats.new + stats.repeated + stats.unawaited;
    let refused = stats.refused_in_all();
    screen.note(&format!("{taken} callbacks received, {refused} refused"));
    screen.event(&json!({ "event": "result", "received": taken, "refused": refused }));
    Ok(Exit::Done)
}

/// Waits for Ctrl-C, and then for callbacks that are being read.
async fn ended(pressed: Shared<BoxFuture<'static, ()>>) {
    pressed.await;
    tokio::time::sleep(ENDING).await;
}

async fn answer(State(listener): State<Arc<Listener>>, request: Request) -> StatusCode {
    let Ok(permit) = listener.reading.try_acquire() else { return StatusCode::SERVICE_UNAVAILABLE };
    let (parts, body) = request.into_parts();
    if parts.method != axum::http::Method::POST {
        return StatusCode::METHOD_NOT_ALLOWED;
    }
    let Some(body) = read(body).await else { return StatusCode::BAD_REQUEST };
    drop(permit);
    let received = listener.callbacks.receive(parts.uri.path(), &parts.headers, &body);
    let status = StatusCode::from_u16(received.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match received.outcome() {
        CallbackOutcome::New(callback) | CallbackOutcome::Repeated(callback) | CallbackOutcome::Unawaited(callback) => {
            let is_repeated = matches!(received.outcome(), CallbackOutcome::Repeated(_));
            listener.show(callback, is_repeated);
            listener.pass_on(parts.headers, body);
        }
        CallbackOutcome::Refused(refusal) => {
            let screen = &listener.session.screen;
            screen.warning(&format!("refused: {refusal}"), &json!({ "event": "refused", "why": refusal.to_string() }));
        }
        _ => {}
    }
    listener.later(received.afterwards());
    status
}

async fn read(body: Body) -> Option<Bytes> {
    timeout(BODY_TIMEOUT, to_bytes(body, MAX_BODY)).await.ok()?.ok()
}

impl Listener {
    fn afterwards(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.afterwards.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does work without making the service wait.
    fn later(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut afterwards = self.afterwards();
        while afterwards.try_join_next().is_some() {}
        afterwards.spawn(work);
    }

    /// Prints a callback, with the key of its task if this machine has sent it.
    fn show(&self, callback: &Callback<AnyService>, is_repeated: bool) {
        let task = callback.task.id();
        let key = self.session.runs.key_of(task).ok().flatten();
        let time = humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string();
        let message = callback.message.as_ref().map(|message| format!("  {message}")).unwrap_or_default();
        let again = if is_repeated { "  (again)" } else { "" };
        let name = key.as_deref().unwrap_or(task);
        self.session.screen.result(
            &format!("{time}  {name}  {}{message}{again}", callback.stage),
            &json!({
                "event": "callback", "time": time, "operation": callback.task.operation(), "key": key, "task": task,
                "stage": callback.stage, "status": callback.status, "message": callback.message, "repeated": is_repeated,
            }),
        );
    }

    /// Passes a callback on, without making the service wait. If the user's program is too slow, callbacks are left out.
    fn pass_on(&self, headers: HeaderMap, body: Bytes) {
        let Some((url, client, permits)) = &self.forward else { return };
        let Ok(permit) = Arc::clone(permits).try_acquire_owned() else {
            not_passed_on(&self.session.screen, url, "too slow; a callback was left out");
            return;
        };
        let headers = headers.into_iter().filter_map(|(name, value)| Some((name?, value)));
        let headers: HeaderMap = headers.filter(|(name, _)| !OF_CONNECTION.contains(name)).collect();
        let request = client.post(url.clone()).headers(headers).body(body);
        let (screen, url) = (self.session.screen.clone(), url.clone());
        self.later(async move {
            let _permit = permit;
            match request.send().await {
                Ok(response) if response.status().is_success() => {}
                Ok(response) => not_passed_on(&screen, &url, &format!("answered {}", response.status())),
                Err(error) => not_passed_on(&screen, &url, why(&error)),
            }
        });
    }
}

fn not_passed_on(screen: &Screen, url: &Url, why: &str) {
    let event = json!({ "event": "not_forwarded", "address": url.as_str(), "why": why });
    screen.warning(&format!("--forward {url}: {why}"), &event);
}

fn why(error: &reqwest::Error) -> &'static str {
    match error {
        error if error.is_timeout() => "no answer within 10 s",
        error if error.is_connect() => "nothing listens there",
        _ => "the connection broke before an answer",
    }
}

fn forwarder(url: Url) -> Result<(Url, reqwest::Client, Arc<Semaphore>), Failure> {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let client = client.timeout(FORWARD_TIMEOUT).build();
    let client = client.map_err(|error| Failure::new(Exit::Refused, format!("--forward: {error}")))?;
    Ok((url, client, Arc::new(Semaphore::new(TOGETHER))))
}

/// Refuses an address that anyone on the way to this machine can read. Only a sandbox needs none of this.
fn check_public(address: &str) -> Result<(), Failure> {
    let fault = |why: &str| Failure::usage(format!("--address {address}: {why}"));
    let url = Url::parse(address).map_err(|error| fault(&error.to_string()))?;
    if url.scheme() == "https" || (url.scheme() == "http" && is_local(&url)) {
        return Ok(());
    }
    Err(fault("give an address that begins with https://"))
}

/// Reads the address of a program on this machine. Callbacks have addresses of results, and are sent to no other machine.
fn local(text: &str) -> Result<Url, Failure> {
    let fault = |why: &str| Failure::usage(format!("--forward {text}: {why}"));
    let url = Url::parse(text).map_err(|error| fault(&error.to_string()))?;
    if url.scheme() != "http" {
        return Err(fault("give an address that begins with http://"));
    }
    if is_local(&url) { Ok(url) } else { Err(fault("not on this machine; give localhost, 127.0.0.1 or [::1]")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_is_given_an_https_address() {
        assert!(check_public("https://a.example/covers").is_ok());
        assert!(check_public("http://127.0.0.1:8080/covers").is_ok(), "a sandbox on this machine");
        for address in ["http://a.example/covers", "ftp://a.example", "covers"] {
            assert_eq!(check_public(address).unwrap_err().exit, Exit::Usage, "{address}");
        }
    }

    #[test]
    fn callbacks_are_passed_on_to_this_machine_only() {
        for address in ["http://localhost:3000/hook", "http://127.0.0.1", "http://[::1]:80/"] {
            assert!(local(address).is_ok(), "{address}");
        }
        for address in
            ["https://localhost", "http://example.com", "http://10.0.0.1", "http://localhost.example.com", "x"]
        {
            assert_eq!(local(address).unwrap_err().exit, Exit::Usage, "{address}");
        }
    }
}
