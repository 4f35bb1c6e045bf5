//! A file on disk becomes an address that a request takes, or an error that says why not.

mod drops;
mod early;
mod lengths;
mod refused;
mod sent;
mod servers;

use std::time::Duration;

use cover_api::sandbox::{Sandbox, SandboxBuilder};
use cover_api::{Client, Error};
use cover_testkit::Result;

fn sandbox() -> SandboxBuilder {
    Sandbox::builder().stage_each_poll().without_rate_limit()
}

fn client(url: &str, key: &str) -> Result<Client> {
    let builder = Client::builder(key).base_url(url).rate_limit(64, Duration::ZERO).max_attempts(3);
    Ok(builder.poll_every(Duration::from_millis(5), Duration::from_millis(15)).build()?)
}

/// Asserts that an upload failed in its own words, and returns them.
#[track_caller]
fn refusal(result: std::result::Result<cover_api::Link, Error>) -> String {
    let error = result.expect_err("the upload fails");
    assert!(!error.may_have_been_charged(), "{error}");
    error.to_string()
}
