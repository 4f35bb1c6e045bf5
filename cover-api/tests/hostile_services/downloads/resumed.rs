//! Downloads that break off and are resumed.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, ETAG};
use axum::response::IntoResponse;
use axum::routing::get;
use cover_api::{Client, Error, Link};
use cover_testkit::Outcome;

use super::server::{FILE, REST, Server, TAGGED, Then, cut, failure, failure_of};

#[tokio::test]
async fn a_broken_connection_is_resumed_by_etag() -> Outcome {
    let server = Server::start(&[&cut("etag: \"a\"\r\n"), REST]).await?;
    assert_eq!(server.client()?.download(&server.link()).await?, FILE);
    let head = &server.heads()[1];
    assert!(head.contains("range: bytes=4-\r\n") && head.contains("if-range: \"a\"\r\n"), "{head}");
    Ok(())
}

#[tokio::test]
async fn a_broken_connection_is_resumed_by_date() -> Outcome {
    let dates = "last-modified: Wed, 21 Oct 2015 07:28:00 GMT\r\ndate: Thu, 22 Oct 2015 07:28:00 GMT\r\n";
    let server = Server::start(&[&cut(dates), REST]).await?;
    assert_eq!(server.client()?.download(&server.link()).await?, FILE);
    let head = &server.heads()[1];
    assert!(head.contains("if-range: wed, 21 oct 2015 07:28:00 gmt\r\n"), "{head}");
    Ok(())
}

#[tokio::test]
async fn a_file_of_unknown_length_is_resumed() -> Outcome {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\netag: \"a\"\r\n\r\n4\r\n0123\r\n";
    let server = Server::start(&[chunked, REST]).await?;
    assert_eq!(server.client()?.download(&server.link()).await?, FILE);
    Ok(())
}

#[tokio::test]
async fn a_partial_rest_is_resumed_in_turn() -> Outcome {
    let part = "HTTP/1.1 206 Partial\r\ncontent-length: 2\r\ncontent-range: bytes 4-5/10\r\netag: \"a\"\r\n\r\n45";
    let rest = "HTTP/1.1 206 Partial\r\ncontent-length: 4\r\ncontent-range: bytes 6-9/10\r\netag: \"a\"\r\n\r\n6789";
    let server = Server::start(&[&cut("etag: \"a\"\r\n"), part, rest]).await?;
    assert_eq!(server.client()?.download(&server.link()).await?, FILE);
    assert!(server.heads()[2].contains("range: bytes=6-\r\n"));
    Ok(())
}

#[tokio::test]
async fn a_busy_server_is_asked_for_the_rest_again() -> Outcome {
    let busy = "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n";
    let server = Server::start(&[&cut("etag: \"a\"\r\n"), busy, REST]).await?;
    assert_eq!(server.client()?.download(&server.link()).await?, FILE);
    Ok(())
}

#[tokio::test]
async fn a_silent_connection_counts_as_broken() -> Outcome {
    let server = Server::start_with(&[(&cut("etag: \"a\"\r\n"), Then::Silence), (REST, Then::Close)]).await?;
    let builder = Client::builder("k3y").base_url(&server.url);
    let client = builder.configure_http(|http| http.read_timeout(Duration::from_millis(200))).build()?;
    assert_eq!(client.download(&server.link()).await?, FILE);
    Ok(())
}

#[tokio::test]
async fn a_download_that_has_written_nothing_starts_anew() -> Outcome {
    let server =
        Server::start(&["HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n", &format!("{TAGGED}0123456789")]).await?;
    assert_eq!(server.client()?.download(&server.link()).await?, FILE);
    assert!(!server.heads()[1].contains("range:"));
    Ok(())
}

#[tokio::test]
async fn without_a_strong_validator_nothing_is_resumed() -> Outcome {
    for headers in ["", "etag: W/\"a\"\r\n", "last-modified: Wed, 21 Oct 2015 07:28:00 GMT\r\n"] {
        let (error, written) = failure_of(&[&cut(headers)]).await?;
        let why = "failed after 4 of 10 bytes: the connection broke, and the server gave neither a strong ETag nor a \
                   Last-Modified date to resume by: ";
        assert!(error.contains(why), "{error}");
        assert_eq!(written, b"0123", "{headers}");
    }
    Ok(())
}

