//! Servers whose connections break, or that never answer.

use std::time::Duration;

use cover_api::sandbox::Answer;
use cover_testkit::Outcome;
use cover_testkit::recordings::wav;
use futures_util::stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::{client, refusal, sandbox};

const LINK: &str = "https://files.example.com/song.wav";

/// A server that breaks some connections, and answers the next.
struct Server {
    url: String,
    /// Returns the number of connections, after the last one was answered.
    connections: JoinHandle<std::io::Result<usize>>,
}

impl Server {
    /// `broken`: the number of bytes that are read before each of the first connections breaks.
    async fn start(broken: &'static [usize]) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let connections = tokio::spawn(async move {
            for bytes in broken {
                let (mut connection, _) = listener.accept().await?;
                connection.read_exact(&mut vec![0; *bytes]).await?;
            }
            let (connection, _) = listener.accept().await?;
            answer(connection).await?;
            Ok(broken.len() + 1)
        });
        Ok(Self { url, connections })
    }
}

/// Reads a request whose length is announced, and answers it with a link.
async fn answer(mut connection: TcpStream) -> std::io::Result<()> {
    let (mut request, mut buffer) = (Vec::new(), [0; 4_096]);
    loop {
        let read = connection.read(&mut buffer).await?;
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
        let Some((head, _)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        let whole = head.len() + 4 + length.expect("the length is announced");
        assert!(!head.contains("transfer-encoding"), "{head}");
        if request.len() >= whole {
            break;
        }
    }
    let body = format!(r#"{{"success":true,"code":200,"data":{{"downloadUrl":"{LINK}"}}}}"#);
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    connection.write_all(head.as_bytes()).await
}

#[tokio::test]
async fn a_file_is_sent_again_after_a_failed_connection() -> Outcome {
    let server = Server::start(&[10, 2_000]).await?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("song.wav");
    std::fs::write(&path, wav(1))?;
    assert_eq!(client(&server.url, "key")?.upload(&path).await?.as_str(), LINK);
    assert_eq!(server.connections.await??, 3);

    let server = Server::start(&[10, 10, 10]).await?;
    let said = refusal(client(&server.url, "key")?.upload_bytes("song.wav", wav(1)).await);
    assert!(said.contains("did not answer"), "three attempts are made: {said}");
    Ok(())
}

#[tokio::test]
async fn a_stream_is_sent_once() -> Outcome {
    let server = Server::start(&[10]).await?;
    let song = stream::iter([Ok::<_, std::io::Error>(vec![0; 1_000])]);
    let said = refusal(client(&server.url, "key")?.upload_stream("song.wav", 1_000, song).await);
    assert!(said.contains("did not answer"), "{said}");
    assert!(!server.connections.is_finished());
    Ok(())
}

#[tokio::test]
async fn a_gateway_that_is_out_of_order_and_a_full_budget_are_passing() -> Outcome {
    let sandbox = sandbox().start().await?;
    let client = client(sandbox.url(), sandbox.key())?;
    sandbox.answer_upload(Answer::raw(503, "<html>later</html>"));
    client.upload_bytes("song.wav", wav(1)).await?;
    assert_eq!(sandbox.uploads(), 2);
    Ok(())
}

#[tokio::test]
async fn the_timeout_covers_a_server_that_never_answers() -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let upload = client(&url, "key")?.upload_bytes("song.wav", wav(1)).timeout(Duration::from_millis(200)).await;
    assert!(upload.as_ref().is_err_and(cover_api::Error::is_timeout), "{upload:?}");
    assert_eq!(
        refusal(upload),
        "`song.wav` cannot be uploaded: it was not complete after 200ms: all 16044 bytes were sent, and no answer came"
    );
    Ok(())
}
