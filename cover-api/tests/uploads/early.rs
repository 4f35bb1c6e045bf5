//! Answers that come before the end of the file, or that ask for a pause; streams that fail or stall.

use std::time::Duration;

use bytes::Bytes;
use cover_api::sandbox::Answer;
use cover_testkit::Outcome;
use cover_testkit::recordings::wav;
use futures_util::stream::{self, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

use crate::{client, refusal, sandbox};

/// More than the buffers of a connection hold.
const LARGE: usize = 24 << 20;

/// What a server does with one connection.
#[derive(Clone, Copy)]
enum Reads {
    /// It answers after this number of bytes.
    Some(usize),
    /// It answers after the closing boundary.
    All,
}

/// Starts a server that answers each connection in its way, with this status line, headers and body. Returns its address.
async fn server(connections: &'static [Reads], head: &'static str, body: &'static str) -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        for reads in connections {
            let Ok((mut connection, _)) = listener.accept().await else { return };
            let mut buffer = vec![0; 1 << 16];
            let mut read = 0;
            loop {
                let Ok(count) = connection.read(&mut buffer).await else { return };
                read += count;
                match reads {
                    Reads::Some(enough) if read >= *enough => break,
                    Reads::All if count == 0 || buffer[..count].ends_with(b"--\r\n") => break,
                    _ => {}
                }
            }
            let answer = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            let _ = connection.write_all(answer.as_bytes()).await;
            // The rest stays unread, and the connection open.
            tokio::spawn(async move {
                sleep(Duration::from_secs(5)).await;
                drop(connection);
            });
        }
    });
    Ok(url)
}

const SUCCESS: &str = r#"{"code":200,"data":{"downloadUrl":"https://files.example.com/song.wav"}}"#;

#[tokio::test]
async fn a_success_before_the_whole_file_was_sent_is_no_success() -> Outcome {
    let song = Bytes::from(vec![1; LARGE]);
    let url = server(&[Reads::Some(100_000), Reads::All], "200 OK", SUCCESS).await?;
    let link = client(&url, "key")?.upload_bytes("song.wav", song.clone()).unchecked_length().await?;
    assert_eq!(link.as_str(), "https://files.example.com/song.wav", "the second attempt was read to its end");

    let url = server(&[Reads::Some(100_000)], "200 OK", SUCCESS).await?;
    let pieces =
        stream::iter(song.chunks(1 << 16).map(Bytes::copy_from_slice).map(Ok::<_, std::io::Error>).collect::<Vec<_>>());
    let said = refusal(client(&url, "key")?.upload_stream("song.wav", LARGE as u64, pieces).await);
    assert!(said.contains("it reports success after ") && said.ends_with(" of 25165824 bytes of the file"), "{said}");
    Ok(())
}

#[tokio::test]
async fn a_pause_that_ends_after_the_timeout_is_an_error_at_once_that_names_the_answer() -> Outcome {
    let begun = Instant::now();
    let url = server(&[Reads::All], "503 Later\r\nretry-after: 3600", "<html>").await?;
    let upload = client(&url, "key")?.upload_bytes("song.wav", wav(1)).timeout(Duration::from_secs(60)).await;
    let error = upload.expect_err("it would take 5 minutes");
    assert!(error.is_timeout() && error.is_maintenance() && !error.is_setup(), "{error:?}");
    assert_eq!(error.resend_after(), Some(Duration::from_secs(3_600)));
    let host = url.trim_start_matches("http://");
    assert_eq!(
        error.to_string(),
        format!(
            "`song.wav` cannot be uploaded: the next attempt could begin in 300s, after the timeout of 60s; the last attempt failed: \
             the answer from {host} cannot be used: the answer (HTTP status 503) is not JSON: code 503 (maintenance)"
        )
    );

    let sandbox = sandbox().start().await?;
    sandbox.answer_upload(Answer::message(455, "back at noon"));
    let client = client(sandbox.url(), sandbox.key())?;
    let upload = client.upload_bytes("song.wav", wav(1)).timeout(Duration::from_secs(30)).await;
    let error = upload.expect_err("the pause is a minute");
    assert!(error.is_timeout() && error.is_maintenance() && error.code() == Some(455), "{error:?}");
    let host = sandbox.url().trim_start_matches("http://");
    assert!(
        error.to_string().ends_with(&format!(
            "in 60s, after the timeout of 30s; the last attempt failed: at {host}, the service refused the request: \
             code 455 (maintenance): back at noon"
        )),
        "{error}"
    );
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    Ok(())
}

