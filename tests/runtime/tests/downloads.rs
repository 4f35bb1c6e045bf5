//! Downloads from servers that misbehave, and links that lead where they should not.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, ETAG};
use axum::response::IntoResponse;
use axum::routing::get;
use cover_api::sandbox::Sandbox;
use cover_api::{Client, Error, Link};
use cover_runtime_tests::Outcome;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const FILE: &[u8] = b"0123456789";
const TAGGED: &str = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\netag: \"a\"\r\n\r\n";
const REST: &str =
    "HTTP/1.1 206 Partial\r\ncontent-length: 6\r\ncontent-range: bytes 4-9/10\r\netag: \"a\"\r\n\r\n456789";

/// Answers the first connection with the first text, and so on; further ones with the last. It stops when this is dropped.
struct Server {
    url: String,
    heads: Arc<Mutex<Vec<String>>>,
    serving: tokio::task::JoinHandle<()>,
}

#[derive(Clone, Copy, PartialEq)]
enum Then {
    Close,
    Silence,
    Drip,
}

impl Server {
    async fn start(answers: &[&str]) -> io::Result<Self> {
        Self::start_with(&answers.iter().map(|answer| (*answer, Then::Close)).collect::<Vec<_>>()).await
    }

    async fn start_with(answers: &[(&str, Then)]) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let heads = Arc::new(Mutex::new(Vec::new()));
        let answers: Vec<_> = answers.iter().map(|(answer, then)| (answer.replace("{self}", &url), *then)).collect();
        let seen = Arc::clone(&heads);
        let serving = tokio::spawn(async move {
            for number in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                let (answer, then) = answers[number.min(answers.len() - 1)].clone();
                tokio::spawn(answer_one(stream, answer, then, Arc::clone(&seen)));
            }
        });
        Ok(Self { url, heads, serving })
    }

    fn link(&self) -> Link {
        Link::new(format!("{}/song.mp3?signature=s3cret", self.url))
    }

    fn client(&self) -> Result<Client, Error> {
        Client::builder("k3y").base_url(&self.url).build()
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer_one(
    mut stream: TcpStream,
    answer: String,
    then: Then,
    seen: Arc<Mutex<Vec<String>>>,
) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(String::from_utf8_lossy(&head).to_ascii_lowercase());
    stream.write_all(answer.as_bytes()).await?;
    match then {
        Then::Close => stream.shutdown().await,
        Then::Silence => std::future::pending().await,
        Then::Drip => loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            stream.write_all(b".").await?;
        },
    }
}

/// A file of ten bytes. The connection ends after four.
fn cut(headers: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n{headers}\r\n0123")
}

fn redirect(to: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n")
}

/// What the error says, which never is a part of a query or the key.
fn text(error: &Error) -> String {
    let shown = format!("{error:?} {error}");
    assert!(!shown.contains("s3cret") && !shown.contains("k3y"), "{shown}");
    assert!(!error.may_have_been_charged(), "{shown}");
    error.to_string()
}

/// What a failed download says, and what had been written by then.
async fn failed(client: &Client, link: &Link) -> (String, Vec<u8>) {
    let mut written = Vec::new();
    let error = client.download_to(link, &mut written).await.expect_err("it must fail");
    (text(&error), written)
}

