//! Tasks that are cancelled: in the sandbox, and by services whose answers can be anything.

mod answers;
mod sandbox;

use std::time::Duration;

use cover_api::runtime::{AnyService, Client, Spec, Task};
use dub::{Dub, DubRequest};

pub mod dub {
    cover_api::api!("specs/dub.toml", in crate::cancels::dub);
}

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const DUB: &str = include_str!("../../../specs/dub.toml");

/// The `[cancel]` of the spec.
const CANCEL: &str = "path = \"/dubs/cancel\"\nbody = \"data.taskId\"\n";

const SECOND: Duration = Duration::from_secs(1);

fn request() -> Result<DubRequest> {
    Ok(DubRequest::builder().film("https://storage.example.com/film.mp4").build()?)
}

/// Returns the spec with other keys of `[cancel]`.
fn with_cancel(keys: &str) -> String {
    assert!(DUB.contains(CANCEL));
    DUB.replace(CANCEL, &format!("{keys}\n"))
}

/// Sends a request of a spec that is read at run time.
async fn sent_at_run_time(client: &Client<AnyService>) -> Result<Task<AnyService>> {
    let request = client.request(serde_json::to_string(&request()?)?)?;
    Ok(client.send(&request).key("film").await?.task().ok_or("an answer")?)
}

fn spec(text: &str) -> Result<Spec> {
    Ok(Spec::parse("dub.toml", text)?)
}
