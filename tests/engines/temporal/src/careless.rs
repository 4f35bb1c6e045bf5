//! A workflow whose activity posts without a ledger, for comparison.

use std::sync::Arc;
use std::time::Duration;

use cover_api::{CoverRequest, Model};
use serde_json::Value;
use temporalio_common::RetryPolicy;
use temporalio_macros::{activities, workflow, workflow_methods};
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use temporalio_sdk::{ActivityOptions, LocalActivityOptions, WorkflowContext, WorkflowResult};

use crate::keyed::HEARTBEAT;
use crate::moment::{Moment, Pause};

#[workflow]
#[derive(Default)]
pub struct CarelessWorkflow;

#[workflow_methods]
impl CarelessWorkflow {
    /// Buys a cover, and returns its task. The second input is the kind: `retried`, with the engine's usual retries; `once`, with one attempt; or
    /// `local-once`, with one attempt of a local activity.
    #[run]
    pub async fn run(ctx: &mut WorkflowContext<Self>, (prompt, kind): (String, String)) -> WorkflowResult<String> {
        let once = || RetryPolicy::builder().maximum_attempts(1).build();
        if kind == "local-once" {
            let options = LocalActivityOptions::builder().start_to_close_timeout(Duration::from_secs(60));
            return Ok(ctx
                .execute_local_activity(Careless::post, prompt, options.retry_policy(once()).build())
                .await?);
        }
        let options =
            ActivityOptions::with_start_to_close_timeout(Duration::from_secs(60)).heartbeat_timeout(HEARTBEAT);
        let options = options.maybe_retry_policy((kind == "once").then(once)).build();
        Ok(ctx.execute_activity(Careless::post, prompt, options).await?)
    }
}

/// The activity of the workflow.
pub struct Careless {
    service: String,
    pause: Pause,
}

impl Careless {
    pub fn new(service: &str, pause: Pause) -> Self {
        Self { service: service.to_owned(), pause }
    }
}

#[activities]
impl Careless {
    /// Posts the request, and returns the id of its task.
    #[activity]
    pub async fn post(self: Arc<Self>, _ctx: ActivityContext, prompt: String) -> Result<String, ActivityError> {
        self.pause.reach(Moment::BeforeSend).await?;
        let request = CoverRequest::non_custom().upload_url("https://storage.example.com/song.mp3").without_callback();
        let request = request.model(Model::V5).prompt(prompt).build()?;
        let address = format!("{}/api/v1/generate/upload-cover", self.service);
        let post = reqwest::Client::new().post(address).bearer_auth("sandbox-key").json(&request);
        let answer: Value = post.send().await?.error_for_status()?.json().await?;
        self.pause.reach(Moment::AfterTask).await?;
        Ok(answer["data"]["taskId"].as_str().unwrap_or_default().to_owned())
    }
}
