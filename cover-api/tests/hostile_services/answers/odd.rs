//! Answers that are almost JSON, compressed or cut short, to sends and polls, and in callbacks.

use std::time::Duration;

use axum::http::Method;
use cover_api::callback::{CallbackOutcome as Came, Refusal};
use cover_api::ledger::Resolution;
use cover_api::{Client, Status, TaskHandle};
use cover_testkit::Outcome;
use serde_json::json;

use super::service::{ADDRESS, BYTE_ORDER_MARK, Reply, SECRET, Service, connected, handle, sent};

/// Another service, which polls with the id of the task in the path.
mod kling {
    #![allow(missing_docs)]
    cover_api::api!("../tests/specs/others/kling.toml", in crate::answers::odd::kling);
}

#[tokio::test]
async fn a_reply_with_a_clear_meaning_is_a_task() -> Outcome {
    let id = |id: &str| format!(r#"{{"code":200,"msg":"success","data":{{"taskId":{id}}}}}"#).into_bytes();
    let good = id("\"t1\"");
    let thirty = "123456789012345678901234567890";
    for (what, reply, expected) in [
        ("nothing odd", Reply::plain(good.clone()), "t1"),
        ("a byte order mark", Reply::plain([BYTE_ORDER_MARK, &good].concat()), "t1"),
        ("gzip", Reply::gzip(&good), "t1"),
        ("deflate", Reply::deflate(&good), "t1"),
        ("gzip with a byte order mark", Reply::gzip(&[BYTE_ORDER_MARK, &good].concat()), "t1"),
        (
            "bytes that are not UTF-8",
            Reply::plain(b"{\"code\":200,\"msg\":\"sch\xf6n\",\"data\":{\"taskId\":\"t1\"}}"),
            "t1",
        ),
        ("NaN", Reply::plain(r#"{"code":200,"x":[NaN,-Infinity],"data":{"taskId":"t1","y":Infinity}}"#), "t1"),
        ("a number out of range", Reply::plain(r#"{"code":200,"x":1e999,"data":{"taskId":"t1"}}"#), "t1"),
        ("a code with a fraction", Reply::plain(r#"{"code":200.0,"data":{"taskId":"t1"}}"#), "t1"),
        ("an id of 30 digits", Reply::plain(id(thirty)), thirty),
        ("an id of 20 digits", Reply::plain(id("18446744073709551615")), "18446744073709551615"),
        ("an id with an exponent", Reply::plain(id("1e3")), "1e3"),
        ("an id with a fraction", Reply::plain(id("1.0")), "1.0"),
        ("an id with odd characters", Reply::plain(id("\"../a?b#c%2e \\\\ ü\"")), "../a?b#c%2e \\ ü"),
    ] {
        // Each client has a new ledger, in which the id belongs to no entry.
        let (service, client) = connected().await?;
        let task = sent(&service, &client, reply).await.map_err(|error| format!("{what}: {error}"))?;
        assert_eq!((task.id(), task.was_posted()), (expected, true), "{what}");
    }
    Ok(())
}

#[tokio::test]
async fn success_without_a_valid_id_is_an_unknown_outcome() -> Outcome {
    let (service, client) = connected().await?;
    let long = format!("\"{}\"", "x".repeat(257));
    for id in
        ["\"\"", "\"  \"", "\"\u{a0}\"", "\" t1\"", "\"t1\\n\"", "\"t\\u00001\"", &long, "null", "NaN", "[]", "true"]
    {
        let body = format!(r#"{{"code":200,"data":{{"taskId":{id}}}}}"#);
        let error = sent(&service, &client, Reply::plain(body)).await.expect_err(id);
        assert!(error.is_outcome_unknown() && error.handle().is_none(), "{id}: {error:?}");
        assert!(error.to_string().contains("does not give the id of a task"), "{id}: {error}");
    }
    let damaged = b"{\"code\":200,\"data\":{\"taskId\":\"t\xff1\"}}";
    let error = sent(&service, &client, Reply::plain(damaged)).await.expect_err("a damaged id");
    assert!(error.is_outcome_unknown() && error.handle().is_none(), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn a_reply_that_is_cut_short_is_an_unknown_outcome() -> Outcome {
    let good = br#"{"code":200,"msg":"success","data":{"taskId":"t1","param":"0123456789"}}"#;
    let mut gzip = Reply::gzip(good);
    gzip.body.truncate(gzip.body.len() - 9);
    let hinted = Some("t1");
    for (what, reply, hint) in [
        ("gzip", gzip, hinted),
        ("after the id", Reply::plain(&good[..60]), hinted),
        ("after a mark and the id", Reply::plain([BYTE_ORDER_MARK, &good[..60]].concat()), hinted),
        ("after NaN and the id", Reply::plain(r#"{"x":NaN,"code":200,"data":{"taskId":"t1","y":Inf"#), hinted),
        ("within a number", Reply::plain(r#"{"code":200,"data":{"taskId":123456789012345678901234"#), None),
        ("within an id that is damaged", Reply::plain(b"{\"code\":200,\"data\":{\"taskId\":\"t\xff1\",\"x\":"), None),
    ] {
        let (service, client) = connected().await?;
        let error = sent(&service, &client, reply).await.expect_err(what);
        assert!(error.is_outcome_unknown() && error.to_string().contains("cut short"), "{what}: {error}");
        assert_eq!(error.handle().map(TaskHandle::id), hint, "{what}: {error:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_compressed_answer_that_expands_too_far_is_not_read_to_its_end() -> Outcome {
    let (service, client) = connected().await?;
    let bomb = |compress: fn(&[u8]) -> Reply| {
        let mut body = br#"{"code":200,"data":{"taskId":"t1"},"x":""#.to_vec();
        body.resize(256 << 20, b' ');
        compress(&body)
    };
    for (id, reply) in [("t1", bomb(Reply::gzip)), ("t2", bomb(Reply::deflate))] {
        assert!(reply.body.len() < 1 << 20);
        let error = sent(&service, &client, reply.clone()).await.expect_err("too large");
        assert!(error.is_outcome_unknown() && error.to_string().contains("has more than 1 MiB"), "{error}");
        service.with(|inner| inner.get = reply);
        let error = client.resume(handle(id)).poll().await.expect_err("too large");
        assert!(error.to_string().contains("has more than 1 MiB"), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_to_a_poll_with_a_clear_meaning_is_read() -> Outcome {
    let (service, client) = connected().await?;
    let done = |title: &[u8], seconds: &str| {
        let (start, end) = (
            br#"{"code":200,"msg":"success","data":{"status":"SUCCESS","response":{"sunoData":[{"id":"a","title":""#,
            format!(r#"","audioUrl":"https://a.example/1.mp3","duration":{seconds}}}]}}}}}}"#),
        );
        [start, title, end.as_bytes()].concat()
    };
    let good = done(b"Night", "198.44");
    for (number, (what, reply, title, seconds)) in (0..).zip([
        ("nothing odd", Reply::plain(good.clone()), "Night", Some(198.44)),
        ("a byte order mark", Reply::plain([BYTE_ORDER_MARK, &good].concat()), "Night", Some(198.44)),
        ("gzip", Reply::gzip(&good), "Night", Some(198.44)),
        ("deflate", Reply::deflate(&good), "Night", Some(198.44)),
        ("NaN", Reply::plain(done(b"Night", "NaN")), "Night", None),
        ("bytes that are not UTF-8", Reply::plain(done(b"N\xe4cht", "1")), "N\u{fffd}cht", Some(1.0)),
        (
            "many digits",
            Reply::plain(done(b"Night", "198.43999999999999772626324556767940521240234375")),
            "Night",
            Some(198.44),
        ),
    ]) {
        service.with(|inner| inner.get = reply);
        let snapshot =
            client.resume(handle(&format!("t{number}"))).poll().await.map_err(|error| format!("{what}: {error}"))?;
        assert_eq!((&snapshot.status, snapshot.tracks.len()), (&Status::Success, 1), "{what}");
        assert_eq!(
            (snapshot.tracks[0].title.as_deref(), snapshot.tracks[0].duration),
            (Some(title), seconds),
            "{what}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn an_id_that_would_change_the_path_is_not_polled() -> Outcome {
    let service = Service::default();
    let moment = Duration::from_millis(1);
    let client = kling::Client::builder("key").base_url(service.serve().await?).poll_every(moment, moment).build()?;
    let video =
        |prompt: &str| kling::VideoRequest::builder().model_name(kling::Model::KlingV1_6).prompt(prompt).build();
    let reply = |id: &str| Reply::plain(json!({ "code": 0, "data": { "task_id": id } }).to_string());
    for id in ["..", ".", "%2e%2E"] {
        service.with(|inner| inner.post = reply(id));
        let task = client.send(&video(id)?).await?;
        assert_eq!(task.id(), id, "it was charged");
        for error in [task.poll().await.expect_err(id), task.wait().await.expect_err(id)] {
            assert!(error.is_setup() && error.may_have_been_charged(), "{error:?}");
            assert_eq!(error.handle(), Some(&task.handle()));
            assert!(error.to_string().contains("a step in the path"), "{error}");
        }
    }
    assert_eq!(service.asked(&Method::GET), [""; 0]);

    service.with(|inner| {
        inner.post = reply("../a/b?c#d%\\ e");
        inner.get = Reply::plain(r#"{"code":0,"data":{"task_status":"processing"}}"#);
    });
    client.send(&video("odd")?).await?.poll().await?;
    let asked = service.asked(&Method::GET);
    assert!(asked[0].ends_with("/..%2Fa%2Fb%3Fc%23d%25%5C%20e"), "{asked:?}");
    assert_eq!(asked[0].matches('/').count(), 4, "{asked:?}");
    Ok(())
}

#[tokio::test]
async fn an_outcome_cannot_be_resolved_to_an_invalid_id() -> Outcome {
    let (service, client) = connected().await?;
    sent(&service, &client, Reply::plain("<html>")).await.expect_err("no envelope");
    let unknown = client.unknown().await?;
    for id in ["", " ", "t1\n", " t1"] {
        let error = client.resolve(&unknown[0], Resolution::Task(id.to_owned())).await.expect_err(id);
        assert!(error.is_setup(), "{id:?}: {error:?}");
    }
    assert_eq!(service.asked(&Method::GET), [""; 0], "no request was made");
    assert_eq!(client.unknown().await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_callback_with_a_clear_meaning_is_accepted_and_one_without_an_id_is_refused() -> Outcome {
    let client = Client::builder("key").callbacks(ADDRESS, SECRET).build()?;
    let callbacks = client.callbacks()?;
    let receive = |body: &[u8]| {
        let valid = callbacks.test_factory().valid("t1", "complete");
        callbacks.receive(&valid.path, &valid.headers, body)
    };
    let body = |id: &str| format!(r#"{{"code":200,"data":{{"callbackType":"complete","task_id":{id},"data":[]}}}}"#);
    let good = body("\"t1\"");
    for (body, expected) in [
        ([BYTE_ORDER_MARK, good.as_bytes()].concat(), "t1"),
        (b"{\"code\":NaN,\"msg\":\"\xff\",\"data\":{\"callbackType\":\"complete\",\"task_id\":\"t1\"}}".to_vec(), "t1"),
        (body("123456789012345678901234567890").into_bytes(), "123456789012345678901234567890"),
        (body("1e3").into_bytes(), "1e3"),
    ] {
        let received = receive(&body);
        assert!(matches!(received.outcome(), Came::Unawaited(it) if it.task.id() == expected), "{received:?}");
    }
    for id in ["\" \"", "\"t1 \"", "\"t\\u0000\"", "NaN"] {
        let received = receive(body(id).as_bytes());
        assert!(matches!(received.outcome(), Came::Refused(Refusal::NoTask)), "{id}: {received:?}");
    }
    let received = receive(&good.as_bytes()[..good.len() - 1]);
    assert!(matches!(received.outcome(), Came::Refused(Refusal::NotJson)), "{received:?}");
    Ok(())
}
