//! Servers that stall, drip or lie over real connections: nothing outlasts its timeout, and no paid result is lost.
//!
//! Each test runs with one worker thread and with several.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cover_api::runtime::{BatchEvent, ClientBuilder};
use cover_api::{Client, Task, TaskHandle, UploadCover};
use cover_testkit::{Outcome, request};
use futures_util::future::{join_all, try_join_all};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

const SECOND: Duration = Duration::from_secs(1);

/// What a server answers to a GET.
#[derive(Debug, Clone, Copy)]
enum Reply {
    Silence,
    /// One byte every 100 ms.
    Drip,
    /// The head of an answer without its body.
    HeadOnly,
    Whole(&'static str),
}

/// A server that accepts every POST and answers every GET in one way.
struct Server {
    url: String,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Server {
    async fn start(reply: Reply) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let tasks = Arc::new(AtomicUsize::new(0));
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let tasks = Arc::clone(&tasks);
                // A client may end the connection at any time.
                tokio::spawn(async move { serve(stream, reply, &tasks).await.ok() });
            }
        });
        Ok(Self { url, serving })
    }

    fn client(&self) -> ClientBuilder<UploadCover> {
        let client = Client::builder("key").base_url(&self.url).rate_limit(20, SECOND);
        client.poll_every(SECOND / 20, SECOND / 20)
    }
}

async fn serve(mut stream: TcpStream, reply: Reply, tasks: &AtomicUsize) -> std::io::Result<()> {
    let mut request = Vec::new();
    loop {
        request.clear();
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            let mut bytes = [0; 4096];
            match stream.read(&mut bytes).await? {
                0 => return Ok(()),
                count => request.extend_from_slice(&bytes[..count]),
            }
        }
        if request.starts_with(b"POST") {
            let text = String::from_utf8_lossy(&request).to_lowercase();
            let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split('\r').next()?.parse().ok());
            let head = text.find("\r\n\r\n").map_or(0, |at| at + 4);
            while request.len() < head + length.unwrap_or(0) {
                let mut bytes = [0; 4096];
                match stream.read(&mut bytes).await? {
                    0 => return Ok(()),
                    count => request.extend_from_slice(&bytes[..count]),
                }
            }
            let task = tasks.fetch_add(1, Ordering::Relaxed) + 1;
            whole(&mut stream, &format!(r#"{{"code":200,"data":{{"taskId":"task-{task}"}}}}"#)).await?;
            continue;
        }
        match reply {
            Reply::Silence => std::future::pending().await,
            Reply::HeadOnly => {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n").await?;
                std::future::pending::<()>().await;
            }
            Reply::Drip => {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{").await?;
                loop {
                    sleep(SECOND / 10).await;
                    stream.write_all(b" ").await?;
                }
            }
            Reply::Whole(body) => whole(&mut stream, body).await?,
        }
    }
}

async fn whole(stream: &mut TcpStream, body: &str) -> std::io::Result<()> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all((head + body).as_bytes()).await
}

const STALLS: [Reply; 3] = [Reply::Silence, Reply::Drip, Reply::HeadOnly];

/// Runs a test with one worker thread, and with several.
fn on_both<F: Future<Output = Outcome>>(test: impl Fn() -> F) -> Outcome {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(test())?;
    tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build()?.block_on(test())
}

/// Returns the time that a future takes, and its result.
async fn timed<T>(future: impl IntoFuture<Output = T>) -> (Duration, T) {
    let started = Instant::now();
    let result = future.await;
    (started.elapsed(), result)
}

#[test]
fn a_wait_ends_within_a_second_of_its_timeout_while_its_poll_stalls() -> Outcome {
    on_both(|| async {
        for stall in STALLS {
            let server = Server::start(stall).await?;
            let task = server.client().build()?.send(&request("x")).await?;
            let (took, result) = timed(task.wait().timeout(SECOND)).await;
            let error = result.expect_err("the answer never comes");
            assert!(error.is_timeout() && error.handle() == Some(&task.handle()), "{stall:?}: {error}");
            assert!(took >= SECOND && took < 2 * SECOND, "{stall:?}: {took:?}");
        }
        Ok(())
    })
}

