//! Serves a sandbox with every shipped operation, for programs in any language: `cargo run --example sandbox -- --port 8080`.
//!
//! It prints its address and its key, and serves until it is stopped. Without `--port`, any free port is used. With `--without-limits`, it
//! takes any number of requests and has credits for all of them.

use std::error::Error;

use cover_api::sandbox::{Sandbox, SandboxBuilder};

const USAGE: &str = "usage: sandbox [--port PORT] [--without-limits]";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = builder(std::env::args().skip(1))?.start().await?;
    println!("address {}\nkey {}", sandbox.url(), sandbox.key());
    std::future::pending::<()>().await;
    Ok(())
}

fn builder(mut arguments: impl Iterator<Item = String>) -> Result<SandboxBuilder, Box<dyn Error>> {
    let mut builder = Sandbox::builder().every_shipped();
    while let Some(argument) = arguments.next() {
        builder = match argument.as_str() {
            "--port" => {
                let port = arguments.next().ok_or(USAGE)?;
                builder.port(port.parse().map_err(|_| format!("`{port}` is not a port; {USAGE}"))?)
            }
            "--without-limits" => builder.without_rate_limit().credits(u32::MAX),
            other => return Err(format!("unknown argument `{other}`; {USAGE}").into()),
        };
    }
    Ok(builder)
}
