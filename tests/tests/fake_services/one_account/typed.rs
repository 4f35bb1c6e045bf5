//! With generated types.

use std::path::Path;
use std::time::{Duration, Instant};

use axum::http::Method;
use cover_api::ledger::SqliteLedger;
use cover_api::{Client, ClientBuilder, CoverRequest, Model};

use super::service::{LINK, deliver_all, posts, service};
use super::{ADDRESS, SECRET};
use crate::Outcome;
use crate::fake::Fake;

mod wav {
    cover_api::api!("specs/siblings/wav.toml", in crate::one_account::typed::wav);
}
mod lyrics {
    cover_api::api!("specs/siblings/timestamped_lyrics.toml", in crate::one_account::typed::lyrics);
}

const MINUTE: Duration = Duration::from_secs(60);

/// A rate limit that is never reached.
const GENEROUS: (u32, Duration) = (64, Duration::ZERO);

/// What a run brings.
#[derive(Debug, PartialEq)]
struct Song {
    tracks: Vec<Option<String>>,
    wav: Option<String>,
    words: Vec<Option<String>>,
}

/// Returns the client of a new process. It polls each task once a minute, so that only callbacks end its waits in time.
async fn client(url: &str, ledger: &Path, limit: (u32, Duration)) -> Result<Client, Box<dyn std::error::Error>> {
    let builder = builder(url, ledger).await?.rate_limit(limit.0, limit.1).poll_every(MINUTE, MINUTE);
    Ok(builder.build()?)
}

async fn builder(url: &str, ledger: &Path) -> Result<ClientBuilder, Box<dyn std::error::Error>> {
    let builder = Client::builder("5f0a9c81d2").base_url(url).callbacks(ADDRESS, SECRET);
    Ok(builder.ledger(SqliteLedger::open(ledger).await?).account("one"))
}

/// Makes everything of one song, as a program would that may have been started before.
async fn run(client: &Client, song: &str) -> Result<Song, Box<dyn std::error::Error + Send + Sync>> {
    let cover = if let Some(task) = client.find(&format!("{song}/cover")).await? {
        task
    } else {
        let link = client.upload_bytes(format!("{song}.wav"), crate::recordings::wav(1)).await?;
        let request = CoverRequest::non_custom().upload_url(link).model(Model::V5).prompt(song);
        let request = request.call_back_url(ADDRESS).build()?;
        client.send(&request).key(format!("{song}/cover")).await?
    };
    let task_id = cover.id().to_owned();
    let cover = cover.wait().await?;
    let audio_id = cover.tracks.first().and_then(|track| track.id.clone()).ok_or("no track")?;

    let request = wav::WavRequest::builder().task_id(&*task_id).audio_id(&*audio_id);
    let request = request.call_back_url(ADDRESS).build()?;
    let wavs = client.operation::<wav::Wav>()?;
    let wav = wavs.send(&request).key(format!("{song}/wav")).await?.wait().await?;

    let request = lyrics::LyricsRequest::builder().task_id(&*task_id).audio_id(audio_id).build()?;
    let lyrics = client.operation::<lyrics::TimestampedLyrics>()?;
    let lyrics = lyrics.send(&request).key(format!("{song}/lyrics")).await?;
    Ok(Song {
        tracks: cover.tracks.iter().map(|track| Some(track.audio_url.as_ref()?.as_str().to_owned())).collect(),
        wav: wav.audio_wav_url.as_ref().map(|link| link.as_str().to_owned()),
        words: lyrics.aligned_words.iter().map(|word| word.word.clone()).collect(),
    })
}

fn expected(cover: usize, wav: usize) -> Song {
    let track = |number: u32| Some(format!("https://cdn.example.com/cover-{cover}-{number}.mp3"));
    Song {
        tracks: vec![track(1), track(2)],
        wav: Some(format!("https://cdn.example.com/wav-{wav}.wav")),
        words: vec![Some("La\n".to_owned())],
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_song_becomes_a_cover_a_wav_file_and_timed_lyrics_and_a_rerun_pays_nothing() -> Outcome {
    let fake = service();
    let url = fake.serve().await?;
    let folder = tempfile::tempdir()?;
    let ledger = folder.path().join("ledger.db");
    let first = client(&url, &ledger, GENEROUS).await?;
    let delivering = deliver_all(&fake, first.account().callbacks()?.router());
    let started = Instant::now();
    let song = run(&first, "song").await.map_err(|error| error.to_string())?;
    assert_eq!(song, expected(1, 1));
    assert!(started.elapsed() < Duration::from_secs(20), "callbacks of both tasks end their waits");
    delivering.abort();
    assert_eq!(
        posts(&fake),
        [
            "/api/file-stream-upload",
            "/api/v1/generate/upload-cover",
            "/api/v1/wav/generate",
            "/api/v1/generate/get-timestamped-lyrics",
        ]
    );
    assert_eq!(fake.calls()[1].body["uploadUrl"], LINK);
    assert_eq!(fake.count(&Method::GET), 2, "each callback is confirmed by one poll");
    assert_eq!(first.account().credits().await?.to_string(), "87.5");

    // Another process with the same file asks for the same songs.
    drop(first);
    let short = Duration::from_millis(1);
    let second = builder(&url, &ledger).await?.poll_every(short, short).build()?;
    let again = run(&second, "song").await.map_err(|error| error.to_string())?;
    assert_eq!(again, song);
    assert_eq!(posts(&fake).len(), 4, "nothing is uploaded or paid again");
    assert!(second.account().unfinished().await?.is_empty());
    let keys = second.account().find("song/cover").await?;
    assert_eq!(keys.len(), 1);
    Ok(())
}

/// Makes six songs at the same time, and returns the service.
async fn six_songs(limit: (u32, Duration)) -> Result<Fake, Box<dyn std::error::Error>> {
    let fake = service();
    let url = fake.serve().await?;
    let folder = tempfile::tempdir()?;
    let client = client(&url, &folder.path().join("ledger.db"), limit).await?;
    let delivering = deliver_all(&fake, client.account().callbacks()?.router());
    let runs = (0..6).map(|number| {
        let client = client.clone();
        tokio::spawn(async move { run(&client, &format!("song-{number}")).await })
    });
    for run in runs.collect::<Vec<_>>() {
        let song = run.await?.map_err(|error| error.to_string())?;
        assert_eq!((song.tracks.len(), song.words.len()), (2, 1));
    }
    delivering.abort();
    assert_eq!(posts(&fake).len(), 6 * 4);
    Ok(fake)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_operations_together_never_exceed_a_number_of_requests_in_a_window() -> Outcome {
    let window = Duration::from_millis(200);
    let fake = six_songs((4, window)).await?;
    assert_eq!(fake.most_within(window), 4);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_operations_together_never_exceed_a_number_of_requests_at_the_same_time() -> Outcome {
    let fake = six_songs((2, Duration::ZERO)).await?;
    assert_eq!(fake.most_at_once(), 2);
    Ok(())
}
