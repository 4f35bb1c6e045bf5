//! One service with two operations. Each is a sandbox.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use cover_api::runtime::{AnyService, Spec};
use cover_api::sandbox::Sandbox;
use cover_api::{Client, CoverRequest, NonCustom};
use cover_testkit::{Result, request_with_callback};
use mix::{Mix, MixRequest};
use tokio::task::yield_now;
use tokio::time::Instant;
use tower_service::Service as _;

pub mod mix {
    cover_api::api!("tests/specs/mix.toml");
}

pub const MIX: &str = include_str!("../specs/mix.toml");

pub const ADDRESS: &str = "https://api.example.com/songs";
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// The sandboxes of both operations. They give their tasks the same ids.
pub struct Service {
    pub cover: Sandbox,
    pub mix: Sandbox,
    arrivals: Arc<Mutex<Vec<Instant>>>,
    loses: Arc<AtomicBool>,
}

impl Service {
    pub async fn start() -> Result<Self> {
        Self::with_credits(u32::MAX).await
    }

    /// Starts both, each with this number of credits.
    pub async fn with_credits(credits: u32) -> Result<Self> {
        let sandbox = || Sandbox::builder().stage_every(Duration::from_secs(45)).credits(credits);
        let (cover, mix) = (sandbox().start().await?, sandbox().spec(MIX).start().await?);
        Ok(Self { cover, mix, arrivals: Arc::default(), loses: Arc::default() })
    }

    /// Returns the router of both operations.
    pub fn router(&self) -> Router {
        let state = (self.cover.router(), self.mix.router(), Arc::clone(&self.arrivals), Arc::clone(&self.loses));
        Router::new().fallback(answer).with_state(state)
    }

    /// Returns a client of the first operation, which receives callbacks.
    pub fn client(&self) -> Result<Client> {
        let client = Client::builder(self.cover.key()).transport(self.router()).callbacks(ADDRESS, SECRET).build()?;
        let router = client.callbacks()?.router();
        self.cover.deliver_to(router.clone());
        self.mix.deliver_to(router);
        Ok(client)
    }

    /// Replaces the next reply to a POST by the error page of a proxy.
    pub fn lose_next_reply(&self) {
        self.loses.store(true, Ordering::SeqCst);
    }

    /// Returns the largest number of requests that arrived within this time.
    pub fn most_within(&self, window: Duration) -> usize {
        let arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        let after = |first: &Instant| arrivals.iter().filter(|at| (*first..*first + window).contains(at)).count();
        arrivals.iter().map(after).max().unwrap_or_default()
    }
}

type Parts = (Router, Router, Arc<Mutex<Vec<Instant>>>, Arc<AtomicBool>);

async fn answer(State((mut cover, mut mix, arrivals, loses)): State<Parts>, request: Request) -> Response {
    arrivals.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
    let router = if request.uri().path().starts_with("/api/v1/mix") { &mut mix } else { &mut cover };
    let is_lost = request.method() == Method::POST && loses.swap(false, Ordering::SeqCst);
    take_turns().await;
    let Ok(response) = router.call(request).await;
    take_turns().await;
    if is_lost { (StatusCode::BAD_GATEWAY, "<html>bad gateway</html>").into_response() } else { response }
}

/// Lets other Tokio tasks run, so that a send can be dropped before its request arrives, and before its reply does.
async fn take_turns() {
    for _ in 0..3 {
        yield_now().await;
    }
}

/// Returns a request to the first operation.
pub fn cover(number: usize) -> CoverRequest<NonCustom> {
    request_with_callback(ADDRESS, number)
}

/// Returns a request to the second operation.
pub fn mix(number: usize) -> Result<MixRequest> {
    Ok(MixRequest::builder().upload_url(song(number)).call_back_url(ADDRESS).build()?)
}

/// Returns the JSON of a request to the second operation.
pub fn mix_json(number: usize) -> String {
    format!(r#"{{"uploadUrl": "{}", "callBackUrl": "{ADDRESS}"}}"#, song(number))
}

fn song(number: usize) -> String {
    format!("https://storage.example.com/{number}.mp3")
}

/// Returns a client of the second operation whose spec was read at run time.
pub fn any_mix(client: &Client) -> Result<cover_api::runtime::Client<AnyService>> {
    Ok(client.account().operation_from_spec(&Spec::parse("mix.toml", MIX)?)?)
}

/// Returns a client of the second operation.
pub fn mix_client(client: &Client) -> Result<cover_api::runtime::Client<Mix>> {
    Ok(client.operation::<Mix>()?)
}

/// Returns a spec like `mix.toml` that says nothing of credits.
pub fn without_credits() -> String {
    let (before, after) = MIX.split_once("[credits]").expect("the spec has credits");
    let after = after.split_once("[submit]").expect("the spec has a submit").1;
    format!("{before}[submit]{after}").replacen("use = [", "without = [\"credits\"]\nuse = [", 1)
}
