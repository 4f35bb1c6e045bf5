use std::net::Ipv4Addr;

use axum::http::Method;
use cover_api::runtime::{AnyService, Client};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use super::{DUB, Dub, Result, request, sent_at_run_time, spec, with_cancel};
use crate::Outcome;
use crate::fake::{Call, Fake, Reply};

const KEY: &str = "key_1b9d3a70";

/// Returns a service with one task, which answers a cancel with this status and text.
fn fake(status: u16, text: &str) -> Fake {
    let text = text.to_owned();
    Fake::new(move |call, _| {
        if call.path.contains("cancel") || call.method == Method::DELETE {
            Reply::text(status, &text)
        } else {
            Reply::json(200, &json!({ "code": 200, "msg": "success", "data": { "taskId": "5c79" } }))
        }
    })
}

fn cancels(fake: &Fake) -> Vec<Call> {
    fake.calls().into_iter().filter(|call| call.path.contains("cancel") || call.method == Method::DELETE).collect()
}

type Cancelled = std::result::Result<(), cover_api::runtime::Error<Dub>>;

/// Cancels a task of a service that answers so. Each cancel is sent once, and each error has the handle.
async fn cancelled(status: u16, text: &str) -> Result<Cancelled> {
    let fake = fake(status, text);
    let client = Client::<Dub>::builder(KEY).transport(fake.router()).build()?;
    let task = client.send(&request()?).await?;
    let cancelled = task.cancel().await;
    assert_eq!(cancels(&fake).len(), 1, "{status} {text}");
    if let Err(error) = &cancelled {
        assert_eq!(error.handle(), Some(&task.handle()), "{status} {text}");
        assert!(error.may_have_been_charged() && !error.is_failed() && !error.is_cancelled(), "{error:?}");
    }
    assert_eq!(client.unfinished().all().await?.len(), 1, "the ledger keeps the task as running");
    Ok(cancelled)
}

/// As [`cancelled`], of a service without codes in its answers.
async fn cancelled_by_status(status: u16, text: &str) -> Result<std::result::Result<(), String>> {
    let fake = fake(status, text);
    let plain = DUB.replace("[poll]\n", "[envelope]\nmessage = \"msg\"\n\n[poll]\n");
    let plain = plain.replace("use = [\"callBackUrl\"]", "use = [\"callBackUrl\"]\nwithout = [\"envelope.code\"]");
    let client = Client::<AnyService>::of_spec(&spec(&plain)?, KEY).transport(fake.router()).build()?;
    let task = sent_at_run_time(&client).await?;
    Ok(task.cancel().await.map_err(|error| {
        assert!(error.handle().is_some());
        error.to_string()
    }))
}

