//! Answers of operations that answer at once and contradict themselves, are cut, or are large: what was charged is not paid again.

use cover_api::ledger::MemoryLedger;
use cover_testkit::Outcome;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::answers_at_once::style::Client;
use crate::answers_at_once::{Service, request};
use crate::common::PATIENCE;

/// Refusals by their code or by the HTTP status, each with the whole result or a part of the answer.
const CONTRADICTIONS: [(u16, &str); 7] = [
    (200, r#"{"code":430,"data":{"result":"dark jazz"}}"#),
    (200, r#"{"code":200,"data":{"result":"dark jazz"},"code":430}"#),
    (200, r#"{"data":{"result":"dark jazz"},"code":430,"data":null}"#),
    (429, r#"{"data":{"result":"dark jazz"}}"#),
    (307, r#"{"data":{"result":"dark jazz"}}"#),
    (429, r#"{"code":200,"data":{"result":"da"#),
    (308, r#"{"code":200,"#),
];

#[tokio::test(start_paused = true)]
async fn a_refusal_with_a_result_is_unknown_and_is_not_sent_again() -> Outcome {
    for (status, reply) in CONTRADICTIONS {
        for key in [Some("order-17"), None] {
            let service = Service::new(reply);
            service.answer(status, reply);
            let client = service.client(MemoryLedger::new())?;
            for _ in 0..2 {
                let sending = client.send(&request());
                let sending = if let Some(key) = key { sending.key(key) } else { sending };
                let error = sending.await.expect_err(reply);
                assert!(error.is_outcome_unknown() && error.resend_after().is_none(), "{reply}: {error:?}");
                assert_eq!(service.posts(), 1, "{status} {reply}");
            }
            assert_eq!(client.unknown().await?.len(), 1, "{status} {reply}");
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_refusal_without_a_result_is_sent_again() -> Outcome {
    for (status, reply) in [
        (200, r#"{"code":430,"data":null}"#),
        (200, r#"{"code":430,"data":{"result":null}}"#),
        (200, r#"{"code":430,"data":{"result":""}}"#),
        (200, r#"{"code":430,"data":{"reason":"busy"},"result":"no"}"#),
        (429, r#"{"data":{"result":[]}}"#),
        (429, "<html>slow down</html>"),
    ] {
        let service = Service::new(reply);
        service.answer(status, reply);
        let client = service.client(MemoryLedger::new())?;
        let error = client.send(&request()).key("order-17").await.expect_err(reply);
        assert!(error.is_refused() && !error.may_have_been_charged(), "{reply}: {error:?}");
        assert_eq!(service.posts(), 5, "{status} {reply}");
    }
    Ok(())
}

/// Answers each connection with these bytes and closes it, which is the end of the body. Returns the address.
async fn closing(reply: &'static str) -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let (mut request, mut buffer) = (Vec::new(), [0; 4_096]);
            // The body is one JSON object.
            while !request.ends_with(b"}") {
                let Ok(read @ 1..) = connection.read(&mut buffer).await else { break };
                request.extend_from_slice(&buffer[..read]);
            }
            drop(connection.write_all(reply.as_bytes()).await);
            drop(connection.shutdown().await);
        }
    });
    Ok(url)
}

#[tokio::test]
async fn a_refusal_that_ends_with_its_connection_and_was_cut_is_unknown() -> Outcome {
    for (reply, is_unknown) in [
        ("HTTP/1.1 429 X\r\nRetry-After: 1\r\n\r\n{\"code\":200,\"data\":{\"resu", true),
        ("HTTP/1.1 429 X\r\nRetry-After: 1\r\n\r\n{\"code\":200,\"data\":{\"result\":\"dark jazz\"}", true),
        ("HTTP/1.1 429 X\r\nRetry-After: 1\r\n\r\n<html>", false),
    ] {
        let client = Client::builder("key")
            .base_url(closing(reply).await?)
            .ledger(MemoryLedger::new())
            .max_attempts(2)
            .build()?;
        let error = timeout(PATIENCE, client.send(&request()).key("order-17")).await?.expect_err(reply);
        assert_eq!((error.is_outcome_unknown(), error.is_refused()), (is_unknown, !is_unknown), "{error:?}");
        assert_eq!(client.stats().posts, if is_unknown { 1 } else { 2 }, "{reply}");
    }
    Ok(())
}

/// Returns an answer whose result has this many bytes.
fn long(bytes: usize) -> String {
    format!(r#"{{"code":200,"data":{{"result":"{}"}}}}"#, "x".repeat(bytes))
}

#[tokio::test]
async fn an_answer_of_up_to_16_mib_is_returned_and_a_larger_one_is_unknown() -> Outcome {
    let service = Service::new(long(15 << 20));
    let client = service.client(MemoryLedger::new())?;
    let answer = client.send(&request()).key("order-17").await?;
    assert_eq!(answer.style.as_deref().map(str::len), Some(15 << 20));
    service.answer(200, long(16 << 20));
    let error = client.send(&request()).key("order-18").await.expect_err("it is too large");
    assert!(error.is_outcome_unknown() && error.to_string().contains("has more than 16 MiB"), "{error}");
    assert_eq!(service.posts(), 2);
    Ok(())
}

#[tokio::test]
async fn a_batch_does_not_count_what_was_charged_as_not_sent() -> Outcome {
    let service = Service::new(r#"{"code":200,"data":{}}"#);
    let client = service.client(MemoryLedger::new())?;
    for _ in 0..2 {
        let mut batch = client.send_all([("order-17", request())]).and_wait();
        while batch.next().await.is_some() {}
        let report = batch.report();
        assert_eq!((report.requests, report.unreadable, report.not_sent), (1, 1, 0), "{report}");
        assert!(report.to_string().contains("1 unreadable"), "{report}");
    }
    assert_eq!(service.posts(), 1);
    Ok(())
}
