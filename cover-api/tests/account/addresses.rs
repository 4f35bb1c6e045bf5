//! Callback addresses in a multipart part, in the query and in the path.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use cover_api::runtime::{AnyService, Client, Spec};
use cover_api::sandbox::Sandbox;
use cover_testkit::{Outcome, Result};
use tokio::time::Instant;
use tower_service::Service as _;

use crate::common::SECRET;

const VOICE: &str = include_str!("../specs/voice.toml");

/// An address with characters that mean something in paths, in queries and in bodies.
const BASE: &str = "https://api.example.com/a+b&c=d%2Fe;f";

const STAGE: Duration = Duration::from_secs(45);

/// No poll comes without a callback.
const SELDOM: Duration = Duration::from_secs(3_600);

/// Where the address is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Part,
    Query,
    Path,
}

impl Place {
    /// Returns the spec whose callback address is here.
    fn spec(self) -> String {
        let placed =
            |place: &str| VOICE.replacen("[fields.callBackUrl]\n", &format!("[fields.callBackUrl]\n{place}\n"), 1);
        match self {
            Self::Part => VOICE.to_owned(),
            Self::Query => placed("in = \"query\""),
            Self::Path => placed("in = \"path\"").replacen("/api/v1/voice", "/api/v1/voice/{callBackUrl}/takes", 1),
        }
    }

    /// Returns the address as it was sent, decoded by the rules of its place, of which it has one value.
    fn read(self, sent: &Sent) -> Option<String> {
        let (path, query) = sent.target.split_once('?').unwrap_or((&sent.target, ""));
        match self {
            Self::Part => {
                let (_, rest) = sent.body.split_once("name=\"callBackUrl\"\r\n\r\n")?;
                Some(rest.split_once("\r\n--")?.0.to_owned())
            }
            Self::Query => {
                let pairs: Vec<_> = url_decoded(query);
                let [(name, value)] = &pairs[..] else { return None };
                (name == "callBackUrl").then(|| value.clone())
            }
            Self::Path => {
                let ["", "api", "v1", "voice", segment, "takes"] = path.split('/').collect::<Vec<_>>()[..] else {
                    return None;
                };
                // A plus sign stands for itself in a path.
                url_decoded(&format!("a={}", segment.replace('+', "%2B").replace('&', "%26"))).pop().map(|(_, it)| it)
            }
        }
    }
}

fn url_decoded(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// A POST as it arrived.
#[derive(Debug, Clone, Default)]
struct Sent {
    target: String,
    body: String,
}

/// Stands in front of a sandbox, notes POSTs, and loses their replies if it is told to.
#[derive(Clone)]
struct Front {
    sandbox: Router,
    sent: Arc<Mutex<Vec<Sent>>>,
    loses_replies: bool,
}

impl Front {
    fn new(sandbox: &Sandbox, loses_replies: bool) -> Self {
        Self { sandbox: sandbox.router(), sent: Arc::default(), loses_replies }
    }

    fn router(&self) -> Router {
        Router::new().fallback(pass).with_state(self.clone())
    }

    fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn pass(State(mut front): State<Front>, request: Request) -> Response {
    let is_post = request.method() == Method::POST;
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, 1 << 16).await.unwrap_or_default();
    if is_post {
        let target = parts.uri.path_and_query().map_or("", |it| it.as_str()).to_owned();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        front.sent.lock().unwrap_or_else(PoisonError::into_inner).push(Sent { target, body });
    }
    let Ok(response) = front.sandbox.call(Request::from_parts(parts, Body::from(bytes))).await;
    if is_post && front.loses_replies {
        return (StatusCode::BAD_GATEWAY, "<html>bad gateway</html>").into_response();
    }
    response
}

/// Starts a sandbox whose callbacks go to the returned client, which hardly polls without them.
async fn start(place: Place, loses_replies: bool) -> Result<(Sandbox, Front, Client<AnyService>)> {
    let sandbox = Sandbox::builder().spec(place.spec()).stage_every(STAGE).start().await?;
    let front = Front::new(&sandbox, loses_replies);
    let builder = Client::of_spec(&Spec::parse("voice.toml", &place.spec())?, sandbox.key()).transport(front.router());
    let client = builder.callbacks(BASE, SECRET).poll_every(SELDOM, SELDOM).build()?;
    sandbox.deliver_to(client.callbacks()?.router());
    Ok((sandbox, front, client))
}

const REQUEST: &str = r#"{"text":"La","tags":["a"],"callBackUrl":"https://api.example.com/a+b&c=d%2Fe;f"}"#;

/// Checks that each POST had an address of its own in its place and nowhere else.
fn check_addresses(place: Place, front: &Front, sandbox: &Sandbox) {
    let (sent, created) = (front.sent(), sandbox.created());
    assert_eq!(sent.len(), created.len(), "{place:?}");
    let mut addresses = Vec::new();
    for (sent, created) in sent.iter().zip(&created) {
        let address = place.read(sent).unwrap_or_else(|| panic!("{place:?}: no address in {sent:?}"));
        assert!(address.starts_with(&format!("{BASE}/")) && address.len() == BASE.len() + 66, "{place:?}: {address}");
        assert_eq!(created.request["callBackUrl"], *address, "{place:?}");
        assert_eq!(sent.body.contains("callBackUrl"), place == Place::Part, "{place:?}: {sent:?}");
        assert_eq!(sent.target.contains('?'), place == Place::Query, "{place:?}: {sent:?}");
        assert!(!addresses.contains(&address), "{place:?}: each attempt has its own");
        addresses.push(address);
    }
}

#[tokio::test(start_paused = true)]
async fn a_callback_to_an_address_in_a_part_in_the_query_or_in_the_path_wakes_the_wait() -> Outcome {
    for place in [Place::Part, Place::Query, Place::Path] {
        let (sandbox, front, client) = start(place, false).await?;
        let request = client.request(REQUEST)?;
        for key in ["order-1", "order-2"] {
            let task = client.send(&request).key(key).await?.task().ok_or("an answer")?;
            let started = Instant::now();
            assert!(task.wait().await?.is_done(), "{place:?}");
            assert!(started.elapsed() < SELDOM / 2, "{place:?}: by a callback, not after {:?}", started.elapsed());
        }
        check_addresses(place, &front, &sandbox);
        let stats = client.callbacks()?.stats();
        assert_eq!((stats.refused_in_all(), sandbox.tasks()), (0, 2), "{place:?}: {stats:?}");
        assert!(stats.new >= 2, "{place:?}: {stats:?}");
        // The place of the address does not make it another purchase.
        assert!(!client.send(&request).key("order-1").await?.task().ok_or("an answer")?.was_posted(), "{place:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_is_recovered_by_a_callback_wherever_the_address_was_sent() -> Outcome {
    for place in [Place::Part, Place::Query, Place::Path] {
        let (sandbox, front, client) = start(place, true).await?;
        let request = client.request(REQUEST)?;
        let error = client.send(&request).key("order").await.expect_err("the reply is lost");
        assert!(error.is_outcome_unknown(), "{place:?}: {error:?}");
        let recovery = error.recovery().ok_or("nothing to recover it by")?.clone();
        let task = client.recover(recovery).await?.ok_or("not found")?.task().ok_or("an answer")?;
        assert_eq!((task.id(), sandbox.tasks()), ("task-1", 1), "{place:?}");
        assert!(task.wait().await?.is_done(), "{place:?}");
        assert_eq!((client.unknown().await?, sandbox.submits()), (vec![], 1), "{place:?}");
        check_addresses(place, &front, &sandbox);
    }
    Ok(())
}