#[tokio::test(start_paused = true)]
async fn the_code_of_the_answer_accepts_or_refuses_a_cancel() -> Outcome {
    for (status, text) in [
        (200, r#"{"code": 200, "msg": "success"}"#),
        (200, r#"{"code": "200", "msg": null, "data": {"taskId": "5c79"}}"#),
        (500, r#"{"code": 200}"#),
    ] {
        cancelled(status, text).await??;
    }
    for code in [400, 401, 404, 409, 500, 501] {
        let error = cancelled(200, &json!({ "code": code, "msg": "no" }).to_string()).await?.unwrap_err();
        assert_eq!(error.code(), Some(code));
        assert_eq!((error.is_refused(), error.is_not_found()), (code != 404, code == 404), "{error:?}");
        assert!(error.to_string().contains(&format!(": code {code}")) && error.to_string().contains(": no"), "{error}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_empty_answer_accepts_a_cancel_if_its_http_status_is_good() -> Outcome {
    for status in [200, 202, 204, 299] {
        cancelled(status, "").await??;
        cancelled(status, " \n").await??;
        cancelled_by_status(status, "").await??;
        cancelled_by_status(status, "{}").await??;
    }
    for status in [301, 400, 409, 500, 502] {
        cancelled(status, "").await?.unwrap_err();
        cancelled(status, "{}").await?.unwrap_err();
        cancelled_by_status(status, "").await?.unwrap_err();
        cancelled_by_status(status, "{}").await?.unwrap_err();
    }
    cancelled(202, r#"{"code": 202}"#).await?.expect_err("an unlisted code that is not the HTTP status");
    let refused = cancelled_by_status(409, r#"{"msg": "It has ended."}"#).await?.unwrap_err();
    assert!(refused.starts_with("the service refused the request: code 409: It has ended."), "{refused}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_answer_about_another_task_is_an_error() -> Outcome {
    let about = |task: &str| json!({ "code": 200, "data": { "taskId": task } }).to_string();
    cancelled(200, &about("5c79")).await??;
    let error = cancelled(200, &about("5c80")).await?.unwrap_err();
    assert!(error.to_string().contains("names a task that belongs to another request"), "{error}");
    assert!(!error.is_refused() && !error.is_not_sent(), "{error:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn after_an_answer_that_cannot_be_read_the_task_may_have_been_cancelled() -> Outcome {
    for (status, text, why) in [
        (200, "<html>Please log in</html>", "the answer (HTTP status 200) is not JSON"),
        (202, "OK", "the answer (HTTP status 202) is not JSON"),
        (200, "true", "the answer (HTTP status 200) is JSON, but not an object"),
        (200, "{\"code\": 2", "the answer (HTTP status 200) was cut short"),
        (200, "{}", "the answer (HTTP status 200) has no code"),
        (502, "<html>Bad Gateway</html>", "the answer (HTTP status 502) is not JSON"),
        (500, "", "the answer (HTTP status 500) is empty"),
    ] {
        let error = cancelled(status, text).await?.unwrap_err();
        let expected = format!("the task may or may not have been cancelled, as its next poll will tell: {why}");
        assert!(error.to_string().starts_with(&expected), "{error}");
        assert!(!error.is_refused() && !error.is_not_sent() && !error.is_setup(), "{error:?}");
    }
    let error = cancelled(200, &"x".repeat((1 << 20) + 1)).await?.unwrap_err();
    assert!(error.to_string().contains("has more than 1 MiB"), "{error}");
    let error = cancelled(307, "<html>").await?.unwrap_err();
    assert!(error.is_refused() && error.to_string().contains("redirected the request"), "{error}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_secret_in_a_refusal_is_not_shown() -> Outcome {
    let text = json!({ "code": 400, "msg": "see https://a.example/x?token=c2VjcmV0" }).to_string();
    let error = cancelled(200, &text).await?.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("c2VjcmV0"), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn a_cancel_has_the_headers_and_the_key_of_every_request() -> Outcome {
    let body = json!({ "data": { "taskId": "5c79" } });
    for (keys, method, path, query, sent) in [
        ("path = \"/dubs/cancel\"\nbody = \"data.taskId\"", "POST", "/dubs/cancel", "", Some(&body)),
        ("path = \"/dubs/cancel\"\nquery = \"id\"", "POST", "/dubs/cancel", "id=5c79", None),
        ("path = \"/dubs/{task}/cancel\"\nmethod = \"PUT\"", "PUT", "/dubs/5c79/cancel", "", None),
        ("path = \"/dubs/{task}\"\nmethod = \"DELETE\"", "DELETE", "/dubs/5c79", "", None),
    ] {
        let fake = fake(204, "");
        let url = fake.serve().await?;
        let client = Client::<AnyService>::of_spec(&spec(&with_cancel(keys))?, KEY).base_url(&url).build()?;
        sent_at_run_time(&client).await?.cancel().await?;
        let [call] = &cancels(&fake)[..] else { panic!("{keys}") };
        assert_eq!((call.method.as_str(), &*call.path, &*call.query), (method, path, query));
        assert_eq!(&call.body, sent.unwrap_or(&Value::Null), "{keys}");
        assert_eq!((call.header("authorization"), call.header("x-version")), ("Bearer key_1b9d3a70", "3"));
        let length = sent.map(|body| body.to_string().len().to_string());
        let none = if method == "DELETE" { "" } else { "0" };
        assert_eq!(call.header("content-length"), length.as_deref().unwrap_or(none), "{keys}");
        assert!(call.headers.get_all("content-length").iter().count() < 2, "{keys}");
        assert_eq!(call.header("content-type"), if sent.is_some() { "application/json" } else { "" });
    }
    Ok(())
}

#[tokio::test]
async fn without_an_answer_the_task_may_have_been_cancelled_and_without_a_connection_it_was_not() -> Outcome {
    let fake = fake(204, "");
    let task = Client::<Dub>::builder(KEY).transport(fake.router()).build()?.send(&request()?).await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let client = Client::<Dub>::builder(KEY).base_url(format!("http://{}", listener.local_addr()?)).build()?;
    let closes = async {
        let (mut connection, _) = listener.accept().await?;
        connection.read(&mut [0; 64]).await
    };
    let resumed = client.resume(task.handle());
    let (cancelled, read) = tokio::join!(resumed.cancel(), closes);
    assert!(read? > 0);
    let error = cancelled.unwrap_err();
    let expected =
        "the task may or may not have been cancelled, as its next poll will tell: no answer came from 127.0.0.1";
    assert!(error.to_string().starts_with(expected) && !error.is_not_sent(), "{error}");
    assert_eq!(error.handle(), Some(&task.handle()));
    drop(listener);
    let error = resumed.cancel().await.unwrap_err();
    assert!(error.is_not_sent() && error.handle() == Some(&task.handle()), "{error:?}");
    Ok(())
}
