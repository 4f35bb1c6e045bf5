//! Makes a cover of a song on disk, then its WAV file, its stems and lyrics for the next song: `cargo run --example chain -- song.mp3`.
//!
//! All operations are paid by one account, and recorded in one ledger. Without `COVER_API_KEY` the example uses a sandbox on this
//! machine. With it, it uses the real service, which costs credits. If it runs again, it pays nothing for what it has already bought.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cover_api::ledger::SqliteLedger;
use cover_api::sandbox::Sandbox;
use cover_api::{Client, ClientBuilder, CoverRequest, Model, Task};

mod wav {
    cover_api::api!("sunoapi/wav.toml");
}
mod stems {
    cover_api::api!("sunoapi/stems.toml");
}
mod lyrics {
    cover_api::api!("sunoapi/lyrics.toml");
}
use lyrics::{Lyrics, LyricsRequest};
use stems::{Stems, StemsRequest};
use wav::{Wav, WavRequest};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let song = PathBuf::from(std::env::args_os().nth(1).ok_or("pass the path of a song, such as song.mp3")?);
    let (client, _sandbox) = connect(&song).await?;
    let key = format!("chain of {}", song.display());
    println!("{} credits", client.credits().await?);

    let task = cover(&client, &song, &key).await?;
    let cover = task.wait().await?;
    let track = cover.tracks.iter().find_map(|track| track.id.as_deref()).ok_or("the cover has no track with an id")?;
    println!("cover: {} tracks", cover.tracks.len());

    let request = WavRequest::builder().task_id(task.id()).audio_id(track).without_callback().build()?;
    let wav = client.operation::<Wav>()?.send(&request).key(&key).await?.wait().await?;
    println!("WAV: {}", wav.audio_wav_url.as_ref().map(ToString::to_string).unwrap_or_default());

    let request = StemsRequest::builder().task_id(task.id()).audio_id(track).without_callback().build()?;
    let stems = client.operation::<Stems>()?.send(&request).key(&key).await?.wait().await?;
    let stems = stems.stems.as_ref().ok_or("there are no stems")?;
    println!("voice: {}", stems.vocal_url.as_ref().map(ToString::to_string).unwrap_or_default());
    println!("instruments: {}", stems.instrumental_url.as_ref().map(ToString::to_string).unwrap_or_default());

    let request = LyricsRequest::builder().prompt("A calm night drive through the rain").without_callback().build()?;
    let lyrics = client.operation::<Lyrics>()?.send(&request).key(&key).await?.wait().await?;
    println!("lyrics: {} variants", lyrics.lyrics.len());

    println!("{} credits", client.credits().await?);
    Ok(())
}

/// Returns the task of the cover. The song is uploaded only if the cover was not bought in an earlier run.
async fn cover(client: &Client, song: &Path, key: &str) -> Result<Task, Box<dyn Error>> {
    if let Some(task) = client.find(key).await? {
        return Ok(task);
    }
    let request = CoverRequest::custom_instrumental()
        .upload_url(client.upload(song).await?)
        .without_callback()
        .model(Model::V4_5)
        .style("Smooth jazz trio")
        .title("Night Drive")
        .build()?;
    Ok(client.send(&request).key(key).await?)
}

/// Connects to the real service if a key is set, else to a sandbox of all operations, which lives as long as it is held. The ledger
/// is a file next to the song.
async fn connect(song: &Path) -> Result<(Client, Option<Sandbox>), Box<dyn Error>> {
    let (builder, sandbox) = if std::env::var_os("COVER_API_KEY").is_some() {
        (ClientBuilder::from_env()?, None)
    } else {
        let sandbox = Sandbox::builder().every_shipped().stage_every(Duration::from_millis(100)).start().await?;
        println!("no COVER_API_KEY, using a sandbox at {}", sandbox.url());
        let builder = Client::builder(sandbox.key()).base_url(sandbox.url());
        (builder.poll_every(Duration::from_millis(400), Duration::from_millis(400)), Some(sandbox))
    };
    let ledger = SqliteLedger::open(song.with_extension("chain.db")).await?;
    Ok((builder.ledger(ledger).build()?, sandbox))
}