#[tokio::test]
async fn a_changed_file_is_not_mixed_with_the_old_one() -> Outcome {
    let other_tag = REST.replace("\"a\"", "\"b\"");
    let other_length = REST.replace("4-9/10", "4-9/12");
    let whole = format!("{TAGGED}abcdefghij");
    for answer in [&*other_tag, &*other_length, &*whole] {
        let (error, written) = failure_of(&[&cut("etag: \"a\"\r\n"), answer]).await?;
        assert!(
            error.contains("no longer has the same file; the bytes that were already written cannot be replaced"),
            "{error}"
        );
        assert_eq!(written, b"0123", "{answer}");
    }
    Ok(())
}

#[tokio::test]
async fn a_range_other_than_the_requested_one_is_refused() -> Outcome {
    for range in ["bytes 3-8/10", "bytes 0-5/10", "bytes 4-8/10", "bytes 4-9/*", "bytes 9-4/10", "4-9/10", "x"] {
        let (error, written) = failure_of(&[&cut("etag: \"a\"\r\n"), &REST.replace("bytes 4-9/10", range)]).await?;
        assert!(error.ends_with("the server did not send the bytes from 4 on"), "{range}: {error}");
        assert_eq!(written, b"0123", "{range}");
    }
    let (error, _) = failure_of(&[REST]).await?;
    assert!(error.ends_with("failed: HTTP status 206"), "{error}");
    Ok(())
}

#[tokio::test]
async fn an_unsatisfiable_range_is_an_error() -> Outcome {
    let none = "HTTP/1.1 416 No\r\ncontent-range: bytes */4\r\ncontent-length: 0\r\n\r\n";
    let (error, _) = failure_of(&[&cut("etag: \"a\"\r\n"), none]).await?;
    assert!(error.ends_with("failed after 4 of 10 bytes: HTTP status 416"), "{error}");
    Ok(())
}

#[tokio::test]
async fn bytes_beyond_the_range_are_not_written() -> Outcome {
    let more = "HTTP/1.1 206 Partial\r\ntransfer-encoding: chunked\r\ncontent-range: bytes 4-9/10\r\netag: \"a\"\r\n\r\n\
                8\r\n456789xx\r\n0\r\n\r\n";
    let (error, written) = failure_of(&[&cut("etag: \"a\"\r\n"), more]).await?;
    assert!(error.ends_with("the body is longer than the 10 bytes that the answer announced"), "{error}");
    assert_eq!(written, b"0123");
    Ok(())
}

/// Returns a client of a router whose first answer breaks off after four bytes and whose others fail, and the number of requests.
fn client_of_a_breaking_server() -> Result<(Client, Arc<Mutex<u32>>), Error> {
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    let router = Router::new().route(
        "/x",
        get(move || {
            let mut count = count.lock().unwrap_or_else(PoisonError::into_inner);
            *count += 1;
            let first = *count == 1;
            async move {
                if !first {
                    return StatusCode::BAD_GATEWAY.into_response();
                }
                let pieces = [Ok(Bytes::from_static(b"0123")), Err(io::Error::other("broken"))];
                let body = Body::from_stream(futures_util::stream::iter(pieces));
                ([(CONTENT_LENGTH, "10"), (ETAG, "\"a\"")], body).into_response()
            }
        }),
    );
    Ok((Client::builder("k3y").transport(router).build()?, asked))
}

#[tokio::test(start_paused = true)]
async fn resumptions_are_bounded_and_spaced() -> Outcome {
    let (client, asked) = client_of_a_breaking_server()?;
    let started = tokio::time::Instant::now();
    let (error, written) = failure(&client, &Link::new("https://a.example/x?signature=s3cret")).await;
    assert!(error.ends_with("the connection broke, and 5 resumptions did not get the rest: broken"), "{error}");
    assert_eq!(written, b"0123");
    assert_eq!(*asked.lock().unwrap_or_else(PoisonError::into_inner), 6);
    let waited = started.elapsed();
    assert!((15_500..15_600).contains(&waited.as_millis()), "{waited:?}");
    Ok(())
}
