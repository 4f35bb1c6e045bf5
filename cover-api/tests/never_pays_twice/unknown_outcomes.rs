//! What proves an outcome, and what is done about one that stays unknown.

use std::time::Duration;

use cover_api::runtime::Resolution;
use cover_api::sandbox::{Answer, Sandbox};
use cover_api::{Client, Task};
use cover_testkit::gate::{ADDRESS, Came, Gate, Reply, SECRET, within};
use cover_testkit::{Outcome, Result, request, request_with_callback};
use tokio::time::{sleep, timeout};
use tower_service::Service;

use crate::common::{
    HOUR, MILLI, SECOND, builder, callback_for_post, came, in_memory_folder, limited_sandbox, on_file, sandbox,
    with_key,
};

#[tokio::test]
async fn the_id_of_another_task_in_an_error_page_is_ignored() -> Outcome {
    let (sandbox, directory) = (sandbox().await?, in_memory_folder()?);
    let (gate, path) = (Gate::new(&sandbox), directory.path().join("ledger"));
    let client = on_file(&gate, &path).await?;
    assert_eq!(client.send(&request("1")).key("one").await?.id(), "task-1");
    let page = r#"<html>bad gateway {"code":200,"data":{"taskId":"task-1"}}</html>"#;
    gate.announce(Reply::Lost(502, page.to_owned(), Duration::ZERO));
    let error = client.send(&request("2")).key("two").await.expect_err("the reply is lost");
    assert!(error.is_outcome_unknown() && error.handle().is_none(), "{error:?}");
    drop(client);
    let client = on_file(&gate, &path).await?;
    assert_eq!(came(client.send(&request("2")).key("two")).await, Came::Unknown);
    assert!(client.find("two").await.expect_err("it may have been charged").is_outcome_unknown());
    let unknown = client.unknown().await?;
    assert_eq!((unknown.len(), unknown[0].key.as_deref(), &unknown[0].hint), (1, Some("two"), &None));
    assert_eq!(gate.posts().len(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn only_307_and_308_prove_that_nothing_was_created() -> Outcome {
    for (status, expected) in
        [(301, Came::Unknown), (302, Came::Unknown), (303, Came::Unknown), (307, Came::Refused), (308, Came::Refused)]
    {
        let sandbox = limited_sandbox().await?;
        sandbox.answer_submit(Answer::raw(status, ""));
        let client = Client::builder(sandbox.key()).transport(sandbox.router()).build()?;
        let result = client.send(&request("x")).await;
        assert_eq!(Came::of(&result), expected, "{status}: {result:?}");
        // An unknown outcome is not posted again; a refused request may be.
        let again = if expected == Came::Unknown { Came::Unknown } else { Came::Posted };
        assert_eq!(came(client.send(&request("x"))).await, again, "{status}");
    }
    Ok(())
}

/// Starts an HTTP/2 server that reads a POST, sends GOAWAY with this code and last stream, and ends the connection.
/// `twice`: a graceful GOAWAY comes first.
async fn goaway_server(code: u32, last: u32, twice: bool) -> Result<String> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).unwrap_or_default().to_be_bytes();
        [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut preface = [0; 24];
            stream.read_exact(&mut preface).await?;
            stream.write_all(&frame(4, 0, 0, &[])).await?;
            loop {
                let mut head = [0; 9];
                stream.read_exact(&mut head).await?;
                let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
                stream.read_exact(&mut payload).await?;
                if head[3] == 4 && head[4] == 0 {
                    stream.write_all(&frame(4, 1, 0, &[])).await?;
                }
                if head[3] == 0 && head[4] & 1 == 1 {
                    break;
                }
            }
            if twice {
                let graceful = [0x7fff_ffff_u32.to_be_bytes(), 0_u32.to_be_bytes()].concat();
                stream.write_all(&frame(7, 0, 0, &graceful)).await?;
                sleep(20 * MILLI).await;
            }
            stream.write_all(&frame(7, 0, 0, &[last.to_be_bytes(), code.to_be_bytes()].concat())).await?;
            stream.flush().await?;
            sleep(20 * MILLI).await;
            stream.shutdown().await?;
        }
        Ok::<_, std::io::Error>(())
    });
    Ok(url)
}

