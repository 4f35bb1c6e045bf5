//! A service that ends an idle connection in the moment in which it is used again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cover_api::Client;
use cover_testkit::{Outcome, request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Answers one request of a connection, and resets it when the next one starts.
async fn one_answer(mut stream: TcpStream, answers: &AtomicUsize) -> std::io::Result<()> {
    let mut request = [0; 4096];
    let mut length = 0;
    // A request of this test comes in one or two pieces and ends with its JSON or its head.
    while !matches!(request[..length], [.., b'}'] | [.., b'\r', b'\n', b'\r', b'\n'])
        || is_head_of_post(&request[..length])
    {
        match stream.read(&mut request[length..]).await? {
            0 => return Ok(()),
            more => length += more,
        }
    }
    let number = answers.fetch_add(1, Ordering::Relaxed);
    let body = format!(r#"{{"code":200,"data":{{"taskId":"task-{number}","status":"PENDING"}}}}"#);
    stream.write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).as_bytes()).await?;
    let _ = stream.read(&mut request[..1]).await?;
    stream.set_zero_linger()
}

fn is_head_of_post(request: &[u8]) -> bool {
    request.starts_with(b"POST") && request.ends_with(b"\r\n\r\n")
}

#[tokio::test]
async fn sends_do_not_reuse_idle_connections_and_polls_survive_it() -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let (connections, answers) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (accepted, answered) = (Arc::clone(&connections), Arc::clone(&answers));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            accepted.fetch_add(1, Ordering::Relaxed);
            let answered = Arc::clone(&answered);
            tokio::spawn(async move { one_answer(stream, &answered).await });
        }
    });
    let moment = Duration::from_nanos(1);
    let client =
        Client::builder("key").base_url(url).rate_limit(64, Duration::ZERO).poll_every(moment, moment).build()?;
    let mut tasks = Vec::new();
    for number in 0..100 {
        tasks.push(client.send(&request(&number.to_string())).await?);
    }
    assert_eq!((connections.load(Ordering::Relaxed), client.stats().posts), (100, 100), "one for each");
    for task in &tasks {
        // A poll returns an answer, or an error with the handle.
        if let Err(error) = task.poll().await {
            assert!(error.handle() == Some(&task.handle()) && !error.is_failed(), "{error:?}");
        }
    }
    assert!(answers.load(Ordering::Relaxed) >= 140, "at least every other poll was answered");
    Ok(())
}
