//! A file server that misbehaves.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cover_api::{Client, Error, Link};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub const FILE: &[u8] = b"0123456789";

pub const TAGGED: &str = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\netag: \"a\"\r\n\r\n";

pub const REST: &str =
    "HTTP/1.1 206 Partial\r\ncontent-length: 6\r\ncontent-range: bytes 4-9/10\r\netag: \"a\"\r\n\r\n456789";

/// Answers the n-th connection with the n-th answer, and further ones with the last. It stops when dropped.
pub struct Server {
    pub url: String,
    heads: Arc<Mutex<Vec<String>>>,
    serving: tokio::task::JoinHandle<()>,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Then {
    Close,
    Silence,
    Drip,
}

impl Server {
    pub async fn start(answers: &[&str]) -> io::Result<Self> {
        Self::start_with(&answers.iter().map(|answer| (*answer, Then::Close)).collect::<Vec<_>>()).await
    }

    pub async fn start_with(answers: &[(&str, Then)]) -> io::Result<Self> {
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

    pub fn link(&self) -> Link {
        Link::new(format!("{}/song.mp3?signature=s3cret", self.url))
    }

    pub fn client(&self) -> Result<Client, Error> {
        Client::builder("k3y").base_url(&self.url).build()
    }

    pub fn heads(&self) -> Vec<String> {
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

/// Returns an answer with a file of ten bytes that ends after four.
pub fn cut(headers: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n{headers}\r\n0123")
}

pub fn redirect(to: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n")
}

/// Returns the text of an error, and checks that it shows no part of a query or the key.
pub fn text(error: &Error) -> String {
    let shown = format!("{error:?} {error}");
    assert!(!shown.contains("s3cret") && !shown.contains("k3y"), "{shown}");
    assert!(!error.may_have_been_charged(), "{shown}");
    error.to_string()
}

/// Returns the error of a download, and what was written before.
pub async fn failure(client: &Client, link: &Link) -> (String, Vec<u8>) {
    let mut written = Vec::new();
    let error = client.download_to(link, &mut written).await.expect_err("it must fail");
    (text(&error), written)
}

/// Returns the error of a download from a server with these answers, and what was written before.
pub async fn failure_of(answers: &[&str]) -> io::Result<(String, Vec<u8>)> {
    let server = Server::start(answers).await?;
    let client = server.client().expect("valid");
    let (error, written) = failure(&client, &server.link()).await;
    let host = server.url.replace("http://", "");
    assert!(error.contains(&format!("from `{host}`")), "{error}");
    Ok((error, written))
}
