//! What these tests share.

use std::time::Duration;

use cover_api::sandbox::{Sandbox, SandboxBuilder};
use cover_api::{Client, CoverRequest, Error, Model, NonCustom};

pub const SONG: &str = "https://storage.example.com/song.mp3?signature=s3cret";

pub fn fast_sandbox() -> SandboxBuilder {
    Sandbox::builder().stage_each_poll().without_rate_limit()
}

pub fn client(sandbox: &Sandbox) -> std::result::Result<Client, Error> {
    let millis = Duration::from_millis;
    let builder = Client::builder(sandbox.key()).base_url(sandbox.url()).poll_every(millis(5), millis(15));
    builder.rate_limit(64, Duration::ZERO).max_attempts(1).retry_window(Duration::ZERO).build()
}

pub fn request() -> CoverRequest<NonCustom> {
    let builder = CoverRequest::non_custom().upload_url(SONG).without_callback().model(Model::V5);
    builder.prompt("A calm night drive").build().expect("valid")
}
