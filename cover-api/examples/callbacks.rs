//! Follows a cover by callbacks: `cargo run --example callbacks`.
//!
//! Client, callback server and sandbox run in this process. The real service needs an address that it can reach, behind a proxy
//! with TLS: see `cover_api::callback::deploying`.

use std::error::Error;
use std::time::Duration;

use cover_api::sandbox::Sandbox;
use cover_api::{Client, CoverRequest, Model, Update};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().stage_every(Duration::from_millis(500)).start().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}/covers", listener.local_addr()?);
    println!("callbacks come to {address}");

    let client = Client::builder(sandbox.key())
        .base_url(sandbox.url())
        .callbacks(&address, "a secret of at least 16 bytes, from your vault")
        .build()?;
    let callbacks = client.callbacks()?;
    let app = axum::Router::new().nest("/covers", callbacks.router());
    tokio::spawn(async move { axum::serve(listener, app).await });

    let request = CoverRequest::custom_instrumental()
        .upload_url("https://storage.example.com/song.mp3")
        .call_back_url(&address)
        .model(Model::V4_5)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build()?;
    let task = client.send(&request).await?;
    println!("task {}", task.id());

    let mut updates = task.wait().updates();
    while let Some(update) = updates.next().await {
        match update? {
            Update::Stage(snapshot) => println!("  {}: {} tracks", snapshot.status, snapshot.tracks.len()),
            Update::PollFailed(error) => println!("  {error}"),
            _ => {}
        }
    }
    println!("{} callbacks reported something new, {} polls confirmed it", callbacks.stats().new, client.stats().polls);
    Ok(())
}