#[tokio::test]
async fn a_rejected_key_is_recognised_without_an_envelope() -> Outcome {
    let sandbox = sandbox().start().await?;
    sandbox.answer_upload(Answer::raw(401, "Unauthorized"));
    let error = client(sandbox.url(), sandbox.key())?.upload_bytes("song.wav", wav(1)).await.expect_err("401");
    assert!(error.is_unauthorized(), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn an_answer_without_an_address_has_the_message_of_the_service() -> Outcome {
    let sandbox = sandbox().start().await?;
    sandbox.answer_upload(Answer::raw(200, r#"{"success":false,"code":200,"msg":"file is corrupt","data":null}"#));
    let said = refusal(client(sandbox.url(), sandbox.key())?.upload_bytes("song.wav", wav(1)).await);
    assert!(said.ends_with("does not contain the address of the file: file is corrupt"), "{said}");
    Ok(())
}

#[tokio::test]
async fn the_error_of_a_stream_is_shown_without_secrets_and_says_what_was_sent() -> Outcome {
    let sandbox = sandbox().start().await?;
    let broken = "cannot read https://s3.example.com/song.mp3?X-Amz-Signature=deadbeefcafebabe0123";
    let song = stream::iter([Ok(vec![1; 4]), Err(std::io::Error::other(broken))]);
    let upload = client(sandbox.url(), sandbox.key())?.upload_stream("song.mp3", 8, song).await;
    let error = upload.expect_err("the stream fails");
    assert!(!error.is_setup() && !error.is_timeout(), "{error:?}");
    let source = std::error::Error::source(&error).expect("the error of the stream").to_string();
    for text in [error.to_string(), format!("{error:?}"), source] {
        assert!(text.contains("https://s3.example.com/song.mp3") && !text.contains("deadbeef"), "{text}");
    }
    assert!(
        error.to_string().starts_with("`song.mp3` cannot be uploaded: it cannot be read after 4 of 8 bytes: "),
        "{error}"
    );
    Ok(())
}

#[tokio::test]
async fn a_stream_that_stalls_is_named_and_not_the_service() -> Outcome {
    let sandbox = sandbox().start().await?;
    let song = stream::iter([Ok::<_, std::io::Error>(vec![1; 4])]).chain(stream::pending());
    let upload = client(sandbox.url(), sandbox.key())?.upload_stream("song.mp3", 8, song);
    let upload = upload.timeout(Duration::from_millis(300)).await;
    assert!(upload.as_ref().is_err_and(cover_api::Error::is_timeout), "{upload:?}");
    assert_eq!(
        refusal(upload),
        "`song.mp3` cannot be uploaded: it was not complete after 300ms: only 4 of 8 bytes of it could be read"
    );
    Ok(())
}

#[tokio::test]
async fn a_folder_with_a_date_in_the_address_hides_no_text() -> Outcome {
    let sandbox = sandbox().start().await?;
    let client = client(sandbox.url(), sandbox.key())?;
    let address = "https://tmp.example.com/2025/11/30/song.mp3";
    sandbox.answer_upload(Answer::raw(200, format!(r#"{{"code":200,"data":{{"downloadUrl":"{address}"}}}}"#)));
    client.upload_bytes("song.wav", wav(1)).await?;
    sandbox.answer_upload(Answer::message(400, "closed until 2025-12-01"));
    let said = refusal(client.upload_bytes("song.wav", wav(1)).await);
    assert!(said.ends_with("closed until 2025-12-01"), "{said}");
    Ok(())
}
