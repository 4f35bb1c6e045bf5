//! A workflow that buys by key: one activity sends, and a second one waits.

use std::error::Error as _;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use cover_api::ledger::{PostgresLedger, SqliteLedger};
use cover_api::{Client, CoverRequest, Error, Model};
use temporalio_common::RetryPolicy;
use temporalio_common::error::ApplicationFailure;
use temporalio_macros::{activities, workflow, workflow_methods};
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use temporalio_sdk::{ActivityOptions, WorkflowContext, WorkflowResult};

use crate::moment::{Moment, Pause};

/// The engine starts the activity again if it hears nothing for this long.
pub const HEARTBEAT: Duration = Duration::from_secs(2);

/// Timeouts of a connection and of a send. On PostgreSQL, the lease of an attempt is 60 s and twice their sum.
const TIMEOUTS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(10)];

#[workflow]
#[derive(Default)]
pub struct CoverWorkflow;

#[workflow_methods]
impl CoverWorkflow {
    /// Buys a cover, and returns its task once it is done.
    #[run]
    pub async fn run(ctx: &mut WorkflowContext<Self>, prompt: String) -> WorkflowResult<String> {
        let options = || {
            let options = ActivityOptions::with_start_to_close_timeout(Duration::from_secs(300));
            let retries = RetryPolicy::builder().initial_interval(Duration::from_millis(200)).build();
            options.heartbeat_timeout(HEARTBEAT).retry_policy(retries).build()
        };
        let handle = ctx.execute_activity(Keyed::buy, prompt, options()).await?;
        Ok(ctx.execute_activity(Keyed::wait, handle, options()).await?)
    }
}

/// The activities of the workflow, and what they share. One client serves all activities of a worker.
pub struct Keyed {
    client: Client,
    pause: Pause,
}

impl Keyed {
    /// `ledger` is a file, or the address of a PostgreSQL database.
    pub async fn open(service: &str, ledger: &str, pause: Pause) -> Result<Self, Box<dyn std::error::Error>> {
        let client =
            Client::builder("sandbox-key").base_url(service).account("tests").rate_limit(1_000, Duration::ZERO);
        let [connect, submit] = TIMEOUTS;
        let client = client.poll_every(Duration::from_millis(20), Duration::from_millis(20)).timeouts(connect, submit);
        let client = if ledger.starts_with("postgres://") {
            client.ledger(PostgresLedger::connect(ledger).await?)
        } else {
            client.ledger(SqliteLedger::open(ledger).await?)
        };
        Ok(Self { client: client.build()?, pause })
    }
}

#[activities]
impl Keyed {
    /// Sends the request, and returns the handle of its task.
    #[activity]
    pub async fn buy(self: Arc<Self>, ctx: ActivityContext, prompt: String) -> Result<String, ActivityError> {
        self.pause.reach(Moment::BeforeSend).await?;
        let request = CoverRequest::non_custom().upload_url("https://storage.example.com/song.mp3").without_callback();
        let request = request.model(Model::V5).prompt(prompt).build()?;
        // The same in every attempt of the activity, and in every run of the workflow.
        let workflow = ctx.info().workflow_id.as_deref().unwrap_or_default();
        let key = format!("{workflow}/cover");
        let task = with_heartbeat(&ctx, self.client.send(&request).key(key)).await?.map_err(failure)?;
        self.pause.reach(Moment::AfterTask).await?;
        Ok(serde_json::to_string(&task.handle())?)
    }

    /// Waits for the task, and returns its id.
    #[activity]
    pub async fn wait(self: Arc<Self>, ctx: ActivityContext, handle: String) -> Result<String, ActivityError> {
        let task = self.client.resume(serde_json::from_str(&handle)?);
        if task.poll().await.is_ok() {
            self.pause.reach(Moment::InWait).await?;
        }
        with_heartbeat(&ctx, task.wait()).await?.map_err(failure)?;
        Ok(task.id().to_owned())
    }
}

/// Tells the engine that the activity lives until the work is done. If the activity is cancelled, the work is dropped.
async fn with_heartbeat<T>(ctx: &ActivityContext, work: impl IntoFuture<Output = T>) -> Result<T, ActivityError> {
    let mut work = pin!(work.into_future());
    let mut beat = tokio::time::interval(HEARTBEAT / 4);
    loop {
        tokio::select! {
            done = &mut work => return Ok(done),
            () = ctx.cancelled() => {
                eprintln!("the engine has cancelled the activity");
                return Err(ActivityError::cancelled());
            }
            _ = beat.tick() => ctx.record_heartbeat(()).await?,
        }
    }
}

/// Tells the engine what went wrong, and whether it may start the activity again.
fn failure(error: Error) -> ActivityError {
    let text = error.source().map_or(error.to_string(), |source| format!("{error}: {source}"));
    eprintln!("{text}");
    let failure = ApplicationFailure::builder(text).non_retryable(!is_retryable(&error));
    let failure = failure.maybe_type_name(error.is_outcome_unknown().then(|| "OutcomeUnknown".to_owned()));
    ActivityError::application(failure.maybe_next_retry_delay(error.resend_after()).build())
}

/// Returns whether another attempt of the activity can help. This is the function of the guide's page about workflow engines.
fn is_retryable(error: &Error) -> bool {
    let is_for_people = error.is_outcome_unknown()
        || error.is_key_conflict()
        || error.is_insufficient_credits()
        || error.is_spend_limit();
    let may_pass = error.is_in_progress() || error.is_not_sent() || error.is_ledger() || error.is_timeout();
    !is_for_people && (may_pass || error.resend_after().is_some())
}