/// Of an answer that needs no second one.
async fn failed_at(answers: &[&str]) -> io::Result<(String, Vec<u8>)> {
    let server = Server::start(answers).await?;
    let client = server.client().expect("valid");
    let (error, written) = failed(&client, &server.link()).await;
    let host = server.url.replace("http://", "");
    assert!(error.contains(&format!("from `{host}`")), "{error}");
    Ok((error, written))
}

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
async fn a_part_of_the_rest_is_followed_by_the_rest_of_it() -> Outcome {
    let part = "HTTP/1.1 206 Partial\r\ncontent-length: 2\r\ncontent-range: bytes 4-5/10\r\netag: \"a\"\r\n\r\n45";
    let rest = "HTTP/1.1 206 Partial\r\ncontent-length: 4\r\ncontent-range: bytes 6-9/10\r\netag: \"a\"\r\n\r\n6789";
    let server = Server::start(&[&cut("etag: \"a\"\r\n"), part, rest]).await?;
    assert_eq!(server.client()?.download(&server.link()).await?, FILE);
    assert!(server.heads()[2].contains("range: bytes=6-\r\n"));
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_busy_is_asked_for_the_rest_again() -> Outcome {
    let busy = "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n";
    let server = Server::start(&[&cut("etag: \"a\"\r\n"), busy, REST]).await?;
    assert_eq!(server.client()?.download(&server.link()).await?, FILE);
    Ok(())
}

#[tokio::test]
async fn silence_is_a_broken_connection() -> Outcome {
    let server = Server::start_with(&[(&cut("etag: \"a\"\r\n"), Then::Silence), (REST, Then::Close)]).await?;
    let builder = Client::builder("k3y").base_url(&server.url);
    let client = builder.configure_http(|http| http.read_timeout(Duration::from_millis(200))).build()?;
    assert_eq!(client.download(&server.link()).await?, FILE);
    Ok(())
}

#[tokio::test]
async fn while_nothing_was_written_the_whole_is_asked_for_again() -> Outcome {
    let server =
        Server::start(&["HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n", &format!("{TAGGED}0123456789")]).await?;
    assert_eq!(server.client()?.download(&server.link()).await?, FILE);
    assert!(!server.heads()[1].contains("range:"));
    Ok(())
}

#[tokio::test]
async fn without_a_strong_validator_nothing_is_resumed() -> Outcome {
    for headers in ["", "etag: W/\"a\"\r\n", "last-modified: Wed, 21 Oct 2015 07:28:00 GMT\r\n"] {
        let (error, written) = failed_at(&[&cut(headers)]).await?;
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
        let (error, written) = failed_at(&[&cut("etag: \"a\"\r\n"), answer]).await?;
        assert!(error.contains("no longer has the same file; what was written cannot be taken back"), "{error}");
        assert_eq!(written, b"0123", "{answer}");
    }
    Ok(())
}

#[tokio::test]
async fn another_range_than_the_one_asked_for_is_refused() -> Outcome {
    for range in ["bytes 3-8/10", "bytes 0-5/10", "bytes 4-8/10", "bytes 4-9/*", "bytes 9-4/10", "4-9/10", "x"] {
        let (error, written) = failed_at(&[&cut("etag: \"a\"\r\n"), &REST.replace("bytes 4-9/10", range)]).await?;
        assert!(error.ends_with("the server sent another range than the bytes from 4 on"), "{range}: {error}");
        assert_eq!(written, b"0123", "{range}");
    }
    let (error, _) = failed_at(&[REST]).await?;
    assert!(error.ends_with("failed: HTTP status 206"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_range_that_cannot_be_had_is_an_error() -> Outcome {
    let none = "HTTP/1.1 416 No\r\ncontent-range: bytes */4\r\ncontent-length: 0\r\n\r\n";
    let (error, _) = failed_at(&[&cut("etag: \"a\"\r\n"), none]).await?;
    assert!(error.ends_with("failed after 4 of 10 bytes: HTTP status 416"), "{error}");
    Ok(())
}

#[tokio::test]
async fn more_bytes_than_the_range_are_not_written() -> Outcome {
    let more = "HTTP/1.1 206 Partial\r\ntransfer-encoding: chunked\r\ncontent-range: bytes 4-9/10\r\netag: \"a\"\r\n\r\n\
                8\r\n456789xx\r\n0\r\n\r\n";
    let (error, written) = failed_at(&[&cut("etag: \"a\"\r\n"), more]).await?;
    assert!(error.ends_with("the answer said that it ends at byte 10, and goes on"), "{error}");
    assert_eq!(written, b"0123");
    Ok(())
}

#[tokio::test]
async fn more_bytes_than_the_length_are_not_part_of_the_file() -> Outcome {
    let server = Server::start(&[&format!("{TAGGED}0123456789and more")]).await?;
    assert_eq!(server.client()?.download(&server.link()).await?, FILE);
    Ok(())
}

#[tokio::test]
async fn a_file_without_length_or_end_is_refused() -> Outcome {
    let (error, written) = failed_at(&["HTTP/1.1 200 OK\r\n\r\n0123"]).await?;
    assert!(error.contains("the answer has no length"), "{error}");
    assert!(written.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_said_to_be_too_large_is_not_begun() -> Outcome {
    let large = "HTTP/1.1 200 OK\r\ncontent-length: 1000000000000000000\r\n\r\n0123";
    let (error, written) = failed_at(&[large]).await?;
    assert!(error.ends_with("the file has 1000000000000000000 bytes, and the limit is 1073741824"), "{error}");
    assert!(written.is_empty());
    let server = Server::start(&[large]).await?;
    let error = text(&server.client()?.download(&server.link()).await.expect_err("too large"));
    assert!(error.ends_with("and the limit is 268435456"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_length_that_is_no_number_is_an_error() -> Outcome {
    for length in ["99999999999999999999999", "-1", "ten"] {
        let (error, written) =
            failed_at(&[&format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n0123")]).await?;
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
async fn a_drip_ends_with_the_time() -> Outcome {
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
async fn silence_ends_with_the_time() -> Outcome {
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
async fn a_redirect_loop_ends() -> Outcome {
    let server = Server::start(&[&redirect("{self}/again?signature=s3cret")]).await?;
    let (error, _) = failed(&server.client()?, &server.link()).await;
    assert!(error.ends_with("failed: more than 5 redirects"), "{error}");
    assert_eq!(server.heads().len(), 6);
    Ok(())
}

#[tokio::test]
async fn five_redirects_are_followed() -> Outcome {
    let to = redirect("{self}/again");
    let server = Server::start(&[&to, &to, &to, &to, &to, &format!("{TAGGED}0123456789")]).await?;
    assert_eq!(server.client()?.download(&server.link()).await?, FILE);
    Ok(())
}

#[tokio::test]
async fn a_redirect_to_another_port_of_this_machine_is_not_followed() -> Outcome {
    let other = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    let server = Server::start(&[&redirect(&format!("{}/x?signature=s3cret", other.url))]).await?;
    let (error, _) = failed(&server.client()?, &server.link()).await;
    assert!(error.contains(&other.url.replace("http://", "")), "{error}");
    assert!(error.contains("a redirect leads to plain http"), "{error}");
    let plain = Client::builder("k3y").base_url(&server.url).allow_plain_http();
    let (error, _) = failed(&plain.build()?, &server.link()).await;
    assert!(error.contains("only the origin of the base address"), "{error}");
    assert!(other.heads().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_redirect_goes_anywhere_where_both_are_allowed_and_tells_nothing_there() -> Outcome {
    let other = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    let server = Server::start(&[&redirect(&format!("{}/x", other.url))]).await?;
    let client = Client::builder("k3y").base_url(&server.url).allow_plain_http().allow_private_downloads().build()?;
    assert_eq!(client.download(&server.link()).await?, FILE);
    let head = other.heads().remove(0);
    assert!(!head.contains("s3cret") && !head.contains("k3y") && !head.contains("referer"), "{head}");
    Ok(())
}

#[tokio::test]
async fn a_redirect_leads_to_no_private_address() -> Outcome {
    for (to, host) in [
        ("https://10.0.0.1/x?signature=s3cret", "10.0.0.1"),
        ("https://169.254.169.254/latest/meta-data?signature=s3cret", "169.254.169.254"),
        ("https://100.64.0.1/", "100.64.0.1"),
        ("https://0.0.0.0/", "0.0.0.0"),
        ("https://224.0.0.1/", "224.0.0.1"),
        ("https://[::ffff:10.0.0.1]/", "[::ffff:a00:1]"),
        ("https://[fd00::1]/", "[fd00::1]"),
        ("https://[fe80::1]/", "[fe80::1]"),
        ("https://[::]/", "[::]"),
    ] {
        let server = Server::start(&[&redirect(to)]).await?;
        let (error, _) = failed(&server.client()?, &server.link()).await;
        assert!(error.starts_with(&format!("the download from `{host}` failed")), "{error}");
        assert!(error.contains(&format!("`{host}` is not a public address")), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_that_repeats_the_key_does_not_show_it() -> Outcome {
    let coded = "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-encoding: k3y-of-many-letters\r\n\r\n0";
    for answer in [
        redirect("https://user@k3y-of-many-letters.example/"),
        redirect("https://k3y-of-many-letters.localhost/"),
        redirect("k3y-of-many-letters:x"),
        coded.to_owned(),
    ] {
        let server = Server::start(&[&answer]).await?;
        let client = Client::builder("k3y-of-many-letters").base_url(&server.url).build()?;
        let (error, _) = failed(&client, &server.link()).await;
        assert!(error.contains("message withheld: it repeats the API key"), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_redirect_needs_an_address() -> Outcome {
    for (answer, why) in [
        (
            "HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
            "HTTP status 302, which names no address to go to",
        ),
        (redirect("https://[s3cret"), "HTTP status 302, which names no address to go to"),
        (redirect("file:///etc/s3cret"), "its scheme must be https or http, not `file`"),
        (redirect("https://me:s3cret@a.example/"), "the address must not hold a user or a password"),
        ("HTTP/1.1 304 No\r\ncontent-length: 0\r\n\r\n".to_owned(), "HTTP status 304"),
    ] {
        let server = Server::start(&[&answer]).await?;
        let (error, _) = failed(&server.client()?, &server.link()).await;
        assert!(error.ends_with(&format!("failed: {why}")), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_client_of_a_public_service_does_not_reach_this_machine() -> Outcome {
    let server = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    let port = server.url.rsplit(':').next().unwrap_or_default();
    let client = Client::builder("k3y").base_url("https://api.example.com").build()?;
    for host in
        ["127.0.0.1", "localhost", "x.localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "0x7f000001"]
    {
        let (error, _) = failed(&client, &Link::new(format!("http://{host}:{port}/x?signature=s3cret"))).await;
        assert!(error.contains("is not a public address"), "{host}: {error}");
        assert!(error.ends_with("without `ClientBuilder::allow_private_downloads`"), "{host}: {error}");
    }
    assert!(server.heads().is_empty());
    let builder = Client::builder("k3y").base_url("https://api.example.com").allow_private_downloads();
    let client = builder.configure_http(reqwest::ClientBuilder::no_proxy).build()?;
    assert_eq!(client.download(&server.link()).await?, FILE);
    Ok(())
}

#[tokio::test]
async fn a_client_of_this_machine_reaches_its_other_ports_by_link() -> Outcome {
    let server = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    let client = Client::builder("k3y").base_url("http://127.0.0.1:1").build()?;
    assert_eq!(client.download(&server.link()).await?, FILE);
    Ok(())
}

#[tokio::test]
async fn a_link_must_be_an_address_of_http() -> Outcome {
    let client = Client::builder("k3y").base_url("http://127.0.0.1:1").build()?;
    for (link, why) in [
        ("", "the link is not an address"),
        ("s3cret", "the link is not an address"),
        ("//a.example/s3cret", "the link is not an address"),
        ("https://", "the link is not an address"),
        ("file:///etc/s3cret", "its scheme must be https or http, not `file`"),
        ("data:text/plain,s3cret", "its scheme must be https or http, not `data`"),
        ("ftp://a.example/s3cret", "its scheme must be https or http, not `ftp`"),
        ("https://s3cret@a.example/x", "the address must not hold a user or a password"),
        ("https://:s3cret@a.example/x", "the address must not hold a user or a password"),
    ] {
        let (error, _) = failed(&client, &Link::new(link)).await;
        assert!(error.ends_with(&format!("failed: {why}")), "{link}: {error}");
    }
    let (error, _) = failed(&client, &Link::new(format!("http://127.0.0.1:1/{}?s3cret", "x".repeat(100_000)))).await;
    assert!(error.len() < 200, "{error}");
    Ok(())
}

#[tokio::test]
async fn a_missing_file_is_an_error() -> Outcome {
    let (error, written) = failed_at(&["HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnone"]).await?;
    assert!(error.ends_with("failed: HTTP status 404"), "{error}");
    assert!(written.is_empty());
    Ok(())
}

/// Takes four bytes, and then fails or waits.
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
    assert!(text(&error).ends_with("the writer failed: no space"), "{error}");
    let source = std::error::Error::source(&error).map(ToString::to_string);
    assert_eq!(source.as_deref(), Some("no space"));
    assert_eq!(server.heads().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_writer_that_waits_is_bounded_by_the_timeout() -> Outcome {
    let server = Server::start(&[&format!("{TAGGED}0123456789")]).await?;
    let full = Full { room: 4, waits: true };
    let download = server.client()?.download_to(&server.link(), full).timeout(Duration::from_millis(200));
    assert!(download.await.expect_err("it waits").is_timeout());
    Ok(())
}

/// A client of a router whose files break after four bytes, whatever is asked for, and how often it was asked.
fn breaking() -> Result<(Client, Arc<Mutex<u32>>), Error> {
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
    let (client, asked) = breaking()?;
    let started = tokio::time::Instant::now();
    let (error, written) = failed(&client, &Link::new("https://a.example/x?signature=s3cret")).await;
    assert!(error.ends_with("the connection broke, and 5 resumptions did not get the rest: broken"), "{error}");
    assert_eq!(written, b"0123");
    assert_eq!(*asked.lock().unwrap_or_else(PoisonError::into_inner), 6);
    let waited = started.elapsed();
    assert!((15_500..15_600).contains(&waited.as_millis()), "{waited:?}");
    Ok(())
}

#[tokio::test]
async fn a_router_in_this_process_serves_both_ways() -> Outcome {
    let sandbox = Sandbox::builder().stage_each_poll().start().await?;
    let moment = Duration::from_millis(1);
    let builder = Client::builder(sandbox.key()).transport(sandbox.router()).poll_every(moment, moment);
    let client = builder.build()?;
    let cover = client.send(&cover_runtime_tests::request("x")).await?.wait().await?;
    let link = cover.tracks[0].audio_url.as_ref().ok_or("a finished track")?;
    let bytes = client.download(link).await?;
    let mut written = Vec::new();
    assert_eq!(client.download_to(link, &mut written).await?, bytes.len() as u64);
    assert!(bytes.starts_with(b"RIFF") && bytes == written);
    Ok(())
}
