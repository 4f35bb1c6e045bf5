//! Downloads are whole, bounded in size and time, and resumed where that is safe.

mod addresses;
mod files;
mod resumed;
mod server;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use cover_api::Client;
use cover_api::sandbox::Sandbox;
use cover_testkit::Outcome;
use tokio::io::AsyncWrite;

use self::server::{FILE, Server, TAGGED, Then, failure_of, redirect, text};

#[tokio::test]
async fn a_file_streams_to_a_writer() -> Outcome {
    let server = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    let (mut written, mut seen) = (Vec::new(), Vec::new());
    let progress = |done, total| seen.push((done, total));
    let length = server.client()?.download_to(&server.link(), &mut written).progress(progress).await?;
    assert_eq!((length, &*written), (10, FILE));
    assert_eq!(seen.last(), Some(&(10, Some(10))));
    assert_eq!(server.client()?.download(&server.link()).await?, FILE);
    Ok(())
}

#[tokio::test]
async fn neither_key_nor_referer_is_sent_and_no_coding_is_accepted() -> Outcome {
    let server = Server::start(&[&redirect("/other?signature=s3cret"), &format!("{TAGGED}0123456789")]).await?;
    server.client()?.download(&server.link()).await?;
    let heads = server.heads();
    assert_eq!(heads.len(), 2);
    for head in heads {
        assert!(!head.contains("k3y") && !head.contains("authorization") && !head.contains("referer"), "{head}");
        assert!(head.contains("accept-encoding: identity\r\n") && !head.contains("range:"), "{head}");
    }
    Ok(())
}

#[tokio::test]
async fn bytes_beyond_the_length_are_not_part_of_the_file() -> Outcome {
    let server = Server::start(&[&format!("{TAGGED}0123456789and more")]).await?;
    assert_eq!(server.client()?.download(&server.link()).await?, FILE);
    Ok(())
}

#[tokio::test]
async fn a_file_without_length_or_end_is_refused() -> Outcome {
    let (error, written) = failure_of(&["HTTP/1.1 200 OK\r\n\r\n0123"]).await?;
    assert!(error.contains("the answer has no length"), "{error}");
    assert!(written.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_file_whose_length_is_too_large_is_not_started() -> Outcome {
    let large = "HTTP/1.1 200 OK\r\ncontent-length: 1000000000000000000\r\n\r\n0123";
    let (error, written) = failure_of(&[large]).await?;
    assert!(error.ends_with("the file has 1000000000000000000 bytes, and the limit is 1073741824"), "{error}");
    assert!(written.is_empty());
    let server = Server::start(&[large]).await?;
    let error = text(&server.client()?.download(&server.link()).await.expect_err("too large"));
    assert!(error.ends_with("and the limit is 268435456"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_length_that_is_not_a_number_is_an_error() -> Outcome {
    for length in ["99999999999999999999999", "-1", "ten"] {
        let (error, written) =
            failure_of(&[&format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n0123")]).await?;
        assert!(error.ends_with("failed: no answer came: invalid content-length parsed"), "{error}");
        assert!(written.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn a_file_ends_at_the_limit() -> Outcome {
    let endless = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}", "a\r\n0123456789\r\n".repeat(100));
    let server = Server::start(&[&endless]).await?;
    let mut written = Vec::new();
    let error = server.client()?.download_to(&server.link(), &mut written).max_size(25).await.expect_err("too large");
    assert!(text(&error).ends_with("the file has more bytes than the limit of 25"), "{error}");
    assert!(written.len() <= 25);
    let server = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    assert_eq!(server.client()?.download_to(&server.link(), &mut Vec::new()).max_size(10).await?, 10);
    Ok(())
}

#[tokio::test]
async fn an_encoded_body_is_refused() -> Outcome {
    for header in
        ["content-encoding: gzip", "content-encoding: br\r\ncontent-encoding: gzip", "content-encoding: identity, gzip"]
    {
        let server =
            Server::start(&[&format!("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n{header}\r\n\r\n0123456789")]).await?;
        let mut written = Vec::new();
        let error = server.client()?.download_to(&server.link(), &mut written).await.expect_err("encoded");
        assert!(text(&error).ends_with("and only `identity` was accepted"), "{error}");
        assert!(written.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn a_dripping_download_ends_at_its_timeout() -> Outcome {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
    let server = Server::start_with(&[(head, Then::Drip)]).await?;
    let started = Instant::now();
    let limit = Duration::from_millis(300);
    let error = server.client()?.download_to(&server.link(), Vec::new()).timeout(limit).await.expect_err("too slow");
    assert!(error.is_timeout() && started.elapsed() < Duration::from_secs(3), "{error}");
    let text = text(&error);
    assert!(text.contains("of 1000000 bytes") && text.ends_with("it was not complete after 300ms"), "{text}");
    Ok(())
}

#[tokio::test]
async fn a_silent_download_ends_at_its_timeout() -> Outcome {
    for answer in ["", TAGGED] {
        let server = Server::start_with(&[(answer, Then::Silence)]).await?;
        let limit = Duration::from_millis(300);
        let error = server.client()?.download_to(&server.link(), Vec::new()).timeout(limit).await.expect_err("silence");
        assert!(error.is_timeout(), "{error}");
        text(&error);
    }
    Ok(())
}

#[tokio::test]
async fn a_missing_file_is_an_error() -> Outcome {
    let (error, written) = failure_of(&["HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnone"]).await?;
    assert!(error.ends_with("failed: HTTP status 404"), "{error}");
    assert!(written.is_empty());
    Ok(())
}

/// Takes as many bytes as it has room for, and then fails or waits.
struct Full {
    room: usize,
    waits: bool,
}

impl AsyncWrite for Full {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match (self.room.min(bytes.len()), self.waits) {
            (0, true) => Poll::Pending,
            (0, false) => Poll::Ready(Err(io::Error::other("no space"))),
            (taken, _) => {
                self.room -= taken;
                Poll::Ready(Ok(taken))
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_writer_that_fails_ends_the_download() -> Outcome {
    let server = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    let full = Full { room: 4, waits: false };
    let error = server.client()?.download_to(&server.link(), full).await.expect_err("no space");
    assert!(text(&error).ends_with("the writer returned an error: no space"), "{error}");
    let source = std::error::Error::source(&error).map(ToString::to_string);
    assert_eq!(source.as_deref(), Some("no space"));
    assert_eq!(server.heads().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_stalled_writer_is_bounded_by_the_timeout() -> Outcome {
    let server = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    let full = Full { room: 4, waits: true };
    let download = server.client()?.download_to(&server.link(), full).timeout(Duration::from_millis(200));
    assert!(download.await.expect_err("it waits").is_timeout());
    Ok(())
}

#[tokio::test]
async fn a_router_in_this_process_serves_both_ways() -> Outcome {
    let sandbox = Sandbox::builder().stage_each_poll().start().await?;
    let moment = Duration::from_millis(1);
    let builder = Client::builder(sandbox.key()).transport(sandbox.router()).poll_every(moment, moment);
    let client = builder.build()?;
    let cover = client.send(&cover_testkit::request("x")).await?.wait().await?;
    let link = cover.tracks[0].audio_url.as_ref().ok_or("a finished track")?;
    let bytes = client.download(link).await?;
    let mut written = Vec::new();
    assert_eq!(client.download_to(link, &mut written).await?, bytes.len() as u64);
    assert!(bytes.starts_with(b"RIFF") && bytes == written);
    Ok(())
}
