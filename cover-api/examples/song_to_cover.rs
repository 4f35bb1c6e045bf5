//! Makes covers of a song on disk, and saves them next to it: `cargo run --example song_to_cover -- song.mp3`.
//!
//! Without `COVER_API_KEY` it uses a sandbox on this machine. With it, it uses the real service, which costs credits. The song is
//! the key of the purchase: if the program runs again, it uploads nothing, pays nothing, and saves the same covers.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cover_api::ledger::SqliteLedger;
use cover_api::sandbox::Sandbox;
use cover_api::{Client, ClientBuilder, CoverRequest, Model};
use tokio::fs::File;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let song = PathBuf::from(std::env::args_os().nth(1).ok_or("pass the path of a song, such as song.mp3")?);
    let (client, _sandbox) = connect(&song).await?;
    let key = format!("cover of {}", song.display());
    let task = if let Some(task) = client.find(&key).await? {
        task
    } else {
        let request = CoverRequest::custom_instrumental()
            .upload_url(client.upload(&song).await?)
            .without_callback()
            .model(Model::V4_5)
            .style("Smooth jazz trio")
            .title("Night Drive")
            .build()?;
        client.send(&request).key(&key).await?
    };
    let cover = task.wait().await?;
    for (number, audio) in (1..).zip(cover.tracks.iter().filter_map(|track| track.audio_url.as_ref())) {
        let path = song.with_extension(format!("cover-{number}.{}", extension(audio.as_str())));
        client.download_to(audio, File::create(&path).await?).await?;
        println!("saved {}", path.display());
    }
    Ok(())
}

/// Connects to the real service if a key is set, else to a sandbox, which lives as long as it is held. The ledger is a file next to
/// the song.
async fn connect(song: &Path) -> Result<(Client, Option<Sandbox>), Box<dyn Error>> {
    let polling_fast =
        |builder: ClientBuilder| builder.poll_every(Duration::from_millis(400), Duration::from_millis(400));
    let is_set = |variable| std::env::var_os(variable).is_some();
    let (builder, sandbox) = if is_set("COVER_API_KEY") {
        let builder = ClientBuilder::from_env()?;
        // Another address is that of a sandbox, which is faster than the service.
        (if is_set("COVER_API_URL") { polling_fast(builder) } else { builder }, None)
    } else {
        let sandbox = Sandbox::builder().stage_every(Duration::from_millis(100)).start().await?;
        println!("no COVER_API_KEY, using a sandbox at {}", sandbox.url());
        (polling_fast(Client::builder(sandbox.key()).base_url(sandbox.url())), Some(sandbox))
    };
    let ledger = SqliteLedger::open(song.with_extension("covers.db")).await?;
    Ok((builder.ledger(ledger).build()?, sandbox))
}

/// Returns the file extension of the address. The service makes mp3, the sandbox wav.
fn extension(address: &str) -> &str {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let extension = path.rsplit_once('.').map(|(_, extension)| extension);
    extension.filter(|it| it.chars().all(char::is_alphanumeric)).unwrap_or("mp3")
}