#[test]
fn hundreds_of_waits_end_soon_after_their_timeout_while_their_polls_stall() -> Outcome {
    on_both(|| async {
        for stall in STALLS {
            let server = Server::start(stall).await?;
            let client = server.client().build()?;
            let handles: Vec<TaskHandle> = (0..500)
                .map(|number| format!(r#"{{"service":"sunoapi.org/upload-cover","task":"{number}"}}"#))
                .map(|json| serde_json::from_str(&json))
                .collect::<Result<_, _>>()?;
            let mut batch = client.wait_all(handles).timeout(SECOND);
            let (took, ()) = timed(async { while batch.next().await.is_some() {} }).await;
            assert_eq!(batch.report().open, 500, "{}", batch.report());
            assert!(took < 5 * SECOND, "{stall:?}: {took:?}");
        }
        Ok(())
    })
}

#[test]
fn stalled_polls_return_their_permits() -> Outcome {
    on_both(|| async {
        for stall in STALLS {
            let server = Server::start(stall).await?;
            let client = server.client().configure_http(|http| http.timeout(SECOND)).build()?;
            let first = client.send(&request("first")).await?;
            let polls = join_all((0..19).map(|_| first.poll()));
            let (took, polls) = timed(polls).await;
            assert!(polls.iter().all(Result::is_err) && took < 5 * SECOND, "{took:?}");
            let (took, sent) = timed(try_join_all((0..20).map(|n| client.send(&request(&n.to_string()))))).await;
            sent?;
            assert!(took < 10 * SECOND, "{took:?}");
            sleep(SECOND + SECOND / 5).await;
            assert_eq!(client.stats().permits, 0);
        }
        Ok(())
    })
}

#[test]
fn a_poll_ends_at_its_timeout_although_bytes_keep_coming() -> Outcome {
    on_both(|| async {
        for stall in STALLS {
            let server = Server::start(stall).await?;
            let client = server.client().configure_http(|http| http.timeout(SECOND / 2)).build()?;
            let task = client.send(&request("x")).await?;
            let (took, polled) = timed(task.poll()).await;
            let error = polled.expect_err("the answer is not complete");
            assert!(took < 5 * SECOND && error.is_timeout(), "{stall:?}: {took:?}: {error}");
        }
        Ok(())
    })
}

/// Returns a task of a server that answers every poll with `body`.
async fn answered(body: &'static str) -> Result<(Server, Client, Task), Box<dyn std::error::Error>> {
    let server = Server::start(Reply::Whole(body)).await?;
    let client = server.client().build()?;
    let task = client.send(&request("x")).key("order-1").await?;
    Ok((server, client, task))
}

#[test]
fn a_result_without_audio_is_an_error_with_the_answer_and_the_entry_stays_unfinished() -> Outcome {
    on_both(|| async {
        for body in [
            r#"{"code":200,"data":{"status":"SUCCESS","response":{"sunoData":[{"id":"a","audioUrl":null}]}}}"#,
            r#"{"code":200,"data":{"status":"SUCCESS","response":{"elsewhere":[{"audioUrl":"https://a.example/1"}]}}}"#,
            r#"{"code":200,"data":{"status":"SUCCESS"}}"#,
        ] {
            let (_server, client, task) = answered(body).await?;
            let error = task.wait().timeout(SECOND / 2).await.expect_err("there is nothing to hear");
            assert!(error.is_output_missing() && !error.is_failed(), "{error}");
            assert_eq!(error.handle(), Some(&task.handle()));
            let answer: serde_json::Value = serde_json::from_str(body)?;
            assert_eq!(error.last_snapshot().ok_or("no snapshot")?.json(), &answer);
            // Polls of a task are spaced.
            sleep(SECOND / 2).await;
            assert!(!task.poll().await?.has_output());
            let unfinished = client.unfinished().next().await?;
            assert_eq!(unfinished.ok_or("it is still to be followed")?.id(), task.id());
        }
        Ok(())
    })
}

#[test]
fn an_answer_about_another_task_is_not_a_result() -> Outcome {
    on_both(|| async {
        let (_server, _, task) = answered(
            r#"{"code":200,"data":{"taskId":"task-9","status":"SUCCESS","response":{"sunoData":[{"audioUrl":"https://a.example/1"}]}}}"#,
        )
        .await?;
        assert!(task.poll().await.is_err_and(|error| error.to_string().contains("another")));
        let error = task.wait().timeout(SECOND / 2).await.expect_err("that is another task's");
        assert!(error.is_timeout() && error.last_snapshot().is_none(), "{error}");
        Ok(())
    })
}

#[test]
fn results_are_read_from_each_path_of_the_spec() -> Outcome {
    on_both(|| async {
        let (_server, _, task) = answered(
            r#"{"code":200,"data":{"status":"SUCCESS","data":[{"audio_url":"https://a.example/1"},{"audio_url":"https://a.example/2"}]}}"#,
        )
        .await?;
        assert_eq!(task.wait().await?.tracks.len(), 2);
        Ok(())
    })
}

#[test]
fn a_send_without_a_reply_ends_at_its_timeout() -> Outcome {
    on_both(|| async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let client = Client::builder("key").base_url(format!("http://{}", listener.local_addr()?)).build()?;
        let (took, sent) = timed(client.send(&request("x")).timeout(SECOND)).await;
        let error = sent.expect_err("no connection is accepted");
        assert!(error.is_timeout() && took < 2 * SECOND, "{took:?}: {error}");
        Ok(())
    })
}

#[test]
fn a_batch_reports_stalled_tasks_as_open() -> Outcome {
    on_both(|| async {
        let server = Server::start(Reply::Drip).await?;
        let client = server.client().build()?;
        let mut batch = client.send_all((0..5).map(|n| (n.to_string(), request(&n.to_string())))).and_wait();
        batch = batch.timeout(SECOND);
        let mut open = 0;
        while let Some(event) = batch.next().await {
            if let BatchEvent::Error { error, .. } = event {
                assert!(error.is_timeout() && error.handle().is_some(), "{error}");
                open += 1;
            }
        }
        assert_eq!((open, batch.report().sent), (5, 5));
        Ok(())
    })
}
