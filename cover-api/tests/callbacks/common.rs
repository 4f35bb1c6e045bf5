//! What the tests of callbacks share.

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use cover_api::callback::Callbacks;
use cover_api::runtime::ClientBuilder;
use cover_api::sandbox::Sandbox;
use cover_api::{Client, CoverRequest, NonCustom, Status, Task, Update, UploadCover};
use cover_testkit::{Result, request_with_callback};
use tokio::time::{Instant, sleep};
use tower_service::Service;

pub const SECOND: Duration = Duration::from_secs(1);

pub const STAGE: Duration = Duration::from_secs(45);

pub const ADDRESS: &str = "https://api.example.com/covers";

pub const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Returns a request that asks for callbacks.
pub fn numbered_request(number: usize) -> CoverRequest<NonCustom> {
    request_with_callback(ADDRESS, number)
}

pub async fn sandbox() -> Result<Sandbox> {
    Ok(Sandbox::builder().stage_every(STAGE).credits(u32::MAX).start().await?)
}

pub fn client(sandbox: &Sandbox) -> ClientBuilder<UploadCover> {
    Client::builder(sandbox.key()).transport(sandbox.router()).callbacks(ADDRESS, SECRET)
}

/// Returns a client that receives the callbacks of the sandbox.
pub fn connected_client(sandbox: &Sandbox) -> Result<(Client, Callbacks<UploadCover>)> {
    let client = client(sandbox).build()?;
    let callbacks = client.callbacks()?;
    sandbox.deliver_to(callbacks.router());
    Ok((client, callbacks))
}

/// Returns the task of a request whose outcome was unknown, once a callback has revealed it.
pub async fn recovered(client: &Client, error: &cover_api::Error) -> Result<Task> {
    let recovery = error.recovery().ok_or("nothing to recover it by")?.clone();
    Ok(client.recover(recovery).await?.ok_or("not found")?)
}

/// Returns the stages of a task, each with its time.
pub async fn stages(task: &Task) -> std::result::Result<Vec<(Status, Duration)>, cover_api::Error> {
    let (started, mut stages) = (Instant::now(), Vec::new());
    let mut updates = task.wait().updates();
    while let Some(update) = updates.next().await {
        if let Update::Stage(snapshot) = update? {
            stages.push((snapshot.status, started.elapsed()));
        }
    }
    Ok(stages)
}

/// What happens to the replies to POSTs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    Lost(Duration),
    Late(Duration),
}

/// Returns the router of a sandbox that loses or delays every reply to a POST.
pub fn with_replies(sandbox: &Sandbox, reply: Reply) -> Router {
    async fn answer(State((mut router, reply)): State<(Router, Reply)>, request: Request) -> Response {
        let is_post = request.method() == Method::POST;
        let Ok(response) = router.call(request).await;
        match reply {
            Reply::Lost(time) if is_post => {
                sleep(time).await;
                (StatusCode::BAD_GATEWAY, "<html>bad gateway</html>").into_response()
            }
            Reply::Late(time) if is_post => {
                sleep(time).await;
                response
            }
            _ => response,
        }
    }
    Router::new().fallback(answer).with_state((sandbox.router(), reply))
}
