//! What is sent, and what comes back.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use cover_api::sandbox::Answer;
use cover_api::{CoverRequest, Model};
use cover_testkit::Outcome;
use cover_testkit::recordings::wav;
use futures_util::stream;

use crate::{client, sandbox};

#[tokio::test]
async fn a_path_bytes_and_a_stream_are_sent_alike() -> Outcome {
    let sandbox = sandbox().start().await?;
    let client = client(sandbox.url(), sandbox.key())?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("My \"Söng\".wav");
    let song = wav(10);
    std::fs::write(&path, &song)?;

    let pieces: Vec<_> = song.chunks(1_000).map(|piece| Ok::<_, Infallible>(piece.to_vec())).collect();
    let links = [
        client.upload(&path).await?,
        client.upload_bytes("My \"Söng\".wav", song.clone()).await?,
        client.upload_stream("My \"Söng\".wav", song.len() as u64, stream::iter(pieces)).await?,
    ];
    assert_eq!((sandbox.uploads(), sandbox.submits()), (3, 0));
    for (link, file) in links.iter().zip(sandbox.uploaded()) {
        assert_eq!((file.name.as_str(), &file.bytes[..]), ("My \"Söng\".wav", &song[..]));
        assert_eq!(link.as_str(), file.link);
        assert_eq!(client.download(link).await?, song);
    }
    Ok(())
}

#[tokio::test]
async fn an_upload_becomes_a_cover() -> Outcome {
    let sandbox = sandbox().start().await?;
    let client = client(sandbox.url(), sandbox.key())?;
    let link = client.upload_bytes("song.wav", wav(1)).await?;
    let request =
        CoverRequest::non_custom().upload_url(link).without_callback().model(Model::V5).prompt("Rain").build()?;
    let cover = client.send(&request).await?.wait().await?;
    assert_eq!(cover.tracks.len(), 2);
    assert_eq!(sandbox.created()[0].request["uploadUrl"], *sandbox.uploaded()[0].link);
    Ok(())
}

#[tokio::test]
async fn a_link_with_spaces_is_percent_encoded_and_fits_a_request() -> Outcome {
    let sandbox = sandbox().start().await?;
    let client = client(sandbox.url(), sandbox.key())?;
    let address = "https://files.example.com/songs/Night {Drive}.wav?sig=a b";
    sandbox.answer_upload(Answer::raw(200, format!(r#"{{"code":200,"data":{{"downloadUrl":"{address}"}}}}"#)));
    let link = client.upload_bytes("Night Drive.wav", wav(1)).await?;
    assert_eq!(link.as_str(), "https://files.example.com/songs/Night%20%7BDrive%7D.wav?sig=a%20b");
    CoverRequest::non_custom().upload_url(&link).without_callback().model(Model::V5).prompt("Rain").build()?;
    Ok(())
}

#[tokio::test]
async fn the_progress_ends_with_the_size_of_the_file() -> Outcome {
    let sandbox = sandbox().start().await?;
    let client = client(sandbox.url(), sandbox.key())?;
    let song = wav(100);
    let mut seen = Vec::new();
    let upload = client.upload_bytes("song.wav", song.clone()).on_progress(|sent, total| seen.push((sent, total)));
    upload.await?;
    let total = song.len() as u64;
    assert!(seen.is_sorted() && seen.iter().all(|(_, of)| *of == total), "{seen:?}");
    assert_eq!(seen.last(), Some(&(total, total)));
    Ok(())
}

#[tokio::test]
async fn an_upload_takes_a_permit_of_the_rate_limit() -> Outcome {
    let sandbox = sandbox().start().await?;
    let client = cover_api::Client::builder(sandbox.key())
        .base_url(sandbox.url())
        .rate_limit(1, Duration::from_secs(60))
        .build()?;
    client.upload_bytes("song.wav", wav(1)).await?;
    let second = client.upload_bytes("song.wav", wav(1)).timeout(Duration::from_millis(300)).await;
    assert!(second.is_err_and(|error| error.is_timeout()));
    assert_eq!(sandbox.uploads(), 1);
    Ok(())
}

#[tokio::test]
async fn a_dropped_upload_leaves_nothing_behind_that_hinders_the_next() -> Outcome {
    let sandbox = sandbox().start().await?;
    let client = client(sandbox.url(), sandbox.key())?;
    let song = Bytes::from(wav(100));
    for step in 0..40 {
        let upload = client.upload_bytes("song.wav", song.clone());
        // Too short for most uploads, which are dropped at different places.
        let _ = tokio::time::timeout(Duration::from_micros(step * 250), upload).await;
    }
    client.upload_bytes("song.wav", song).await?;
    assert_eq!(client.stats().permits, 0);
    Ok(())
}

#[tokio::test]
async fn a_router_in_this_process_takes_uploads_too() -> Outcome {
    let sandbox = sandbox().start().await?;
    let client = cover_api::Client::builder(sandbox.key()).transport(sandbox.router()).build()?;
    let link = client.upload_bytes("song.wav", wav(1)).await?;
    assert_eq!(sandbox.uploaded()[0].link, link.as_str());
    Ok(())
}