#[tokio::test]
async fn a_goaway_after_the_stream_proves_nothing() -> Outcome {
    for (code, last, twice) in [(0, 1, false), (2, 1, false), (11, 1, false), (2, 1, true), (1, 0x7fff_ffff, false)] {
        let url = goaway_server(code, last, twice).await?;
        let http = |http: reqwest::ClientBuilder| http.http2_prior_knowledge();
        let client: Client = Client::builder("key").base_url(&url).max_attempts(1).configure_http(http).build()?;
        let sent = timeout(5 * SECOND, client.send(&request("x")).key("one")).await?;
        assert_eq!(Came::of(&sent), Came::Unknown, "{code} {last} {twice}: {sent:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_names_the_task_of_another_send_is_not_believed() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Good).then(Reply::Late(100 * SECOND));
    let client = builder(&gate).callbacks(ADDRESS, SECRET).build()?;
    let first = client.send(&request_with_callback(ADDRESS, 1)).key("one").await?;
    let second = tokio::spawn({
        let client = client.clone();
        async move { client.send(&request_with_callback(ADDRESS, 2)).key("two").await }
    });
    sleep(SECOND).await;
    let Ok(_) = client.callbacks()?.router().call(callback_for_post(&client, &gate, 1, first.id())?).await;
    let second = within(2 * HOUR, "the second send", second).await??;
    assert_eq!((first.id(), second.id(), second.was_posted()), ("task-1", "task-2", true));
    assert_eq!((sandbox.tasks(), client.stats().tasks, client.duplicates().await?.len()), (2, 2, 0));
    Ok(())
}

/// The service does not repeat the request, so that a wrong claim is confirmed before the right reply comes.
#[tokio::test(start_paused = true)]
async fn a_reply_outranks_a_callback_although_the_other_reply_was_lost() -> Outcome {
    let spec = include_str!("../../../spec/upload_cover.toml").replace("request = \"data.param\"", "");
    let sandbox = Sandbox::builder().spec(spec).stage_every(30 * SECOND).start().await?;
    let gate = Gate::new(&sandbox);
    gate.announce(Reply::Late(100 * SECOND));
    gate.announce(Reply::Lost(502, "<html>".to_owned(), 50 * SECOND));
    let client = builder(&gate).callbacks(ADDRESS, SECRET).build()?;
    let send = |number: usize| {
        let client = client.clone();
        tokio::spawn(async move { client.send(&request_with_callback(ADDRESS, number)).key(number.to_string()).await })
    };
    let first = send(1);
    sleep(SECOND).await;
    let second = send(2);
    sleep(SECOND).await;
    let Ok(_) = client.callbacks()?.router().call(callback_for_post(&client, &gate, 1, "task-1")?).await;
    drop(within(HOUR, "the second send", second).await?);
    let first = within(HOUR, "the first send", first).await?;
    assert_eq!(first.as_ref().map(Task::id).ok(), Some("task-1"), "{first:?}");
    let unknown = client.unknown().await?;
    assert_eq!(unknown.iter().map(|unknown| unknown.key.as_deref()).collect::<Vec<_>>(), [Some("2")]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn unknown_outcomes_are_listed_and_resolved_by_an_operator() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::with_usual(&sandbox, Reply::lost());
    let client = builder(&gate).build()?;
    for key in ["one", "two", "three"] {
        assert_eq!(came(client.send(&request(key)).key(key)).await, Came::Unknown);
    }
    let unknown = client.unknown().await?;
    let keys: Vec<_> = unknown.iter().map(|unknown| unknown.key.as_deref()).collect();
    assert_eq!(keys, [Some("one"), Some("two"), Some("three")]);
    assert!(
        unknown.iter().all(|unknown| unknown.attempts == 1 && unknown.evidence.is_some() && unknown.hint.is_none())
    );

    // A task that the service does not know is refused.
    let error =
        client.resolve(&unknown[0], Resolution::Task("no-such-task".to_owned())).await.expect_err("no such task");
    assert!(error.is_not_found(), "{error:?}");
    let task = client.resolve(&unknown[0], Resolution::Task("task-1".to_owned())).await?.ok_or("no task")?;
    assert_eq!(task.id(), "task-1");
    assert_eq!(client.send(&request("one")).key("one").await?.id(), "task-1");
    // A task belongs to one entry, and a listed entry that has changed since is refused.
    assert!(client.resolve(&unknown[1], Resolution::Task("task-1".to_owned())).await.is_err());
    assert!(client.resolve(&unknown[0], Resolution::NotCharged).await.is_err());
    // The operator says that nothing was charged, so that the next send posts.
    assert!(client.resolve(&unknown[1], Resolution::NotCharged).await?.is_none());
    gate.announce(Reply::Good);
    assert_eq!(came(client.send(&request("two")).key("two")).await, Came::Posted);
    assert_eq!(client.unknown().await?.len(), 1);
    // The operator was wrong, but no attempt has learnt of a second task.
    assert_eq!(client.duplicates().await?.len(), 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn send_may_charge_twice_dropped_in_the_queue_leaves_no_consent() -> Outcome {
    for key in [Some("one"), None] {
        let sandbox = sandbox().await?;
        let gate = Gate::new(&sandbox).then(Reply::lost());
        let client = builder(&gate).rate_limit(1, 10 * SECOND).build()?;
        assert_eq!(came(with_key(client.send(&request("x")), key)).await, Came::Unknown);
        let risked = timeout(SECOND, with_key(client.send_may_charge_twice(&request("x")), key)).await;
        assert!(risked.is_err());
        sleep(HOUR).await;
        let unknown = client.unknown().await?;
        assert_eq!((unknown.len(), unknown[0].has_consent), (1, false));
        assert_eq!(came(with_key(client.send(&request("x")), key)).await, Came::Unknown);
        assert_eq!(gate.posts().len(), 1);
        // If it is not dropped, it posts a second time.
        assert_eq!(came(with_key(client.send_may_charge_twice(&request("x")), key)).await, Came::Posted);
        assert_eq!((gate.posts().len(), sandbox.tasks()), (2, 2));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_refused_second_attempt_leaves_the_outcome_unknown() -> Outcome {
    for key in [Some("one"), None] {
        let sandbox = sandbox().await?;
        let gate = Gate::new(&sandbox).then(Reply::lost()).then(Reply::Refused);
        let client = builder(&gate).build()?;
        assert_eq!(Came::of(&with_key(client.send(&request("x")), key).await), Came::Unknown);
        assert_eq!(Came::of(&with_key(client.send_may_charge_twice(&request("x")), key).await), Came::Refused);
        let unknown = client.unknown().await?;
        let plain = with_key(client.send(&request("x")), key).await;
        assert_eq!((key, unknown.len(), Came::of(&plain), sandbox.tasks()), (key, 1, Came::Unknown, 1));
    }
    Ok(())
}
