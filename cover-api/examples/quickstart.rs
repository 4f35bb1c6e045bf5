//! Makes a cover and saves its first track: `cargo run --example quickstart`.
//!
//! Without `COVER_API_KEY` it uses a sandbox on this machine. With it, it uses the real service, which costs credits, and needs
//! the address of a song: `cargo run --example quickstart -- https://…/song.mp3`.

use std::error::Error;
use std::io::Write;
use std::time::Duration;

use cover_api::sandbox::Sandbox;
use cover_api::{Client, CoverRequest, Model, Update};

/// The sandbox takes any address, and reads nothing from it.
const PLACEHOLDER: &str = "https://storage.example.com/song.mp3";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let song = song()?;
    let (client, _sandbox) = connect().await?;
    let request = CoverRequest::custom_instrumental()
        .upload_url(song)
        .without_callback()
        .model(Model::V4_5)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .style_weight(0.65)
        .build()?;

    let task = client.send(&request).await?;
    println!("task {}", task.id());

    let mut updates = task.wait().updates();
    let mut tracks = Vec::new();
    while let Some(update) = updates.next().await {
        match update? {
            Update::Stage(snapshot) => {
                println!("  {}", snapshot.status);
                tracks = snapshot.into_results().tracks;
            }
            Update::PollFailed(error) => println!("  {error}"),
            _ => {}
        }
    }

    for track in &tracks {
        let title = track.title.as_deref().unwrap_or("untitled");
        let seconds = track.duration.unwrap_or_default();
        let address = track.audio_url.as_ref().map(ToString::to_string).unwrap_or_default();
        println!("{title}, {seconds} s: {address}");
    }
    if let Some(audio) = tracks.iter().find_map(|track| track.audio_url.as_ref()) {
        let suffix = format!(".{}", extension(audio.as_str()));
        let (mut file, path) = tempfile::Builder::new().prefix("cover-").suffix(&suffix).tempfile()?.keep()?;
        file.write_all(&client.download(audio).await?)?;
        println!("saved {}", path.display());
    }
    Ok(())
}

/// Returns the address of the song. With a key, a placeholder would cost credits and bring nothing.
fn song() -> Result<String, Box<dyn Error>> {
    match std::env::args().nth(1) {
        Some(song) => Ok(song),
        None if has_key() => Err("COVER_API_KEY is set, so this costs credits. Pass the address of a song that the service \
             can download: cargo run --example quickstart -- https://…/song.mp3. Unset COVER_API_KEY to use the sandbox."
            .into()),
        None => Ok(PLACEHOLDER.to_owned()),
    }
}

fn has_key() -> bool {
    std::env::var_os("COVER_API_KEY").is_some()
}

/// Connects to the real service if a key is set, else to a sandbox, which lives as long as it is held.
async fn connect() -> Result<(Client, Option<Sandbox>), Box<dyn Error>> {
    if has_key() {
        return Ok((Client::from_env()?, None));
    }
    let sandbox = Sandbox::builder().stage_every(Duration::from_millis(500)).without_rate_limit().start().await?;
    println!("no COVER_API_KEY, using a sandbox at {}", sandbox.url());
    let client = Client::builder(sandbox.key())
        .base_url(sandbox.url())
        .poll_every(Duration::from_millis(100), Duration::from_millis(200))
        .rate_limit(64, Duration::ZERO)
        .build()?;
    Ok((client, Some(sandbox)))
}

/// Returns the file extension of the address. The service makes mp3, the sandbox wav.
fn extension(address: &str) -> &str {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let extension = path.rsplit_once('.').map(|(_, extension)| extension);
    extension.filter(|it| it.chars().all(char::is_alphanumeric)).unwrap_or("mp3")
}
